"""Trend: lines of volume that lead or confirm the price."""

from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    accumulation,
    bar_strategy,
    chaikin_money_flow,
    ema,
    leverage,
    obv,
    sma,
)

ALL_MODES = ("long_only", "short_only", "both")


@bar_strategy(
    name="adl",
    family="trend",
    rule="Buy when the accumulation/distribution line crosses above its EMA; leave when it "
    "crosses below.",
    source="Chaikin; Achelis, Technical Analysis from A to Z (2000)",
    modes=ALL_MODES,
    parameters=(Parameter("ema_period", 20, 2, 500), leverage(1.0)),
)
def adl(market: Market, p: Parameters) -> Rules:
    """Write the rules of adl."""
    line = accumulation(market)
    average = ema(line, p.ema_period)
    up, down = line.crosses_above(average), line.crosses_below(average)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="obv_trend",
    family="trend",
    rule="Buy when on-balance volume crosses above its EMA with the close above its SMA; leave "
    "when it crosses below.",
    source="Granville, New Key to Stock Market Profits (1963)",
    modes=ALL_MODES,
    parameters=(
        Parameter("ema_period", 20, 2, 500),
        Parameter("sma_period", 20, 2, 500),
        leverage(1.0),
    ),
)
def obv_trend(market: Market, p: Parameters) -> Rules:
    """Write the rules of obv_trend."""
    line, mean = obv(market), sma(market.close, p.sma_period)
    average = ema(line, p.ema_period)
    up, down = line.crosses_above(average), line.crosses_below(average)
    return Rules(
        enter_long=up & (market.close > mean),
        exit_long=down,
        enter_short=down & (market.close < mean),
        exit_short=up,
    )


@bar_strategy(
    name="chaikin_mf",
    family="trend",
    rule="Buy when Chaikin's money flow crosses above the threshold; leave when it crosses below "
    "the same threshold under zero.",
    source="Chaikin; Achelis, Technical Analysis from A to Z (2000)",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("threshold", 0.05, 0.0, 1.0, 0.01, (0.0, 0.15)),
        leverage(1.0),
    ),
)
def chaikin_mf(market: Market, p: Parameters) -> Rules:
    """Write the rules of chaikin_mf."""
    flow = chaikin_money_flow(market, p.period)
    up, down = flow.crosses_above(p.threshold), flow.crosses_below(-p.threshold)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)
