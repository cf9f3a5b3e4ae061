"""Marks at the close of every bar: the sums of bar returns, the drawdown and the equity curve."""

from forven.kernels.bars_schema import (
    BAR_CLOSE,
    BAR_HIGH,
    BAR_LOW,
    FUNDING_SUM,
    PLAN_COST_PPM,
    PLAN_LEVERAGE_PPM,
    SUM_BAR_DOWNSIDE,
    SUM_BAR_RETURNS,
    SUM_BAR_SQUARES,
    SUM_MAX_DRAWDOWN,
)
from forven.kernels.jit.bars.profit import mark_of
from forven.kernels.jit.bars.scratch import (
    ACCOUNT_BASE,
    ACCOUNT_EQUITY,
    ACCOUNT_FORMER,
    ACCOUNT_PEAK,
    LONG,
    SHORT,
    SIDE_ENTRY_BAR,
    SIDE_ENTRY_PRICE,
    SIDE_IS_HELD,
    SIDE_SIZE_PPM,
    inlined,
)
from forven.kernels.jit.steps import step

MARK_BARS = 256
"""Bars that are marked at a time: divided in a loop that the compiler makes vectors of."""

_NEAR = 0.999999
"""A fall below so much of the greatest cannot be a greater one, however it is rounded."""


@inlined
def mark_bars(market, plan, state, span, out):
    """Mark the bars of a span, over which what is held at the close does not change.

    market   (bars, funding)          state   (sides, account, marks)      span   (first, last)
    out      (sums, values): values is empty where no equity curve is wanted
    """
    first, last = span
    sums, values = out
    sides, account, marks = state
    if sides[LONG, SIDE_IS_HELD] == 0 and sides[SHORT, SIDE_IS_HELD] == 0:
        equity = account[ACCOUNT_EQUITY]
        for at in range(2):
            marks[at, 0] = equity if equity > 0.0 else 0.0
        # A flat account's value does not change after its first bar, nor does any sum.
        _add_bars(sums, account, marks, min(1, last - first))
        for bar in range(first, min(last, len(values))):
            values[bar] = marks[0, 0]
        return
    for begin in range(first, last, MARK_BARS):
        count = min(MARK_BARS, last - begin)
        _value(market, plan, state, begin, count)
        _add_bars(sums, account, marks, count)
        for at in range(count if len(values) > 0 else 0):
            values[begin + at] = marks[0, at]


@step
def _value(market, plan, state, begin, count):
    """Write the value and the trough of some bars into the first two rows of marks."""
    bars, funding = market
    sides, account, marks = state
    value, trough = marks[0], marks[1]
    for at in range(count):
        value[at] = account[ACCOUNT_EQUITY]
        trough[at] = account[ACCOUNT_EQUITY]
    leverage = plan[PLAN_LEVERAGE_PPM] / 1e6
    cost = plan[PLAN_COST_PPM] / 1e6
    paid = funding[FUNDING_SUM, begin + 1 :]
    for side in range(2):
        if sides[side, SIDE_IS_HELD] == 0:
            continue
        held = sides[side]
        sign = 1 - 2 * side
        former = funding[FUNDING_SUM, held[SIDE_ENTRY_BAR]]
        terms = (sign, leverage, cost, held[SIDE_SIZE_PPM] / 1e6, former)
        position = (held[SIDE_ENTRY_PRICE], account[ACCOUNT_BASE + side])
        _add_marks(bars[BAR_CLOSE, begin:], paid, terms, position, value[:count])
        adverse = bars[BAR_LOW if side == LONG else BAR_HIGH, begin:]
        _add_marks(adverse, paid, terms, position, trough[:count])
    for at in range(count):
        value[at] = value[at] if value[at] > 0.0 else 0.0
        trough[at] = trough[at] if trough[at] > 0.0 else 0.0


@step
def _add_marks(prices, paid, terms, position, out):
    """Add what a position has made at each price."""
    entry, base = position
    for at in range(len(out)):
        out[at] += base * mark_of(terms, entry, prices[at], paid[at])


@step
def _add_bars(sums, account, marks, count):
    """Add the returns of bars and their drawdowns."""
    value, trough, change = marks[0], marks[1], marks[2]
    former = account[ACCOUNT_FORMER]
    if count > 0:
        change[0] = value[0] / former - 1.0 if former > 0.0 else 0.0
    for at in range(1, count):
        ratio = value[at] / value[at - 1] - 1.0
        change[at] = ratio if value[at - 1] > 0.0 else 0.0
    returns, squares = sums[SUM_BAR_RETURNS], sums[SUM_BAR_SQUARES]
    downsides, worst = sums[SUM_BAR_DOWNSIDE], sums[SUM_MAX_DRAWDOWN]
    peak = account[ACCOUNT_PEAK]
    for at in range(count):
        returns += change[at]
        squares += change[at] * change[at]
        downside = change[at] if change[at] < 0.0 else 0.0
        downsides += downside * downside
        least = trough[at] if trough[at] < value[at] else value[at]
        if peak - least > worst * peak * _NEAR:
            drawdown = (peak - least) / peak
            worst = drawdown if drawdown > worst else worst
        peak = value[at] if value[at] > peak else peak
    if count > 0:
        account[ACCOUNT_FORMER] = value[count - 1]
    account[ACCOUNT_PEAK] = peak
    sums[SUM_BAR_RETURNS], sums[SUM_BAR_SQUARES] = returns, squares
    sums[SUM_BAR_DOWNSIDE], sums[SUM_MAX_DRAWDOWN] = downsides, worst
