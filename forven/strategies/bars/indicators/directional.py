"""Direction: whether there is a trend, which way, and where it would be broken."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.registry import (
    LAST_BITS,
    Entry,
    Series,
    factor,
    period,
    register,
)
from forven.strategies.bars.indicators.streams import wilder, windows
from forven.strategies.bars.market import Market

talib = LateModule("talib")

_BARS = ("high", "low", "close")
_WILDER = "Wilder, New Concepts in Technical Trading Systems (1978)"


def _aroon(high: Series, low: Series, bars: int) -> tuple[Series, Series]:
    """Return Aroon up and down; TA-Lib gives them the other way round."""
    down, up = talib.AROON(high, low, bars)
    return up, down


_ADX = register(
    Entry(
        name="adx",
        summary="Average directional index: how strong a trend is, whichever way.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: 2 * bars - 1,
        batch=talib.ADX,
        stream=wilder.TrendStrength,
        tolerance=LAST_BITS,
        units="0 to 100",
        source=f"TA-Lib ADX; {_WILDER}",
    )
)
_PLUS_DI = register(
    Entry(
        name="plus_di",
        summary="Positive directional indicator: rises over true range.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: bars,
        batch=talib.PLUS_DI,
        stream=wilder.PlusIndicator,
        tolerance=LAST_BITS,
        units="0 to 100",
        source=f"TA-Lib PLUS_DI; {_WILDER}",
    )
)
_MINUS_DI = register(
    Entry(
        name="minus_di",
        summary="Negative directional indicator: falls over true range.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: bars,
        batch=talib.MINUS_DI,
        stream=wilder.MinusIndicator,
        tolerance=LAST_BITS,
        units="0 to 100",
        source=f"TA-Lib MINUS_DI; {_WILDER}",
    )
)
_AROON = register(
    Entry(
        name="aroon",
        summary="How recent the highest high (up) and the lowest low (down) of the range are.",
        inputs=("high", "low"),
        settings=(period(),),
        outputs=("up", "down"),
        lookback=lambda bars: bars,
        batch=_aroon,
        stream=lambda bars: windows.Window(_aroon, bars + 1, bars),
        units="0 to 100",
        source="TA-Lib AROON; Chande, Technical Analysis of Stocks & Commodities 9/1995",
    )
)
_SAR = register(
    Entry(
        name="parabolic_sar",
        summary="Parabolic stop and reverse.",
        inputs=("high", "low"),
        settings=(factor("acceleration", 0.0001, 1.0), factor("maximum", 0.0001, 10.0)),
        lookback=lambda *_: 1,
        batch=talib.SAR,
        stream=wilder.Parabolic,
        tolerance=LAST_BITS,
        units="price",
        source=f"TA-Lib SAR; {_WILDER}",
    )
)
_REGRESSION = register(
    Entry(
        name="linear_regression",
        summary="The end of the least-squares line through the last `period` numbers.",
        inputs=("series",),
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.LINEARREG,
        stream=lambda bars: windows.Window(talib.LINEARREG, bars, bars),
        tolerance=LAST_BITS,
        units="those of the input",
        source="TA-Lib LINEARREG",
    )
)
_SLOPE = register(
    Entry(
        name="linear_regression_slope",
        summary="The slope of the least-squares line through the last `period` numbers.",
        inputs=("series",),
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.LINEARREG_SLOPE,
        stream=lambda bars: windows.Window(talib.LINEARREG_SLOPE, bars, bars),
        tolerance=LAST_BITS,
        units="those of the input, per bar",
        source="TA-Lib LINEARREG_SLOPE",
    )
)


class Aroon(NamedTuple):
    """How recent the highest high and the lowest low are, 0 to 100."""

    up: Column
    down: Column


def adx(market: Market, bars: int) -> Column:
    """Return the strength of the trend, 0 to 100."""
    return _ADX.one((market.high, market.low, market.close), bars)


def plus_di(market: Market, bars: int) -> Column:
    """Return the positive directional indicator, 0 to 100."""
    return _PLUS_DI.one((market.high, market.low, market.close), bars)


def minus_di(market: Market, bars: int) -> Column:
    """Return the negative directional indicator, 0 to 100."""
    return _MINUS_DI.one((market.high, market.low, market.close), bars)


def aroon(market: Market, bars: int) -> Aroon:
    """Return Aroon up and down."""
    return Aroon(*_AROON.of((market.high, market.low), bars))


def parabolic_sar(market: Market, acceleration: float, maximum: float) -> Column:
    """Return the parabolic stop: below the price in a rise, above it in a fall."""
    return _SAR.one((market.high, market.low), acceleration, maximum)


def linear_regression(column: Column, bars: int) -> Column:
    """Return the end of the least-squares line through the last `bars` numbers."""
    return _REGRESSION.one((column,), bars)


def linear_regression_slope(column: Column, bars: int) -> Column:
    """Return the slope of that line, per bar."""
    return _SLOPE.one((column,), bars)
