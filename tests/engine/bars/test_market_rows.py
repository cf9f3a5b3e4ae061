"""The average true range by its definition, and sums of funding with their gaps."""

from dataclasses import replace

import numpy as np
import pytest

from forven.engine.bars.market_rows import average_true_range, bar_rows, funding_sums
from forven.market.bars.synthetic import random_bars


def wilder(prices):
    """Return the page's rule, bar by bar."""
    _, high, low, close = prices.tolist()
    found = [-1] * len(high)
    ranges = [0.0]
    for bar in range(1, len(high)):
        before = close[bar - 1]
        ranges.append(float(max(high[bar], before) - min(low[bar], before)))
        if bar == 14:
            average = sum(ranges[1:15]) / 14
        elif bar > 14:
            average = (average * 13 + ranges[bar]) / 14
        if bar >= 14:
            found[bar] = int(average + 0.5)
    return found


@pytest.mark.parametrize("count", [1, 14, 15, 16, 2_000])
def test_the_average_true_range_is_wilders(count):
    prices = random_bars(count, 4).prices
    assert average_true_range(prices).tolist() == wilder(prices)


def test_the_range_lies_below_the_prices():
    prices = random_bars(100, 4).prices
    rows = bar_rows(prices, True)
    np.testing.assert_array_equal(rows[:4], prices)
    np.testing.assert_array_equal(rows[4], average_true_range(prices))
    assert bar_rows(prices, False).shape == (4, 100)


def test_funding_is_the_hourly_rate_times_the_hours_of_a_bar():
    bars = random_bars(50, 4, "4h", columns=("funding_rate",))
    rates = np.nan_to_num(bars.columns["funding_rate"], nan=1e-5)
    rates[[3, 20]] = np.nan
    sums, missing = funding_sums(bars.with_columns({"funding_rate": rates}))
    wanted, total = [0.0], 0.0
    for rate in rates.tolist():
        total += 0.0 if np.isnan(rate) else rate * 4.0
        wanted.append(total)
    assert sums.tolist() == wanted
    assert missing.tolist() == [0.0] * 4 + [1.0] * 17 + [2.0] * 30


def test_without_the_column_every_bar_is_a_missing_one():
    sums, missing = funding_sums(random_bars(5, 4))
    assert sums.tolist() == [0.0] * 6
    assert missing.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_what_has_trading_hours_or_is_told_not_to_pays_none():
    bars = random_bars(5, 4, columns=("funding_rate",))
    assert not funding_sums(bars, is_applied=False).any()
    assert not funding_sums(replace(bars, calendar="xnys", content_hash="")).any()
