"""The rows of a bot's orders: found, made, and closed when an order leaves."""

from forven.kernels.jit.perpetual.desk import NOW_LANDING, write
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    ORDER_AGGRESSIVE,
    ORDER_FLIGHT_PRICE,
    ORDER_FLIGHT_TS,
    ORDER_ID,
    ORDER_KIND,
    ORDER_LEFT,
    ORDER_LEVEL,
    ORDER_ORIGIN,
    ORDER_PRICE,
    ORDER_SIDE,
    ORDER_WIDTH,
    STATE_HEADER_WIDTH,
    STATE_ORDER_COUNT,
)
from forven.kernels.schema import (
    EVENT_ORDER_CANCELED,
    EVENT_ORDER_EXPIRED,
    INT64_MAX,
    MISSING,
    ORDER_LIMIT,
    ORDER_MARKET,
)


@step
def order_at(slot):
    """Return where the order of that number begins in a state row."""
    return STATE_HEADER_WIDTH + slot * ORDER_WIDTH


@step
def is_resting(row, at):
    """Return whether an order is a landed limit order that takes nothing in this frame."""
    is_limit = row[at + ORDER_KIND] == ORDER_LIMIT
    return is_limit and row[at + ORDER_ID] != 0 and row[at + ORDER_AGGRESSIVE] == 0


@step
def landed_count(row):
    """Return how many orders have landed."""
    count = 0
    for slot in range(row[STATE_ORDER_COUNT]):
        count += row[order_at(slot) + ORDER_ID] != 0
    return count


@part
def slot_of(row, order):
    """Return the number of the landed order with that id, or MISSING."""
    for slot in range(row[STATE_ORDER_COUNT]):
        if row[order_at(slot) + ORDER_ID] == order and order != 0:
            return slot
    return MISSING


@step
def rank_of(row, at):
    """Return an order's signed price, a market order's below all: the least is served first."""
    if row[at + ORDER_KIND] == ORDER_MARKET:
        return -INT64_MAX
    return row[at + ORDER_SIDE] * row[at + ORDER_PRICE]


@step
def next_in_line(row, side, rank, order):
    """Return the slot of the landed market or limit order of a side served after that one."""
    found = MISSING
    found_rank = INT64_MAX
    found_order = INT64_MAX
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        own = row[at + ORDER_ID]
        if own == 0 or row[at + ORDER_SIDE] != side or row[at + ORDER_KIND] > ORDER_LIMIT:
            continue
        own_rank = rank_of(row, at)
        if own_rank < rank or (own_rank == rank and own <= order):
            continue
        if own_rank < found_rank or (own_rank == found_rank and own < found_order):
            found = slot
            found_rank = own_rank
            found_order = own
    return found


@step
def clear_order(order, at):
    """Set the columns of an order to those of one that has not been sent."""
    for i in range(at, at + ORDER_WIDTH):
        order[i] = 0
    order[at + ORDER_LEVEL] = MISSING
    order[at + ORDER_FLIGHT_TS] = INT64_MAX


@step
def send_order(desk, row, kind, side, origin, lots, price):
    """Make the row of an order that goes in flight in this frame; return where it begins."""
    at = order_at(row[STATE_ORDER_COUNT])
    row[STATE_ORDER_COUNT] += 1
    clear_order(row, at)
    row[at + ORDER_KIND] = kind
    row[at + ORDER_SIDE] = side
    row[at + ORDER_ORIGIN] = origin
    row[at + ORDER_LEFT] = lots
    row[at + ORDER_PRICE] = price
    row[at + ORDER_FLIGHT_PRICE] = price
    row[at + ORDER_FLIGHT_TS] = desk.now[NOW_LANDING]
    return at


@step
def remove_order(row, slot):
    """Close the row of an order: later ones move up, the emptied place is zeroed."""
    last = row[STATE_ORDER_COUNT] - 1
    end = order_at(last)
    for i in range(order_at(slot), end):
        row[i] = row[i + ORDER_WIDTH]
    for i in range(end, end + ORDER_WIDTH):
        row[i] = 0
    row[STATE_ORDER_COUNT] = last


@step
def cancel_order(desk, row, slot, reason):
    """Cancel the order of that number; one that has not landed leaves without a row."""
    at = order_at(slot)
    if row[at + ORDER_ID] != 0:
        left = row[at + ORDER_LEFT]
        write(desk, row, EVENT_ORDER_CANCELED, row[at + ORDER_ID], reason, left, 0)
    remove_order(row, slot)


@step
def cancel_all(desk, row, reason):
    """Cancel every order, oldest first."""
    while row[STATE_ORDER_COUNT] > 0:
        cancel_order(desk, row, 0, reason)


@part
def expire_all(desk, row):
    """Expire every order, oldest first; those that have not landed leave without a row."""
    while row[STATE_ORDER_COUNT] > 0:
        at = order_at(0)
        if row[at + ORDER_ID] != 0:
            left = row[at + ORDER_LEFT]
            write(desk, row, EVENT_ORDER_EXPIRED, row[at + ORDER_ID], 0, left, 0)
        remove_order(row, 0)
