"""VWAP: crosses of the mean price weighed by volume, and pullbacks from it."""

from forven.strategies.bars.writing import (
    Column,
    Market,
    Parameter,
    Parameters,
    Rules,
    bar_strategy,
    day_vwap,
    ema,
    leverage,
    rsi,
    vwap,
)

ALL_MODES = ("long_only", "short_only", "both")
SOURCE = "Berkowitz, Logue and Noser, The Journal of Finance 3/1988, for the VWAP"


def crossing_close(market: Market, line: Column) -> Rules:
    """Return the rules that are long while the close is above a line, short while below."""
    up, down = market.close.crosses_above(line), market.close.crosses_below(line)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="vwap_cross",
    family="momentum",
    rule="Buy when the close crosses above the VWAP of the last bars; leave when it crosses below.",
    source=SOURCE,
    modes=ALL_MODES,
    parameters=(Parameter("period", 20, 2, 1_000), leverage(1.0)),
)
def vwap_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of vwap_cross."""
    return crossing_close(market, vwap(market, p.period))


@bar_strategy(
    name="vwap",
    family="momentum",
    rule="Buy when the close crosses above the VWAP of the UTC day so far; leave when it crosses "
    "below.",
    source=SOURCE,
    modes=ALL_MODES,
    parameters=(leverage(1.0),),
)
def vwap_of_the_day(market: Market, _: Parameters) -> Rules:
    """Write the rules of vwap: it has no span, as each day begins anew."""
    return crossing_close(market, day_vwap(market))


@bar_strategy(
    name="vwap_pullback",
    family="mean_reversion",
    rule="Buy while the close is at least so many percent below the VWAP of the last bars; leave "
    "when it is back at it.",
    source=SOURCE,
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 20, 2, 1_000),
        Parameter("distance_pct", 2.0, 0.05, 50.0, 0.25, (0.5, 4.0)),
        leverage(3.0),
    ),
)
def vwap_pullback(market: Market, p: Parameters) -> Rules:
    """Write the rules of vwap_pullback."""
    close, line, share = market.close, vwap(market, p.period), p.distance_pct / 100.0
    return Rules(
        enter_long=close <= line * (1.0 - share),
        exit_long=close >= line,
        enter_short=close >= line * (1.0 + share),
        exit_short=close <= line,
    )


@bar_strategy(
    name="vwap_pullback_eth_15m",
    family="mean_reversion",
    rule="While the regime's EMA has risen, buy a close so many percent below the VWAP with a low "
    "RSI; leave when it is back at the VWAP or the RSI is high; spans used for ETH on 15-minute "
    "bars.",
    source=f"{SOURCE}; Wilder's RSI",
    relations=("rsi_enter < rsi_exit",),
    parameters=(
        Parameter("period", 32, 2, 1_000),
        Parameter("distance_pct", 1.5, 0.05, 50.0, 0.25, (0.5, 3.0)),
        Parameter("regime", 96, 2, 2_000),
        Parameter("slope_bars", 8, 1, 500),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_enter", 35.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_exit", 60.0, 0.0, 100.0, 5.0, (50.0, 75.0)),
        leverage(1.0),
    ),
)
def vwap_pullback_eth_15m(market: Market, p: Parameters) -> Rules:
    """Write the rules of vwap_pullback_eth_15m."""
    close, line = market.close, vwap(market, p.period)
    strength, regime = rsi(close, p.rsi_period), ema(close, p.regime)
    is_far = close <= line * (1.0 - p.distance_pct / 100.0)
    return Rules(
        enter_long=regime.rises(p.slope_bars) & is_far & (strength <= p.rsi_enter),
        exit_long=(close >= line) | (strength >= p.rsi_exit),
    )
