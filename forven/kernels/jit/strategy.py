"""The structured strategy inside a frame: exit time, exits by profit and loss, entries."""

from forven.kernels.jit.arrival import ACCEPTED, arrive, draft_leg, draft_order
from forven.kernels.jit.desk import NOW_DRAFT, NOW_FRAME, NOW_FRESH, NOW_PICKED, NOW_TS, write
from forven.kernels.jit.grid import snap_down
from forven.kernels.jit.matching import match_order
from forven.kernels.jit.orders import cancel_entries, cancel_order
from forven.kernels.jit.prices import closing_measures, fair_price, leg_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.jit.strikes import pick_strikes
from forven.kernels.jit.structures import (
    active_count,
    free_slot,
    free_structure,
    next_open,
    structure_at,
)
from forven.kernels.schema import (
    EFFECT_CLOSE,
    EFFECT_OPEN,
    ENTRY_FROM,
    ENTRY_TO,
    ENTRY_WIDTH,
    EVENT_ENTRY_SKIPPED,
    EVENT_EXIT_SIGNAL,
    LEG_RATIO,
    LEG_SIDE,
    LEG_WIDTH,
    MISSING,
    ORDER_ID,
    ORDER_LIMIT,
    ORIGIN_ENTRY,
    ORIGIN_EXIT,
    PLAN_ENTRIES,
    PLAN_ENTRY_COUNT,
    PLAN_EXIT_TS,
    PLAN_LEG_COUNT,
    PLAN_LEGS,
    PLAN_MAX_ENTRIES,
    PLAN_QUANTITY,
    PLAN_SAME_TICK,
    REASON_EXIT_TIME,
    REASON_NOT_HELD,
    REASON_PROFIT_TARGET,
    REASON_STOP_LOSS,
    REASON_TIME,
    REASON_UNFILLED,
    STATE_ENTRIES_USED,
    STATE_ENTRY_CURSOR,
    STATE_NEXT_ORDER,
    STATE_ORDER_COUNT,
    STATE_PAUSED,
    STRUCTURE_ENTERING,
    STRUCTURE_ENTRY,
    STRUCTURE_ENTRY_ORDER,
    STRUCTURE_EXIT_ORDER,
    STRUCTURE_EXITING,
    STRUCTURE_FILL_NET,
    STRUCTURE_LEGS,
    STRUCTURE_STATUS,
    STRUCTURE_STOP2,
    STRUCTURE_TARGET2,
)


@part
def exit_reason(desk, plan, row, at, profit2):
    """Return why a structure is exited at a profit in half quanta, or 0."""
    if profit2 <= row[at + STRUCTURE_STOP2]:
        return REASON_STOP_LOSS
    if profit2 >= row[at + STRUCTURE_TARGET2]:
        return REASON_PROFIT_TARGET
    if desk.now[NOW_TS] >= plan[PLAN_EXIT_TS]:
        return REASON_TIME
    return 0


@part
def place_exit(day, desk, plan, row, slot, price):
    """Place the closing order of a structure; in same-tick presets it fills now or is gone."""
    at = structure_at(day.session, slot)
    draft_order(desk, ORDER_LIMIT, price, plan[PLAN_QUANTITY], 1, ORIGIN_EXIT, slot)
    for i in range(plan[PLAN_LEG_COUNT]):
        leg = at + STRUCTURE_LEGS + 2 * i
        draft_leg(desk, i, row[leg], -row[leg + 1], EFFECT_CLOSE)
    reason = arrive(day, desk, plan, row)
    if reason != ACCEPTED:
        if reason == REASON_NOT_HELD:
            free_structure(day.session, row, slot)
        return
    row[at + STRUCTURE_STATUS] = STRUCTURE_EXITING
    row[at + STRUCTURE_EXIT_ORDER] = desk.now[NOW_DRAFT + ORDER_ID]
    if plan[PLAN_SAME_TICK] == 1:
        last = row[STATE_ORDER_COUNT] - 1
        if desk.now[NOW_FRESH] == 0 or not match_order(day, desk, plan, row, last):
            cancel_order(day, desk, row, last, REASON_UNFILLED)


@part
def consider_exit(day, desk, plan, row, slot):
    """Exit one open structure if its loss, its profit or the time says so."""
    at = structure_at(day.session, slot)
    count = plan[PLAN_LEG_COUNT]
    measurable, middle, natural = closing_measures(day, row, at, count, desk.now[NOW_FRAME])
    if not measurable:
        return
    profit2 = 2 * row[at + STRUCTURE_FILL_NET] + middle
    reason = exit_reason(desk, plan, row, at, profit2)
    if reason == 0:
        return
    order = row[STATE_NEXT_ORDER]
    write(desk, row, EVENT_EXIT_SIGNAL, order, row[at + STRUCTURE_ENTRY], reason, profit2)
    price = snap_down(fair_price(plan, count, middle, natural), count)
    place_exit(day, desk, plan, row, slot, price)


@part
def entry_price(day, desk, plan):
    """Return the limit of an entry into the instruments picked: its fair price, on the grid."""
    middle = 0
    natural = 0
    count = plan[PLAN_LEG_COUNT]
    for i in range(count):
        leg = PLAN_LEGS + i * LEG_WIDTH
        ratio = plan[leg + LEG_SIDE] * plan[leg + LEG_RATIO]
        instrument = desk.now[NOW_PICKED + i]
        leg_middle, leg_natural = leg_measures(
            day.quotes, instrument, ratio, desk.now[NOW_FRAME], False
        )
        middle += leg_middle
        natural += leg_natural
    return snap_down(fair_price(plan, count, middle, natural), count)


@part
def place_entry(day, desk, plan, row, slot, entry):
    """Place the order of an entry into the instruments picked."""
    at = structure_at(day.session, slot)
    price = entry_price(day, desk, plan)
    row[at + STRUCTURE_STATUS] = STRUCTURE_ENTERING
    row[at + STRUCTURE_ENTRY] = entry
    row[at + STRUCTURE_ENTRY_ORDER] = row[STATE_NEXT_ORDER]
    draft_order(desk, ORDER_LIMIT, price, plan[PLAN_QUANTITY], 1, ORIGIN_ENTRY, slot)
    for i in range(plan[PLAN_LEG_COUNT]):
        leg = PLAN_LEGS + i * LEG_WIDTH
        ratio = plan[leg + LEG_SIDE] * plan[leg + LEG_RATIO]
        row[at + STRUCTURE_LEGS + 2 * i] = desk.now[NOW_PICKED + i]
        row[at + STRUCTURE_LEGS + 2 * i + 1] = ratio
        draft_leg(desk, i, desk.now[NOW_PICKED + i], ratio, EFFECT_OPEN)
    if arrive(day, desk, plan, row) != ACCEPTED:
        free_structure(day.session, row, slot)
    elif plan[PLAN_SAME_TICK] == 1:
        match_order(day, desk, plan, row, row[STATE_ORDER_COUNT] - 1)


@step
def try_entry(day, desk, plan, row):
    """Use up one entry: pick its strikes and place its order, or journal why not."""
    row[STATE_ENTRIES_USED] += 1
    entry = row[STATE_ENTRIES_USED]
    reason, leg = pick_strikes(day, desk, plan)
    if reason != 0:
        write(desk, row, EVENT_ENTRY_SKIPPED, MISSING, entry, reason, leg)
        return
    slot = free_slot(day.session, row)
    if slot != MISSING:
        place_entry(day, desk, plan, row, slot, entry)


@step
def next_time(plan, row):
    """Return the number of the next entry of the plan that is a time, or the count of entries."""
    index = row[STATE_ENTRY_CURSOR]
    while index < plan[PLAN_ENTRY_COUNT]:
        if plan[PLAN_ENTRIES + index * ENTRY_WIDTH + ENTRY_TO] == MISSING:
            break
        index += 1
    return index


@part
def take_times(day, desk, plan, row):
    """Take every entry time that has come."""
    while row[STATE_ENTRIES_USED] < plan[PLAN_MAX_ENTRIES]:
        index = next_time(plan, row)
        if index == plan[PLAN_ENTRY_COUNT]:
            return
        if plan[PLAN_ENTRIES + index * ENTRY_WIDTH + ENTRY_FROM] > desk.now[NOW_TS]:
            return
        row[STATE_ENTRY_CURSOR] = index + 1
        try_entry(day, desk, plan, row)


@part
def take_window(day, desk, plan, row):
    """Take one entry if a window is open and nothing is entering, open or exiting."""
    if row[STATE_ENTRIES_USED] >= plan[PLAN_MAX_ENTRIES]:
        return
    ts = desk.now[NOW_TS]
    for index in range(plan[PLAN_ENTRY_COUNT]):
        at = PLAN_ENTRIES + index * ENTRY_WIDTH
        if plan[at + ENTRY_TO] != MISSING and plan[at + ENTRY_FROM] <= ts < plan[at + ENTRY_TO]:
            if active_count(day.session, row) == 0:
                try_entry(day, desk, plan, row)
            return


@step
def act(day, desk, plan, row):
    """Do the strategy's step of a frame."""
    ts = desk.now[NOW_TS]
    if plan[PLAN_LEG_COUNT] == 0:
        return
    if ts >= plan[PLAN_EXIT_TS]:
        cancel_entries(day, desk, row, REASON_EXIT_TIME)
    entry = 0
    slot = next_open(day.session, row, entry)
    while slot != MISSING:
        entry = row[structure_at(day.session, slot) + STRUCTURE_ENTRY]
        consider_exit(day, desk, plan, row, slot)
        slot = next_open(day.session, row, entry)
    if desk.now[NOW_FRESH] == 1 and row[STATE_PAUSED] == 0 and ts < plan[PLAN_EXIT_TS]:
        take_times(day, desk, plan, row)
        take_window(day, desk, plan, row)
