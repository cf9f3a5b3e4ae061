from pathlib import Path

import numpy as np
import pytest

from benchmarks import field as module
from benchmarks.bars.contests import BAR_PEERS, BAR_SWEEP, LIBRARY_SCAN, BarField
from benchmarks.bars.sizes import BAR_SIZES
from benchmarks.field import HERE


@pytest.fixture
def peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of environments of which none is made."""
    monkeypatch.setattr(module, "PEERS", tmp_path / "peers")
    return tmp_path / "peers"


def contests_of(tmp_path: Path, workload: str, name: str = "tiny"):
    field = BarField(BAR_SIZES[name], tmp_path, ("rust", "numba"), {})
    return field.contests([workload])


def test_every_contest_is_taken_by_every_backend_on_the_same_settings(peers, tmp_path) -> None:
    for workload in (BAR_SWEEP, LIBRARY_SCAN):
        contests = contests_of(tmp_path, workload, "real")
        assert {contest.workload for contest in contests} == {workload}
        for contest in contests:
            ours = [entrant for entrant in contest.entrants if entrant.kind == "ours"]
            assert [entrant.name for entrant in ours] == ["rust", "numba"]
            assert ours[0].settings == ours[1].settings
            assert ours[0].process_key != ours[1].process_key


def test_labels_are_not_repeated(peers, tmp_path) -> None:
    labels = [
        contest.label
        for workload in (BAR_SWEEP, LIBRARY_SCAN)
        for contest in contests_of(tmp_path, workload, "real")
    ]
    assert len(labels) == len(set(labels))


def test_the_bare_loop_stands_beside_what_does_as_much_as_it_does(peers, tmp_path) -> None:
    for contest in contests_of(tmp_path, BAR_SWEEP):
        settings = contest.entrants[0].settings
        has_loop = any(entrant.name == "bare loop" for entrant in contest.entrants)
        assert has_loop == (settings["work"] != "whole" and not settings["detail"])


def test_without_environments_peers_are_missing_and_the_command_that_makes_them_is_named(
    peers, tmp_path
) -> None:
    contests = contests_of(tmp_path, BAR_SWEEP)
    missing = {name: why for contest in contests for name, why in contest.missing.items()}
    assert set(missing) == {one.name for one in BAR_PEERS}
    assert all("make bench-peers" in why for why in missing.values())
    assert not any(entrant.kind == "peer" for one in contests for entrant in one.entrants)


def test_with_environments_peers_run_alone_once_each_on_what_was_written(peers, tmp_path) -> None:
    for one in BAR_PEERS:
        one.peer.python.parent.mkdir(parents=True, exist_ok=True)
        one.peer.python.touch()
    found = [
        entrant
        for contest in contests_of(tmp_path, BAR_SWEEP)
        for entrant in contest.entrants
        if entrant.kind == "peer"
    ]
    assert sorted(entrant.name for entrant in found) == sorted(one.name for one in BAR_PEERS)
    for entrant in found:
        assert entrant.is_alone
        assert entrant.note
    size = BAR_SIZES["tiny"]
    combinations = {len(np.load(entrant.settings["inputs"])["pairs"]) for entrant in found}
    assert combinations == {size.runs, size.event_runs}
    parts = {entrant.settings["trades"] for entrant in found}
    assert len(parts) == 2


@pytest.mark.parametrize("one", BAR_PEERS, ids=lambda one: one.name)
def test_every_peer_has_its_script_and_exact_versions(one) -> None:
    assert (HERE / "peers" / one.peer.script).exists()
    lines = (HERE / "peers" / f"{one.peer.folder}.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in wanted)
    assert any(line.startswith(one.peer.folder) for line in wanted)
