"""Buying power: cash after all pending opening orders, less the margin of what they would hold."""

from forven.kernels.jit.desk import POOL_INSTRUMENT, POOL_QUANTITY
from forven.kernels.jit.holdings import holding_at
from forven.kernels.jit.margin import pool_margin
from forven.kernels.jit.prices import order_measures
from forven.kernels.jit.steps import step
from forven.kernels.schema import (
    BLOCK_OPENING,
    COMMAND_LEG_WIDTH,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    ORDER_BLOCK,
    ORDER_KIND,
    ORDER_LEG_COUNT,
    ORDER_LEGS,
    ORDER_MARKET,
    ORDER_PRICE,
    ORDER_QUANTITY,
    ORDER_WIDTH,
    PLAN_FEE_OPEN_BELOW,
    PLAN_FEE_OPEN_FROM,
    PLAN_FEE_SPLIT,
    SESSION_HOLDINGS,
    SESSION_MULTIPLIER,
    SESSION_STRUCTURES,
    STATE_CASH,
    STATE_HOLDING_COUNT,
    STATE_ORDER_COUNT,
    STRUCTURE_WIDTH,
)


@step
def order_at(session, slot):
    """Return where the pending order of that number begins in a state row."""
    structures = session[SESSION_STRUCTURES] * STRUCTURE_WIDTH
    return holding_at(session[SESSION_HOLDINGS]) + structures + slot * ORDER_WIDTH


@step
def pool_holdings(row, pool):
    """Put the holdings into the pool; return how many positions it has."""
    count = row[STATE_HOLDING_COUNT]
    for i in range(count):
        at = holding_at(i)
        pool[POOL_INSTRUMENT, i] = row[at + HOLDING_INSTRUMENT]
        pool[POOL_QUANTITY, i] = row[at + HOLDING_QUANTITY]
    return count


@step
def pool_order(order, at, pool, count):
    """Add an order's legs to the pool as if it had filled; return how many positions it has."""
    for i in range(order[at + ORDER_LEG_COUNT]):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        instrument = order[leg]
        change = -order[leg + 1] * order[at + ORDER_QUANTITY]
        place = count
        while place > 0 and pool[POOL_INSTRUMENT, place - 1] >= instrument:
            place -= 1
        if place == count or pool[POOL_INSTRUMENT, place] != instrument:
            for j in range(count, place, -1):
                pool[POOL_INSTRUMENT, j] = pool[POOL_INSTRUMENT, j - 1]
                pool[POOL_QUANTITY, j] = pool[POOL_QUANTITY, j - 1]
            pool[POOL_INSTRUMENT, place] = instrument
            pool[POOL_QUANTITY, place] = 0
            count += 1
        pool[POOL_QUANTITY, place] += change
    return count


@step
def reserved_cash(day, desk, plan, order, at):
    """Return the micros an opening order is taken to bring: its price less the opening fees."""
    price = order[at + ORDER_PRICE]
    if order[at + ORDER_KIND] == ORDER_MARKET:
        _, _, price, _ = order_measures(day, desk, order, at)
    contracts = 0
    for i in range(order[at + ORDER_LEG_COUNT]):
        contracts += abs(order[at + ORDER_LEGS + i * COMMAND_LEG_WIDTH + 1])
    fee = plan[PLAN_FEE_OPEN_FROM]
    if abs(price) < plan[PLAN_FEE_SPLIT] * contracts:
        fee = plan[PLAN_FEE_OPEN_BELOW]
    unit = price * day.session[SESSION_MULTIPLIER] - fee * contracts
    return unit * order[at + ORDER_QUANTITY]


@step
def projection(day, desk, plan, row, order, at, cash, left_out):
    """Return the buying power in micros once all pending opening orders and this one are filled.

    order, at  the order in question, which brings `cash`
    left_out   number of the pending order that it is or replaces, or MISSING
    """
    power = row[STATE_CASH] + cash
    count = pool_holdings(row, desk.pool)
    for slot in range(row[STATE_ORDER_COUNT]):
        pending = order_at(day.session, slot)
        if slot != left_out and row[pending + ORDER_BLOCK] == BLOCK_OPENING:
            power += reserved_cash(day, desk, plan, row, pending)
            count = pool_order(row, pending, desk.pool, count)
    count = pool_order(order, at, desk.pool, count)
    return power - pool_margin(day, desk, plan, count)


@step
def holdings_margin(day, desk, plan, row):
    """Return the margin of the holdings alone in micros."""
    return pool_margin(day, desk, plan, pool_holdings(row, desk.pool))
