"""What is said beside the best run."""

import numpy as np
import pyarrow as pa
import pytest

from forven.research.sweeps.leaders import best_by_chance, notes_on, shown_metrics
from forven.research.sweeps.results import SweepResults


def results(train, test, trades=50, funded=True) -> SweepResults:
    count = len(train)
    columns = {"fast": pa.array(range(count))}
    for side, values in (("train_", train), ("test_", test)):
        columns[side + "sharpe"] = pa.array(np.array(values, float))
        columns[side + "total_trades"] = pa.array([trades] * count)
        columns[side + "ruined"] = pa.array([False] * count)
        columns[side + "funding_complete"] = pa.array([funded] * count)
        for name in ("total_return", "profit_factor"):
            columns[side + name] = pa.array([0.1] * count)
        columns[side + "max_drawdown"] = columns[side + "costs"] = pa.array(np.array(values, float))
        columns[side + "net_profit"] = columns[side + "sharpe"]
        columns[side + "months"] = pa.array([7.0 if side == "train_" else 3.0] * count)
    document = {"kind": "bars", "parameters": ["fast"], "train_pct": 70}
    return SweepResults(table=pa.table(columns), document=document, digest="", backend="")


def test_the_best_of_many_by_chance_is_the_expected_maximum() -> None:
    draws = np.random.default_rng(0).normal(0.0, 2.0, (2_000, 500))
    expected = draws.max(axis=1).mean()
    assert best_by_chance(draws[0]) == pytest.approx(expected, rel=0.1)
    assert best_by_chance(np.array([1.0])) is None


def test_a_fall_from_train_to_test_is_told() -> None:
    assert any(
        "falls from 2 (train)" in note for note in notes_on(results([2, 1], [0.3, 2]), "sharpe")
    )
    assert not any("falls" in note for note in notes_on(results([2, 1], [1.9, 2]), "sharpe"))
    assert any("falls" in note for note in notes_on(results([2, 1], [np.nan, 2]), "sharpe"))


def test_few_trades_and_missing_rates_are_told() -> None:
    notes = notes_on(results([2, 1], [2, 2], trades=7, funded=False), "sharpe")
    assert any("7 trades: too few" in note for note in notes)
    assert any("2 of 2 runs held bars without a funding rate" in note for note in notes)


def test_each_metric_stands_beside_its_test() -> None:
    shown = shown_metrics(results([1], [1]), "sharpe")
    assert shown[:5] == [
        "fast", "train_sharpe", "test_sharpe", "train_total_return", "test_total_return",
    ]  # fmt: skip


def test_what_is_better_low_rises_and_chance_says_nothing_of_it() -> None:
    notes = notes_on(results([0.1, 0.2], [0.3, 0.1]), "max_drawdown")
    assert any("max_drawdown rises from 0.1 (train) to 0.3 (test)" in note for note in notes)
    assert not any("without any edge" in note for note in notes)
    notes = notes_on(results([0.1, 0.2], [0.15, 0.9]), "max_drawdown")
    assert not any("rises" in note or "falls" in note for note in notes)


def test_a_sum_is_compared_over_equal_spans() -> None:
    """Of 700 in seven months, 300 in three are as good; 100 are not."""
    assert not any("falls" in note for note in notes_on(results([700, 1], [300, 1]), "net_profit"))
    notes = notes_on(results([700, 1], [100, 1]), "net_profit")
    assert any("falls from 700 (train) to 100 (test, which is 43% as long)" in one for one in notes)
    assert not any("rises" in note for note in notes_on(results([70, 99], [50, 1]), "costs"))
    assert any("rises" in note for note in notes_on(results([70, 99], [70, 1]), "costs"))


def test_what_is_neither_high_nor_low_is_told() -> None:
    notes = notes_on(results([1, 2], [1, 2]), "total_trades")
    assert any("neither better high nor low" in note for note in notes)
    assert not any("without any edge" in note or "falls" in note for note in notes)


def test_a_metric_of_no_run_is_told() -> None:
    notes = notes_on(results([np.nan, np.nan], [1, 1]), "sharpe")
    assert any("sharpe is not defined for any run" in note for note in notes)
