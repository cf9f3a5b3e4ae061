"""Margin of a set of positions: each short paired with longs of its right at least total cost.

The pairing is a transportation problem, solved by augmenting along the path that saves most until
none saves anything. Micros of one contract stay below 2**53 for strikes below 10**8 quanta and a
multiplier of 10**6; times the 10**6 contracts of an order they need that order's notional bound.
"""

from forven.kernels.jit.desk import (
    NOW_FRAME,
    NOW_SPOT,
    POOL_FLOWS,
    POOL_FORMER,
    POOL_GAIN,
    POOL_INSTRUMENT,
    POOL_LEFT,
    POOL_NAKED,
    POOL_QUANTITY,
)
from forven.kernels.jit.prices import mark2
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CALL,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    INT64_MAX,
    MARGIN_STRIKE_SHARE,
    MISSING,
    PLAN_MARGIN_FLOOR_BPS,
    PLAN_MARGIN_RATE_BPS,
    PLAN_MARGIN_RULE,
    SESSION_MULTIPLIER,
)


@step
def premium_cost(day, desk, instrument):
    """Return the mark of one contract in micros, floored."""
    mark = mark2(day.quotes, instrument, desk.now[NOW_FRAME])
    return mark * day.session[SESSION_MULTIPLIER] // 2


@step
def naked_cost(day, desk, plan, instrument):
    """Return the margin of one naked short contract in micros."""
    multiplier = day.session[SESSION_MULTIPLIER]
    strike = day.instruments[instrument, INSTRUMENT_STRIKE]
    rate = plan[PLAN_MARGIN_RATE_BPS]
    if plan[PLAN_MARGIN_RULE] == MARGIN_STRIKE_SHARE:
        return strike * multiplier * rate // 10_000
    spot = desk.now[NOW_SPOT]
    if spot == MISSING:
        spot = strike
    is_call = day.instruments[instrument, INSTRUMENT_RIGHT] == CALL
    away = max(0, strike - spot) if is_call else max(0, spot - strike)
    base = spot if is_call else strike
    at_rate = spot * multiplier * rate // 10_000 - away * multiplier
    at_floor = base * multiplier * plan[PLAN_MARGIN_FLOOR_BPS] // 10_000
    return premium_cost(day, desk, instrument) + max(at_rate, at_floor)


@step
def saving(day, pool, short, long):
    """Return the micros a contract of `short` saves when paired with one of `long`; at least 0."""
    short_strike = day.instruments[pool[POOL_INSTRUMENT, short], INSTRUMENT_STRIKE]
    long_strike = day.instruments[pool[POOL_INSTRUMENT, long], INSTRUMENT_STRIKE]
    is_call = day.instruments[pool[POOL_INSTRUMENT, short], INSTRUMENT_RIGHT] == CALL
    width = long_strike - short_strike if is_call else short_strike - long_strike
    return max(0, pool[POOL_NAKED, short] - max(0, width) * day.session[SESSION_MULTIPLIER])


@step
def relax(day, desk, start, end):
    """Improve the best savings of all paths by one more edge; return whether any changed.

    An edge from a short to a long pairs a contract, one back undoes a pair.
    """
    pool = desk.pool
    changed = False
    for short in range(start, end):
        if pool[POOL_QUANTITY, short] >= 0:
            continue
        for long in range(start, end):
            if pool[POOL_QUANTITY, long] <= 0:
                continue
            gain = saving(day, pool, short, long)
            if pool[POOL_GAIN, short] > -INT64_MAX:
                reached = pool[POOL_GAIN, short] + gain
                if reached > pool[POOL_GAIN, long]:
                    pool[POOL_GAIN, long] = reached
                    pool[POOL_FORMER, long] = short
                    changed = True
            paired = pool[POOL_FLOWS + short, long]
            if paired > 0 and pool[POOL_GAIN, long] > -INT64_MAX:
                reached = pool[POOL_GAIN, long] - gain
                if reached > pool[POOL_GAIN, short]:
                    pool[POOL_GAIN, short] = reached
                    pool[POOL_FORMER, short] = long
                    changed = True
    return changed


@step
def best_path(day, desk, start, end):
    """Return the long where the path that saves most ends, or MISSING when none saves anything."""
    pool = desk.pool
    for i in range(start, end):
        is_source = pool[POOL_QUANTITY, i] < 0 and pool[POOL_LEFT, i] > 0
        pool[POOL_GAIN, i] = 0 if is_source else -INT64_MAX
        pool[POOL_FORMER, i] = MISSING
    while relax(day, desk, start, end):
        pass
    best = MISSING
    for i in range(start, end):
        if pool[POOL_QUANTITY, i] > 0 and pool[POOL_LEFT, i] > 0 and pool[POOL_GAIN, i] > 0:
            if best == MISSING or pool[POOL_GAIN, i] > pool[POOL_GAIN, best]:
                best = i
    return best


@part
def augment(desk, start, end, last):
    """Pair as many contracts as the path to `last` allows."""
    pool = desk.pool
    amount = pool[POOL_LEFT, last]
    node = last
    while pool[POOL_FORMER, node] != MISSING:
        former = pool[POOL_FORMER, node]
        if pool[POOL_QUANTITY, former] > 0:
            amount = min(amount, pool[POOL_FLOWS + node, former])
        node = former
    amount = min(amount, pool[POOL_LEFT, node])
    pool[POOL_LEFT, node] -= amount
    pool[POOL_LEFT, last] -= amount
    node = last
    while pool[POOL_FORMER, node] != MISSING:
        former = pool[POOL_FORMER, node]
        if pool[POOL_QUANTITY, former] > 0:
            pool[POOL_FLOWS + node, former] -= amount
        else:
            pool[POOL_FLOWS + former, node] += amount
        node = former


@step
def right_margin(day, desk, plan, start, end):
    """Return (cost, premium of the naked shorts) in micros of the positions of one right."""
    pool = desk.pool
    naked = 0
    shorts = 0
    for i in range(start, end):
        quantity = pool[POOL_QUANTITY, i]
        pool[POOL_LEFT, i] = abs(quantity)
        if quantity < 0:
            shorts += 1
            pool[POOL_NAKED, i] = naked_cost(day, desk, plan, pool[POOL_INSTRUMENT, i])
            naked += pool[POOL_NAKED, i] * -quantity
    if shorts == 0:
        return 0, 0
    saved = 0
    if shorts < end - start:
        for i in range(start, end):
            pool[POOL_FLOWS + i, start:end] = 0
        last = best_path(day, desk, start, end)
        while last != MISSING:
            gain = pool[POOL_GAIN, last]
            before = pool[POOL_LEFT, last]
            augment(desk, start, end, last)
            saved += gain * (before - pool[POOL_LEFT, last])
            last = best_path(day, desk, start, end)
    premium = 0
    for i in range(start, end):
        if pool[POOL_QUANTITY, i] < 0:
            cost = premium_cost(day, desk, pool[POOL_INSTRUMENT, i])
            premium += cost * pool[POOL_LEFT, i]
    return naked - saved, premium


@step
def pool_margin(day, desk, plan, count):
    """Return the margin in micros of the first `count` positions of the pool."""
    pool = desk.pool
    calls = 0
    while calls < count:
        if day.instruments[pool[POOL_INSTRUMENT, calls], INSTRUMENT_RIGHT] != CALL:
            break
        calls += 1
    call_cost, call_premium = right_margin(day, desk, plan, 0, calls)
    put_cost, put_premium = right_margin(day, desk, plan, calls, count)
    if plan[PLAN_MARGIN_RULE] == MARGIN_STRIKE_SHARE:
        return max(call_cost, put_cost)
    if call_cost >= put_cost:
        return call_cost + put_premium
    return put_cost + call_premium
