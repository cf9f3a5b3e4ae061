"""Momentum: how fast and how far a price has moved, most of it between fixed bounds."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.averages import ema, sma
from forven.strategies.bars.indicators.registry import (
    EXPONENTIAL,
    LAST_BITS,
    SIMPLE,
    Entry,
    period,
    register,
)
from forven.strategies.bars.indicators.streams import averages, wilder, windows
from forven.strategies.bars.market import Market

talib = LateModule("talib")

_SERIES = ("series",)
_BARS = ("high", "low", "close")

_RSI = register(
    Entry(
        name="rsi",
        summary="Relative strength index, Wilder's averages of gains and losses.",
        inputs=_SERIES,
        settings=(period(),),
        lookback=lambda bars: bars,
        batch=talib.RSI,
        stream=wilder.Strength,
        tolerance=LAST_BITS,
        units="0 to 100",
        source="TA-Lib RSI; Wilder, New Concepts in Technical Trading Systems (1978)",
    )
)
_STOCHASTIC = register(
    Entry(
        name="stochastic",
        summary="Slow stochastic: the close's place in the range, smoothed (k), and its mean (d).",
        inputs=_BARS,
        settings=(period("period", 1), period("smooth", 1), period("signal", 1)),
        outputs=("k", "d"),
        lookback=lambda bars, smooth, signal: bars + smooth + signal - 3,
        batch=lambda high, low, close, bars, smooth, signal: talib.STOCH(
            high, low, close, bars, smooth, SIMPLE, signal, SIMPLE
        ),
        stream=windows.Stochastic,
        tolerance=LAST_BITS,
        units="0 to 100",
        source="TA-Lib STOCH with simple averages; Lane, Lane's Stochastics (1984)",
    )
)
_STOCH_RSI = register(
    Entry(
        name="stoch_rsi",
        summary="The RSI's place in its own range (k), and its mean (d).",
        inputs=_SERIES,
        settings=(period(), period("range", 1), period("signal", 1)),
        outputs=("k", "d"),
        lookback=lambda bars, span, signal: bars + span + signal - 2,
        batch=lambda series, bars, span, signal: talib.STOCHRSI(series, bars, span, signal, SIMPLE),
        stream=windows.StochasticStrength,
        tolerance=LAST_BITS,
        units="0 to 100",
        source="TA-Lib STOCHRSI; Chande and Kroll, The New Technical Trader (1994)",
    )
)
_CCI = register(
    Entry(
        name="cci",
        summary="Commodity channel index: distance from the mean in mean deviations x 0.015.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.CCI,
        stream=windows.Channel,
        tolerance=LAST_BITS,
        units="about -100 to 100",
        source="TA-Lib CCI; Lambert, Commodities 10/1980",
    )
)
_WILLIAMS_R = register(
    Entry(
        name="williams_r",
        summary="Williams %R: the close's distance from the highest high in the range.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: bars - 1,
        batch=talib.WILLR,
        stream=lambda bars: windows.Window(talib.WILLR, bars, bars),
        tolerance=LAST_BITS,
        units="-100 to 0",
        source="TA-Lib WILLR; Williams, How I Made One Million Dollars (1973)",
    )
)
_ULTIMATE = register(
    Entry(
        name="ultimate_oscillator",
        summary="Buying pressure over true range of three spans, weighed 4 : 2 : 1.",
        inputs=_BARS,
        settings=(period("short", 1), period("middle", 1), period("long", 1)),
        lookback=max,
        batch=talib.ULTOSC,
        stream=windows.Ultimate,
        tolerance=LAST_BITS,
        units="0 to 100",
        source="TA-Lib ULTOSC; Williams, Technical Analysis of Stocks & Commodities 8/1985",
    )
)
_ROC = register(
    Entry(
        name="roc",
        summary="Rate of change over `period` bars.",
        inputs=_SERIES,
        settings=(period("period", 1),),
        lookback=lambda bars: bars,
        batch=talib.ROC,
        stream=windows.Change,
        tolerance=LAST_BITS,
        units="percent",
        source="TA-Lib ROC",
    )
)
_MACD = register(
    Entry(
        name="macd",
        summary="Fast less slow exponential average, its exponential average, the difference.",
        inputs=_SERIES,
        settings=(period("fast"), period("slow"), period("signal", 1)),
        outputs=("line", "signal", "histogram"),
        lookback=lambda fast, slow, signal: max(fast, slow) + signal - 2,
        batch=talib.MACD,
        stream=averages.Macd,
        tolerance=LAST_BITS,
        units="those of the input",
        source="TA-Lib MACD; Appel, The Moving Average Convergence-Divergence Method (1979)",
    )
)
_APO = register(
    Entry(
        name="apo",
        summary="Absolute price oscillator: fast less slow exponential average.",
        inputs=_SERIES,
        settings=(period("fast"), period("slow")),
        lookback=lambda fast, slow: max(fast, slow) - 1,
        batch=lambda series, fast, slow: talib.APO(series, fast, slow, EXPONENTIAL),
        stream=averages.Difference,
        tolerance=LAST_BITS,
        units="those of the input",
        source="TA-Lib APO with exponential averages",
    )
)
_PPO = register(
    Entry(
        name="ppo",
        summary="Percentage price oscillator: (fast - slow) / slow exponential average.",
        inputs=_SERIES,
        settings=(period("fast"), period("slow")),
        lookback=lambda fast, slow: max(fast, slow) - 1,
        batch=lambda series, fast, slow: talib.PPO(series, fast, slow, EXPONENTIAL),
        stream=averages.Percentage,
        tolerance=LAST_BITS,
        units="percent",
        source="TA-Lib PPO with exponential averages; Appel, Technical Analysis (2005)",
    )
)
_TRIX = register(
    Entry(
        name="trix",
        summary="Rate of change over one bar of a triple exponential average.",
        inputs=_SERIES,
        settings=(period("period", 1),),
        lookback=lambda bars: 3 * (bars - 1) + 1,
        batch=talib.TRIX,
        stream=averages.Trix,
        tolerance=LAST_BITS,
        units="percent",
        source="TA-Lib TRIX; Hutson, Technical Analysis of Stocks & Commodities 1983",
    )
)


class Stochastic(NamedTuple):
    """A fast line and its slower mean, 0 to 100."""

    k: Column
    d: Column


class SignalLine(NamedTuple):
    """A line and the average it is compared with."""

    line: Column
    signal: Column


class Macd(NamedTuple):
    """A line, the average it is compared with, and their difference."""

    line: Column
    signal: Column
    histogram: Column


def rsi(column: Column, bars: int) -> Column:
    """Return the relative strength index, 0 to 100."""
    return _RSI.one((column,), bars)


def stochastic(market: Market, bars: int, smooth: int = 3, signal: int = 3) -> Stochastic:
    """Return the slow stochastic: k smoothed over `smooth` bars, d its mean over `signal`."""
    inputs = (market.high, market.low, market.close)
    return Stochastic(*_STOCHASTIC.of(inputs, bars, smooth, signal))


def stoch_rsi(column: Column, bars: int, span: int = 14, signal: int = 3) -> Stochastic:
    """Return where the RSI lies in its range of `span` bars, and the mean of that."""
    return Stochastic(*_STOCH_RSI.of((column,), bars, span, signal))


def cci(market: Market, bars: int) -> Column:
    """Return the commodity channel index."""
    return _CCI.one((market.high, market.low, market.close), bars)


def williams_r(market: Market, bars: int) -> Column:
    """Return Williams %R, -100 to 0."""
    return _WILLIAMS_R.one((market.high, market.low, market.close), bars)


def ultimate_oscillator(market: Market, short: int, middle: int, long: int) -> Column:
    """Return the ultimate oscillator, 0 to 100."""
    return _ULTIMATE.one((market.high, market.low, market.close), short, middle, long)


def roc(column: Column, bars: int) -> Column:
    """Return the rate of change over `bars` bars, in percent."""
    return _ROC.one((column,), bars)


def mom(column: Column, bars: int) -> Column:
    """Return by how much a column changed over `bars` bars."""
    return column.change(bars)


def macd(column: Column, fast: int, slow: int, signal: int) -> Macd:
    """Return MACD's line, signal and histogram."""
    return Macd(*_MACD.of((column,), fast, slow, signal))


def apo(column: Column, fast: int, slow: int) -> Column:
    """Return the fast less the slow exponential average."""
    return _APO.one((column,), fast, slow)


def ppo(column: Column, fast: int, slow: int, signal: int) -> SignalLine:
    """Return (fast - slow) / slow in percent, and its exponential average over `signal` bars."""
    line = _PPO.one((column,), fast, slow)
    return SignalLine(line, ema(line, signal))


def trix(column: Column, bars: int, signal: int) -> SignalLine:
    """Return the rate of change of a triple average in percent, and its exponential average."""
    line = _TRIX.one((column,), bars)
    return SignalLine(line, ema(line, signal))


def awesome_oscillator(market: Market, fast: int = 5, slow: int = 34) -> Column:
    """Return the fast less the slow simple average of the bars' middles.

    Source: Williams, Trading Chaos (1995).
    """
    return sma(market.median, fast) - sma(market.median, slow)
