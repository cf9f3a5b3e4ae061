from pathlib import Path

import pytest

from benchmarks import field as module
from benchmarks.field import HERE, HFTBACKTEST, NAUTILUS, Field
from forven.research.workloads import suite
from forven.research.workloads.sizes import SIZES
from forven.research.workloads.suite import Suite


@pytest.fixture
def contests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(suite, "available_backends", lambda: (("numba",), {}))
    return Suite(SIZES["tiny"], tmp_path).contests()


@pytest.fixture
def peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of environments of which none is made."""
    monkeypatch.setattr(module, "PEERS", tmp_path / "peers")
    return tmp_path / "peers"


def names(contests, workload: str) -> list[list[str]]:
    found = [contest for contest in contests if contest.workload == workload]
    return [[entrant.name for entrant in contest.entrants] for contest in found]


def test_without_environments_peers_are_missing_and_the_command_that_makes_them_is_named(
    contests, peers, tmp_path
) -> None:
    joined = Field(SIZES["tiny"], tmp_path).joined(contests)
    found = names(joined, "quote_stream")
    assert found == [["numba", "memory floor", "compare loop"], ["numba"], ["numba"]]
    touch = next(contest for contest in joined if contest.workload == "quote_stream")
    assert set(touch.missing) == {HFTBACKTEST.name, NAUTILUS.name}
    assert all("make bench-peers" in reason for reason in touch.missing.values())


def test_with_environments_peers_run_alone_on_the_stream_that_was_written_for_them(
    contests, peers, tmp_path
) -> None:
    for peer in (HFTBACKTEST, NAUTILUS):
        peer.python.parent.mkdir(parents=True)
        peer.python.touch()
    joined = Field(SIZES["tiny"], tmp_path).joined(contests)
    touch, *queues = (contest for contest in joined if contest.workload == "quote_stream")
    added = {entrant.name: entrant for entrant in touch.entrants if entrant.kind == "peer"}
    assert set(added) == {HFTBACKTEST.name, NAUTILUS.name}
    assert all(entrant.is_alone and entrant.note for entrant in added.values())
    assert added[NAUTILUS.name].settings["updates"] == SIZES["tiny"].short_updates
    assert Path(added[HFTBACKTEST.name].settings["inputs"]).exists()
    for contest in queues:
        assert [entrant.name for entrant in contest.entrants] == ["numba", HFTBACKTEST.name]


def test_hand_written_loops_stand_beside_the_first_option_day_and_no_other(
    contests, peers, tmp_path
) -> None:
    joined = names(Field(SIZES["tiny"], tmp_path).joined(contests), "option_day")
    by_hand = [[name for name in found if name.endswith("by hand")] for found in joined]
    assert by_hand == [["numba by hand", "numpy by hand", "polars by hand"], *[[]] * 4]


def test_a_way_whose_library_is_absent_is_missing(contests, peers, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "polars" else name)
    first = Field(SIZES["tiny"], tmp_path).joined(contests)[0]
    assert "polars by hand" in first.missing
    assert "polars by hand" not in [entrant.name for entrant in first.entrants]


@pytest.mark.parametrize("peer", [HFTBACKTEST, NAUTILUS])
def test_every_peer_has_its_script_and_exact_versions(peer) -> None:
    assert (HERE / "peers" / peer.script).exists()
    lines = (HERE / "peers" / f"{peer.folder}.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in wanted)
    assert any(line.startswith(peer.folder) for line in wanted)
