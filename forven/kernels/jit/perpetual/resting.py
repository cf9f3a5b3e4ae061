"""A resting order as a value: what the quiet path knows of it between its full frames.

Each function returns the order as a frame leaves it; a frame that turns out not to be quiet is
forgotten, and taken in full from the order's row.
"""

from typing import NamedTuple

from forven.kernels.jit.perpetual.queues import left_ahead, traded_lots
from forven.kernels.jit.steps import part
from forven.kernels.perpetual_schema import (
    FILL_QUEUE_PROBABILISTIC,
    FILL_TOUCH,
    ORDER_AHEAD,
    ORDER_CONCESSION,
    ORDER_FLAT_SINCE,
    ORDER_FLIGHT_PRICE,
    ORDER_FLIGHT_TS,
    ORDER_HAS_REFERENCE,
    ORDER_LAST_REPLACE,
    ORDER_LEVEL,
    ORDER_OFFSET_TICKS,
    ORDER_PRICE,
    ORDER_REFERENCE2,
    PLAN_FILL_MODEL,
    PLAN_OPENING_INTERVAL_NS,
    PLAN_OPENING_TOLERANCE_TICKS,
    PLAN_QUEUE_POWER,
    PRINT_AGGRESSOR,
    PRINT_PRICE,
    PRINT_SIZE,
    UNKNOWN_AHEAD,
)
from forven.kernels.schema import INT64_MAX, MISSING

NO_REFERENCE = -(2**62)
"""A reference so far away that any mid has left it: setting the first is moving it."""
UNPEGGED = -(2**62)
"""The ticks from the mid of an order that is not re-priced."""


class Resting(NamedTuple):
    """A resting order: its row's columns that change while nothing fills."""

    at: int  # where its row begins; MISSING: the side has no order
    steps: int  # ticks from the mid, concessions taken off; UNPEGGED
    price: int
    ahead: int
    level: int
    flight_ts: int
    flight_price: int
    reference2: int
    flat_since: int
    last_replace: int


@part
def no_order(side):
    """Return the order of a side without one: its price is never reached."""
    price = INT64_MAX if side == 1 else 0
    return Resting(MISSING, UNPEGGED, price, 0, 0, INT64_MAX, 0, 0, 0, 0)


@part
def load_order(row, at, is_pegged):
    """Return the resting order of a row."""
    steps = row[at + ORDER_OFFSET_TICKS] - row[at + ORDER_CONCESSION] if is_pegged else UNPEGGED
    has_reference = row[at + ORDER_HAS_REFERENCE] == 1
    return Resting(
        at,
        steps,
        row[at + ORDER_PRICE],
        row[at + ORDER_AHEAD],
        row[at + ORDER_LEVEL],
        row[at + ORDER_FLIGHT_TS],
        row[at + ORDER_FLIGHT_PRICE],
        row[at + ORDER_REFERENCE2] if has_reference else NO_REFERENCE,
        row[at + ORDER_FLAT_SINCE],
        row[at + ORDER_LAST_REPLACE],
    )


@part
def store_order(row, order):
    """Write a resting order back to its row."""
    at = order.at
    if at == MISSING:
        return
    row[at + ORDER_PRICE] = order.price
    row[at + ORDER_AHEAD] = order.ahead
    row[at + ORDER_LEVEL] = order.level
    row[at + ORDER_FLIGHT_TS] = order.flight_ts
    row[at + ORDER_FLIGHT_PRICE] = order.flight_price
    if order.reference2 != NO_REFERENCE:
        row[at + ORDER_HAS_REFERENCE] = 1
        row[at + ORDER_REFERENCE2] = order.reference2
    row[at + ORDER_FLAT_SINCE] = order.flat_since
    row[at + ORDER_LAST_REPLACE] = order.last_replace


@part
def landed(plan, order, side, best, size, ts):
    """Return the order once its re-quote, if due, has landed on a book with that best price."""
    lands = order.flight_ts <= ts
    price = order.flight_price if lands else order.price
    ahead = order.ahead
    level = order.level
    if lands and plan[PLAN_FILL_MODEL] != FILL_TOUCH:
        ahead = size if price == best else 0
        level = size if price == best else 0
        if side * price > side * best:
            ahead = UNKNOWN_AHEAD
            level = MISSING
    return Resting(
        order.at,
        order.steps,
        price,
        ahead,
        level,
        INT64_MAX if lands else order.flight_ts,
        0 if lands else order.flight_price,
        order.reference2,
        order.flat_since,
        order.last_replace,
    )


@part
def ahead_after(plan, prints, order, side, first, end):
    """Return the queue ahead of an order after prints [first, end), or MISSING if one fills it."""
    ahead = order.ahead
    for i in range(first, end):
        price = prints[i, PRINT_PRICE]
        if prints[i, PRINT_AGGRESSOR] == -side or side * price < side * order.price:
            continue
        if price != order.price or plan[PLAN_FILL_MODEL] == FILL_TOUCH:
            return MISSING
        if ahead != UNKNOWN_AHEAD:
            ahead -= prints[i, PRINT_SIZE]
            if ahead < 0:
                return MISSING
    return ahead


@part
def queued(plan, prints, order, side, ahead, best, size, first, end):
    """Return the order once it has taken in what a frame displays at its price."""
    level = order.level
    if side * best < side * order.price:
        level = MISSING
    else:
        displayed = size if best == order.price else 0
        if plan[PLAN_FILL_MODEL] == FILL_QUEUE_PROBABILISTIC:
            if ahead != UNKNOWN_AHEAD and level != MISSING:
                if first != end:
                    level -= traded_lots(prints, first, end, side, order.price)
                ahead = left_ahead(ahead, level, displayed, plan[PLAN_QUEUE_POWER])
        ahead = min(ahead, displayed)
        level = displayed
    return Resting(
        order.at,
        order.steps,
        order.price,
        ahead,
        level,
        order.flight_ts,
        order.flight_price,
        order.reference2,
        order.flat_since,
        order.last_replace,
    )


@part
def repriced(plan, order, mid2, target, tick, ts, landing):
    """Return the order once it has followed the signed mid: its re-quote may be in flight."""
    reference2 = order.reference2
    flat_since = order.flat_since
    if abs(mid2 - reference2) > 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * tick:
        reference2 = mid2
        flat_since = ts
    flight_ts = order.flight_ts
    flight_price = order.flight_price
    last_replace = order.last_replace
    if target != order.price and ts - last_replace >= plan[PLAN_OPENING_INTERVAL_NS]:
        last_replace = ts
        flight_ts = landing
        flight_price = target
    return Resting(
        order.at,
        order.steps,
        order.price,
        order.ahead,
        order.level,
        flight_ts,
        flight_price,
        reference2,
        flat_since,
        last_replace,
    )
