from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forven.primitives.errors import InvalidStrategy, UnknownDataset
from forven.research.workloads import suite as module
from forven.research.workloads.sizes import SIZES
from forven.research.workloads.suite import WORKLOADS, OwnData, Suite, bots


@pytest.fixture(autouse=True)
def both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that both backends are there: nothing is started here."""
    monkeypatch.setattr(module, "available_backends", lambda: (("rust", "numba"), {}))


def test_every_workload_is_taken_on_every_backend(tmp_path: Path) -> None:
    contests = Suite(SIZES["real"], tmp_path).contests()
    assert {contest.workload for contest in contests} == set(WORKLOADS)
    for contest in contests:
        ours = [entrant for entrant in contest.entrants if entrant.kind == "ours"]
        assert [entrant.environment for entrant in ours] == [
            {"FORVEN_BACKEND": "rust"},
            {"FORVEN_BACKEND": "numba"},
        ]
        assert ours[0].settings == ours[1].settings


def test_the_real_size_is_the_standard_one(tmp_path: Path) -> None:
    contests = Suite(SIZES["real"], tmp_path).contests()
    settings = {
        name: [contest.entrants[0].settings for contest in contests if contest.workload == name]
        for name in WORKLOADS
    }
    days = {(bots(own["counts"]), own["fills"], own["threads"]) for own in settings["option_day"]}
    assert days == {
        *((1_000, "backtest", threads) for threads in (1, 2)),
        *((10_000, "backtest", threads) for threads in (1, 2)),
        (1_000, "live", 1),
    }
    assert {own["frame_seconds"] for own in settings["option_day"]} == {1}
    fleets = {(bots(own["counts"]), own["threads"]) for own in settings["fleet"]}
    assert fleets == {(1_000, 1), (10_000, 1), (1_000, 2), (10_000, 2)}
    assert {own["updates"] for own in settings["quote_stream"]} == {5_000_000}
    assert [own["variants"] for own in settings["pipeline"]] == [1, 100]
    assert {own["days"] for own in settings["pipeline"]} == {250}
    assert [own["command"] for own in settings["start"]] == ["backtest", "first_backtest", "help"]


def test_the_memory_floor_stands_beside_each_option_day_on_one_thread(tmp_path: Path) -> None:
    for contest in Suite(SIZES["tiny"], tmp_path).contests(["option_day"]):
        has_floor = any(entrant.name == "memory floor" for entrant in contest.entrants)
        assert has_floor == (contest.entrants[0].settings["threads"] == 1)


def test_without_numba_the_memory_floor_is_missing_and_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    contest = Suite(SIZES["tiny"], tmp_path).contests(["option_day"])[0]
    assert [entrant.kind for entrant in contest.entrants] == ["ours", "ours"]
    assert "numba" in contest.missing["memory floor"]


def test_labels_are_not_repeated(tmp_path: Path) -> None:
    labels = [contest.label for contest in Suite(SIZES["real"], tmp_path).contests()]
    assert len(labels) == len(set(labels))
    tiny = replace(SIZES["tiny"], has_cold_start=True)
    assert len(Suite(tiny, tmp_path).contests(["start"])) == 3


def test_a_dataset_or_strategy_that_is_not_there_is_told_of_before_anything_runs(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownDataset, match="no dataset 'none'"):
        OwnData.opened("none", None, SIZES["tiny"])
    broken = tmp_path / "broken.json"
    broken.write_text("{}", "utf-8")
    with pytest.raises(InvalidStrategy, match=r"broken\.json"):
        OwnData.opened("none", broken, SIZES["tiny"])


def test_counts_multiply() -> None:
    assert bots((2, 3, 4, 5)) == np.prod((2, 3, 4, 5))
