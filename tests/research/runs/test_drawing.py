"""Lines of a report: thinned without losing a peak or a trough."""

import numpy as np
import pytest

from forven.research.runs.drawing import below_peak, equity_lines, kept_points, price_line
from tests.research.runs.backtests import some_bars


def test_short_lines_are_whole() -> None:
    assert kept_points(np.ones(100), 100).tolist() == list(range(100))


@pytest.mark.parametrize("size", [101, 1_000, 9_999, 123_457])
def test_long_lines_keep_their_ends_and_extremes(size) -> None:
    values = np.random.default_rng(size).standard_normal(size).cumsum()
    kept = kept_points(values, 100)
    assert kept.size <= 102 and np.all(np.diff(kept) > 0)
    assert kept[0] == 0 and kept[-1] == size - 1
    assert values[kept].min() == values.min() and values[kept].max() == values.max()


def test_holding_starts_with_the_capital_at_the_first_close() -> None:
    bars = some_bars()
    line = equity_lines(bars, 100, np.full(50, 10_000.0), 10_000.0)
    closes = bars.floats("close")
    assert line["held"][0] == 10_000.0
    assert line["held"][-1] == pytest.approx(10_000 * closes[149] / closes[100])
    assert line["times"][0] == "2020-01-05T05:00:00" and line["falls"] == [0.0] * 50


def test_a_fall_is_from_the_highest_so_far_and_the_capital_counts() -> None:
    found = below_peak(np.array([90.0, 120.0, 60.0, 0.0]), 100.0)
    assert found == pytest.approx([-0.1, 0.0, -0.5, -1.0])


def test_the_price_line_says_of_how_many_bars_it_is() -> None:
    line = price_line(some_bars())
    assert line["bars"] == len(line["times"]) == len(line["closes"]) == 3_000
