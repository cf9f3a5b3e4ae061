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


@step
def mark_bars(market, plan, sides, account, span, out):
    """Mark the bars of a span, over which what is held at the close does not change.

    market   (bars, funding)          span   (first, last)
    out      (sums, values): values is empty where no equity curve is wanted
    """
    first, last = span
    sums, values = out
    if sides[LONG, SIDE_IS_HELD] == 1 or sides[SHORT, SIDE_IS_HELD] == 1:
        _mark_held(market, plan, sides, account, span, out)
        return
    equity = account[ACCOUNT_EQUITY]
    value = equity if equity > 0.0 else 0.0
    # A flat account's value does not change after its first bar, nor does any sum.
    for _ in range(min(1, last - first)):
        _add_bar(sums, account, value, value)
    for bar in range(first, min(last, len(values))):
        values[bar] = value


@step
def _mark_held(market, plan, sides, account, span, out):
    """Mark the bars of a span in which a position is held."""
    bars, funding = market
    first, last = span
    sums, values = out
    is_long = sides[LONG, SIDE_IS_HELD] == 1
    is_short = sides[SHORT, SIDE_IS_HELD] == 1
    equity = account[ACCOUNT_EQUITY]
    long_base, short_base = account[ACCOUNT_BASE], account[ACCOUNT_BASE + 1]
    long_entry, short_entry = sides[LONG, SIDE_ENTRY_PRICE], sides[SHORT, SIDE_ENTRY_PRICE]
    long_terms = _terms(funding, plan, sides[LONG], 1)
    short_terms = _terms(funding, plan, sides[SHORT], -1)
    for bar in range(first, last):
        paid = funding[FUNDING_SUM, bar + 1]
        close = bars[BAR_CLOSE, bar]
        value = equity
        trough = equity
        if is_long:
            value += long_base * mark_of(long_terms, long_entry, close, paid)
            trough += long_base * mark_of(long_terms, long_entry, bars[BAR_LOW, bar], paid)
        if is_short:
            value += short_base * mark_of(short_terms, short_entry, close, paid)
            trough += short_base * mark_of(short_terms, short_entry, bars[BAR_HIGH, bar], paid)
        value = value if value > 0.0 else 0.0
        trough = trough if trough > 0.0 else 0.0
        _add_bar(sums, account, value, trough)
        if bar < len(values):
            values[bar] = value


@inlined
def _terms(funding, plan, held, sign):
    """Return what the marks of a position have alike."""
    leverage = plan[PLAN_LEVERAGE_PPM] / 1e6
    cost = plan[PLAN_COST_PPM] / 1e6
    size = held[SIDE_SIZE_PPM] / 1e6
    return sign, leverage, cost, size, funding[FUNDING_SUM, held[SIDE_ENTRY_BAR]]


@inlined
def _add_bar(sums, account, value, trough):
    """Add a bar's return and its drawdown."""
    former = account[ACCOUNT_FORMER]
    change = value / former - 1.0 if former > 0.0 else 0.0
    sums[SUM_BAR_RETURNS] += change
    sums[SUM_BAR_SQUARES] += change * change
    downside = change if change < 0.0 else 0.0
    sums[SUM_BAR_DOWNSIDE] += downside * downside
    peak = account[ACCOUNT_PEAK]
    least = trough if trough < value else value
    drawdown = (peak - least) / peak
    if drawdown > sums[SUM_MAX_DRAWDOWN]:
        sums[SUM_MAX_DRAWDOWN] = drawdown
    account[ACCOUNT_PEAK] = value if value > peak else peak
    account[ACCOUNT_FORMER] = value
