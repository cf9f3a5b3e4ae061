"""The commands of a bot that have reached the venue: place, cancel, replace, stop."""

from forven.kernels.jit.perpetual.desk import (
    NOW_DRAFT,
    NOW_STANDING,
    NOW_TS,
    SHOWN_REGULAR,
    crosses,
    write,
    write_rest,
)
from forven.kernels.jit.perpetual.grid import is_on_grid
from forven.kernels.jit.perpetual.landing import (
    begin_intent,
    is_below_minimum,
    place_order,
    take_place,
)
from forven.kernels.jit.perpetual.orders import (
    cancel_all,
    cancel_order,
    clear_order,
    order_at,
    slot_of,
)
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    COMMAND_DUE,
    COMMAND_IMMEDIATE,
    COMMAND_KIND,
    COMMAND_LOTS,
    COMMAND_OFFSET_TICKS,
    COMMAND_ORDER,
    COMMAND_PEGGED,
    COMMAND_POST_ONLY,
    COMMAND_PRICE,
    COMMAND_REDUCE_ONLY,
    COMMAND_SIDE,
    COMMAND_TYPE,
    CONTRACT_ORDERS,
    ORDER_AHEAD,
    ORDER_IMMEDIATE,
    ORDER_KIND,
    ORDER_LEFT,
    ORDER_OFFSET_TICKS,
    ORDER_PEGGED,
    ORDER_POST_ONLY,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_SIDE,
    ORDER_WIDTH,
    PLAN_COMMAND_COUNT,
    PLAN_COMMAND_FROM,
    PLAN_ORDER_LATENCY_NS,
    REASON_BAD_ORDER,
    REASON_BELOW_MINIMUM,
    REASON_NO_BOOK,
    REASON_WOULD_CROSS,
    STATE_COMMAND_CURSOR,
    STATE_ORDER_COUNT,
    STATE_STATUS,
)
from forven.kernels.schema import (
    COMMAND_CANCEL,
    COMMAND_CANCEL_ALL,
    COMMAND_PLACE,
    COMMAND_REPLACE,
    COMMAND_STOP,
    EVENT_COMMAND_REFUSED,
    EVENT_ORDER_REPLACED,
    EVENT_STOPPED,
    INT64_MAX,
    MISSING,
    ORDER_LIMIT,
    ORDER_MARKET,
    REASON_NO_SUCH_ORDER,
    REASON_NOT_A_LIMIT,
    REASON_NOT_RUNNING,
    REASON_OFF_GRID,
    REASON_STOP,
    REASON_USER,
    STATUS_RUNNING,
    STATUS_STOPPING,
)


@step
def next_landing(plan, commands, row):
    """Return when the next command of a bot reaches the venue, or INT64_MAX."""
    cursor = row[STATE_COMMAND_CURSOR]
    if cursor >= plan[PLAN_COMMAND_COUNT]:
        return INT64_MAX
    due = commands[plan[PLAN_COMMAND_FROM] + cursor, COMMAND_DUE]
    return due + plan[PLAN_ORDER_LATENCY_NS]


@step
def due_count(plan, commands, row, ts):
    """Return how many commands of a bot a frame at `ts` takes."""
    count = 0
    first = plan[PLAN_COMMAND_FROM] + row[STATE_COMMAND_CURSOR]
    left = plan[PLAN_COMMAND_COUNT] - row[STATE_COMMAND_CURSOR]
    until = ts - plan[PLAN_ORDER_LATENCY_NS]
    while count < left and commands[first + count, COMMAND_DUE] <= until:
        count += 1
    return count


@part
def place(stream, desk, plan, row, command):
    """Place the order that a command describes."""
    draft = desk.now
    at = NOW_DRAFT
    clear_order(draft, at)
    kind = command[COMMAND_TYPE]
    draft[at + ORDER_KIND] = kind
    draft[at + ORDER_SIDE] = command[COMMAND_SIDE]
    draft[at + ORDER_LEFT] = command[COMMAND_LOTS]
    draft[at + ORDER_PRICE] = 0 if kind == ORDER_MARKET else command[COMMAND_PRICE]
    draft[at + ORDER_POST_ONLY] = command[COMMAND_POST_ONLY]
    draft[at + ORDER_REDUCE_ONLY] = command[COMMAND_REDUCE_ONLY]
    draft[at + ORDER_IMMEDIATE] = command[COMMAND_IMMEDIATE]
    draft[at + ORDER_PEGGED] = command[COMMAND_PEGGED]
    draft[at + ORDER_OFFSET_TICKS] = command[COMMAND_OFFSET_TICKS]
    count = row[STATE_ORDER_COUNT]
    has_row = count < stream.contract[CONTRACT_ORDERS]
    if place_order(stream, desk, plan, row, draft, at, has_row):
        begin = order_at(count)
        for i in range(ORDER_WIDTH):
            row[begin + i] = draft[at + i]
        row[STATE_ORDER_COUNT] = count + 1


@part
def replace_refusal(stream, desk, row, at, price):
    """Return why a landed order cannot take a new price, or 0."""
    if row[at + ORDER_KIND] != ORDER_LIMIT:
        return REASON_NOT_A_LIMIT
    if not is_on_grid(stream, desk, price):
        return REASON_OFF_GRID
    if is_below_minimum(stream, desk, row, at, price):
        return REASON_BELOW_MINIMUM
    if row[at + ORDER_POST_ONLY] == 1:
        if crosses(desk.now, NOW_STANDING, row[at + ORDER_SIDE], price):
            return REASON_WOULD_CROSS
    return 0


@part
def replace(stream, desk, plan, row, order, price):
    """Give a landed limit order a new price, which is a new intent; return why not, or 0."""
    slot = slot_of(row, order)
    if slot == MISSING:
        return REASON_NO_SUCH_ORDER
    at = order_at(slot)
    reason = replace_refusal(stream, desk, row, at, price)
    if reason != 0:
        return reason
    former = row[at + ORDER_PRICE]
    row[at + ORDER_PRICE] = price
    begin_intent(row, at, desk.now[NOW_TS])
    take_place(desk.now, plan, row, at)
    write(desk, row, EVENT_ORDER_REPLACED, order, former, price, 0)
    write_rest(desk, 0, row[at + ORDER_AHEAD], REASON_USER)
    return 0


@part
def cancel(desk, row, order):
    """Cancel a landed order by command; return why not, or 0."""
    slot = slot_of(row, order)
    if slot == MISSING:
        return REASON_NO_SUCH_ORDER
    cancel_order(desk, row, slot, REASON_USER)
    return 0


@part
def stop(desk, row):
    """Cancel all orders and let the bot act no more; the position stays."""
    cancel_all(desk, row, REASON_STOP)
    write(desk, row, EVENT_STOPPED, MISSING, 0, 0, 0)
    row[STATE_STATUS] = STATUS_STOPPING


@part
def take_command(stream, desk, plan, row, command):
    """Do what one command says, or journal why it is refused."""
    kind = command[COMMAND_KIND]
    target = MISSING
    if kind == COMMAND_CANCEL or kind == COMMAND_REPLACE:
        target = command[COMMAND_ORDER]
    needs_book = kind == COMMAND_PLACE or kind == COMMAND_REPLACE
    reason = 0
    if kind < COMMAND_PLACE or kind > COMMAND_STOP:
        reason = REASON_BAD_ORDER
    elif row[STATE_STATUS] != STATUS_RUNNING:
        reason = REASON_NOT_RUNNING
    elif needs_book and desk.now[NOW_STANDING + SHOWN_REGULAR] == 0:
        reason = REASON_NO_BOOK
    elif kind == COMMAND_PLACE:
        place(stream, desk, plan, row, command)
    elif kind == COMMAND_CANCEL:
        reason = cancel(desk, row, target)
    elif kind == COMMAND_CANCEL_ALL:
        cancel_all(desk, row, REASON_USER)
    elif kind == COMMAND_REPLACE:
        reason = replace(stream, desk, plan, row, target, command[COMMAND_PRICE])
    else:
        stop(desk, row)
    if reason != 0:
        write(desk, row, EVENT_COMMAND_REFUSED, target, kind, reason, 0)


@step
def take_commands(stream, desk, plan, commands, row):
    """Take every command of a bot that has reached the venue, in order."""
    while next_landing(plan, commands, row) <= desk.now[NOW_TS]:
        command = commands[plan[PLAN_COMMAND_FROM] + row[STATE_COMMAND_CURSOR]]
        row[STATE_COMMAND_CURSOR] += 1
        take_command(stream, desk, plan, row, command)
