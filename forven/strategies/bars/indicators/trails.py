"""Trailing lines, averaged candles, and what Japan draws."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.combining import maximum, minimum
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.averages import ema
from forven.strategies.bars.indicators.own import Computed
from forven.strategies.bars.indicators.registry import Entry, period, register
from forven.strategies.bars.indicators.volatility import atr, donchian, highest, lowest
from forven.strategies.bars.market import Market

kernels = LateModule("forven.kernels.jit.indicators.trails")
days = LateModule("forven.kernels.jit.indicators.days")

_LINE = Computed(kernels.trailing_line, 3, 2, lambda: 5)
_CANDLES = Computed(kernels.heikin_ashi, 4, 2, lambda: 3)
_FORMER = Computed(days.previous_day, 4, 3, lambda: 9)
_OPENING = Computed(days.opening_range, 3, 2, lambda _: 6)

_LINE_ENTRY = register(
    Entry(
        name="trailing_line",
        summary="The line that trails the price, below it in a rise and above it in a fall.",
        inputs=("close", "lower", "upper"),
        outputs=("line", "direction"),
        lookback=lambda: 0,
        batch=_LINE.batch,
        stream=_LINE.stream,
        units="price; 1 in a rise, -1 in a fall",
        source="Seban's SuperTrend",
    )
)
_CANDLES_ENTRY = register(
    Entry(
        name="heikin_ashi",
        summary="The open and close of Heikin-Ashi candles.",
        inputs=("open", "high", "low", "close"),
        outputs=("open", "close"),
        lookback=lambda: 0,
        batch=_CANDLES.batch,
        stream=_CANDLES.stream,
        units="price",
        source="Valcu, Technical Analysis of Stocks & Commodities 2/2004",
    )
)
_FORMER_ENTRY = register(
    Entry(
        name="previous_day",
        summary="The high, low and close of the day before.",
        inputs=("high", "low", "close", "day"),
        outputs=("high", "low", "close"),
        lookback=lambda: 0,
        batch=_FORMER.batch,
        stream=_FORMER.stream,
        waits=True,
        units="price",
        source="its definition; NaN until a whole day has been seen",
    )
)
_OPENING_ENTRY = register(
    Entry(
        name="opening_range",
        summary="The range of a day's first `bars` bars, from the last of them to the day's end.",
        inputs=("high", "low", "day"),
        settings=(period("bars", 1),),
        outputs=("high", "low"),
        lookback=lambda _: 0,
        batch=_OPENING.batch,
        stream=_OPENING.stream,
        waits=True,
        units="price",
        source="Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout",
    )
)


class Trail(NamedTuple):
    """A line below the price in a rise (direction 1), above it in a fall (direction -1)."""

    line: Column
    direction: Column


class Stops(NamedTuple):
    """The level below a long and the one above a short."""

    long: Column
    short: Column


class Candles(NamedTuple):
    """Prices of candles."""

    open: Column
    high: Column
    low: Column
    close: Column


class Ichimoku(NamedTuple):
    """The lines of Ichimoku; the spans are those drawn at this bar, worked out before."""

    tenkan: Column
    kijun: Column
    span_a: Column
    span_b: Column


class ElderRay(NamedTuple):
    """How far the high and the low are from the average."""

    bull: Column
    bear: Column


class DayPrices(NamedTuple):
    """Prices of the day before."""

    high: Column
    low: Column
    close: Column


class Range(NamedTuple):
    """A high and a low."""

    high: Column
    low: Column


class Pivots(NamedTuple):
    """The floor traders' levels of the day before."""

    pivot: Column
    r1: Column
    s1: Column
    r2: Column
    s2: Column


def supertrend(market: Market, bars: int, width: float) -> Trail:
    """Return SuperTrend: the bar's middle and `width` average true ranges from it, trailed."""
    reach = width * atr(market, bars)
    inputs = (market.close, market.median - reach, market.median + reach)
    return Trail(*_LINE_ENTRY.of(inputs))


def chandelier(market: Market, bars: int, width: float, atr_bars: int) -> Stops:
    """Return where a long and a short would be left: true ranges inside the range's extremes.

    Source: LeBeau; Elder, Come Into My Trading Room (2002).
    """
    reach = width * atr(market, atr_bars)
    return Stops(highest(market.high, bars) - reach, lowest(market.low, bars) + reach)


def heikin_ashi(market: Market) -> Candles:
    """Return Heikin-Ashi candles."""
    inputs = (market.open, market.high, market.low, market.close)
    opened, closed = _CANDLES_ENTRY.of(inputs)
    high = maximum(market.high, maximum(opened, closed))
    low = minimum(market.low, minimum(opened, closed))
    return Candles(opened, high, low, closed)


def ichimoku(market: Market, tenkan: int, kijun: int, span: int) -> Ichimoku:
    """Return Ichimoku's lines; the cloud of this bar was drawn `kijun` bars ago.

    Source: Hosoda (1969); Elliott, Ichimoku Charts (2007).
    """
    fast, slow = donchian(market, tenkan).middle, donchian(market, kijun).middle
    cloud_a = ((fast + slow) / 2.0).ago(kijun)
    return Ichimoku(fast, slow, cloud_a, donchian(market, span).middle.ago(kijun))


def elder_ray(market: Market, bars: int) -> ElderRay:
    """Return bull power (high - ema) and bear power (low - ema). Elder (1993)."""
    average = ema(market.close, bars)
    return ElderRay(market.high - average, market.low - average)


def previous_day(market: Market) -> DayPrices:
    """Return the high, low and close of the UTC day before."""
    return DayPrices(*_FORMER_ENTRY.of((market.high, market.low, market.close, market.day)))


def opening_range(market: Market, bars: int) -> Range:
    """Return the range of the day's first `bars` bars once they are over; NaN before."""
    return Range(*_OPENING_ENTRY.of((market.high, market.low, market.day), bars))


def pivot_points(market: Market) -> Pivots:
    """Return the floor traders' pivots of the day before: (high + low + close) / 3 and levels."""
    high, low, close = previous_day(market)
    pivot = (high + low + close) / 3.0
    return Pivots(
        pivot, 2.0 * pivot - low, 2.0 * pivot - high, pivot + (high - low), pivot - (high - low)
    )
