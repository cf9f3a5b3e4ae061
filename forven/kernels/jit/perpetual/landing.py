"""Landings: how orders and re-quotes reach the venue, and what they become there."""

from forven.kernels.jit.perpetual.acceptance import ACCEPTED, placing_refusal
from forven.kernels.jit.perpetual.desk import (
    NOW_STANDING,
    NOW_TS,
    SHOWN_BID,
    SHOWN_BID_SIZE,
    crosses,
    own_side,
    write,
    write_rest,
)
from forven.kernels.jit.perpetual.orders import order_at, remove_order
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
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
    PLAN_QUOTE_RETRY_NS,
    PLAN_REQUOTE_ROWS,
    REASON_WOULD_CROSS,
    STATE_NEXT_ORDER,
    STATE_ORDER_COUNT,
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
    ORIGIN_FLATTEN,
    REASON_REPRICED,
)


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
def place_order(desk, plan, row, order, at, has_row):
    """Let a new order land; return whether the venue accepts it."""
    number = write_placed(desk, row, order, at)
    if order[at + ORDER_ORIGIN] != ORIGIN_FLATTEN:
        reason = placing_refusal(desk, plan, row, order, at, has_row)
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
def land_all(desk, plan, row):
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
        elif not place_order(desk, plan, row, row, at, True):
            if row[at + ORDER_ORIGIN] == ORIGIN_QUOTE:
                retry = STATE_RETRY_BUY_TS + own_side(row[at + ORDER_SIDE])
                row[retry] = ts + plan[PLAN_QUOTE_RETRY_NS]
            slot -= 1
            remove_order(row, slot)
