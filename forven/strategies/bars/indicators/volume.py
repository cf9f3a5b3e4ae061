"""Volume: whether what is traded goes with the price."""

from forven.primitives.late import LateModule
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.registry import LAST_BITS, Entry, period, register
from forven.strategies.bars.indicators.streams import windows
from forven.strategies.bars.market import Market

talib = LateModule("talib")

_BARS = ("high", "low", "close", "volume")

_OBV = register(
    Entry(
        name="obv",
        summary="On-balance volume: added where the close rises, taken off where it falls.",
        inputs=("close", "volume"),
        lookback=lambda: 0,
        batch=talib.OBV,
        stream=windows.Balance,
        tolerance=LAST_BITS,
        units="base units, from the first bar on",
        source="TA-Lib OBV; Granville, New Key to Stock Market Profits (1963)",
    )
)
_AD = register(
    Entry(
        name="accumulation",
        summary="Accumulation/distribution line: volume weighed by the close's place in the bar.",
        inputs=_BARS,
        lookback=lambda: 0,
        batch=talib.AD,
        stream=windows.Accumulation,
        tolerance=LAST_BITS,
        units="base units, from the first bar on",
        source="TA-Lib AD; Chaikin",
    )
)
_ADOSC = register(
    Entry(
        name="chaikin_oscillator",
        summary="Fast less slow exponential average of the accumulation line.",
        inputs=_BARS,
        settings=(period("fast"), period("slow")),
        lookback=lambda fast, slow: max(fast, slow) - 1,
        batch=talib.ADOSC,
        stream=windows.Oscillator,
        tolerance=LAST_BITS,
        units="base units",
        source="TA-Lib ADOSC; Chaikin",
    )
)
_MFI = register(
    Entry(
        name="mfi",
        summary="Money flow index: the RSI of typical price times volume.",
        inputs=_BARS,
        settings=(period(),),
        lookback=lambda bars: bars,
        batch=talib.MFI,
        stream=windows.MoneyFlow,
        tolerance=LAST_BITS,
        units="0 to 100",
        source="TA-Lib MFI; Quong and Soudack, Stocks & Commodities 3/1989",
    )
)


def _inputs(market: Market) -> tuple[Column, ...]:
    """Return what most of them read."""
    return market.high, market.low, market.close, market.volume


def obv(market: Market) -> Column:
    """Return the on-balance volume."""
    return _OBV.one((market.close, market.volume))


def accumulation(market: Market) -> Column:
    """Return the accumulation/distribution line."""
    return _AD.one(_inputs(market))


def chaikin_oscillator(market: Market, fast: int, slow: int) -> Column:
    """Return the fast less the slow average of the accumulation line."""
    return _ADOSC.one(_inputs(market), fast, slow)


def mfi(market: Market, bars: int) -> Column:
    """Return the money flow index, 0 to 100."""
    return _MFI.one(_inputs(market), bars)
