"""The way of a plan without levels: from signal to signal, no bar in between looked at.

What it writes equals what `simulate` would, bit for bit: the same operations in the same order,
with the sums in registers of the machine.
"""

from forven.kernels.bars_schema import (
    BAR_CLOSE,
    BAR_OPEN,
    COUNT_BARS_HELD,
    COUNT_BARS_IN_MARKET,
    COUNT_BREAKEVEN,
    COUNT_EXITS_FIRST,
    COUNT_FUNDING_INCOMPLETE,
    COUNT_LOSSES,
    COUNT_OPEN_AT_END,
    COUNT_RUINED,
    COUNT_SHADOWS,
    COUNT_TRADES,
    COUNT_WINS,
    FUNDING_MISSING,
    FUNDING_SUM,
    MODE_BOTH,
    MODE_SHORT,
    PLAN_CAPITAL_MICROS,
    PLAN_COST_PPM,
    PLAN_DETAIL,
    PLAN_FIXED_SIZE_MICROS,
    PLAN_LEVERAGE_PPM,
    PLAN_MODE,
    PLAN_SIZING,
    PLAN_STOP_PPM,
    PLAN_TARGET_PPM,
    PLAN_TRAIL_PPM,
    REASON_SIGNAL,
    REASON_TIME_STOP,
    SIDE_COUNTS,
    SIDE_SUMS,
    SIZING_FIXED,
    SIZING_FULL,
    SUM_BAR_DOWNSIDE,
    SUM_BAR_RETURNS,
    SUM_BAR_SQUARES,
    SUM_BEST,
    SUM_CLOSED_DRAWDOWN,
    SUM_DOWNSIDE,
    SUM_DRAG,
    SUM_EQUITY,
    SUM_FUNDING,
    SUM_GAINS,
    SUM_LOSSES,
    SUM_MAX_DRAWDOWN,
    SUM_RETURNS,
    SUM_SQUARES,
    SUM_WORST,
    UNIT_PPM,
)
from forven.kernels.jit.bars.levels import planned_exit
from forven.kernels.jit.bars.profit import drag_of, funding_of, gross_of, return_of
from forven.kernels.jit.bars.scratch import LEDGER_ROWS, inlined
from forven.kernels.jit.bars.sizing import floor_ppm
from forven.kernels.jit.bars.words import next_entry
from forven.kernels.jit.steps import part, step


@part
def can_jump(plan, out):
    """Return whether a plan has one direction and no level, and no mark or trade is wanted."""
    sizing = plan[PLAN_SIZING]
    is_plain = (sizing == SIZING_FULL or sizing == SIZING_FIXED) and plan[PLAN_MODE] != MODE_BOTH
    is_plain = is_plain and plan[PLAN_DETAIL] == 0 and plan[PLAN_LEVERAGE_PPM] <= UNIT_PPM
    levels = plan[PLAN_STOP_PPM] + plan[PLAN_TARGET_PPM] + plan[PLAN_TRAIL_PPM]
    return is_plain and levels == 0 and len(out[2]) == 0 and len(out[4]) == 0


@step
def jump(market, signals, plan, span, ledger, out):
    """Run a plan over the bars of a segment; arguments as for `simulate`."""
    bars, funding = market
    begin, end = span
    counts, sums = out[0], out[1]
    counts[:] = 0
    sums[:] = 0.0
    is_short = plan[PLAN_MODE] == MODE_SHORT
    enter = signals[2] if is_short else signals[0]
    exits = signals[3] if is_short else signals[1]
    terms = (-1 if is_short else 1, plan[PLAN_LEVERAGE_PPM] / 1e6, plan[PLAN_COST_PPM] / 1e6)
    size = 1.0
    equity = plan[PLAN_CAPITAL_MICROS] / 1e6
    peak = equity
    fall = gains = losses = returns = squares = downsides = drags = fundings = best = worst = 0.0
    trades = wins = losers = held = incomplete = shadows = timed = 0
    first = next_entry(enter, exits, begin, end - 1) + 1
    while first < end:
        last, reason = planned_exit(exits, plan, first, end)
        if plan[PLAN_SIZING] == SIZING_FIXED:
            size = floor_ppm((plan[PLAN_FIXED_SIZE_MICROS] / 1e6) / equity * 1e6) / 1e6
        if size == 0.0:
            shadows += 1
        else:
            price = bars[BAR_OPEN, last] if last < end else bars[BAR_CLOSE, end - 1]
            trade = (first, last, bars[BAR_OPEN, first], price, size)
            made, drag, received, missing = _outcome(terms, funding, trade)
            profit = equity * made
            drags += equity * drag * size
            fundings += equity * received * size
            equity += profit
            gains += profit if profit > 0.0 else 0.0
            losses += -profit if profit < 0.0 else 0.0
            returns += made
            squares += made * made
            downsides += made * made if made < 0.0 else 0.0
            best = made if made > best or trades == 0 else best
            worst = made if made < worst or trades == 0 else worst
            trades += 1
            wins += 1 if made > 0.0 else 0
            losers += 1 if made < 0.0 else 0
            held += last - first
            incomplete += 1 if missing > 0.0 else 0
            timed += 0 if reason == REASON_SIGNAL else 1
            peak = max(peak, equity)
            fall = max(fall, (peak - equity) / peak)
            counts[COUNT_OPEN_AT_END] = 1 if last == end else 0
            if not equity > 0.0:
                counts[COUNT_RUINED] = 1
                break
        if last == end:
            break
        first = next_entry(enter, exits, last - 1, end - 1) + 1
    ledger[LEDGER_ROWS] += trades + shadows
    counts[COUNT_SHADOWS] = shadows
    side = 1 if is_short else 0
    _write_counts(counts, side, (trades, wins, losers, held, incomplete, timed))
    added = (gains, losses, returns, squares, downsides, drags, fundings, best, worst)
    _write_sums(sums, side, added, (equity, fall))


@inlined
def _outcome(terms, funding, trade):
    """Return what a trade made, its drag, the funding it received and the rates it lacked."""
    sign, leverage, cost = terms
    first, last, entry, price, size = trade
    drag = drag_of(cost, entry, price, leverage)
    former, latter = funding[FUNDING_SUM, first], funding[FUNDING_SUM, last]
    received = funding_of(sign, leverage, former, latter)
    made = return_of(gross_of(sign, entry, price), leverage, drag, received, size)
    return made, drag, received, funding[FUNDING_MISSING, last] - funding[FUNDING_MISSING, first]


@inlined
def _write_counts(counts, side, tally):
    """Write what was counted of a direction; the bar of a segment's end is not held, but marked."""
    trades, wins, losers, held, incomplete, timed = tally
    at = side * SIDE_COUNTS
    counts[at + COUNT_TRADES] = trades
    counts[at + COUNT_WINS] = wins
    counts[at + COUNT_LOSSES] = losers
    counts[at + COUNT_BREAKEVEN] = trades - wins - losers
    counts[at + COUNT_BARS_HELD] = held - counts[COUNT_OPEN_AT_END]
    counts[at + COUNT_FUNDING_INCOMPLETE] = incomplete
    counts[COUNT_EXITS_FIRST + REASON_SIGNAL] = trades - timed
    counts[COUNT_EXITS_FIRST + REASON_TIME_STOP] = timed
    counts[COUNT_BARS_IN_MARKET] = held


@inlined
def _write_sums(sums, side, added, equity):
    """Write the sums of a direction, and (equity at the end, its greatest fall)."""
    sums[SUM_EQUITY], sums[SUM_CLOSED_DRAWDOWN] = equity
    for at in (SUM_BAR_RETURNS, SUM_BAR_SQUARES, SUM_BAR_DOWNSIDE, SUM_MAX_DRAWDOWN):
        sums[at] = float("nan")
    own = sums[side * SIDE_SUMS :]
    (
        own[SUM_GAINS],
        own[SUM_LOSSES],
        own[SUM_RETURNS],
        own[SUM_SQUARES],
        own[SUM_DOWNSIDE],
        own[SUM_DRAG],
        own[SUM_FUNDING],
        own[SUM_BEST],
        own[SUM_WORST],
    ) = added
