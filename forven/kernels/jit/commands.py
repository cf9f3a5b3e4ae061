"""The commands of a bot that are due: place, cancel, replace, stop, and reported errors."""

from forven.kernels.jit.arrival import arrive, draft_leg, draft_order
from forven.kernels.jit.desk import NOW_DRAFT, NOW_TS, write, write_rest
from forven.kernels.jit.grid import increment, is_on_grid
from forven.kernels.jit.orders import begin_intent, cancel_all, cancel_order, slot_of
from forven.kernels.jit.power import order_at, projection, reserved_cash
from forven.kernels.jit.prices import floored_mid, order_measures
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    BLOCK_OPENING,
    COMMAND_CANCEL,
    COMMAND_CANCEL_ALL,
    COMMAND_DUE,
    COMMAND_ERROR,
    COMMAND_KIND,
    COMMAND_LEG_COUNT,
    COMMAND_LEG_EFFECT,
    COMMAND_LEG_RATIO,
    COMMAND_LEG_WIDTH,
    COMMAND_LEGS,
    COMMAND_ORDER,
    COMMAND_PLACE,
    COMMAND_PRICE,
    COMMAND_QUANTITY,
    COMMAND_REPLACE,
    COMMAND_REPRICED,
    COMMAND_STOP,
    COMMAND_TYPE,
    EVENT_COMMAND_REFUSED,
    EVENT_ORDER_REPLACED,
    EVENT_STOPPED,
    EVENT_STRATEGY_ERROR,
    INT64_MAX,
    MAX_LEGS,
    MISSING,
    ORDER_BLOCK,
    ORDER_KIND,
    ORDER_LEG_COUNT,
    ORDER_LIMIT,
    ORDER_PRICE,
    ORIGIN_COMMAND,
    PLAN_COMMAND_COUNT,
    PLAN_COMMAND_FROM,
    REASON_BUYING_POWER,
    REASON_NO_SUCH_ORDER,
    REASON_NOT_A_LIMIT,
    REASON_NOT_RUNNING,
    REASON_OFF_GRID,
    REASON_STOP,
    REASON_USER,
    STATE_COMMAND_CURSOR,
    STATE_ERRORS,
    STATE_STATUS,
    STATUS_RUNNING,
    STATUS_STOPPING,
)


@step
def next_due(plan, commands, row):
    """Return when the next command of a bot is due, or INT64_MAX."""
    cursor = row[STATE_COMMAND_CURSOR]
    if cursor >= plan[PLAN_COMMAND_COUNT]:
        return INT64_MAX
    return commands[plan[PLAN_COMMAND_FROM] + cursor, COMMAND_DUE]


@step
def due_count(plan, commands, row, ts):
    """Return how many commands of a bot a frame at `ts` takes."""
    count = 0
    first = plan[PLAN_COMMAND_FROM] + row[STATE_COMMAND_CURSOR]
    left = plan[PLAN_COMMAND_COUNT] - row[STATE_COMMAND_CURSOR]
    while count < left and commands[first + count, COMMAND_DUE] <= ts:
        count += 1
    return count


@part
def place(day, desk, plan, row, command):
    """Place the order that a command describes."""
    draft_order(
        desk,
        command[COMMAND_TYPE],
        command[COMMAND_PRICE],
        command[COMMAND_QUANTITY],
        command[COMMAND_REPRICED],
        ORIGIN_COMMAND,
        MISSING,
    )
    count = command[COMMAND_LEG_COUNT]
    for i in range(min(count, MAX_LEGS)):
        leg = COMMAND_LEGS + i * COMMAND_LEG_WIDTH
        ratio = command[leg + COMMAND_LEG_RATIO]
        draft_leg(desk, i, command[leg], ratio, command[leg + COMMAND_LEG_EFFECT])
    desk.now[NOW_DRAFT + ORDER_LEG_COUNT] = count
    arrive(day, desk, plan, row)


@part
def replace_refusal(day, desk, plan, row, slot, price):
    """Return why a pending order cannot take a new limit, or 0; the order is left as it was."""
    at = order_at(day.session, slot)
    if row[at + ORDER_KIND] != ORDER_LIMIT:
        return REASON_NOT_A_LIMIT
    if not is_on_grid(price, row[at + ORDER_LEG_COUNT]):
        return REASON_OFF_GRID
    if row[at + ORDER_BLOCK] == BLOCK_OPENING:
        limit = row[at + ORDER_PRICE]
        row[at + ORDER_PRICE] = price
        cash = reserved_cash(day, desk, plan, row, at)
        row[at + ORDER_PRICE] = limit
        if projection(day, desk, plan, row, row, at, cash, slot) < 0:
            return REASON_BUYING_POWER
    return 0


@part
def replace(day, desk, plan, row, order, price):
    """Give a pending limit order a new price, which is a new intent; return why not, or 0."""
    slot = slot_of(day.session, row, order)
    if slot == MISSING:
        return REASON_NO_SUCH_ORDER
    reason = replace_refusal(day, desk, plan, row, slot, price)
    if reason != 0:
        return reason
    at = order_at(day.session, slot)
    limit = row[at + ORDER_PRICE]
    begin_intent(day, desk, row, at, price)
    measurable, middle, _, _ = order_measures(day, desk, row, at)
    step = increment(row[at + ORDER_LEG_COUNT], middle)
    peg = floored_mid(middle, step) if measurable else 0
    write(desk, row, EVENT_ORDER_REPLACED, order, limit, price, 0)
    write_rest(desk, peg, price, REASON_USER)
    return 0


@part
def cancel(day, desk, row, order):
    """Cancel a pending order by command; return why not, or 0."""
    slot = slot_of(day.session, row, order)
    if slot == MISSING:
        return REASON_NO_SUCH_ORDER
    cancel_order(day, desk, row, slot, REASON_USER)
    return 0


@part
def stop(day, desk, row):
    """Cancel all orders and let the strategy act no more; holdings are left to settle."""
    cancel_all(day, desk, row, REASON_STOP)
    write(desk, row, EVENT_STOPPED, MISSING, 0, 0, 0)
    row[STATE_STATUS] = STATUS_STOPPING


@part
def take_command(day, desk, plan, row, command):
    """Do what one command says, or journal why it is refused."""
    kind = command[COMMAND_KIND]
    if kind == COMMAND_ERROR:
        row[STATE_ERRORS] += 1
        write(desk, row, EVENT_STRATEGY_ERROR, MISSING, row[STATE_ERRORS], 0, 0)
        return
    target = MISSING
    if kind == COMMAND_CANCEL or kind == COMMAND_REPLACE:
        target = command[COMMAND_ORDER]
    reason = 0
    if row[STATE_STATUS] != STATUS_RUNNING:
        reason = REASON_NOT_RUNNING
    elif kind == COMMAND_PLACE:
        place(day, desk, plan, row, command)
    elif kind == COMMAND_CANCEL:
        reason = cancel(day, desk, row, target)
    elif kind == COMMAND_CANCEL_ALL:
        cancel_all(day, desk, row, REASON_USER)
    elif kind == COMMAND_REPLACE:
        reason = replace(day, desk, plan, row, target, command[COMMAND_PRICE])
    elif kind == COMMAND_STOP:
        stop(day, desk, row)
    if reason != 0:
        write(desk, row, EVENT_COMMAND_REFUSED, target, kind, reason, 0)


@step
def take_commands(day, desk, plan, commands, row):
    """Take every command of a bot that is due, in order."""
    while next_due(plan, commands, row) <= desk.now[NOW_TS]:
        command = commands[plan[PLAN_COMMAND_FROM] + row[STATE_COMMAND_CURSOR]]
        row[STATE_COMMAND_CURSOR] += 1
        take_command(day, desk, plan, row, command)
