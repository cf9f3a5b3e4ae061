"""The two-sided quoter: it keeps one buy and one sell of its plan resting."""

from forven.kernels.jit.perpetual.desk import NOW_TS, own_side
from forven.kernels.jit.perpetual.grid import snap_down
from forven.kernels.jit.perpetual.orders import order_at, send_order
from forven.kernels.jit.perpetual.repricing import floored_mid, mid_tick
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    CONTRACT_ORDERS,
    ORDER_OFFSET_TICKS,
    ORDER_ORIGIN,
    ORDER_PEGGED,
    ORDER_POST_ONLY,
    ORDER_SIDE,
    ORIGIN_QUOTE,
    PLAN_MAX_ORDERS,
    PLAN_QUOTE_LOTS,
    PLAN_QUOTE_OFFSET_TICKS,
    PLAN_QUOTE_POSITION_MAX,
    PRICE_MAX,
    STATE_ORDER_COUNT,
    STATE_POSITION,
    STATE_RETRY_BUY_TS,
)
from forven.kernels.schema import ORDER_LIMIT


@step
def has_quote(row, side):
    """Return whether a quote of that side is landed or in flight."""
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        if row[at + ORDER_ORIGIN] == ORIGIN_QUOTE and row[at + ORDER_SIDE] == side:
            return True
    return False


@step
def may_quote(stream, plan, row, side):
    """Return whether room and position allow one more quote of a side."""
    count = row[STATE_ORDER_COUNT]
    if count >= stream.contract[CONTRACT_ORDERS] or count >= plan[PLAN_MAX_ORDERS]:
        return False
    position = row[STATE_POSITION]
    after = abs(position - side * plan[PLAN_QUOTE_LOTS])
    return after <= plan[PLAN_QUOTE_POSITION_MAX] or after < abs(position)


@step
def quote_side(stream, desk, plan, row, side):
    """Send the quote of a side that has none, where the plan allows it."""
    if has_quote(row, side) or not may_quote(stream, plan, row, side):
        return
    if desk.now[NOW_TS] < row[STATE_RETRY_BUY_TS + own_side(side)]:
        return
    tick = mid_tick(stream, desk)
    offset = plan[PLAN_QUOTE_OFFSET_TICKS]
    price = side * snap_down(stream, desk, floored_mid(desk.now, side, tick) + offset * tick)
    if price < 1 or price > PRICE_MAX:
        return
    at = send_order(desk, row, ORDER_LIMIT, side, ORIGIN_QUOTE, plan[PLAN_QUOTE_LOTS], price)
    row[at + ORDER_POST_ONLY] = 1
    row[at + ORDER_PEGGED] = 1
    row[at + ORDER_OFFSET_TICKS] = offset


@part
def quote(stream, desk, plan, row):
    """Do the quoter's step of a frame: the buy, then the sell."""
    quote_side(stream, desk, plan, row, -1)
    quote_side(stream, desk, plan, row, 1)
