"""Prints: the trades of a frame that reach resting orders, through the queue ahead of them."""

from forven.kernels.jit.perpetual.desk import NOW_PRINT_FROM, NOW_PRINT_TO
from forven.kernels.jit.perpetual.matching import fill_order
from forven.kernels.jit.perpetual.orders import is_resting, next_in_line, order_at, rank_of
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    FILL_TOUCH,
    ORDER_AHEAD,
    ORDER_ID,
    ORDER_LEFT,
    ORDER_PRICE,
    PLAN_FILL_MODEL,
    PRINT_AGGRESSOR,
    PRINT_PRICE,
    PRINT_SIZE,
    STATE_ORDER_COUNT,
    UNKNOWN_AHEAD,
)
from forven.kernels.schema import INT64_MAX, MISSING


@part
def reached_lots(plan, row, at, size):
    """Return how many lots of a print at its price an order fills, once the queue is served."""
    left = row[at + ORDER_LEFT]
    if plan[PLAN_FILL_MODEL] == FILL_TOUCH:
        return min(left, size)
    ahead = row[at + ORDER_AHEAD]
    if ahead == UNKNOWN_AHEAD:
        return 0
    row[at + ORDER_AHEAD] = max(0, ahead - size)
    return min(left, max(0, size - ahead))


@step
def hit_side(stream, desk, plan, row, side, price, size):
    """Let one print hit the resting orders of a side, by priority."""
    rank = -INT64_MAX
    order = 0
    while True:
        slot = next_in_line(row, side, rank, order)
        if slot == MISSING:
            return
        at = order_at(slot)
        order = row[at + ORDER_ID]
        rank = rank_of(row, at)
        if not is_resting(row, at):
            continue
        if side * price < rank:
            return
        if side * price > rank:
            lots = row[at + ORDER_LEFT]
            fill_order(stream, desk, plan, row, slot, lots, row[at + ORDER_PRICE], False)
            continue
        lots = reached_lots(plan, row, at, size)
        if lots > 0:
            size -= fill_order(stream, desk, plan, row, slot, lots, price, False)


@part
def hit_orders(stream, desk, plan, row):
    """Let the frame's prints hit the resting orders, in their order: buys, then sells."""
    for i in range(desk.now[NOW_PRINT_FROM], desk.now[NOW_PRINT_TO]):
        if row[STATE_ORDER_COUNT] == 0:
            return
        price = stream.prints[i, PRINT_PRICE]
        size = stream.prints[i, PRINT_SIZE]
        aggressor = stream.prints[i, PRINT_AGGRESSOR]
        if aggressor != 1:
            hit_side(stream, desk, plan, row, -1, price, size)
        if aggressor != -1:
            hit_side(stream, desk, plan, row, 1, price, size)
