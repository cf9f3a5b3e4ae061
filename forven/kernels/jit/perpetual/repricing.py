"""Re-pricing of pegged limit orders: they follow the mid and concede ticks as time passes."""

from forven.kernels.jit.perpetual.desk import (
    NOW_BOOK,
    NOW_LANDING,
    NOW_TS,
    SHOWN_ASK,
    SHOWN_BID,
    other_side,
)
from forven.kernels.jit.perpetual.grid import snap_down, snap_up, tick_at
from forven.kernels.jit.perpetual.orders import order_at
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    ORDER_CONCESSION,
    ORDER_FLAT_SINCE,
    ORDER_FLIGHT_PRICE,
    ORDER_FLIGHT_TS,
    ORDER_HAS_REFERENCE,
    ORDER_ID,
    ORDER_INTENDED,
    ORDER_KIND,
    ORDER_LAST_NUDGE,
    ORDER_LAST_REPLACE,
    ORDER_OFFSET_TICKS,
    ORDER_PEGGED,
    ORDER_PLACED_TS,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_REFERENCE2,
    ORDER_SIDE,
    PLAN_CLOSING_ENABLED,
    PLAN_CLOSING_INTERVAL_NS,
    PLAN_CLOSING_NUDGE_NS,
    PLAN_MAX_CONCESSION,
    PLAN_OPENING_ENABLED,
    PLAN_OPENING_INTERVAL_NS,
    PLAN_OPENING_NUDGE_NS,
    PLAN_OPENING_TOLERANCE_TICKS,
    PRICE_MAX,
    STATE_ORDER_COUNT,
)
from forven.kernels.schema import INT64_MAX, ORDER_LIMIT


@step
def floored_mid(now, side, tick):
    """Return the signed mid of the frame's quote, floored to a multiple of the tick."""
    both = now[NOW_BOOK + SHOWN_BID] + now[NOW_BOOK + SHOWN_ASK]
    return side * both // (2 * tick) * tick


@step
def mid_tick(stream, desk):
    """Return the tick around the mid of the frame's quote."""
    both = desk.now[NOW_BOOK + SHOWN_BID] + desk.now[NOW_BOOK + SHOWN_ASK]
    return tick_at(stream, desk, both // 2)


@step
def set_missing_reference(row, at, mid2, ts):
    """Set the reference where none has been taken; return whether that was so."""
    if row[at + ORDER_HAS_REFERENCE] == 1:
        return False
    row[at + ORDER_HAS_REFERENCE] = 1
    row[at + ORDER_REFERENCE2] = mid2
    row[at + ORDER_FLAT_SINCE] = ts
    return True


@step
def concede(row, at, ts):
    """Give up one more tick."""
    row[at + ORDER_CONCESSION] += 1
    row[at + ORDER_LAST_NUDGE] = ts


@part
def is_capped(plan, row, at, mid, tick):
    """Return whether one more tick would concede more than an opening order may."""
    most = plan[PLAN_MAX_CONCESSION]
    if most == INT64_MAX:
        return False
    steps = row[at + ORDER_OFFSET_TICKS] - row[at + ORDER_CONCESSION] - 1
    return mid + steps * tick < row[at + ORDER_INTENDED] - most


@part
def opening_target(stream, desk, plan, row, at, tick):
    """Return the signed price an opening order should have: the peg, capped."""
    now = desk.now
    ts = now[NOW_TS]
    side = row[at + ORDER_SIDE]
    mid2 = side * (now[NOW_BOOK + SHOWN_BID] + now[NOW_BOOK + SHOWN_ASK])
    mid = floored_mid(now, side, tick)
    if not set_missing_reference(row, at, mid2, ts):
        tolerance2 = 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * tick
        quiet_since = max(row[at + ORDER_FLAT_SINCE], row[at + ORDER_LAST_NUDGE])
        if abs(mid2 - row[at + ORDER_REFERENCE2]) > tolerance2:
            row[at + ORDER_REFERENCE2] = mid2
            row[at + ORDER_FLAT_SINCE] = ts
        elif ts - quiet_since >= plan[PLAN_OPENING_NUDGE_NS]:
            if not is_capped(plan, row, at, mid, tick):
                concede(row, at, ts)
    steps = row[at + ORDER_OFFSET_TICKS] - row[at + ORDER_CONCESSION]
    peg = snap_down(stream, desk, mid + steps * tick)
    if plan[PLAN_MAX_CONCESSION] == INT64_MAX:
        return peg
    cap = row[at + ORDER_INTENDED] - plan[PLAN_MAX_CONCESSION]
    return max(peg, snap_up(stream, desk, cap))


@part
def closing_target(stream, desk, plan, row, at, tick):
    """Return the signed price a reduce-only order should have: the peg, or natural."""
    now = desk.now
    ts = now[NOW_TS]
    side = row[at + ORDER_SIDE]
    mid2 = side * (now[NOW_BOOK + SHOWN_BID] + now[NOW_BOOK + SHOWN_ASK])
    if not set_missing_reference(row, at, mid2, ts):
        if ts - row[at + ORDER_LAST_NUDGE] >= plan[PLAN_CLOSING_NUDGE_NS]:
            concede(row, at, ts)
    steps = row[at + ORDER_OFFSET_TICKS] - row[at + ORDER_CONCESSION]
    peg = snap_down(stream, desk, floored_mid(now, side, tick) + steps * tick)
    natural = side * now[NOW_BOOK + SHOWN_BID + other_side(side)]
    return max(peg, snap_down(stream, desk, natural))


@part
def reprice_order(stream, desk, plan, row, at):
    """Re-price one landed pegged order, where its block allows it in this frame."""
    ts = desk.now[NOW_TS]
    tick = mid_tick(stream, desk)
    if row[at + ORDER_REDUCE_ONLY] == 1:
        if plan[PLAN_CLOSING_ENABLED] == 0:
            return
        target = closing_target(stream, desk, plan, row, at, tick)
        interval = plan[PLAN_CLOSING_INTERVAL_NS]
    else:
        if plan[PLAN_OPENING_ENABLED] == 0:
            return
        target = opening_target(stream, desk, plan, row, at, tick)
        interval = plan[PLAN_OPENING_INTERVAL_NS]
    price = row[at + ORDER_SIDE] * target
    if price < 1 or price > PRICE_MAX or price == row[at + ORDER_PRICE]:
        return
    if ts - row[at + ORDER_LAST_REPLACE] < interval:
        return
    row[at + ORDER_LAST_REPLACE] = ts
    row[at + ORDER_FLIGHT_TS] = desk.now[NOW_LANDING]
    row[at + ORDER_FLIGHT_PRICE] = price


@step
def is_repriced(row, at, ts):
    """Return whether an order is a landed pegged limit with nothing in flight, not of this frame."""
    if row[at + ORDER_ID] == 0 or row[at + ORDER_PEGGED] == 0:
        return False
    if row[at + ORDER_KIND] != ORDER_LIMIT or row[at + ORDER_PLACED_TS] >= ts:
        return False
    return row[at + ORDER_FLIGHT_TS] == INT64_MAX


@part
def reprice_all(stream, desk, plan, row):
    """Re-price every pegged order, oldest first."""
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        if is_repriced(row, at, desk.now[NOW_TS]):
            reprice_order(stream, desk, plan, row, at)
