"""The quiet path: frames in which a bot only marks are skipped, with the same state as if taken.

Between its events (commands, entry times, the exit time, the close) a bot without pending orders
changes nothing but its net liquidation value, peak and drawdown, until a threshold is reached.
Worths are half quanta times lots, a linear image of the value, so thresholds move to their side.
"""

from forven.kernels.jit.columns import (
    copy_values,
    extremes,
    first_outside,
    frame_at,
    gather_profits,
    gather_worths,
    measure_profits,
)
from forven.kernels.jit.commands import next_due
from forven.kernels.jit.desk import CHUNK, NOW_PROFITS, NOW_WORTHS
from forven.kernels.jit.holdings import held, holding_at
from forven.kernels.jit.marking import take_in
from forven.kernels.jit.prices import closing_measures, mark2
from forven.kernels.jit.steps import part, step
from forven.kernels.jit.structures import active_count, structure_at
from forven.kernels.schema import (
    CLOCK_TS,
    ENTRY_FROM,
    ENTRY_TO,
    ENTRY_WIDTH,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    INT64_MAX,
    MISSING,
    PLAN_ENTRIES,
    PLAN_ENTRY_COUNT,
    PLAN_ERROR_BUDGET,
    PLAN_EXIT_TS,
    PLAN_HALT_LOSS,
    PLAN_LEG_COUNT,
    PLAN_MAX_ENTRIES,
    PLAN_QUANTITY,
    SESSION_CLOSE,
    SESSION_MULTIPLIER,
    SESSION_STRUCTURES,
    STATE_CASH,
    STATE_ENTRIES_USED,
    STATE_ENTRY_CURSOR,
    STATE_ERRORS,
    STATE_HOLDING_COUNT,
    STATE_MAX_DRAWDOWN,
    STATE_NLV,
    STATE_OPENING_CASH,
    STATE_ORDER_COUNT,
    STATE_PAUSED,
    STATE_PEAK_NLV,
    STATE_STATUS,
    STATUS_FAILED_UNSELLABLE,
    STATUS_RUNNING,
    STATUS_STOPPING,
    STATUS_UNSELLABLE,
    STRUCTURE_FILL_NET,
    STRUCTURE_LEGS,
    STRUCTURE_OPEN,
    STRUCTURE_STATUS,
    STRUCTURE_STOP2,
    STRUCTURE_TARGET2,
)

_LOSS_MAX = 2**62


@part
def next_entry(plan, row, ts, is_active):
    """Return from when on the strategy may enter next, or INT64_MAX."""
    if row[STATE_PAUSED] != 0 or row[STATE_ENTRIES_USED] >= plan[PLAN_MAX_ENTRIES]:
        return INT64_MAX
    if ts >= plan[PLAN_EXIT_TS]:
        return INT64_MAX
    for index in range(plan[PLAN_ENTRY_COUNT]):
        at = PLAN_ENTRIES + index * ENTRY_WIDTH
        if plan[at + ENTRY_TO] == MISSING:
            if index >= row[STATE_ENTRY_CURSOR]:
                return plan[at + ENTRY_FROM]
        elif plan[at + ENTRY_TO] > ts and not is_active:
            return plan[at + ENTRY_FROM]
    return INT64_MAX


@part
def next_event(day, plan, commands, row, ts, is_active):
    """Return when something other than a mark is due; at or before `ts` it is due now."""
    event = min(day.session[SESSION_CLOSE], next_due(plan, commands, row))
    if row[STATE_STATUS] != STATUS_RUNNING:
        return event
    if row[STATE_ERRORS] > plan[PLAN_ERROR_BUDGET] and row[STATE_PAUSED] == 0:
        return ts
    if plan[PLAN_LEG_COUNT] == 0:
        return event
    if is_active:
        event = min(event, plan[PLAN_EXIT_TS])
    return min(event, next_entry(plan, row, ts, is_active))


@part
def halt_worth(day, plan, row):
    """Return the worth of the holdings at or below which the risk step halts."""
    status = row[STATE_STATUS]
    if status != STATUS_RUNNING and status != STATUS_STOPPING:
        return -INT64_MAX
    lost = row[STATE_OPENING_CASH] - row[STATE_CASH]
    left = lost - min(plan[PLAN_HALT_LOSS], _LOSS_MAX)
    return left // (day.session[SESSION_MULTIPLIER] // 2)


@part
def is_all_held(plan, row, at):
    """Return whether the structure at `row[at:]` is exactly what the bot holds."""
    count = plan[PLAN_LEG_COUNT]
    if row[STATE_HOLDING_COUNT] != count:
        return False
    for i in range(count):
        leg = at + STRUCTURE_LEGS + 2 * i
        if held(row, row[leg]) != -row[leg + 1] * plan[PLAN_QUANTITY]:
            return False
    return True


@part
def mark_frames(day, desk, row, count, least, most):
    """Take in the marks of `count` frames whose worths lie in `least` to `most`."""
    if count == 0:
        return
    half = day.session[SESSION_MULTIPLIER] // 2
    cash = row[STATE_CASH]
    worths = desk.now[NOW_WORTHS:]
    peak = max(row[STATE_PEAK_NLV], cash + half * most)
    trough = cash + half * least
    drawdown = row[STATE_MAX_DRAWDOWN]
    if peak - trough > drawdown:
        peak = row[STATE_PEAK_NLV]
        for j in range(count):
            value = cash + half * worths[j]
            peak = max(peak, value)
            drawdown = max(drawdown, peak - value)
    row[STATE_NLV] = cash + half * worths[count - 1]
    row[STATE_PEAK_NLV] = peak
    row[STATE_MAX_DRAWDOWN] = drawdown


@part
def exit_range(row, at, scale):
    """Return (low, high): exact mids times `scale` at or beyond which a structure is exited."""
    paid2 = 2 * row[at + STRUCTURE_FILL_NET]
    low = -INT64_MAX
    if row[at + STRUCTURE_STOP2] != -INT64_MAX:
        low = (row[at + STRUCTURE_STOP2] - paid2) * scale
    high = INT64_MAX
    if row[at + STRUCTURE_TARGET2] != INT64_MAX:
        high = (row[at + STRUCTURE_TARGET2] - paid2) * scale
    return low, high


@part
def shared_exit(day, desk, plan, row, at, frame, count, signs):
    """Do what `exit_frame` does for a structure that is all the bot holds: its worths tell."""
    low, high = exit_range(row, at, plan[PLAN_QUANTITY])
    worths = desk.now[NOW_WORTHS:]
    if signs >= 0:
        return first_outside(worths, count, low, high)
    profits = desk.now[NOW_PROFITS:]
    copy_values(worths, count, profits)
    legs = plan[PLAN_LEG_COUNT]
    measure_profits(day.quotes, row, at, legs, plan[PLAN_QUANTITY], frame, count, profits)
    return first_outside(profits, count, low, high)


@part
def exit_frame(day, desk, plan, row, at, frame, count):
    """Return how many of `count` frames pass before a structure's profit reaches a threshold."""
    low, high = exit_range(row, at, 1)
    profits = desk.now[NOW_PROFITS:]
    gather_profits(day.quotes, row, at, plan[PLAN_LEG_COUNT], frame, count, profits)
    return first_outside(profits, count, low, high)


@part
def is_watched(day, plan, row, at, frame):
    """Return whether the profit of an open structure reaches a threshold in one frame."""
    count = plan[PLAN_LEG_COUNT]
    measurable, middle, _ = closing_measures(day, row, at, count, frame)
    profit2 = 2 * row[at + STRUCTURE_FILL_NET] + middle
    is_reached = profit2 <= row[at + STRUCTURE_STOP2] or profit2 >= row[at + STRUCTURE_TARGET2]
    return measurable and is_reached


@step
def skip_one(day, plan, row, frame, is_active):
    """Do what `skip_held` does for a single frame, without its buffers: a live host's way."""
    worth = 0
    for i in range(row[STATE_HOLDING_COUNT]):
        at = holding_at(i)
        mark = mark2(day.quotes, row[at + HOLDING_INSTRUMENT], frame)
        worth += row[at + HOLDING_QUANTITY] * mark
    if worth <= halt_worth(day, plan, row):
        return frame
    if is_active and row[STATE_STATUS] == STATUS_RUNNING:
        for slot in range(day.session[SESSION_STRUCTURES]):
            at = structure_at(day.session, slot)
            if row[at + STRUCTURE_STATUS] == STRUCTURE_OPEN:
                if is_watched(day, plan, row, at, frame):
                    return frame
    value = row[STATE_CASH] + worth * (day.session[SESSION_MULTIPLIER] // 2)
    take_in(row, value, value, value)
    return frame + 1


@step
def skip_held(day, desk, plan, row, frame, end, is_active):
    """Return the first frame in which a threshold is reached, or `end`; mark those before it."""
    halt = halt_worth(day, plan, row)
    worths = desk.now[NOW_WORTHS:]
    watches = is_active and row[STATE_STATUS] == STATUS_RUNNING
    while frame < end:
        count = min(CHUNK, end - frame)
        signs, least, most = gather_worths(day.quotes, row, frame, count, worths)
        passed = count
        if least <= halt:
            passed = first_outside(worths, count, halt, INT64_MAX)
        if watches:
            for slot in range(day.session[SESSION_STRUCTURES]):
                at = structure_at(day.session, slot)
                if row[at + STRUCTURE_STATUS] == STRUCTURE_OPEN:
                    if is_all_held(plan, row, at):
                        passed = shared_exit(day, desk, plan, row, at, frame, passed, signs)
                    else:
                        passed = exit_frame(day, desk, plan, row, at, frame, passed)
        if passed < count:
            least, most = extremes(worths, passed)
        mark_frames(day, desk, row, passed, least, most)
        frame += passed
        if passed < count:
            return frame
    return frame


@part
def skip_flat(plan, row, frame, end):
    """Return `end`, its frames marked at the cash; `frame` if the cash alone is a daily loss."""
    cash = row[STATE_CASH]
    if row[STATE_STATUS] == STATUS_RUNNING:
        if row[STATE_OPENING_CASH] - cash >= plan[PLAN_HALT_LOSS]:
            return frame
    take_in(row, cash, cash, cash)
    return end


@step
def skip_quiet(day, clock, desk, plan, commands, row, frame, frame_to):
    """Return the next frame that needs a full step, at most `frame_to`; mark those before it."""
    status = row[STATE_STATUS]
    if row[STATE_ORDER_COUNT] != 0:
        return frame
    is_set_aside = status == STATUS_UNSELLABLE or status == STATUS_FAILED_UNSELLABLE
    is_flat = row[STATE_HOLDING_COUNT] == 0
    if status != STATUS_RUNNING and not is_set_aside and (status != STATUS_STOPPING or is_flat):
        return frame
    ts = clock[CLOCK_TS, frame]
    is_active = active_count(day.session, row) > 0
    event = next_event(day, plan, commands, row, ts, is_active)
    if event <= ts:
        return frame
    end = frame_at(clock, event, frame, frame_to)
    if is_flat and not is_active:
        return skip_flat(plan, row, frame, end)
    if end - frame == 1:
        return skip_one(day, plan, row, frame, is_active)
    return skip_held(day, desk, plan, row, frame, end, is_active)
