"""Pending orders: how they leave the book, and what that does to the structure they serve."""

from forven.kernels.jit.desk import NOW_TS, write
from forven.kernels.jit.power import order_at
from forven.kernels.jit.prices import order_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.jit.structures import free_structure, reopen_structure
from forven.kernels.schema import (
    EVENT_ORDER_CANCELED,
    EVENT_ORDER_EXPIRED,
    MISSING,
    ORDER_CONCESSION,
    ORDER_FLAT_SINCE,
    ORDER_HAS_REFERENCE,
    ORDER_ID,
    ORDER_INTENDED,
    ORDER_LAST_NUDGE,
    ORDER_LAST_REPLACE,
    ORDER_ORIGIN,
    ORDER_PLACED_TS,
    ORDER_PRICE,
    ORDER_REFERENCE2,
    ORDER_STRUCTURE,
    ORDER_WIDTH,
    ORIGIN_ENTRY,
    ORIGIN_EXIT,
    STATE_ORDER_COUNT,
)


@step
def begin_intent(day, desk, order, at, price):
    """Set an order's price, times and reference to those of a new intent in this frame."""
    ts = desk.now[NOW_TS]
    measurable, middle, _, _ = order_measures(day, desk, order, at)
    order[at + ORDER_PRICE] = price
    order[at + ORDER_INTENDED] = price
    order[at + ORDER_CONCESSION] = 0
    order[at + ORDER_HAS_REFERENCE] = 1 if measurable else 0
    order[at + ORDER_REFERENCE2] = middle
    order[at + ORDER_FLAT_SINCE] = ts
    order[at + ORDER_LAST_NUDGE] = ts
    order[at + ORDER_LAST_REPLACE] = ts
    order[at + ORDER_PLACED_TS] = ts


@step
def remove_order(session, row, slot):
    """Take a pending order out of the book; younger ones move up, the emptied place is zeroed."""
    last = row[STATE_ORDER_COUNT] - 1
    end = order_at(session, last)
    for i in range(order_at(session, slot), end):
        row[i] = row[i + ORDER_WIDTH]
    for i in range(end, end + ORDER_WIDTH):
        row[i] = 0
    row[STATE_ORDER_COUNT] = last


@step
def drop_order(session, row, slot):
    """Take out an order that was not filled: an entry frees its structure, an exit re-opens it."""
    at = order_at(session, slot)
    if row[at + ORDER_ORIGIN] == ORIGIN_ENTRY:
        free_structure(session, row, row[at + ORDER_STRUCTURE])
    elif row[at + ORDER_ORIGIN] == ORIGIN_EXIT:
        reopen_structure(session, row, row[at + ORDER_STRUCTURE])
    remove_order(session, row, slot)


@step
def cancel_order(day, desk, row, slot, reason):
    """Cancel the pending order of that number."""
    order = row[order_at(day.session, slot) + ORDER_ID]
    write(desk, row, EVENT_ORDER_CANCELED, order, reason, 0, 0)
    drop_order(day.session, row, slot)


@step
def cancel_all(day, desk, row, reason):
    """Cancel every pending order, oldest first."""
    while row[STATE_ORDER_COUNT] > 0:
        cancel_order(day, desk, row, 0, reason)


@part
def cancel_entries(day, desk, row, reason):
    """Cancel every pending entry order, oldest first."""
    slot = 0
    while slot < row[STATE_ORDER_COUNT]:
        if row[order_at(day.session, slot) + ORDER_ORIGIN] == ORIGIN_ENTRY:
            cancel_order(day, desk, row, slot, reason)
        else:
            slot += 1


@part
def expire_all(day, desk, row):
    """Expire every pending order, oldest first."""
    while row[STATE_ORDER_COUNT] > 0:
        order = row[order_at(day.session, 0) + ORDER_ID]
        write(desk, row, EVENT_ORDER_EXPIRED, order, 0, 0, 0)
        drop_order(day.session, row, 0)


@step
def slot_of(session, row, order):
    """Return the number of the pending order with that id, or MISSING."""
    for slot in range(row[STATE_ORDER_COUNT]):
        if row[order_at(session, slot) + ORDER_ID] == order:
            return slot
    return MISSING
