"""Re-pricing of pending limit orders: they follow the mid and concede ticks as time passes."""

from forven.kernels.jit.desk import NOW_TS, write, write_rest
from forven.kernels.jit.grid import increment, snap_down, snap_up
from forven.kernels.jit.power import order_at
from forven.kernels.jit.prices import floored_mid, order_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    BLOCK_OPENING,
    EVENT_ORDER_REPLACED,
    ORDER_BLOCK,
    ORDER_CONCESSION,
    ORDER_FLAT_SINCE,
    ORDER_HAS_REFERENCE,
    ORDER_ID,
    ORDER_INTENDED,
    ORDER_KIND,
    ORDER_LAST_NUDGE,
    ORDER_LAST_REPLACE,
    ORDER_LEG_COUNT,
    ORDER_LIMIT,
    ORDER_PLACED_TS,
    ORDER_PRICE,
    ORDER_REFERENCE2,
    ORDER_REPRICED,
    PLAN_CLOSING_ENABLED,
    PLAN_CLOSING_INTERVAL_NS,
    PLAN_CLOSING_NUDGE_NS,
    PLAN_MAX_CONCESSION,
    PLAN_OPENING_ENABLED,
    PLAN_OPENING_INTERVAL_NS,
    PLAN_OPENING_NUDGE_NS,
    PLAN_OPENING_TOLERANCE_TICKS,
    REASON_REPRICED,
    STATE_ORDER_COUNT,
)


@step
def set_missing_reference(row, at, middle, ts):
    """Set the reference where none could be taken before; return whether that was so."""
    if row[at + ORDER_HAS_REFERENCE] == 1:
        return False
    row[at + ORDER_HAS_REFERENCE] = 1
    row[at + ORDER_REFERENCE2] = middle
    row[at + ORDER_FLAT_SINCE] = ts
    return True


@step
def concede(row, at, ts):
    """Give up one more tick."""
    row[at + ORDER_CONCESSION] += 1
    row[at + ORDER_LAST_NUDGE] = ts


@part
def opening_target(plan, row, at, middle, ts):
    """Return the price an opening order should have: the peg less its concession, capped."""
    count = row[at + ORDER_LEG_COUNT]
    step = increment(count, middle)
    mid = floored_mid(middle, step)
    cap = row[at + ORDER_INTENDED] - plan[PLAN_MAX_CONCESSION]
    if not set_missing_reference(row, at, middle, ts):
        tolerance2 = 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * step
        quiet_since = max(row[at + ORDER_FLAT_SINCE], row[at + ORDER_LAST_NUDGE])
        if abs(middle - row[at + ORDER_REFERENCE2]) > tolerance2:
            row[at + ORDER_REFERENCE2] = middle
            row[at + ORDER_FLAT_SINCE] = ts
        elif ts - quiet_since >= plan[PLAN_OPENING_NUDGE_NS]:
            if mid - (row[at + ORDER_CONCESSION] + 1) * step >= cap:
                concede(row, at, ts)
    peg = snap_down(mid - row[at + ORDER_CONCESSION] * step, count)
    return max(peg, snap_up(cap, count))


@part
def closing_target(plan, row, at, middle, natural, ts):
    """Return the price a closing order should have: the peg less its concession, or natural."""
    count = row[at + ORDER_LEG_COUNT]
    step = increment(count, middle)
    if not set_missing_reference(row, at, middle, ts):
        if ts - row[at + ORDER_LAST_NUDGE] >= plan[PLAN_CLOSING_NUDGE_NS]:
            concede(row, at, ts)
    peg = floored_mid(middle, step) - row[at + ORDER_CONCESSION] * step
    return snap_down(max(peg, natural), count)


@part
def reprice_order(day, desk, plan, row, at):
    """Re-price one pending order, where its block allows it in this frame."""
    ts = desk.now[NOW_TS]
    if row[at + ORDER_KIND] != ORDER_LIMIT or row[at + ORDER_REPRICED] == 0:
        return
    if row[at + ORDER_PLACED_TS] >= ts:
        return
    is_opening = row[at + ORDER_BLOCK] == BLOCK_OPENING
    if plan[PLAN_OPENING_ENABLED if is_opening else PLAN_CLOSING_ENABLED] == 0:
        return
    measurable, middle, natural, _ = order_measures(day, desk, row, at)
    if not measurable:
        return
    if is_opening:
        target = opening_target(plan, row, at, middle, ts)
        interval = plan[PLAN_OPENING_INTERVAL_NS]
    else:
        target = closing_target(plan, row, at, middle, natural, ts)
        interval = plan[PLAN_CLOSING_INTERVAL_NS]
    limit = row[at + ORDER_PRICE]
    if target == limit or ts - row[at + ORDER_LAST_REPLACE] < interval:
        return
    row[at + ORDER_PRICE] = target
    row[at + ORDER_LAST_REPLACE] = ts
    concession = row[at + ORDER_CONCESSION]
    write(desk, row, EVENT_ORDER_REPLACED, row[at + ORDER_ID], limit, target, concession)
    step = increment(row[at + ORDER_LEG_COUNT], middle)
    write_rest(desk, floored_mid(middle, step), target, REASON_REPRICED)


@step
def reprice_all(day, desk, plan, row):
    """Re-price every pending order, oldest first."""
    for slot in range(row[STATE_ORDER_COUNT]):
        reprice_order(day, desk, plan, row, order_at(day.session, slot))
