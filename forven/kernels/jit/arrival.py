"""The arrival of an order: it gets its id and its journal rows, then is accepted or rejected."""

from forven.kernels.jit.desk import NOW_DRAFT, write, write_rest
from forven.kernels.jit.grid import increment, is_on_grid
from forven.kernels.jit.holdings import held
from forven.kernels.jit.orders import begin_intent
from forven.kernels.jit.power import order_at, projection, reserved_cash
from forven.kernels.jit.prices import floored_mid, order_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    BLOCK_CLOSING,
    BLOCK_OPENING,
    COMMAND_LEG_EFFECT,
    COMMAND_LEG_RATIO,
    COMMAND_LEG_WIDTH,
    EFFECT_CLOSE,
    EFFECT_OPEN,
    EVENT_ORDER_LEG,
    EVENT_ORDER_PLACED,
    EVENT_ORDER_REJECTED,
    INSTRUMENT_STRIKE,
    MAX_LEGS,
    MISSING,
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
    ORDER_REPRICED,
    ORDER_STOP,
    ORDER_STRUCTURE,
    ORDER_WIDTH,
    ORIGIN_FLATTEN,
    PLAN_MAX_ORDERS,
    PLAN_MAX_POSITIONS,
    REASON_BAD_LEGS,
    REASON_BAD_QUANTITY,
    REASON_BUYING_POWER,
    REASON_MAX_ORDERS,
    REASON_MAX_POSITIONS,
    REASON_NOT_HELD,
    REASON_OFF_GRID,
    REASON_OPPOSITE_HELD,
    REASON_WOULD_TRIGGER,
    SESSION_HOLDINGS,
    SESSION_MULTIPLIER,
    SESSION_ORDERS,
    STATE_HOLDING_COUNT,
    STATE_NEXT_ORDER,
    STATE_ORDER_COUNT,
)

ACCEPTED = 0
QUANTITY_MAX = 1_000_000
RATIO_MAX = 1_000
NOTIONAL_MAX = 4 * 10**18
"""Micros: contracts x strike x multiplier of an order, and quantity x |price| x multiplier, beyond
which int64 money would not be safe; such an order is refused as `BAD_QUANTITY`."""


@step
def draft_order(desk, kind, price, quantity, repriced, origin, structure):
    """Begin the draft of an order; its legs are set next, then it is to `arrive`."""
    draft = desk.now[NOW_DRAFT:]
    draft[ORDER_KIND] = kind
    draft[ORDER_PRICE] = 0 if kind == ORDER_MARKET else price
    draft[ORDER_QUANTITY] = quantity
    draft[ORDER_REPRICED] = repriced
    draft[ORDER_ORIGIN] = origin
    draft[ORDER_STRUCTURE] = structure
    draft[ORDER_LEG_COUNT] = 0
    for i in range(ORDER_LEGS, ORDER_WIDTH):
        draft[i] = 0  # no leg of an earlier order stays behind: a state depends on its bot alone


@step
def draft_leg(desk, index, instrument, ratio, effect):
    """Set one leg of the draft."""
    draft = desk.now[NOW_DRAFT:]
    leg = ORDER_LEGS + index * COMMAND_LEG_WIDTH
    draft[leg] = instrument
    draft[leg + COMMAND_LEG_RATIO] = ratio
    draft[leg + COMMAND_LEG_EFFECT] = effect
    draft[ORDER_LEG_COUNT] = index + 1


@part
def has_bad_legs(day, draft):
    """Return whether an order's legs are none, too many, doubled, zero or out of range."""
    count = draft[ORDER_LEG_COUNT]
    if count < 1 or count > MAX_LEGS or (count > 1 and draft[ORDER_KIND] != ORDER_LIMIT):
        return True
    for i in range(count):
        leg = ORDER_LEGS + i * COMMAND_LEG_WIDTH
        instrument = draft[leg]
        if instrument < 0 or instrument >= day.instruments.shape[0]:
            return True
        if draft[leg + COMMAND_LEG_RATIO] == 0:
            return True
        for j in range(i):
            if draft[ORDER_LEGS + j * COMMAND_LEG_WIDTH] == instrument:
                return True
    return False


@part
def has_bad_quantity(day, draft):
    """Return whether an order's quantity or a ratio is beyond its bounds, or its notional is."""
    quantity = draft[ORDER_QUANTITY]
    if quantity < 1 or quantity > QUANTITY_MAX:
        return True
    notional = 0
    for i in range(draft[ORDER_LEG_COUNT]):
        leg = ORDER_LEGS + i * COMMAND_LEG_WIDTH
        ratio = draft[leg + COMMAND_LEG_RATIO]
        if ratio > RATIO_MAX or ratio < -RATIO_MAX:
            return True
        notional += abs(ratio) * day.instruments[draft[leg], INSTRUMENT_STRIKE]
    most = NOTIONAL_MAX // (quantity * day.session[SESSION_MULTIPLIER])
    return notional > most or draft[ORDER_PRICE] > most or draft[ORDER_PRICE] < -most


@part
def reduce_ratios(draft):
    """Divide the ratios by their common divisor, which multiplies the quantity."""
    divisor = 0
    count = draft[ORDER_LEG_COUNT]
    for i in range(count):
        rest = abs(draft[ORDER_LEGS + i * COMMAND_LEG_WIDTH + COMMAND_LEG_RATIO])
        while rest != 0:
            divisor, rest = rest, divisor % rest
    for i in range(count):
        draft[ORDER_LEGS + i * COMMAND_LEG_WIDTH + COMMAND_LEG_RATIO] //= divisor
    draft[ORDER_QUANTITY] *= divisor


@part
def write_placed(desk, row):
    """Journal the draft with its legs, not more than `MAX_LEGS` of them."""
    draft = desk.now[NOW_DRAFT:]
    count = min(max(draft[ORDER_LEG_COUNT], 0), MAX_LEGS)
    draft[ORDER_BLOCK] = BLOCK_CLOSING
    for i in range(count):
        leg = ORDER_LEGS + i * COMMAND_LEG_WIDTH
        if draft[leg + COMMAND_LEG_EFFECT] == EFFECT_OPEN:
            draft[ORDER_BLOCK] = BLOCK_OPENING
    order = draft[ORDER_ID]
    kind = draft[ORDER_KIND]
    write(desk, row, EVENT_ORDER_PLACED, order, kind, draft[ORDER_PRICE], draft[ORDER_QUANTITY])
    write_rest(desk, count, draft[ORDER_BLOCK], draft[ORDER_ORIGIN])
    for i in range(count):
        leg = ORDER_LEGS + i * COMMAND_LEG_WIDTH
        ratio = draft[leg + COMMAND_LEG_RATIO]
        write(desk, row, EVENT_ORDER_LEG, order, i, draft[leg], ratio)
        write_rest(desk, draft[leg + COMMAND_LEG_EFFECT], 0, 0)


@step
def position_refusal(session, plan, row, order, at):
    """Return why the holdings do not allow an order, or `ACCEPTED`."""
    opposite = False
    fresh = 0
    for i in range(order[at + ORDER_LEG_COUNT]):
        leg = at + ORDER_LEGS + i * COMMAND_LEG_WIDTH
        change = -order[leg + COMMAND_LEG_RATIO] * order[at + ORDER_QUANTITY]
        quantity = held(row, order[leg])
        is_against = (quantity > 0 and change < 0) or (quantity < 0 and change > 0)
        if order[leg + COMMAND_LEG_EFFECT] == EFFECT_CLOSE:
            if not is_against or abs(change) > abs(quantity):
                return REASON_NOT_HELD
        elif is_against:
            opposite = True
        elif quantity == 0:
            fresh += 1
    if opposite:
        return REASON_OPPOSITE_HELD
    if row[STATE_HOLDING_COUNT] + fresh > min(plan[PLAN_MAX_POSITIONS], session[SESSION_HOLDINGS]):
        return REASON_MAX_POSITIONS
    return ACCEPTED


@part
def arrival_refusal(day, desk, plan, row):
    """Return why the well-formed draft is rejected on arrival, or `ACCEPTED`."""
    draft = desk.now[NOW_DRAFT:]
    kind = draft[ORDER_KIND]
    count = draft[ORDER_LEG_COUNT]
    if kind != ORDER_MARKET and not is_on_grid(draft[ORDER_PRICE], count):
        return REASON_OFF_GRID
    if row[STATE_ORDER_COUNT] >= min(plan[PLAN_MAX_ORDERS], day.session[SESSION_ORDERS]):
        return REASON_MAX_ORDERS
    reason = position_refusal(day.session, plan, row, draft, 0)
    if reason != ACCEPTED:
        return reason
    if kind == ORDER_STOP:
        measurable, middle, _, _ = order_measures(day, desk, draft, 0)
        step = increment(count, middle)
        if measurable and floored_mid(middle, step) >= draft[ORDER_PRICE]:
            return REASON_WOULD_TRIGGER
    if draft[ORDER_BLOCK] == BLOCK_OPENING:
        cash = reserved_cash(day, desk, plan, draft, 0)
        if projection(day, desk, plan, row, draft, 0, cash, MISSING) < 0:
            return REASON_BUYING_POWER
    return ACCEPTED


@step
def arrive(day, desk, plan, row):
    """Journal the draft and accept it as the youngest pending order; return why not, or 0."""
    draft = desk.now[NOW_DRAFT:]
    draft[ORDER_ID] = row[STATE_NEXT_ORDER]
    row[STATE_NEXT_ORDER] += 1
    reason = ACCEPTED
    if draft[ORDER_ORIGIN] != ORIGIN_FLATTEN:
        if has_bad_legs(day, draft):
            reason = REASON_BAD_LEGS
        elif has_bad_quantity(day, draft):
            reason = REASON_BAD_QUANTITY
        else:
            reduce_ratios(draft)
    write_placed(desk, row)
    if reason == ACCEPTED and draft[ORDER_ORIGIN] != ORIGIN_FLATTEN:
        reason = arrival_refusal(day, desk, plan, row)
    if reason != ACCEPTED:
        write(desk, row, EVENT_ORDER_REJECTED, draft[ORDER_ID], reason, 0, 0)
        return reason
    begin_intent(day, desk, draft, 0, draft[ORDER_PRICE])
    at = order_at(day.session, row[STATE_ORDER_COUNT])
    for i in range(ORDER_WIDTH):
        row[at + i] = draft[i]
    row[STATE_ORDER_COUNT] += 1
    return ACCEPTED
