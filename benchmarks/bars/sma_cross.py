"""The strategy of the sweep, as a user writes one: two simple moving averages that cross."""

from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    bar_strategy,
    sma,
)


@bar_strategy(
    name="sma_cross",
    family="own",
    rule="Buy when the fast average crosses above the slow one; leave when it crosses below.",
    source="the oldest rule there is",
    parameters=(Parameter("fast", 20, 2, 500), Parameter("slow", 100, 3, 1_000)),
)
def sma_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of sma_cross."""
    fast, slow = sma(market.close, p.fast), sma(market.close, p.slow)
    return Rules(enter_long=fast.crosses_above(slow), exit_long=fast.crosses_below(slow))
