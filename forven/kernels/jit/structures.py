"""The structures of a bot: what a strategy's entries hold until they are exited or given up."""

from forven.kernels.jit.holdings import holding_at
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CALL,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    INT64_MAX,
    MISSING,
    PLAN_LEG_COUNT,
    PLAN_STOP_BPS,
    PLAN_TARGET_BPS,
    SESSION_HOLDINGS,
    SESSION_STRUCTURES,
    STRUCTURE_ENTRY,
    STRUCTURE_EXIT_ORDER,
    STRUCTURE_FILL_NET,
    STRUCTURE_FREE,
    STRUCTURE_LEGS,
    STRUCTURE_OPEN,
    STRUCTURE_STATUS,
    STRUCTURE_STOP2,
    STRUCTURE_TARGET2,
    STRUCTURE_WIDTH,
)


@step
def structure_at(session, slot):
    """Return where the structure of that number begins in a state row."""
    return holding_at(session[SESSION_HOLDINGS]) + slot * STRUCTURE_WIDTH


@step
def free_slot(session, row):
    """Return the number of the first free structure, or MISSING."""
    for slot in range(session[SESSION_STRUCTURES]):
        if row[structure_at(session, slot) + STRUCTURE_STATUS] == STRUCTURE_FREE:
            return slot
    return MISSING


@step
def active_count(session, row):
    """Return how many structures are entering, open or exiting."""
    count = 0
    for slot in range(session[SESSION_STRUCTURES]):
        if row[structure_at(session, slot) + STRUCTURE_STATUS] != STRUCTURE_FREE:
            count += 1
    return count


@step
def next_open(session, row, entry):
    """Return the open structure with the least entry number above `entry`, or MISSING."""
    best = MISSING
    best_entry = INT64_MAX
    for slot in range(session[SESSION_STRUCTURES]):
        at = structure_at(session, slot)
        number = row[at + STRUCTURE_ENTRY]
        if row[at + STRUCTURE_STATUS] == STRUCTURE_OPEN and entry < number < best_entry:
            best = slot
            best_entry = number
    return best


@step
def free_structure(session, row, slot):
    """Give a structure up: its slot is zeroed and can be taken by the next entry."""
    at = structure_at(session, slot)
    for i in range(at, at + STRUCTURE_WIDTH):
        row[i] = 0


@step
def reopen_structure(session, row, slot):
    """Set a structure whose exit order is gone to open again."""
    at = structure_at(session, slot)
    row[at + STRUCTURE_STATUS] = STRUCTURE_OPEN
    row[at + STRUCTURE_EXIT_ORDER] = 0


@step
def payoff(instruments, row, at, count, settlement):
    """Return what a unit of a structure pays at a settlement value, in quanta."""
    total = 0
    for i in range(count):
        instrument = row[at + STRUCTURE_LEGS + 2 * i]
        strike = instruments[instrument, INSTRUMENT_STRIKE]
        is_call = instruments[instrument, INSTRUMENT_RIGHT] == CALL
        intrinsic = settlement - strike if is_call else strike - settlement
        total -= row[at + STRUCTURE_LEGS + 2 * i + 1] * max(0, intrinsic)
    return total


@part
def largest_payoff(instruments, row, at, count):
    """Return the largest payoff of a unit over settlement 0 and every strike of its legs."""
    largest = payoff(instruments, row, at, count, 0)
    for i in range(count):
        strike = instruments[row[at + STRUCTURE_LEGS + 2 * i], INSTRUMENT_STRIKE]
        largest = max(largest, payoff(instruments, row, at, count, strike))
    return largest


@part
def profit_limit(instruments, row, at, count, net):
    """Return the largest profit of a unit that fills at `net`; 0 if none or without bound."""
    if net > 0:
        return net
    calls_sold = 0
    for i in range(count):
        if instruments[row[at + STRUCTURE_LEGS + 2 * i], INSTRUMENT_RIGHT] == CALL:
            calls_sold += row[at + STRUCTURE_LEGS + 2 * i + 1]
    if calls_sold < 0:
        return 0
    return max(0, largest_payoff(instruments, row, at, count) + net)


@part
def open_structure(day, plan, row, slot, net):
    """Set a structure open at its fill's net price, with its target and its stop."""
    at = structure_at(day.session, slot)
    best = profit_limit(day.instruments, row, at, plan[PLAN_LEG_COUNT], net)
    target2 = INT64_MAX
    if best > 0 and plan[PLAN_TARGET_BPS] > 0:
        target2 = -(-2 * best * plan[PLAN_TARGET_BPS] // 10_000)
    stop2 = -INT64_MAX
    if net != 0 and plan[PLAN_STOP_BPS] > 0:
        stop2 = -2 * abs(net) * plan[PLAN_STOP_BPS] // 10_000
    row[at + STRUCTURE_STATUS] = STRUCTURE_OPEN
    row[at + STRUCTURE_FILL_NET] = net
    row[at + STRUCTURE_TARGET2] = target2
    row[at + STRUCTURE_STOP2] = stop2
