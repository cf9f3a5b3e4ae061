"""Windows and streaks: sums, ranks and runs of a column, and what is built from them."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.combining import when
from forven.strategies.bars.expressions import Column, Condition
from forven.strategies.bars.indicators.momentum import roc, rsi
from forven.strategies.bars.indicators.own import Computed
from forven.strategies.bars.indicators.registry import Entry, factor, period, register
from forven.strategies.bars.indicators.volatility import highest, lowest
from forven.strategies.bars.market import Market

rolling = LateModule("forven.kernels.jit.indicators.rolling")
smoothing = LateModule("forven.kernels.jit.indicators.smoothing")

_SERIES = ("series",)
_SUM = Computed(rolling.rolling_sum, 1, 1, lambda bars: 1 + bars)
_RANK = Computed(rolling.percent_rank, 1, 1, lambda bars: 1 + bars)
_WILDER = Computed(smoothing.wilder, 1, 1, lambda _: 2)
_SMOOTHED = Computed(smoothing.smoothed, 1, 1, lambda *_: 2)
_STREAK = Computed(smoothing.streak, 1, 1, lambda: 3)

_SUM_ENTRY = register(
    Entry(
        name="rolling_sum",
        summary="The sum of the last `period` numbers.",
        inputs=_SERIES,
        settings=(period("period", 1),),
        lookback=lambda bars: bars - 1,
        batch=_SUM.batch,
        stream=_SUM.stream,
        units="those of the input",
        source="its definition; summed afresh at each bar",
    )
)
_RANK_ENTRY = register(
    Entry(
        name="percent_rank",
        summary="How many of the `period` numbers before are smaller, in percent.",
        inputs=_SERIES,
        settings=(period("period", 1),),
        lookback=lambda bars: bars,
        batch=_RANK.batch,
        stream=_RANK.stream,
        units="0 to 100",
        source="Connors and Alvarez, An Introduction to ConnorsRSI (2012)",
    )
)
_WILDER_ENTRY = register(
    Entry(
        name="wilder",
        summary="Wilder's average, weight 1/period, begun with a simple one.",
        inputs=_SERIES,
        settings=(period("period", 1),),
        lookback=lambda bars: bars - 1,
        batch=_WILDER.batch,
        stream=_WILDER.stream,
        units="those of the input",
        source="Wilder, New Concepts in Technical Trading Systems (1978)",
    )
)
_SMOOTHED_ENTRY = register(
    Entry(
        name="smoothed",
        summary="An average of weight 1/period that begins at a given number.",
        inputs=_SERIES,
        settings=(period("period", 1), factor("start", -1e12, 1e12)),
        lookback=lambda *_: 0,
        batch=_SMOOTHED.batch,
        stream=_SMOOTHED.stream,
        units="those of the input",
        source="the smoothing of KDJ",
    )
)
_STREAK_ENTRY = register(
    Entry(
        name="streak",
        summary="For how many bars in a row a column has risen (positive) or fallen.",
        inputs=_SERIES,
        lookback=lambda: 1,
        batch=_STREAK.batch,
        stream=_STREAK.stream,
        units="bars",
        source="Connors and Alvarez, An Introduction to ConnorsRSI (2012)",
    )
)


class Kdj(NamedTuple):
    """The smoothed stochastic, its average, and 3 k - 2 d."""

    k: Column
    d: Column
    j: Column


def rolling_sum(column: Column, bars: int) -> Column:
    """Return the sum of the last `bars` numbers."""
    return _SUM_ENTRY.one((column,), bars)


def count_of(condition: Condition, bars: int) -> Column:
    """Return in how many of the last `bars` bars a condition held."""
    return rolling_sum(when(condition, 1.0, 0.0), bars)


def percent_rank(column: Column, bars: int) -> Column:
    """Return how many of the `bars` numbers before are smaller, in percent."""
    return _RANK_ENTRY.one((column,), bars)


def wilder(column: Column, bars: int) -> Column:
    """Return Wilder's average."""
    return _WILDER_ENTRY.one((column,), bars)


def smoothed(column: Column, bars: int, start: float) -> Column:
    """Return the average of weight 1/bars that begins at `start`."""
    return _SMOOTHED_ENTRY.one((column,), bars, start)


def streak(column: Column) -> Column:
    """Return for how many bars in a row a column has risen; negative: fallen."""
    return _STREAK_ENTRY.one((column,))


def connors_rsi(column: Column, bars: int, streak_bars: int, rank_bars: int) -> Column:
    """Return the mean of RSI, RSI of the streak, and percent rank of the last change.

    Source: Connors and Alvarez, An Introduction to ConnorsRSI (2012).
    """
    parts = rsi(column, bars) + rsi(streak(column), streak_bars)
    return (parts + percent_rank(roc(column, 1), rank_bars)) / 3.0


def kdj(market: Market, bars: int, k_bars: int, d_bars: int) -> Kdj:
    """Return KDJ: the raw stochastic smoothed from 50 on, that smoothed again, and 3 k - 2 d.

    A range without a height leaves it undefined, and smoothing begins anew.
    """
    top, bottom = highest(market.high, bars), lowest(market.low, bars)
    raw = 100.0 * (market.close - bottom) / (top - bottom)
    k = smoothed(raw, k_bars, 50.0)
    d = smoothed(k, d_bars, 50.0)
    return Kdj(k, d, 3.0 * k - 2.0 * d)


def vwap(market: Market, bars: int) -> Column:
    """Return the mean of the typical price weighed by volume, over the last `bars` bars."""
    return rolling_sum(market.typical * market.volume, bars) / rolling_sum(market.volume, bars)


def chaikin_money_flow(market: Market, bars: int) -> Column:
    """Return the volume weighed by the close's place in its bar over the volume, -1 to 1.

    A bar without a height counts 0. Source: Chaikin; as in Achelis, Technical Analysis A to Z.
    """
    high, low, close = market.high, market.low, market.close
    place = when(high > low, ((close - low) - (high - close)) / (high - low), 0.0)
    return rolling_sum(place * market.volume, bars) / rolling_sum(market.volume, bars)
