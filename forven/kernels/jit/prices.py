"""What an order is worth in a frame: natural, mid, fair and executable price of its legs.

Ratios are at most 1,000 and prices int32, so a sum over eight legs stays below 2**45.
"""

from forven.kernels.jit.desk import NOW_FRAME
from forven.kernels.jit.grid import increment
from forven.kernels.jit.steps import step
from forven.kernels.schema import (
    BLOCK_CLOSING,
    COMMAND_LEG_WIDTH,
    MISSING,
    ORDER_BLOCK,
    ORDER_LEG_COUNT,
    ORDER_LEGS,
    PLAN_CONCEDED_TICKS,
    PLAN_LAMBDA_BPS,
    QUOTE_ASK,
    QUOTE_BID,
    QUOTE_MARK2,
    STRUCTURE_LEGS,
)


@step
def is_blocked(quotes, instrument, frame):
    """Return whether a leg has no quote or a crossed one."""
    bid = quotes[QUOTE_BID, instrument, frame]
    return bid == MISSING or bid > quotes[QUOTE_ASK, instrument, frame]


@step
def mark2(quotes, instrument, frame):
    """Return the mark in half quanta: the last uncrossed bid + ask; 0 before there was one."""
    mark = quotes[QUOTE_MARK2, instrument, frame]
    if mark >= 0:
        return mark
    return 0 if mark == MISSING else -2 - mark


@step
def leg_measures(quotes, instrument, ratio, frame, gives_away):
    """Return (mid2, natural) of one unblocked leg; a sale at zero bid counts 0/0 if given away."""
    bid = quotes[QUOTE_BID, instrument, frame]
    ask = quotes[QUOTE_ASK, instrument, frame]
    if ratio > 0:
        if bid == 0 and gives_away:
            return 0, 0
        return ratio * (bid + ask), ratio * bid
    return ratio * (bid + ask), ratio * ask


@step
def order_measures(day, desk, order, at):
    """Return (measurable, mid2, natural, starved) of the order at `order[at:]`.

    starved says that a leg it sells has no bid, unless that leg is given away.
    """
    frame = desk.now[NOW_FRAME]
    count = order[at + ORDER_LEG_COUNT]
    gives_away = count > 1 and order[at + ORDER_BLOCK] == BLOCK_CLOSING
    middle = 0
    natural = 0
    starved = False
    for i in range(count):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        instrument = order[leg]
        ratio = order[leg + 1]
        if is_blocked(day.quotes, instrument, frame):
            return False, 0, 0, False
        if ratio > 0 and not gives_away and day.quotes[QUOTE_BID, instrument, frame] == 0:
            starved = True
        leg_middle, leg_natural = leg_measures(day.quotes, instrument, ratio, frame, gives_away)
        middle += leg_middle
        natural += leg_natural
    return True, middle, natural, starved


@step
def closing_measures(day, row, at, count, frame):
    """Return (measurable, mid2, natural) of the order that closes the structure at `row[at:]`."""
    middle = 0
    natural = 0
    for i in range(count):
        leg = at + STRUCTURE_LEGS + 2 * i
        instrument = row[leg]
        if is_blocked(day.quotes, instrument, frame):
            return False, 0, 0
        leg_middle, leg_natural = leg_measures(
            day.quotes, instrument, -row[leg + 1], frame, count > 1
        )
        middle += leg_middle
        natural += leg_natural
    return True, middle, natural


@step
def floored_mid(middle, step):
    """Return the mid in quanta, down to the increment, from the exact mid in half quanta."""
    return middle // (2 * step) * step


@step
def fair_price(plan, leg_count, middle, natural):
    """Return the plan's share of the way from natural to mid, counted in whole increments."""
    step = increment(leg_count, middle)
    way = plan[PLAN_LAMBDA_BPS] * (floored_mid(middle, step) - natural)
    return natural + way // (10_000 * step) * step


@step
def executable_price(plan, leg_count, middle, natural):
    """Return the price at which an order would fill: fair less k ticks, natural at worst."""
    conceded = plan[PLAN_CONCEDED_TICKS] * increment(leg_count, middle)
    return max(natural, fair_price(plan, leg_count, middle, natural) - conceded)
