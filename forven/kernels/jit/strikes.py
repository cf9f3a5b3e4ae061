"""The strikes of an entry: for each leg the valid instrument nearest to its target."""

from forven.kernels.jit.chain import chain_deltas
from forven.kernels.jit.desk import (
    CHAIN_DELTAS,
    CHAIN_FORWARD2,
    CHAIN_FRAME,
    CHAIN_MOVE2,
    CHAIN_SLOTS,
    NOW_FRAME,
    NOW_PICKED,
    NOW_SPOT,
    NOW_TS,
)
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CALL,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    INT64_MAX,
    LEG_ANCHOR,
    LEG_METHOD,
    LEG_RIGHT,
    LEG_SIDE,
    LEG_VALUE,
    LEG_WIDTH,
    METHOD_ATM,
    METHOD_DELTA,
    METHOD_EXPECTED_MOVE,
    METHOD_OFFSET,
    METHOD_PREMIUM,
    METHOD_RELATIVE,
    METHOD_STRIKE,
    MISSING,
    PLAN_LEG_COUNT,
    PLAN_LEGS,
    QUOTE_ASK,
    QUOTE_BID,
    REASON_NO_FORWARD,
    REASON_NO_STRIKE,
    REASON_NO_UNDERLYING,
    SESSION_CLOSE,
)

_YEAR_NS = 365 * 86_400 * 1_000_000_000


@part
def chain_slot(day, desk):
    """Return where this frame's forward and deltas are kept, working them out if they are not."""
    frame = desk.now[NOW_FRAME]
    slot = frame % CHAIN_SLOTS
    if desk.chains[slot, CHAIN_FRAME] != frame:
        years = float(day.session[SESSION_CLOSE] - desk.now[NOW_TS]) / float(_YEAR_NS)
        forward2, move2 = chain_deltas(
            day.quotes, day.instruments, frame, years, desk.chains[slot, CHAIN_DELTAS:]
        )
        desk.chains[slot, CHAIN_FRAME] = frame
        desk.chains[slot, CHAIN_FORWARD2] = forward2
        desk.chains[slot, CHAIN_MOVE2] = move2
    return slot


@step
def is_valid(day, desk, instrument, side):
    """Return whether an instrument may be a leg: quoted, uncrossed, and with a bid when sold."""
    frame = desk.now[NOW_FRAME]
    bid = day.quotes[QUOTE_BID, instrument, frame]
    if bid == MISSING or bid > day.quotes[QUOTE_ASK, instrument, frame]:
        return False
    return side < 0 or bid > 0


@step
def is_taken(desk, leg, instrument):
    """Return whether an earlier leg has an instrument."""
    for i in range(leg):
        if desk.now[NOW_PICKED + i] == instrument:
            return True
    return False


@step
def is_candidate(day, desk, plan, leg, instrument):
    """Return whether an instrument is valid for a leg and not taken by an earlier one."""
    side = plan[PLAN_LEGS + leg * LEG_WIDTH + LEG_SIDE]
    return is_valid(day, desk, instrument, side) and not is_taken(desk, leg, instrument)


@part
def leg_target(day, desk, plan, at, slot):
    """Return (reason, target) of a leg: a strike, a premium or a delta, by its method."""
    method = plan[at + LEG_METHOD]
    value = plan[at + LEG_VALUE]
    if method == METHOD_OFFSET or method == METHOD_ATM or method == METHOD_EXPECTED_MOVE:
        spot = desk.now[NOW_SPOT]
        if spot == MISSING:
            return REASON_NO_UNDERLYING, 0
        away = value
        if method == METHOD_ATM:
            away = 0
        elif method == METHOD_EXPECTED_MOVE:
            move2 = desk.chains[slot, CHAIN_MOVE2]
            if move2 == MISSING:
                return REASON_NO_FORWARD, 0
            away = move2 * value // 20_000
        return 0, spot + away if plan[at + LEG_RIGHT] == CALL else spot - away
    if method == METHOD_DELTA and desk.chains[slot, CHAIN_MOVE2] == MISSING:
        return REASON_NO_FORWARD, 0
    if method == METHOD_RELATIVE:
        anchor = desk.now[NOW_PICKED + plan[at + LEG_ANCHOR]]
        return 0, day.instruments[anchor, INSTRUMENT_STRIKE] + value
    return 0, value


@part
def leg_measure(day, desk, plan, at, slot, instrument):
    """Return what of a candidate is compared with the target; MISSING: it is no candidate."""
    method = plan[at + LEG_METHOD]
    if method == METHOD_DELTA:
        return desk.chains[slot, CHAIN_DELTAS + instrument]
    if method == METHOD_PREMIUM:
        side = QUOTE_BID if plan[at + LEG_SIDE] > 0 else QUOTE_ASK
        return day.quotes[side, instrument, desk.now[NOW_FRAME]]
    return day.instruments[instrument, INSTRUMENT_STRIKE]


@part
def nearest(day, desk, plan, leg, slot, target):
    """Return the candidate of a leg nearest to its target, of two the farther out, or MISSING.

    A relative leg's is the nearest listed strike: whether it can be had is asked afterwards.
    """
    at = PLAN_LEGS + leg * LEG_WIDTH
    right = plan[at + LEG_RIGHT]
    is_relative = plan[at + LEG_METHOD] == METHOD_RELATIVE
    best = MISSING
    best_distance = INT64_MAX
    for instrument in range(day.instruments.shape[0]):
        if day.instruments[instrument, INSTRUMENT_RIGHT] != right:
            continue
        if not is_relative and not is_candidate(day, desk, plan, leg, instrument):
            continue
        measure = leg_measure(day, desk, plan, at, slot, instrument)
        if measure == MISSING:
            continue
        distance = abs(measure - target)
        if distance < best_distance or (distance == best_distance and right == CALL):
            best = instrument
            best_distance = distance
    return best


@part
def pick_leg(day, desk, plan, leg):
    """Pick the instrument of one leg; return why there is none, or 0."""
    at = PLAN_LEGS + leg * LEG_WIDTH
    method = plan[at + LEG_METHOD]
    slot = 0
    if method == METHOD_DELTA or method == METHOD_EXPECTED_MOVE:
        slot = chain_slot(day, desk)
    reason, target = leg_target(day, desk, plan, at, slot)
    if reason != 0:
        return reason
    best = nearest(day, desk, plan, leg, slot, target)
    if best == MISSING:
        return REASON_NO_STRIKE
    if method == METHOD_STRIKE and day.instruments[best, INSTRUMENT_STRIKE] != target:
        return REASON_NO_STRIKE
    if method == METHOD_RELATIVE and not is_candidate(day, desk, plan, leg, best):
        return REASON_NO_STRIKE
    desk.now[NOW_PICKED + leg] = best
    return 0


@step
def pick_strikes(day, desk, plan):
    """Pick the instruments of an entry; return (reason, leg) of the first without one, or 0."""
    for leg in range(plan[PLAN_LEG_COUNT]):
        reason = pick_leg(day, desk, plan, leg)
        if reason != 0:
            return reason, leg
    return 0, 0
