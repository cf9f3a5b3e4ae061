"""Volatility: how far prices range, and the bands drawn from that."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.combining import maximum, root
from forven.strategies.bars.expressions import Column, Condition
from forven.strategies.bars.indicators.averages import ema, sma
from forven.strategies.bars.indicators.directional import (
    linear_regression,
    linear_regression_slope,
)
from forven.strategies.bars.indicators.registry import (
    LAST_BITS,
    RUNNING_SQUARES,
    SIMPLE,
    Entry,
    factor,
    period,
    register,
)
from forven.strategies.bars.indicators.streams import wilder, windows
from forven.strategies.bars.market import Market

talib = LateModule("talib")

_BARS = ("high", "low", "close")
_WILDER = "Wilder, New Concepts in Technical Trading Systems (1978)"

_TRUE_RANGE = register(
    Entry(
        name="true_range",
        summary="The bar's range, from the former close where there was a gap.",
        inputs=_BARS,
        lookback=lambda: 1,
        batch=talib.TRANGE,
        stream=wilder.TrueRange,
        units="price",
        source=f"TA-Lib TRANGE; {_WILDER}",
    )
)
_ATR = register(
    Entry(
        name="atr",
        summary="Average true range, Wilder's average.",
        inputs=_BARS,
        settings=(period("period", 1),),
        lookback=lambda bars: bars,
        batch=talib.ATR,
        stream=wilder.AverageRange,
        tolerance=LAST_BITS,
        units="price",
        source=f"TA-Lib ATR; {_WILDER}",
    )
)
_NATR = register(
    Entry(
        name="natr",
        summary="Average true range over the close.",
        inputs=_BARS,
        settings=(period("period", 1),),
        lookback=lambda bars: bars,
        batch=talib.NATR,
        stream=wilder.NormalisedRange,
        tolerance=LAST_BITS,
        units="percent",
        source="TA-Lib NATR",
    )
)
_BANDS = register(
    Entry(
        name="bollinger",
        summary="A simple average, and `width` population standard deviations above and below.",
        inputs=("series",),
        settings=(period(), factor("width", 0.0, 100.0)),
        outputs=("upper", "middle", "lower"),
        lookback=lambda bars, _: bars - 1,
        batch=lambda series, bars, width: talib.BBANDS(series, bars, width, width, SIMPLE),
        stream=windows.Bands,
        tolerance=RUNNING_SQUARES,
        units="those of the input",
        source="TA-Lib BBANDS; Bollinger on Bollinger Bands (2001)",
    )
)
_STDDEV = register(
    Entry(
        name="stddev",
        summary="Population standard deviation of the last `period` numbers.",
        inputs=("series",),
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=lambda series, bars: talib.STDDEV(series, bars, 1.0),
        stream=windows.Deviation,
        tolerance=RUNNING_SQUARES,
        units="those of the input",
        source="TA-Lib STDDEV",
    )
)
_HIGHEST = register(
    Entry(
        name="highest",
        summary="The greatest of the last `period` numbers.",
        inputs=("series",),
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.MAX,
        stream=lambda bars: windows.Window(talib.MAX, bars, bars),
        units="those of the input",
        source="TA-Lib MAX",
    )
)
_LOWEST = register(
    Entry(
        name="lowest",
        summary="The smallest of the last `period` numbers.",
        inputs=("series",),
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.MIN,
        stream=lambda bars: windows.Window(talib.MIN, bars, bars),
        units="those of the input",
        source="TA-Lib MIN",
    )
)


class Bands(NamedTuple):
    """A middle line with one above and one below."""

    upper: Column
    middle: Column
    lower: Column

    @property
    def width(self) -> Column:
        """The distance of the bands as a fraction of the middle."""
        return (self.upper - self.lower) / self.middle


class Squeeze(NamedTuple):
    """Whether the bands lie inside the channel, and the momentum that will show the way out."""

    on: Condition
    momentum: Column


def true_range(market: Market) -> Column:
    """Return the bar's true range."""
    return _TRUE_RANGE.one((market.high, market.low, market.close))


def atr(market: Market, bars: int) -> Column:
    """Return the average true range."""
    return _ATR.one((market.high, market.low, market.close), bars)


def natr(market: Market, bars: int) -> Column:
    """Return the average true range in percent of the close."""
    return _NATR.one((market.high, market.low, market.close), bars)


def bollinger(column: Column, bars: int, width: float) -> Bands:
    """Return Bollinger's bands."""
    return Bands(*_BANDS.of((column,), bars, width))


def stddev(column: Column, bars: int) -> Column:
    """Return the population standard deviation of the last `bars` numbers."""
    return _STDDEV.one((column,), bars)


def zscore(column: Column, bars: int) -> Column:
    """Return how many standard deviations a column is from its mean; NaN where it has none."""
    return (column - sma(column, bars)) / stddev(column, bars)


def highest(column: Column, bars: int) -> Column:
    """Return the greatest of the last `bars` numbers, this one included."""
    return column if bars == 1 else _HIGHEST.one((column,), bars)


def lowest(column: Column, bars: int) -> Column:
    """Return the smallest of the last `bars` numbers, this one included."""
    return column if bars == 1 else _LOWEST.one((column,), bars)


def donchian(market: Market, bars: int) -> Bands:
    """Return the highest high, the middle and the lowest low of the last `bars` bars.

    This bar is one of them: a breakout compares the close with `upper.ago(1)`.
    Source: Donchian, Futures 1960; Faith, Way of the Turtle (2007).
    """
    upper, lower = highest(market.high, bars), lowest(market.low, bars)
    return Bands(upper, (upper + lower) / 2.0, lower)


def keltner(market: Market, bars: int, width: float, atr_bars: int | None = None) -> Bands:
    """Return the exponential average of the close with `width` average true ranges around it.

    Source: Keltner (1960) as revised by Linda Raschke: ema and atr.
    """
    middle = ema(market.close, bars)
    reach = width * atr(market, atr_bars or bars)
    return Bands(middle + reach, middle, middle - reach)


def linear_channel(column: Column, bars: int, width: float) -> Bands:
    """Return the end of the least-squares line, and `width` deviations of its residuals around it.

    Residual variance: that of the numbers less slope^2 (bars^2 - 1) / 12, that of the line.
    """
    line = linear_regression(column, bars)
    slope, deviation = linear_regression_slope(column, bars), stddev(column, bars)
    residual = deviation * deviation - slope * slope * ((bars * bars - 1) / 12.0)
    reach = width * root(maximum(residual, 0.0))
    return Bands(line + reach, line, line - reach)


def squeeze(
    market: Market, bars: int, width: float, channel_width: float, momentum_bars: int
) -> Squeeze:
    """Return whether Bollinger's bands lie inside Keltner's channel, and the squeeze's momentum.

    Momentum: linear regression of the close less the mean of the range's middle and the average.
    Source: Carter, Mastering the Trade (2005), ch. 11; channel of sma and sma of true range.
    """
    bands = bollinger(market.close, bars, width)
    middle = sma(market.close, bars)
    reach = channel_width * sma(true_range(market), bars)
    inside = (bands.upper < middle + reach) & (bands.lower > middle - reach)
    centre = (donchian(market, momentum_bars).middle + sma(market.close, momentum_bars)) / 2.0
    return Squeeze(inside, linear_regression(market.close - centre, momentum_bars))
