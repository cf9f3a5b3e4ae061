"""Moving averages: one line that follows a column."""

import math

from forven.primitives.late import LateModule
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.registry import LAST_BITS, Entry, period, register
from forven.strategies.bars.indicators.streams import averages

talib = LateModule("talib")

_SERIES = ("series",)
_OF_INPUT = "those of the input"

_SMA = register(
    Entry(
        name="sma",
        summary="Simple moving average: the mean of the last `period` numbers.",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.SMA,
        stream=averages.Simple,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib SMA",
    )
)
_EMA = register(
    Entry(
        name="ema",
        summary="Exponential moving average, weight 2/(period+1), begun with a simple one.",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.EMA,
        stream=averages.Exponential,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib EMA",
    )
)
_DEMA = register(
    Entry(
        name="dema",
        summary="Double exponential moving average: 2 ema - ema(ema).",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: 2 * (bars - 1),
        batch=talib.DEMA,
        stream=averages.Double,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib DEMA; Mulloy, Technical Analysis of Stocks & Commodities 1/1994",
    )
)
_TEMA = register(
    Entry(
        name="tema",
        summary="Triple exponential moving average: 3 ema - 3 ema(ema) + ema(ema(ema)).",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: 3 * (bars - 1),
        batch=talib.TEMA,
        stream=averages.Triple,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib TEMA; Mulloy, Technical Analysis of Stocks & Commodities 1/1994",
    )
)
_WMA = register(
    Entry(
        name="wma",
        summary="Weighted moving average: the newest number weighs `period`, the oldest 1.",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.WMA,
        stream=averages.Weighted,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib WMA",
    )
)
_KAMA = register(
    Entry(
        name="kama",
        summary="Kaufman's adaptive moving average: fast in a trend, slow in noise (2, 30).",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: bars,
        batch=talib.KAMA,
        stream=averages.Adaptive,
        tolerance=LAST_BITS,
        units=_OF_INPUT,
        source="TA-Lib KAMA; Kaufman, Smarter Trading (1995)",
    )
)


def sma(column: Column, bars: int) -> Column:
    """Return the simple moving average of the last `bars` numbers."""
    return _SMA.one((column,), bars)


def ema(column: Column, bars: int) -> Column:
    """Return the exponential moving average with weight 2/(bars+1)."""
    return _EMA.one((column,), bars)


def dema(column: Column, bars: int) -> Column:
    """Return the double exponential moving average."""
    return _DEMA.one((column,), bars)


def tema(column: Column, bars: int) -> Column:
    """Return the triple exponential moving average."""
    return _TEMA.one((column,), bars)


def wma(column: Column, bars: int) -> Column:
    """Return the linearly weighted moving average."""
    return _WMA.one((column,), bars)


def kama(column: Column, bars: int) -> Column:
    """Return Kaufman's adaptive moving average."""
    return _KAMA.one((column,), bars)


def hma(column: Column, bars: int) -> Column:
    """Return Hull's moving average: wma(2 wma(bars/2) - wma(bars), sqrt(bars)), from 4 bars on.

    Half and root are rounded down. Source: Hull (2005), alanhull.com/hull-moving-average.
    """
    fast, slow = wma(column, max(2, bars // 2)), wma(column, bars)
    return wma(2.0 * fast - slow, max(2, math.isqrt(bars)))
