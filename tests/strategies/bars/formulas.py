"""Random formulas of every kind, over the columns of a market."""

import numpy as np

from forven.strategies.bars.combining import when
from forven.strategies.bars.expressions import Column, Condition
from forven.strategies.bars.writing import (
    Market,
    bars_since,
    bollinger,
    ema,
    highest,
    latest,
    maximum,
    minimum,
    root,
    rsi,
    sma,
    supertrend,
)

MARKET = Market()


def random_column(random: np.random.Generator, depth: int) -> Column:
    """Return a column of some depth."""
    market = MARKET
    leaves = (market.open, market.high, market.low, market.close, market.volume, market.hour)
    if depth == 0:
        return leaves[random.integers(len(leaves))]
    one, other = random_column(random, depth - 1), random_column(random, depth - 1)
    bars = int(random.integers(2, 12))
    makers = (
        lambda: one + other,
        lambda: one - 2.0 * other,
        lambda: one / (other - sma(other, bars)),
        lambda: minimum(one, other),
        lambda: maximum(one, abs(other)),
        lambda: root(one),
        lambda: one.ago(bars),
        lambda: ema(one, bars),
        lambda: sma(one, bars),
        lambda: rsi(one, bars),
        lambda: highest(one, bars),
        lambda: bollinger(one, bars, 1.5).upper,
        lambda: supertrend(market, bars, 2.0).direction,
        lambda: when(random_condition(random, depth - 1), one, other),
        lambda: latest(random_condition(random, depth - 1), one),
        lambda: bars_since(random_condition(random, depth - 1)),
    )
    return makers[random.integers(len(makers))]()


def random_condition(random: np.random.Generator, depth: int) -> Condition:
    """Return a condition of some depth."""
    bars = int(random.integers(0, 9))
    if depth == 0:
        one, other = random_column(random, 1), random_column(random, 1)
        lagged = other.ago(bars)
        makers = (
            lambda: one > lagged,
            lambda: one >= float(random.integers(0, 30_000)),
            lambda: one.equals(lagged),
            lambda: one.crosses_above(lagged),
            lambda: one.crosses_below(sma(one, 5)),
        )
        return makers[random.integers(len(makers))]()
    one, other = random_condition(random, depth - 1), random_condition(random, depth - 1)
    makers = (
        lambda: one & other,
        lambda: one | other,
        lambda: ~one,
        lambda: one.ago(bars),
        lambda: one.for_bars(bars + 1),
        lambda: one.within(bars + 1),
        one.starts,
    )
    return makers[random.integers(len(makers))]()
