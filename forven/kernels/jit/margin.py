"""Margin of a set of positions: each short paired with longs of its right at least total cost.

The pairing is a transportation problem, solved by augmenting along the path that saves most until
none saves anything; of pairings that save the same, the one with the least naked premium. What
one contract costs is below its strike x multiplier, so the notional bound of orders holds sums.
"""

from forven.kernels.jit.desk import (
    NOW_FRAME,
    NOW_SPOT,
    POOL_FLOWS,
    POOL_FORMER,
    POOL_INSTRUMENT,
    POOL_LEFT,
    POOL_NAKED,
    POOL_PREMIUM,
    POOL_QUANTITY,
    POOL_SAVED,
    POOL_SPARED,
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
    """Return the micros a contract of `short` saves when paired with one of `long`."""
    short_strike = day.instruments[pool[POOL_INSTRUMENT, short], INSTRUMENT_STRIKE]
    long_strike = day.instruments[pool[POOL_INSTRUMENT, long], INSTRUMENT_STRIKE]
    is_call = day.instruments[pool[POOL_INSTRUMENT, short], INSTRUMENT_RIGHT] == CALL
    width = long_strike - short_strike if is_call else short_strike - long_strike
    return pool[POOL_NAKED, short] - max(0, width) * day.session[SESSION_MULTIPLIER]


@part
def reach(pool, here, former, saved, spared):
    """Take a path to `here` through `former` if it is the best so far; return whether it is."""
    best = pool[POOL_SAVED, here]
    if saved < best or (saved == best and spared <= pool[POOL_SPARED, here]):
        return False
    pool[POOL_SAVED, here] = saved
    pool[POOL_SPARED, here] = spared
    pool[POOL_FORMER, here] = former
    return True


@step
def relax(day, pool, start, end):
    """Improve the best savings of all paths by one more edge; return whether any changed.

    An edge from a short to a long pairs a contract, one back undoes a pair.
    """
    changed = False
    for short in range(start, end):
        if pool[POOL_QUANTITY, short] >= 0:
            continue
        premium = pool[POOL_PREMIUM, short]
        for long in range(start, end):
            if pool[POOL_QUANTITY, long] <= 0:
                continue
            gain = saving(day, pool, short, long)
            if gain < 0:
                continue  # a pair never costs more than naked: the short is naked then
            for is_back in range(2):
                here = short if is_back == 1 else long
                former = long if is_back == 1 else short
                if is_back == 1 and pool[POOL_FLOWS + short, long] == 0:
                    continue
                if pool[POOL_SAVED, former] == -INT64_MAX:
                    continue
                sign = -1 if is_back == 1 else 1
                saved = pool[POOL_SAVED, former] + sign * gain
                spared = pool[POOL_SPARED, former] + sign * premium
                if reach(pool, here, former, saved, spared):
                    changed = True
    return changed


@step
def best_path(day, pool, start, end):
    """Return the long where the path that saves most ends, or MISSING when none saves anything."""
    for i in range(start, end):
        is_source = pool[POOL_QUANTITY, i] < 0 and pool[POOL_LEFT, i] > 0
        pool[POOL_SAVED, i] = 0 if is_source else -INT64_MAX
        pool[POOL_SPARED, i] = 0
        pool[POOL_FORMER, i] = MISSING
    while relax(day, pool, start, end):
        pass
    best = MISSING
    saved = 0
    spared = 0
    for i in range(start, end):
        if pool[POOL_QUANTITY, i] <= 0 or pool[POOL_LEFT, i] == 0:
            continue
        is_equal = pool[POOL_SAVED, i] == saved and pool[POOL_SPARED, i] > spared
        if pool[POOL_SAVED, i] > saved or is_equal:
            best = i
            saved = pool[POOL_SAVED, i]
            spared = pool[POOL_SPARED, i]
    return best


@part
def augment(pool, last):
    """Pair as many contracts as the path to `last` allows; return how many."""
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
    return amount


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
            pool[POOL_PREMIUM, i] = premium_cost(day, desk, pool[POOL_INSTRUMENT, i])
            naked += pool[POOL_NAKED, i] * -quantity
    if shorts == 0:
        return 0, 0
    saved = 0
    if shorts < end - start:
        for i in range(start, end):
            pool[POOL_FLOWS + i, start:end] = 0
        last = best_path(day, pool, start, end)
        while last != MISSING:
            gain = pool[POOL_SAVED, last]
            saved += gain * augment(pool, last)
            last = best_path(day, pool, start, end)
    premium = 0
    for i in range(start, end):
        if pool[POOL_QUANTITY, i] < 0:
            premium += pool[POOL_PREMIUM, i] * pool[POOL_LEFT, i]
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
