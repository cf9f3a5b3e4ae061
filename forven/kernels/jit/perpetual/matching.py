"""Matching: fills, the frame's quote, and stops that the mark reaches."""

from forven.kernels.jit.perpetual.desk import (
    NOW_BOOK,
    SHOWN_BID,
    SHOWN_BID_SIZE,
    SHOWN_MARK2,
    other_side,
    write,
    write_rest,
)
from forven.kernels.jit.perpetual.landing import is_triggered, join_queue
from forven.kernels.jit.perpetual.margin import fee_of, initial_margin, worth
from forven.kernels.jit.perpetual.orders import (
    cancel_order,
    next_in_line,
    order_at,
    rank_of,
    remove_order,
)
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    CONTRACT_VALUE,
    EVENT_TRIGGERED,
    ORDER_AGGRESSIVE,
    ORDER_ID,
    ORDER_IMMEDIATE,
    ORDER_KIND,
    ORDER_LEFT,
    ORDER_ORIGIN,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_SIDE,
    ORIGIN_LIQUIDATION,
    PLAN_MAKER_PPM,
    PLAN_TAKER_PPM,
    STATE_CASH,
    STATE_COST,
    STATE_FEES,
    STATE_FILLS,
    STATE_ORDER_COUNT,
    STATE_POSITION,
    STATE_TAKEN_BID,
)
from forven.kernels.schema import (
    EVENT_ORDER_FILLED,
    INT64_MAX,
    MISSING,
    ORDER_MARKET,
    ORDER_STOP,
    ORIGIN_FLATTEN,
    REASON_BUYING_POWER,
    REASON_NOT_HELD,
    REASON_UNFILLED,
)


@step
def share_of_cost(cost, closed, held):
    """Return floor(cost x closed / held) without the product, which could overflow."""
    whole = cost // held
    return whole * closed + (cost - whole * held) * closed // held


@part
def change_position(row, change, paid):
    """Add `change` lots to the position, `paid` micros (+ for a purchase) to its cost."""
    position = row[STATE_POSITION]
    after = position + change
    if position * change >= 0:
        row[STATE_COST] += paid
    elif abs(change) >= abs(position):
        row[STATE_COST] = after * (paid // change)
    else:
        row[STATE_COST] -= share_of_cost(row[STATE_COST], abs(change), abs(position))
    row[STATE_POSITION] = after


@part
def fill_refusal(stream, desk, plan, row, at, lots, cash):
    """Return why an order about to fill is cancelled instead, or 0."""
    side = row[at + ORDER_SIDE]
    position = row[STATE_POSITION]
    if row[at + ORDER_REDUCE_ONLY] == 1 and side * position <= 0:
        return REASON_NOT_HELD
    after = position - side * lots
    origin = row[at + ORDER_ORIGIN]
    is_forced = origin == ORIGIN_FLATTEN or origin == ORIGIN_LIQUIDATION
    if is_forced or abs(after) <= abs(position):
        return 0
    mark2 = desk.now[NOW_BOOK + SHOWN_MARK2]
    equity = row[STATE_CASH] + cash + worth(stream.contract, after, mark2)
    if equity < initial_margin(stream, plan, after, mark2):
        return REASON_BUYING_POWER
    return 0


@step
def fill_order(stream, desk, plan, row, slot, lots, price, is_taker):
    """Fill lots of an order, or cancel it; return what filled. With nothing left it leaves."""
    at = order_at(slot)
    side = row[at + ORDER_SIDE]
    if row[at + ORDER_REDUCE_ONLY] == 1 and side * row[STATE_POSITION] > 0:
        lots = min(lots, abs(row[STATE_POSITION]))
    notional = lots * price * stream.contract[CONTRACT_VALUE]
    fee = fee_of(notional, plan[PLAN_TAKER_PPM if is_taker else PLAN_MAKER_PPM])
    cash = side * notional - fee
    reason = fill_refusal(stream, desk, plan, row, at, lots, cash)
    if reason != 0:
        cancel_order(desk, row, slot, reason)
        return 0
    row[STATE_CASH] += cash
    row[STATE_FEES] += fee
    row[STATE_FILLS] += 1
    change_position(row, -side * lots, -side * notional)
    write(desk, row, EVENT_ORDER_FILLED, row[at + ORDER_ID], price, lots, fee)
    write_rest(desk, 1 if is_taker else 0, row[STATE_CASH], row[STATE_POSITION])
    row[at + ORDER_LEFT] -= lots
    if row[at + ORDER_LEFT] == 0:
        remove_order(row, slot)
    return lots


@step
def take_displayed(stream, desk, plan, row, slot, is_taker):
    """Fill an order that crosses the frame's quote with what is left of its other side."""
    at = order_at(slot)
    other = other_side(row[at + ORDER_SIDE])
    displayed = desk.now[NOW_BOOK + SHOWN_BID_SIZE + other]
    lots = min(row[at + ORDER_LEFT], displayed - row[STATE_TAKEN_BID + other])
    if lots <= 0:
        return
    price = row[at + ORDER_PRICE]
    if is_taker:
        price = desk.now[NOW_BOOK + SHOWN_BID + other]
    filled = fill_order(stream, desk, plan, row, slot, lots, price, is_taker)
    row[STATE_TAKEN_BID + other] += filled


@step
def match_side(stream, desk, plan, row, side):
    """Fill the orders of a side that cross the frame's quote, by priority."""
    rank = -INT64_MAX
    order = 0
    while True:
        slot = next_in_line(row, side, rank, order)
        if slot == MISSING:
            return
        at = order_at(slot)
        order = row[at + ORDER_ID]
        rank = rank_of(row, at)
        if rank > side * desk.now[NOW_BOOK + SHOWN_BID + other_side(side)]:
            return
        take_displayed(stream, desk, plan, row, slot, row[at + ORDER_AGGRESSIVE] == 1)


@part
def settle_takers(desk, plan, row):
    """Cancel what had to fill at once, and let what was aggressive join the frame's queue."""
    slot = 0
    while slot < row[STATE_ORDER_COUNT]:
        at = order_at(slot)
        if row[at + ORDER_ID] != 0 and row[at + ORDER_AGGRESSIVE] == 1:
            if row[at + ORDER_KIND] == ORDER_MARKET or row[at + ORDER_IMMEDIATE] == 1:
                cancel_order(desk, row, slot, REASON_UNFILLED)
                continue
            row[at + ORDER_AGGRESSIVE] = 0
            join_queue(desk.now, NOW_BOOK, plan, row, at)
        slot += 1


@part
def match_quote(stream, desk, plan, row):
    """Match every order with the frame's quote: buys, then sells."""
    match_side(stream, desk, plan, row, -1)
    match_side(stream, desk, plan, row, 1)
    settle_takers(desk, plan, row)


@step
def take_at_once(stream, desk, plan, row, slot):
    """Let a market order take what is displayed; what is left of it is cancelled."""
    order = row[order_at(slot) + ORDER_ID]
    take_displayed(stream, desk, plan, row, slot, True)
    if row[order_at(slot) + ORDER_ID] == order:
        cancel_order(desk, row, slot, REASON_UNFILLED)


@part
def trigger_stops(stream, desk, plan, row):
    """Turn the stops that the mark reaches into market orders, in row order."""
    mark2 = desk.now[NOW_BOOK + SHOWN_MARK2]
    slot = 0
    while slot < row[STATE_ORDER_COUNT]:
        at = order_at(slot)
        trigger = row[at + ORDER_PRICE]
        if row[at + ORDER_KIND] != ORDER_STOP:
            slot += 1
        elif not is_triggered(row[at + ORDER_SIDE], trigger, mark2):
            slot += 1
        else:
            write(desk, row, EVENT_TRIGGERED, row[at + ORDER_ID], mark2, trigger, 0)
            row[at + ORDER_KIND] = ORDER_MARKET
            row[at + ORDER_PRICE] = 0
            take_at_once(stream, desk, plan, row, slot)
