"""Trend: averages that cross, and strength that confirms them."""

from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    bar_strategy,
    dema,
    ema,
    leverage,
    sma,
    supertrend,
)

VOLUME_BARS = 20
"""Bars of the mean that a volume filter compares with."""


@bar_strategy(
    name="ema_cross",
    family="trend",
    rule="Buy when the fast EMA crosses above the slow one over a rising regime with ADX and "
    "volume behind it; leave when it crosses below.",
    source="forven reference; Appel, Technical Analysis (2005)",
    modes=("long_only", "short_only", "both"),
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 20, 2, 500),
        Parameter("slow", 50, 3, 1_000),
        Parameter("regime", 200, 10, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0),
        leverage(3.0),
    ),
)
def ema_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of ema_cross."""
    close = market.close
    fast, slow, regime = ema(close, p.fast), ema(close, p.slow), ema(close, p.regime)
    confirmed = (adx(market, p.adx_period) >= p.adx_min) & (
        market.volume > sma(market.volume, VOLUME_BARS)
    )
    up, down = fast.crosses_above(slow), fast.crosses_below(slow)
    return Rules(
        enter_long=up & (close > regime) & confirmed,
        exit_long=down,
        enter_short=down & (close < regime) & confirmed,
        exit_short=up,
    )


@bar_strategy(
    name="dema_cross",
    family="trend",
    rule="Buy when the fast DEMA crosses above the slow one; leave when it crosses below.",
    source="Mulloy, Technical Analysis of Stocks & Commodities 1/1994",
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 12, 2, 500),
        Parameter("slow", 26, 3, 1_000),
        leverage(1.0),
    ),
)
def dema_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of dema_cross."""
    fast, slow = dema(market.close, p.fast), dema(market.close, p.slow)
    return Rules(enter_long=fast.crosses_above(slow), exit_long=fast.crosses_below(slow))


@bar_strategy(
    name="supertrend",
    family="trend",
    rule="Buy when SuperTrend flips to a rise; leave when it flips to a fall.",
    source="Seban's SuperTrend",
    modes=("long_only", "short_only", "both"),
    parameters=(
        Parameter("period", 10, 2, 200),
        Parameter("multiplier", 3.0, 0.1, 20.0, 0.5),
        leverage(3.0),
    ),
)
def supertrend_flip(market: Market, p: Parameters) -> Rules:
    """Write the rules of supertrend."""
    direction = supertrend(market, p.period, p.multiplier).direction
    up, down = direction.crosses_above(0.0), direction.crosses_below(0.0)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)
