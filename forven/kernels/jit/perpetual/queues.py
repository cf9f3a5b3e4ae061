"""The queue ahead of a resting order, as the displayed size of its price tells of it."""

from forven.kernels.jit.perpetual.desk import (
    NOW_BOOK,
    NOW_PRINT_FROM,
    NOW_PRINT_TO,
    SHOWN_BID,
    SHOWN_BID_SIZE,
    own_side,
)
from forven.kernels.jit.perpetual.orders import is_resting, order_at
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    FILL_QUEUE_PROBABILISTIC,
    FILL_TOUCH,
    ORDER_AHEAD,
    ORDER_LEVEL,
    ORDER_PRICE,
    ORDER_SIDE,
    PLAN_FILL_MODEL,
    PLAN_QUEUE_POWER,
    PRINT_AGGRESSOR,
    PRINT_PRICE,
    PRINT_SIZE,
    STATE_ORDER_COUNT,
    UNKNOWN_AHEAD,
)
from forven.kernels.schema import MISSING


@step
def traded_lots(prints, first, end, side, price):
    """Return the lots of prints [first, end) that hit a side at exactly a price."""
    traded = 0
    for i in range(first, end):
        if prints[i, PRINT_PRICE] == price and prints[i, PRINT_AGGRESSOR] != -side:
            traded += prints[i, PRINT_SIZE]
    return traded


@part
def left_ahead(ahead, level, displayed, power):
    """Return the queue ahead once those who left are shared between front and back.

    level   lots displayed before, without those traded since
    """
    gone = level - displayed
    if gone > 0:
        front = float(ahead)
        back = float(max(0, level - ahead))
        weight = front
        other = back
        if power > 1:
            weight *= front
            other *= back
        if power > 2:
            weight *= front
            other *= back
        if weight + other > 0.0:
            ahead -= int(float(gone) * (weight / (weight + other)))
    return max(0, ahead)


@part
def update_queue(stream, desk, plan, row, at):
    """Take in what a frame displays at an order's price."""
    now = desk.now
    side = row[at + ORDER_SIDE]
    price = row[at + ORDER_PRICE]
    own = own_side(side)
    best = now[NOW_BOOK + SHOWN_BID + own]
    if side * best < side * price:
        row[at + ORDER_LEVEL] = MISSING
        return
    displayed = now[NOW_BOOK + SHOWN_BID_SIZE + own] if best == price else 0
    ahead = row[at + ORDER_AHEAD]
    level = row[at + ORDER_LEVEL]
    if ahead == UNKNOWN_AHEAD or level == MISSING:
        ahead = min(ahead, displayed)
    elif plan[PLAN_FILL_MODEL] == FILL_QUEUE_PROBABILISTIC:
        first = now[NOW_PRINT_FROM]
        level -= traded_lots(stream.prints, first, now[NOW_PRINT_TO], side, price)
        ahead = left_ahead(ahead, level, displayed, plan[PLAN_QUEUE_POWER])
    row[at + ORDER_AHEAD] = min(ahead, displayed)
    row[at + ORDER_LEVEL] = displayed


@part
def update_queues(stream, desk, plan, row):
    """Take in what a frame displays at the price of every resting order."""
    if plan[PLAN_FILL_MODEL] == FILL_TOUCH:
        return
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        if is_resting(row, at):
            update_queue(stream, desk, plan, row, at)
