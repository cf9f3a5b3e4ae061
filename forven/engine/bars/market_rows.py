"""What bars add to a run beside their prices: the average true range and the sums of funding."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from forven.kernels import bars_schema as schema
from forven.market.bars.timeframes import timeframe_of
from forven.primitives.late import LateModule

talib = LateModule("talib")

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ATR_BARS = 14
FUNDING_COLUMN = "funding_rate"
FUNDED_CALENDAR = "always"
"""Contracts that pay funding trade round the clock; what has trading hours pays none."""


class BarSeries(Protocol):
    """What a run reads of `forven.market.bars.bars.Bars`."""

    @property
    def timeframe(self) -> str:
        """The bars' length by name."""

    @property
    def calendar(self) -> str:
        """When the market is open, by name."""

    @property
    def prices(self) -> Integers:
        """Open, high, low and close in quanta, (4, n)."""

    @property
    def columns(self) -> Mapping[str, Floats]:
        """Enrichment by name; `funding_rate` is a fraction an hour."""


def bar_rows(prices: Integers, has_atr: bool) -> Integers:
    """Return `bars` as the kernel takes them: the prices, and the ATR where it is asked for."""
    if not has_atr:
        return np.ascontiguousarray(prices)
    return np.vstack([prices, average_true_range(prices)])


def average_true_range(prices: Integers) -> Integers:
    """Return Wilder's ATR of 14 bars in quanta, half up; -1 where it is not defined yet.

    The first is the mean of the true ranges of bars 1 to 14 and stands at bar 14.
    """
    _, high, low, close = prices.astype(np.float64)
    if len(high) <= ATR_BARS:
        return np.full(len(high), -1, np.int64)
    ranges = talib.ATR(high, low, close, timeperiod=ATR_BARS)
    return np.floor(np.where(np.isnan(ranges), -1.0, ranges) + 0.5).astype(np.int64)


def funding_sums(bars: BarSeries, is_applied: bool = True) -> Floats:
    """Return sums of hourly rate x hours over the bars before each, and counts of missing rates.

    A bar without a rate adds 0 and is counted; without the column every bar is such a one. Where
    funding is not applied, or the market has trading hours, both rows are 0.
    """
    count = bars.prices.shape[1]
    sums = np.zeros((schema.FUNDING_ROWS, count + 1))
    if not is_applied or bars.calendar != FUNDED_CALENDAR:
        return sums
    rates = bars.columns.get(FUNDING_COLUMN, np.full(count, np.nan))
    is_missing = ~np.isfinite(rates)
    paid = np.where(is_missing, 0.0, rates) * timeframe_of(bars.timeframe).hours
    np.cumsum(paid, out=sums[schema.FUNDING_SUM, 1:])
    np.cumsum(is_missing, out=sums[schema.FUNDING_MISSING, 1:])
    return sums
