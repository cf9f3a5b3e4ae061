"""The holdings of a bot: found, changed and kept in instrument order."""

from forven.kernels.jit.desk import NOW_FRAME
from forven.kernels.jit.prices import mark2
from forven.kernels.jit.steps import step
from forven.kernels.schema import (
    HOLDING_COST,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    HOLDING_WIDTH,
    SESSION_MULTIPLIER,
    STATE_CASH,
    STATE_HEADER_WIDTH,
    STATE_HOLDING_COUNT,
)


@step
def holding_at(index):
    """Return where the holding of that number begins in a state row."""
    return STATE_HEADER_WIDTH + index * HOLDING_WIDTH


@step
def place_of(row, instrument):
    """Return the number of the first holding at or after an instrument."""
    count = row[STATE_HOLDING_COUNT]
    index = 0
    while index < count and row[holding_at(index) + HOLDING_INSTRUMENT] < instrument:
        index += 1
    return index


@step
def held(row, instrument):
    """Return the quantity held of an instrument: + long, - short, 0 none."""
    index = place_of(row, instrument)
    if index == row[STATE_HOLDING_COUNT]:
        return 0
    at = holding_at(index)
    return row[at + HOLDING_QUANTITY] if row[at + HOLDING_INSTRUMENT] == instrument else 0


@step
def insert_holding(row, index, instrument):
    """Make room for an instrument at holding `index`, with nothing held yet."""
    at = holding_at(index)
    end = holding_at(row[STATE_HOLDING_COUNT])
    for i in range(end - 1, at - 1, -1):
        row[i + HOLDING_WIDTH] = row[i]
    row[at + HOLDING_INSTRUMENT] = instrument
    row[at + HOLDING_QUANTITY] = 0
    row[at + HOLDING_COST] = 0
    row[STATE_HOLDING_COUNT] += 1


@step
def remove_holding(row, index):
    """Take out the holding of that number; the emptied place is zeroed."""
    at = holding_at(index)
    end = holding_at(row[STATE_HOLDING_COUNT])
    for i in range(at, end - HOLDING_WIDTH):
        row[i] = row[i + HOLDING_WIDTH]
    for i in range(end - HOLDING_WIDTH, end):
        row[i] = 0
    row[STATE_HOLDING_COUNT] -= 1


@step
def share_of_cost(cost, closed, quantity):
    """Return floor(cost * closed / quantity) without the product, which could overflow."""
    whole = cost // quantity
    return whole * closed + (cost - whole * quantity) * closed // quantity


@step
def change_holding(row, instrument, change, cash):
    """Add `change` lots, for which `cash` micros came in, to a holding; return what is held."""
    index = place_of(row, instrument)
    at = holding_at(index)
    if index == row[STATE_HOLDING_COUNT] or row[at + HOLDING_INSTRUMENT] != instrument:
        insert_holding(row, index, instrument)
    before = row[at + HOLDING_QUANTITY]
    after = before + change
    if after == 0:
        remove_holding(row, index)
        return 0
    if before * change >= 0:
        row[at + HOLDING_COST] -= cash
    else:
        row[at + HOLDING_COST] -= share_of_cost(row[at + HOLDING_COST], abs(change), abs(before))
    row[at + HOLDING_QUANTITY] = after
    return after


@step
def liquidation_value(day, desk, row):
    """Return cash plus every holding at its mark, in micros."""
    half = day.session[SESSION_MULTIPLIER] // 2
    frame = desk.now[NOW_FRAME]
    worth = 0
    for i in range(row[STATE_HOLDING_COUNT]):
        at = holding_at(i)
        mark = mark2(day.quotes, row[at + HOLDING_INSTRUMENT], frame)
        worth += row[at + HOLDING_QUANTITY] * mark
    return row[STATE_CASH] + worth * half
