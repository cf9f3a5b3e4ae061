"""Landings: how orders and re-quotes reach the venue, and why it may turn them away."""

from forven.kernels.jit.perpetual.desk import (
    NOW_STANDING,
    NOW_TS,
    SHOWN_BID,
    SHOWN_BID_SIZE,
    SHOWN_MARK2,
    crosses,
    own_side,
    write,
    write_rest,
)
from forven.kernels.jit.perpetual.grid import is_on_grid
from forven.kernels.jit.perpetual.margin import equity_at, initial_margin, worth
from forven.kernels.jit.perpetual.orders import landed_count, order_at, remove_order
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    CONTRACT_VALUE,
    CONTRACT_VALUE_MIN,
    EXPOSURE_MAX,
    FILL_TOUCH,
    FLAG_IMMEDIATE,
    FLAG_PEGGED,
    FLAG_POST_ONLY,
    FLAG_REDUCE_ONLY,
    HASH_PRIME,
    ORDER_AGGRESSIVE,
    ORDER_AHEAD,
    ORDER_CONCESSION,
    ORDER_FLAT_SINCE,
    ORDER_FLIGHT_PRICE,
    ORDER_FLIGHT_TS,
    ORDER_HAS_REFERENCE,
    ORDER_ID,
    ORDER_IMMEDIATE,
    ORDER_INTENDED,
    ORDER_KIND,
    ORDER_LAST_NUDGE,
    ORDER_LAST_REPLACE,
    ORDER_LEFT,
    ORDER_LEVEL,
    ORDER_OFFSET_TICKS,
    ORDER_ORIGIN,
    ORDER_PEGGED,
    ORDER_PLACED_TS,
    ORDER_POST_ONLY,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_REFERENCE2,
    ORDER_SIDE,
    ORIGIN_QUOTE,
    PLAN_FILL_MODEL,
    PLAN_MAX_ORDERS,
    PLAN_QUOTE_RETRY_NS,
    PLAN_REQUOTE_ROWS,
    REASON_BAD_ORDER,
    REASON_BELOW_MINIMUM,
    REASON_WOULD_CROSS,
    STATE_NEXT_ORDER,
    STATE_ORDER_COUNT,
    STATE_POSITION,
    STATE_REPLACE_HASH,
    STATE_REPLACES,
    STATE_RETRY_BUY_TS,
    UNKNOWN_AHEAD,
)
from forven.kernels.schema import (
    COMMAND_REPLACE,
    EVENT_COMMAND_REFUSED,
    EVENT_ORDER_PLACED,
    EVENT_ORDER_REJECTED,
    EVENT_ORDER_REPLACED,
    INT64_MAX,
    MISSING,
    ORDER_LIMIT,
    ORDER_MARKET,
    ORDER_STOP,
    ORIGIN_FLATTEN,
    REASON_BAD_QUANTITY,
    REASON_BUYING_POWER,
    REASON_MAX_ORDERS,
    REASON_NOT_HELD,
    REASON_OFF_GRID,
    REASON_REPRICED,
    REASON_WOULD_TRIGGER,
)

ACCEPTED = 0
OFFSET_TICKS_MAX = 1000


@step
def join_queue(now, base, plan, order, at):
    """Let a limit order join the queue at its price on its own side of a regular book."""
    side = order[at + ORDER_SIDE]
    price = order[at + ORDER_PRICE]
    own = own_side(side)
    best = now[base + SHOWN_BID + own]
    order[at + ORDER_AHEAD] = 0
    order[at + ORDER_LEVEL] = MISSING
    if plan[PLAN_FILL_MODEL] == FILL_TOUCH:
        return
    if price == best:
        order[at + ORDER_AHEAD] = now[base + SHOWN_BID_SIZE + own]
        order[at + ORDER_LEVEL] = now[base + SHOWN_BID_SIZE + own]
    elif side * price < side * best:
        order[at + ORDER_LEVEL] = 0
    else:
        order[at + ORDER_AHEAD] = UNKNOWN_AHEAD


@step
def take_place(now, plan, order, at):
    """Let an order with a new price take in this frame if it may, or join its queue."""
    order[at + ORDER_AHEAD] = 0
    order[at + ORDER_LEVEL] = MISSING
    kind = order[at + ORDER_KIND]
    takes = kind == ORDER_MARKET or order[at + ORDER_IMMEDIATE] == 1
    if kind == ORDER_LIMIT and not takes:
        takes = crosses(now, NOW_STANDING, order[at + ORDER_SIDE], order[at + ORDER_PRICE])
        if not takes:
            join_queue(now, NOW_STANDING, plan, order, at)
    order[at + ORDER_AGGRESSIVE] = 1 if takes else 0


@step
def begin_intent(order, at, ts):
    """Set what re-pricing knows of an order to that of a new intent."""
    order[at + ORDER_INTENDED] = order[at + ORDER_SIDE] * order[at + ORDER_PRICE]
    order[at + ORDER_CONCESSION] = 0
    order[at + ORDER_HAS_REFERENCE] = 0
    order[at + ORDER_REFERENCE2] = 0
    order[at + ORDER_FLAT_SINCE] = ts
    order[at + ORDER_LAST_NUDGE] = ts
    order[at + ORDER_LAST_REPLACE] = ts
    order[at + ORDER_FLIGHT_TS] = INT64_MAX
    order[at + ORDER_FLIGHT_PRICE] = 0


@step
def is_flag(value):
    """Return whether a value is 0 or 1."""
    return value == 0 or value == 1


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
def is_oversized(stream, row, order, at):
    """Return whether an order's lots are none, or more than sums can hold."""
    lots = order[at + ORDER_LEFT]
    if lots < 1 or lots > EXPOSURE_MAX:
        return True
    for slot in range(row[STATE_ORDER_COUNT]):
        pending = order_at(slot)
        if row[pending + ORDER_ID] != 0:
            lots += row[pending + ORDER_LEFT]
    return (abs(row[STATE_POSITION]) + lots) * stream.contract[CONTRACT_VALUE] > EXPOSURE_MAX


@step
def is_below_minimum(stream, desk, order, at, price):
    """Return whether an order that does more than reduce is worth too little at a price."""
    if order[at + ORDER_REDUCE_ONLY] == 1:
        return False
    lots = order[at + ORDER_LEFT]
    if order[at + ORDER_KIND] == ORDER_MARKET:
        value = worth(stream.contract, lots, desk.now[NOW_STANDING + SHOWN_MARK2])
    else:
        value = lots * price * stream.contract[CONTRACT_VALUE]
    return value < stream.contract[CONTRACT_VALUE_MIN]


@part
def lacks_power(stream, desk, plan, row, order, at):
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
    equity = equity_at(stream.contract, row, mark2)
    return equity < initial_margin(stream, plan, exposure, mark2)


@part
def placing_refusal(stream, desk, plan, row, order, at, has_row):
    """Return why the venue turns a new order away, or `ACCEPTED`."""
    if is_malformed(order, at):
        return REASON_BAD_ORDER
    if is_oversized(stream, row, order, at):
        return REASON_BAD_QUANTITY
    kind = order[at + ORDER_KIND]
    side = order[at + ORDER_SIDE]
    price = order[at + ORDER_PRICE]
    if kind != ORDER_MARKET and not is_on_grid(stream, desk, price):
        return REASON_OFF_GRID
    if landed_count(row) >= plan[PLAN_MAX_ORDERS] or not has_row:
        return REASON_MAX_ORDERS
    if order[at + ORDER_REDUCE_ONLY] == 1 and side * row[STATE_POSITION] <= 0:
        return REASON_NOT_HELD
    if is_below_minimum(stream, desk, order, at, price):
        return REASON_BELOW_MINIMUM
    if order[at + ORDER_POST_ONLY] == 1 and crosses(desk.now, NOW_STANDING, side, price):
        return REASON_WOULD_CROSS
    if kind == ORDER_STOP and is_triggered(side, price, desk.now[NOW_STANDING + SHOWN_MARK2]):
        return REASON_WOULD_TRIGGER
    if lacks_power(stream, desk, plan, row, order, at):
        return REASON_BUYING_POWER
    return ACCEPTED


@step
def is_triggered(side, trigger, mark2):
    """Return whether a mark has reached the trigger of a stop."""
    return side * mark2 <= 2 * side * trigger


@step
def write_placed(desk, row, order, at):
    """Give an order the next id and journal it; return the id."""
    number = row[STATE_NEXT_ORDER]
    row[STATE_NEXT_ORDER] += 1
    flags = FLAG_POST_ONLY if order[at + ORDER_POST_ONLY] != 0 else 0
    flags += FLAG_REDUCE_ONLY if order[at + ORDER_REDUCE_ONLY] != 0 else 0
    flags += FLAG_IMMEDIATE if order[at + ORDER_IMMEDIATE] != 0 else 0
    flags += FLAG_PEGGED if order[at + ORDER_PEGGED] != 0 else 0
    kind = order[at + ORDER_KIND]
    price = 0 if kind == ORDER_MARKET else order[at + ORDER_PRICE]
    write(desk, row, EVENT_ORDER_PLACED, number, kind, price, order[at + ORDER_LEFT])
    write_rest(desk, order[at + ORDER_SIDE], flags, order[at + ORDER_ORIGIN])
    return number


@step
def place_order(stream, desk, plan, row, order, at, has_row):
    """Let a new order land; return whether the venue accepts it."""
    number = write_placed(desk, row, order, at)
    if order[at + ORDER_ORIGIN] != ORIGIN_FLATTEN:
        reason = placing_refusal(stream, desk, plan, row, order, at, has_row)
        if reason != ACCEPTED:
            write(desk, row, EVENT_ORDER_REJECTED, number, reason, 0, 0)
            return False
    order[at + ORDER_ID] = number
    order[at + ORDER_PLACED_TS] = desk.now[NOW_TS]
    begin_intent(order, at, desk.now[NOW_TS])
    take_place(desk.now, plan, order, at)
    return True


@part
def land_requote(desk, plan, row, at):
    """Let a re-quote land: the order has its new price, unless that would cross."""
    ts = desk.now[NOW_TS]
    order = row[at + ORDER_ID]
    former = row[at + ORDER_PRICE]
    price = row[at + ORDER_FLIGHT_PRICE]
    row[at + ORDER_FLIGHT_TS] = INT64_MAX
    row[at + ORDER_FLIGHT_PRICE] = 0
    if row[at + ORDER_POST_ONLY] == 1:
        if crosses(desk.now, NOW_STANDING, row[at + ORDER_SIDE], price):
            if plan[PLAN_REQUOTE_ROWS] == 1:
                kind = COMMAND_REPLACE
                write(desk, row, EVENT_COMMAND_REFUSED, order, kind, REASON_WOULD_CROSS, 0)
            return
    row[at + ORDER_PRICE] = price
    take_place(desk.now, plan, row, at)
    row[STATE_REPLACES] += 1
    digest = (row[STATE_REPLACE_HASH] ^ ts) * HASH_PRIME
    digest = (digest ^ order) * HASH_PRIME
    row[STATE_REPLACE_HASH] = (digest ^ price) * HASH_PRIME
    if plan[PLAN_REQUOTE_ROWS] == 1:
        write(desk, row, EVENT_ORDER_REPLACED, order, former, price, row[at + ORDER_CONCESSION])
        write_rest(desk, 0, row[at + ORDER_AHEAD], REASON_REPRICED)


@part
def land_all(stream, desk, plan, row):
    """Let everything land that is in flight and due; the standing book is regular."""
    ts = desk.now[NOW_TS]
    slot = 0
    while slot < row[STATE_ORDER_COUNT]:
        at = order_at(slot)
        slot += 1
        if row[at + ORDER_FLIGHT_TS] > ts:
            continue
        if row[at + ORDER_ID] != 0:
            land_requote(desk, plan, row, at)
        elif not place_order(stream, desk, plan, row, row, at, True):
            if row[at + ORDER_ORIGIN] == ORIGIN_QUOTE:
                retry = STATE_RETRY_BUY_TS + own_side(row[at + ORDER_SIDE])
                row[retry] = ts + plan[PLAN_QUOTE_RETRY_NS]
            slot -= 1
            remove_order(row, slot)
