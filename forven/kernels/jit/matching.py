"""Matching: whether a pending order fills in a frame, and everything that its fill changes."""

from forven.kernels.jit.arrival import ACCEPTED, position_refusal
from forven.kernels.jit.desk import NOW_FRAME, NOW_LEG_VALUES, write, write_rest
from forven.kernels.jit.grid import increment
from forven.kernels.jit.holdings import change_holding
from forven.kernels.jit.orders import remove_order
from forven.kernels.jit.power import order_at, projection
from forven.kernels.jit.prices import executable_price, floored_mid, leg_measures, order_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.jit.structures import free_structure, open_structure
from forven.kernels.schema import (
    BLOCK_CLOSING,
    BLOCK_OPENING,
    COMMAND_LEG_EFFECT,
    COMMAND_LEG_RATIO,
    COMMAND_LEG_WIDTH,
    EFFECT_OPEN,
    EVENT_LEG_FILLED,
    EVENT_ORDER_FILLED,
    EVENT_ORDER_REJECTED,
    ORDER_BLOCK,
    ORDER_ID,
    ORDER_KIND,
    ORDER_LEG_COUNT,
    ORDER_LEGS,
    ORDER_LIMIT,
    ORDER_MARKET,
    ORDER_ORIGIN,
    ORDER_PRICE,
    ORDER_QUANTITY,
    ORDER_STOP,
    ORDER_STRUCTURE,
    ORIGIN_ENTRY,
    ORIGIN_EXIT,
    ORIGIN_FLATTEN,
    PLAN_FEE_CLOSE_BELOW,
    PLAN_FEE_CLOSE_FROM,
    PLAN_FEE_OPEN_BELOW,
    PLAN_FEE_OPEN_FROM,
    PLAN_FEE_SPLIT,
    PLAN_SLIPPAGE_TICKS,
    QUOTE_ASK,
    QUOTE_BID,
    REASON_BUYING_POWER,
    SESSION_MULTIPLIER,
    STATE_CASH,
    STATE_FEES,
    STATE_FILLS,
    STATE_ORDER_COUNT,
    STATE_SLIPPAGE,
)


@step
def leg_width(day, desk, row, leg, gives_away):
    """Return a leg's quoted width times its ratio; 0 for a leg that is given away."""
    frame = desk.now[NOW_FRAME]
    ratio = row[leg + COMMAND_LEG_RATIO]
    bid = day.quotes[QUOTE_BID, row[leg], frame]
    ask = day.quotes[QUOTE_ASK, row[leg], frame]
    if gives_away and ratio > 0 and bid == 0:
        return 0
    return abs(ratio) * (ask - bid)


@part
def share_improvement(day, desk, row, at, improvement):
    """Set the leg values of a fill: natural, plus their shares of the improvement."""
    values = desk.now[NOW_LEG_VALUES:]
    frame = desk.now[NOW_FRAME]
    count = row[at + ORDER_LEG_COUNT]
    gives_away = count > 1 and row[at + ORDER_BLOCK] == BLOCK_CLOSING
    widths = 0
    for i in range(count):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        ratio = row[leg + COMMAND_LEG_RATIO]
        _, values[i] = leg_measures(day.quotes, row[leg], ratio, frame, gives_away)
        widths += leg_width(day, desk, row, leg, gives_away)
    if improvement <= 0 or widths <= 0:
        return
    left = improvement
    for i in range(count):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        share = improvement * leg_width(day, desk, row, leg, gives_away) // widths
        values[i] += share
        left -= share
    for i in range(count):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        ratio = row[leg + COMMAND_LEG_RATIO]
        width = leg_width(day, desk, row, leg, gives_away)
        _, natural = leg_measures(day.quotes, row[leg], ratio, frame, gives_away)
        more = min(left, natural + width - values[i])
        values[i] += more
        left -= more


@step
def leg_fee(plan, row, leg, quantity, value):
    """Return the fee in micros of one leg of a fill, from its effect and its premium."""
    contracts = abs(row[leg + COMMAND_LEG_RATIO])
    is_below = abs(value) < plan[PLAN_FEE_SPLIT] * contracts
    if row[leg + COMMAND_LEG_EFFECT] == EFFECT_OPEN:
        fee = plan[PLAN_FEE_OPEN_BELOW] if is_below else plan[PLAN_FEE_OPEN_FROM]
    else:
        fee = plan[PLAN_FEE_CLOSE_BELOW] if is_below else plan[PLAN_FEE_CLOSE_FROM]
    return fee * contracts * quantity


@part
def fill_refusal(day, desk, plan, row, slot, cash):
    """Return why an order about to fill is rejected after all, or `ACCEPTED`."""
    at = order_at(day.session, slot)
    if row[at + ORDER_ORIGIN] == ORIGIN_FLATTEN:
        return ACCEPTED
    reason = position_refusal(day.session, plan, row, row, at)
    if reason == ACCEPTED and row[at + ORDER_BLOCK] == BLOCK_OPENING:
        if projection(day, desk, plan, row, row, at, cash, slot) < 0:
            return REASON_BUYING_POWER
    return reason


@part
def write_fill(day, desk, plan, row, at):
    """Change the holdings by a fill and journal it; cash is already changed."""
    quantity = row[at + ORDER_QUANTITY]
    order = row[at + ORDER_ID]
    multiplier = day.session[SESSION_MULTIPLIER]
    for i in range(row[at + ORDER_LEG_COUNT]):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        value = desk.now[NOW_LEG_VALUES + i]
        change = -row[leg + COMMAND_LEG_RATIO] * quantity
        after = change_holding(row, row[leg], change, value * multiplier * quantity)
        write(desk, row, EVENT_LEG_FILLED, order, i, row[leg], change)
        write_rest(desk, value, leg_fee(plan, row, leg, quantity, value), after)


@step
def fill_order(day, desk, plan, row, slot, net, natural, slippage):
    """Fill a pending order at `net`, or reject it; either way it leaves the book."""
    at = order_at(day.session, slot)
    quantity = row[at + ORDER_QUANTITY]
    share_improvement(day, desk, row, at, net - natural)
    fees = 0
    for i in range(row[at + ORDER_LEG_COUNT]):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        fees += leg_fee(plan, row, leg, quantity, desk.now[NOW_LEG_VALUES + i])
    cash = net * day.session[SESSION_MULTIPLIER] * quantity - fees - slippage
    reason = fill_refusal(day, desk, plan, row, slot, cash)
    origin = row[at + ORDER_ORIGIN]
    structure = row[at + ORDER_STRUCTURE]
    if reason == ACCEPTED:
        row[STATE_CASH] += cash
        row[STATE_FEES] += fees
        row[STATE_SLIPPAGE] += slippage
        row[STATE_FILLS] += 1
        write(desk, row, EVENT_ORDER_FILLED, row[at + ORDER_ID], net, quantity, fees)
        write_rest(desk, slippage, row[STATE_CASH], natural)
        write_fill(day, desk, plan, row, at)
    else:
        write(desk, row, EVENT_ORDER_REJECTED, row[at + ORDER_ID], reason, 1, 0)
    if origin == ORIGIN_ENTRY and reason == ACCEPTED:
        open_structure(day, plan, row, structure, net)
    elif origin == ORIGIN_ENTRY or origin == ORIGIN_EXIT:
        free_structure(day.session, row, structure)
    remove_order(day.session, row, slot)


@step
def match_order(day, desk, plan, row, slot):
    """Fill the pending order of that number if it can; return whether it left the book."""
    at = order_at(day.session, slot)
    measurable, middle, natural, starved = order_measures(day, desk, row, at)
    if not measurable or starved:
        return False
    kind = row[at + ORDER_KIND]
    if kind == ORDER_MARKET:
        fill_order(day, desk, plan, row, slot, natural, natural, 0)
        return True
    count = row[at + ORDER_LEG_COUNT]
    step = increment(count, middle)
    net = executable_price(plan, count, middle, natural)
    if kind == ORDER_LIMIT and net < row[at + ORDER_PRICE]:
        return False
    if kind == ORDER_STOP and floored_mid(middle, step) < row[at + ORDER_PRICE]:
        return False
    ticks = plan[PLAN_SLIPPAGE_TICKS] * step
    slippage = ticks * day.session[SESSION_MULTIPLIER] * row[at + ORDER_QUANTITY]
    fill_order(day, desk, plan, row, slot, net, natural, slippage)
    return True


@part
def match_all(day, desk, plan, row):
    """Match every pending order, oldest first."""
    slot = 0
    while slot < row[STATE_ORDER_COUNT]:
        if not match_order(day, desk, plan, row, slot):
            slot += 1
