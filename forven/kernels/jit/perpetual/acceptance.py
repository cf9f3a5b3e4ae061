"""Why the venue turns a new order away: checks in a fixed order, the first failure speaks."""

from forven.kernels.jit.perpetual.desk import (
    NOW_CONTRACT,
    NOW_STANDING,
    SHOWN_MARK2,
    crosses,
)
from forven.kernels.jit.perpetual.grid import is_on_grid
from forven.kernels.jit.perpetual.margin import equity_at, initial_margin, worth
from forven.kernels.jit.perpetual.orders import landed_count, order_at
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    CONTRACT_VALUE,
    CONTRACT_VALUE_MIN,
    EXPOSURE_MAX,
    ORDER_ID,
    ORDER_IMMEDIATE,
    ORDER_KIND,
    ORDER_LEFT,
    ORDER_OFFSET_TICKS,
    ORDER_PEGGED,
    ORDER_POST_ONLY,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_SIDE,
    PLAN_MAX_ORDERS,
    REASON_BAD_ORDER,
    REASON_BELOW_MINIMUM,
    REASON_WOULD_CROSS,
    STATE_ORDER_COUNT,
    STATE_POSITION,
)
from forven.kernels.schema import (
    ORDER_LIMIT,
    ORDER_MARKET,
    ORDER_STOP,
    REASON_BAD_QUANTITY,
    REASON_BUYING_POWER,
    REASON_MAX_ORDERS,
    REASON_NOT_HELD,
    REASON_OFF_GRID,
    REASON_WOULD_TRIGGER,
)

ACCEPTED = 0
OFFSET_TICKS_MAX = 1000


@step
def is_flag(value):
    """Return whether a value is 0 or 1."""
    return value == 0 or value == 1


@step
def is_triggered(side, trigger, mark2):
    """Return whether a mark has reached the trigger of a stop."""
    return side * mark2 <= 2 * side * trigger


@part
def is_malformed(order, at):
    """Return whether no venue would understand an order."""
    kind = order[at + ORDER_KIND]
    if kind != ORDER_MARKET and kind != ORDER_LIMIT and kind != ORDER_STOP:
        return True
    if order[at + ORDER_SIDE] != 1 and order[at + ORDER_SIDE] != -1:
        return True
    if not is_flag(order[at + ORDER_POST_ONLY]) or not is_flag(order[at + ORDER_REDUCE_ONLY]):
        return True
    if not is_flag(order[at + ORDER_IMMEDIATE]) or not is_flag(order[at + ORDER_PEGGED]):
        return True
    if order[at + ORDER_OFFSET_TICKS] < 0 or order[at + ORDER_OFFSET_TICKS] > OFFSET_TICKS_MAX:
        return True
    if kind != ORDER_LIMIT and (order[at + ORDER_POST_ONLY] == 1 or order[at + ORDER_PEGGED] == 1):
        return True
    if order[at + ORDER_IMMEDIATE] == 1:
        return order[at + ORDER_POST_ONLY] == 1 or kind == ORDER_STOP
    return False


@part
def is_oversized(desk, row, order, at):
    """Return whether an order's lots are none, or more than sums can hold."""
    lots = order[at + ORDER_LEFT]
    if lots < 1 or lots > EXPOSURE_MAX:
        return True
    for slot in range(row[STATE_ORDER_COUNT]):
        pending = order_at(slot)
        if row[pending + ORDER_ID] != 0:
            lots += row[pending + ORDER_LEFT]
    lots += abs(row[STATE_POSITION])
    return lots * desk.now[NOW_CONTRACT + CONTRACT_VALUE] > EXPOSURE_MAX


@step
def is_below_minimum(desk, order, at, price):
    """Return whether an order that does more than reduce is worth too little at a price."""
    if order[at + ORDER_REDUCE_ONLY] == 1:
        return False
    lots = order[at + ORDER_LEFT]
    if order[at + ORDER_KIND] == ORDER_MARKET:
        value = worth(desk.now, lots, desk.now[NOW_STANDING + SHOWN_MARK2])
    else:
        value = lots * price * desk.now[NOW_CONTRACT + CONTRACT_VALUE]
    return value < desk.now[NOW_CONTRACT + CONTRACT_VALUE_MIN]


@part
def lacks_power(desk, plan, row, order, at):
    """Return whether the equity is too small for the exposure that an order adds to."""
    if order[at + ORDER_REDUCE_ONLY] == 1:
        return False
    lots = order[at + ORDER_LEFT]
    is_sell = order[at + ORDER_SIDE] == 1
    sells = lots if is_sell else 0
    buys = 0 if is_sell else lots
    for slot in range(row[STATE_ORDER_COUNT]):
        pending = order_at(slot)
        if row[pending + ORDER_ID] == 0 or row[pending + ORDER_REDUCE_ONLY] == 1:
            continue
        if row[pending + ORDER_SIDE] == 1:
            sells += row[pending + ORDER_LEFT]
        else:
            buys += row[pending + ORDER_LEFT]
    position = row[STATE_POSITION]
    exposure = max(abs(position + buys), abs(position - sells))
    if exposure <= abs(position):
        return False
    mark2 = desk.now[NOW_STANDING + SHOWN_MARK2]
    equity = equity_at(desk.now, row, mark2)
    return equity < initial_margin(desk.now, plan, exposure, mark2)


@part
def placing_refusal(desk, plan, row, order, at, has_row):
    """Return why the venue turns a new order away, or `ACCEPTED`."""
    if is_malformed(order, at):
        return REASON_BAD_ORDER
    if is_oversized(desk, row, order, at):
        return REASON_BAD_QUANTITY
    kind = order[at + ORDER_KIND]
    side = order[at + ORDER_SIDE]
    price = order[at + ORDER_PRICE]
    if kind != ORDER_MARKET and not is_on_grid(desk.now, price):
        return REASON_OFF_GRID
    if landed_count(row) >= plan[PLAN_MAX_ORDERS] or not has_row:
        return REASON_MAX_ORDERS
    if order[at + ORDER_REDUCE_ONLY] == 1 and side * row[STATE_POSITION] <= 0:
        return REASON_NOT_HELD
    if is_below_minimum(desk, order, at, price):
        return REASON_BELOW_MINIMUM
    if order[at + ORDER_POST_ONLY] == 1 and crosses(desk.now, NOW_STANDING, side, price):
        return REASON_WOULD_CROSS
    if kind == ORDER_STOP and is_triggered(side, price, desk.now[NOW_STANDING + SHOWN_MARK2]):
        return REASON_WOULD_TRIGGER
    if lacks_power(desk, plan, row, order, at):
        return REASON_BUYING_POWER
    return ACCEPTED
