"""One run over one segment: from event to event, as a position's exit is known at its entry."""

from forven.kernels.bars_schema import (
    BAR_OPEN,
    COUNT_BARS_IN_MARKET,
    COUNT_RUINED,
    PLAN_CAPITAL_MICROS,
    PLAN_DETAIL,
    PLAN_MODE,
    SUM_BAR_DOWNSIDE,
    SUM_BAR_RETURNS,
    SUM_BAR_SQUARES,
    SUM_EQUITY,
    SUM_MAX_DRAWDOWN,
    UNIT_PPM,
)
from forven.kernels.jit.bars.levels import find_exit, fixed_stop
from forven.kernels.jit.bars.marking import mark_bars
from forven.kernels.jit.bars.scratch import (
    ACCOUNT_BASE,
    ACCOUNT_CLOSED_PEAK,
    ACCOUNT_EQUITY,
    ACCOUNT_FORMER,
    ACCOUNT_PEAK,
    LEDGER_CLOSED,
    LONG,
    SHORT,
    SIDE_ENTER_NEXT,
    SIDE_ENTRY_BAR,
    SIDE_ENTRY_PRICE,
    SIDE_EXIT_BAR,
    SIDE_EXIT_PRICE,
    SIDE_EXIT_REASON,
    SIDE_EXIT_STAGE,
    SIDE_IS_HELD,
    SIDE_SIZE_PPM,
    STAGE_END,
    STAGE_INSIDE,
    STAGE_OPEN,
    inlined,
)
from forven.kernels.jit.bars.settling import settle
from forven.kernels.jit.bars.sizing import shared_out, size_of
from forven.kernels.jit.bars.words import next_entry
from forven.kernels.jit.steps import part, step


@step
def simulate(market, signals, plan, span, scratch, out):
    """Run a plan over the bars of a segment.

    market    (bars, funding)
    signals   (enter long, exit long, enter short, exit short): rows of bits
    span      (begin, end)
    scratch   (sides, account, ledger, returns, marks)
    out       (counts, sums, trades, trade_values, values) of the run's segment
    """
    begin, end = span
    sides, account, ledger, returns, marks = scratch
    counts, sums, trades, trade_values, values = out
    state = (account, ledger, returns)
    kept = (counts, sums, trades, trade_values)
    _begin(signals, plan, span, scratch, out)
    is_marked = plan[PLAN_DETAIL] == 1 or len(values) > 0
    bar = begin
    while True:
        event = min(_next_event(sides, LONG, counts, end), _next_event(sides, SHORT, counts, end))
        counts[COUNT_BARS_IN_MARKET] += event - bar - 1 if _has_size(sides) else 0
        if is_marked:
            mark_bars(market, plan, (sides, account, marks), (bar, event), (sums, values))
        if event >= end:
            break
        bar = event
        for stage in range(STAGE_END + 1):
            if stage == STAGE_INSIDE:
                if counts[COUNT_RUINED] == 0:
                    _enter(market[0], signals, plan, (bar, end), scratch)
                counts[COUNT_BARS_IN_MARKET] += 1 if _has_size(sides) else 0
            for side in range(2):
                if _ends_at(sides, side, bar, stage):
                    settle(market[1], plan, side, sides, state, kept)
                    _seek(signals, sides, side, bar - 1 if stage == STAGE_OPEN else bar, end)
    sums[SUM_EQUITY] = account[ACCOUNT_EQUITY]
    if plan[PLAN_DETAIL] == 0:
        for at in (SUM_BAR_RETURNS, SUM_BAR_SQUARES, SUM_BAR_DOWNSIDE, SUM_MAX_DRAWDOWN):
            sums[at] = float("nan")


@part
def _begin(signals, plan, span, scratch, out):
    """Start a segment: flat, with the capital, every count and sum at zero."""
    begin, end = span
    sides, account, ledger = scratch[0], scratch[1], scratch[2]
    out[0][:] = 0
    out[1][:] = 0.0
    capital = plan[PLAN_CAPITAL_MICROS] / 1e6
    for at in (ACCOUNT_EQUITY, ACCOUNT_CLOSED_PEAK, ACCOUNT_FORMER, ACCOUNT_PEAK):
        account[at] = capital
    ledger[LEDGER_CLOSED] = 0
    for side in range(2):
        sides[side, SIDE_IS_HELD] = 0
        sides[side, SIDE_ENTER_NEXT] = end
        if plan[PLAN_MODE] & (1 << side):
            _seek(signals, sides, side, begin, end)


@inlined
def _seek(signals, sides, side, first, end):
    """Find a direction's next entry by the signals from bar `first` on."""
    at = first
    if side == LONG:
        at = next_entry(signals[0], signals[1], first, end - 1)
    else:
        at = next_entry(signals[2], signals[3], first, end - 1)
    sides[side, SIDE_ENTER_NEXT] = at + 1


@inlined
def _next_event(sides, side, counts, end):
    """Return the bar in which a direction enters or leaves next, or `end`."""
    if sides[side, SIDE_IS_HELD] == 1:
        return sides[side, SIDE_EXIT_BAR]
    return end if counts[COUNT_RUINED] == 1 else sides[side, SIDE_ENTER_NEXT]


@inlined
def _ends_at(sides, side, bar, stage):
    """Return whether a direction holds a position that ends in this stage of a bar."""
    is_now = sides[side, SIDE_EXIT_BAR] == bar and sides[side, SIDE_EXIT_STAGE] == stage
    return is_now and sides[side, SIDE_IS_HELD] == 1


@inlined
def _has_size(sides):
    """Return whether a position of a size is held."""
    is_long = sides[LONG, SIDE_IS_HELD] == 1 and sides[LONG, SIDE_SIZE_PPM] > 0
    return is_long or (sides[SHORT, SIDE_IS_HELD] == 1 and sides[SHORT, SIDE_SIZE_PPM] > 0)


@part
def _enter(bars, signals, plan, span, scratch):
    """Enter the directions whose next entry is this bar, and find where each will end."""
    bar, end = span
    sides, account, ledger, returns, _ = scratch
    price = bars[BAR_OPEN, bar]
    equity = account[ACCOUNT_EQUITY]
    entered = 0
    for side in range(2):
        if sides[side, SIDE_IS_HELD] == 1 or sides[side, SIDE_ENTER_NEXT] != bar:
            continue
        entered += 1
        held = sides[side]
        sign = 1 - 2 * side
        stop = fixed_stop(bars, plan, sign, bar, price)
        closed = ledger[LEDGER_CLOSED]
        size = size_of(plan, price, sign * price - stop, equity, closed, returns)
        other = sides[1 - side]
        if other[SIDE_IS_HELD] == 1 and other[SIDE_ENTRY_BAR] != bar:
            size = min(size, UNIT_PPM - other[SIDE_SIZE_PPM])
        exits = signals[1] if side == LONG else signals[3]
        left, at, reason, stage = find_exit(bars, exits, plan, sign, bar, stop, end)
        held[SIDE_IS_HELD] = 1
        held[SIDE_ENTRY_BAR] = bar
        held[SIDE_ENTRY_PRICE] = price
        held[SIDE_SIZE_PPM] = size
        held[SIDE_EXIT_BAR] = left
        held[SIDE_EXIT_PRICE] = at
        held[SIDE_EXIT_REASON] = reason
        held[SIDE_EXIT_STAGE] = stage
        account[ACCOUNT_BASE + side] = equity
    if entered == 2:
        first, second = shared_out(sides[LONG, SIDE_SIZE_PPM], sides[SHORT, SIDE_SIZE_PPM])
        sides[LONG, SIDE_SIZE_PPM] = first
        sides[SHORT, SIDE_SIZE_PPM] = second
