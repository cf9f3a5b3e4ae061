"""Trend: two lines of the price that cross."""

from forven.strategies.bars.writing import (
    Column,
    Condition,
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    awesome_oscillator,
    bar_strategy,
    dema,
    ema,
    hma,
    leverage,
    macd,
    ppo,
    roc,
    sma,
    tema,
    trix,
)

ALL_MODES = ("long_only", "short_only", "both")
VOLUME_BARS = 20
"""Bars of the mean that a volume filter compares with."""


def crossing(fast: Column, slow: Column) -> Rules:
    """Return the rules that follow two lines: long while the fast one is above."""
    up, down = fast.crosses_above(slow), fast.crosses_below(slow)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


def is_confirmed(market: Market, bars: int, adx_min: float) -> Condition:
    """Return whether there is a trend by ADX, and more volume than its mean."""
    busy = market.volume > sma(market.volume, VOLUME_BARS)
    return (adx(market, bars) >= adx_min) & busy


def _ema_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of the EMA crosses."""
    close = market.close
    fast, slow, regime = ema(close, p.fast), ema(close, p.slow), ema(close, p.regime)
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    up, down = fast.crosses_above(slow), fast.crosses_below(slow)
    return Rules(
        enter_long=up & (close > regime) & confirmed,
        exit_long=down,
        enter_short=down & (close < regime) & confirmed,
        exit_short=up,
    )


ema_cross = bar_strategy(
    name="ema_cross",
    family="trend",
    rule="Buy when the fast EMA crosses above the slow one, the close is above the regime's EMA, "
    "and ADX and volume confirm it; leave when it crosses below.",
    source="Murphy, Technical Analysis of the Financial Markets (1999), ch. 9; Wilder's ADX",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 20, 2, 500),
        Parameter("slow", 50, 3, 1_000),
        Parameter("regime", 200, 10, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0),
        leverage(3.0),
    ),
)(_ema_cross)

ema_cross_eth_15m = bar_strategy(
    name="ema_cross_eth_15m",
    family="trend",
    rule="The EMA cross with the spans and the stricter ADX used for ETH on 15-minute bars.",
    source="Murphy, Technical Analysis of the Financial Markets (1999), ch. 9; Wilder's ADX",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 24, 2, 500),
        Parameter("slow", 32, 3, 1_000),
        Parameter("regime", 192, 10, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 25.0, 0.0, 100.0),
        leverage(1.0),
    ),
)(_ema_cross)


@bar_strategy(
    name="dema_cross",
    family="trend",
    rule="Buy when the fast DEMA crosses above the slow one; leave when it crosses below.",
    source="Mulloy, Technical Analysis of Stocks & Commodities 1/1994",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(Parameter("fast", 12, 2, 500), Parameter("slow", 26, 3, 1_000), leverage(1.0)),
)
def dema_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of dema_cross."""
    return crossing(dema(market.close, p.fast), dema(market.close, p.slow))


@bar_strategy(
    name="tema_cross",
    family="trend",
    rule="Buy when the fast TEMA crosses above the slow one; leave when it crosses below.",
    source="Mulloy, Technical Analysis of Stocks & Commodities 1/1994",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(Parameter("fast", 12, 2, 500), Parameter("slow", 26, 3, 1_000), leverage(1.0)),
)
def tema_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of tema_cross."""
    return crossing(tema(market.close, p.fast), tema(market.close, p.slow))


@bar_strategy(
    name="hma_cross",
    family="trend",
    rule="Buy when the fast Hull average crosses above the slow one; leave when it crosses below.",
    source="Hull (2005), alanhull.com/hull-moving-average",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(Parameter("fast", 9, 4, 500), Parameter("slow", 21, 5, 1_000), leverage(1.0)),
)
def hma_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of hma_cross."""
    return crossing(hma(market.close, p.fast), hma(market.close, p.slow))


@bar_strategy(
    name="macd",
    family="trend",
    rule="Buy when MACD crosses above its signal, or is above it and above zero, over the "
    "regime's EMA and confirmed by ADX and volume; leave when it crosses below.",
    source="Appel, Technical Analysis (2005), ch. 8",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 5, 2, 500),
        Parameter("slow", 13, 3, 1_000),
        Parameter("signal", 3, 2, 200),
        Parameter("regime", 200, 10, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0),
        leverage(3.0),
    ),
)
def macd_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of macd."""
    close, regime = market.close, ema(market.close, p.regime)
    line, signal, _ = macd(close, p.fast, p.slow, p.signal)
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    up, down = line.crosses_above(signal), line.crosses_below(signal)
    is_up = up | ((line > 0.0) & (line > signal))
    is_down = down | ((line < 0.0) & (line < signal))
    return Rules(
        enter_long=is_up & (close > regime) & confirmed,
        exit_long=down,
        enter_short=is_down & (close < regime) & confirmed,
        exit_short=up,
    )


@bar_strategy(
    name="ppo",
    family="trend",
    rule="Buy when the percentage price oscillator crosses above its signal and is above zero; "
    "leave when it crosses below.",
    source="Appel, Technical Analysis (2005)",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 12, 2, 500),
        Parameter("slow", 26, 3, 1_000),
        Parameter("signal", 9, 2, 200),
        leverage(1.0),
    ),
)
def ppo_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of ppo."""
    line, signal = ppo(market.close, p.fast, p.slow, p.signal)
    return signal_cross(line, signal)


@bar_strategy(
    name="trix",
    family="trend",
    rule="Buy when TRIX crosses above its signal and is above zero; leave when it crosses below.",
    source="Hutson, Technical Analysis of Stocks & Commodities 1983",
    modes=ALL_MODES,
    parameters=(Parameter("period", 15, 2, 500), Parameter("signal", 9, 2, 200), leverage(1.0)),
)
def trix_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of trix."""
    line, signal = trix(market.close, p.period, p.signal)
    return signal_cross(line, signal)


def signal_cross(line: Column, signal: Column) -> Rules:
    """Return the rules of a line that crosses its signal on the right side of zero."""
    up, down = line.crosses_above(signal), line.crosses_below(signal)
    return Rules(
        enter_long=up & (line > 0.0),
        exit_long=down,
        enter_short=down & (line < 0.0),
        exit_short=up,
    )


@bar_strategy(
    name="roc",
    family="trend",
    rule="Buy when the rate of change crosses above the threshold; leave when it crosses below.",
    source="Murphy, Technical Analysis of the Financial Markets (1999), ch. 10",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 12, 1, 500),
        Parameter("threshold", 0.0, -50.0, 50.0, 0.5, (-2.0, 5.0)),
        leverage(1.0),
    ),
)
def roc_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of roc; a short's threshold is mirrored at zero."""
    rate = roc(market.close, p.period)
    return Rules(
        enter_long=rate.crosses_above(p.threshold),
        exit_long=rate.crosses_below(p.threshold),
        enter_short=rate.crosses_below(-p.threshold),
        exit_short=rate.crosses_above(-p.threshold),
    )


@bar_strategy(
    name="awesome_oscillator",
    family="trend",
    rule="Buy when the awesome oscillator crosses above zero; leave when it crosses below.",
    source="Williams, Trading Chaos (1995)",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(Parameter("fast", 5, 2, 200), Parameter("slow", 34, 3, 500), leverage(1.0)),
)
def awesome_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of awesome_oscillator."""
    line = awesome_oscillator(market, p.fast, p.slow)
    up, down = line.crosses_above(0.0), line.crosses_below(0.0)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)
