"""What the bot's author asks: docs/PERPETUALS.md section 5, commands."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.grid import is_on_grid
from tests.reference.perpetual.landing import arrive, is_below_minimum, write_replaced
from tests.reference.perpetual.orders import Order, cancel, cancel_all
from tests.reference.perpetual.plan import Command

_KNOWN = (
    schema.COMMAND_PLACE,
    schema.COMMAND_CANCEL,
    schema.COMMAND_CANCEL_ALL,
    schema.COMMAND_REPLACE,
    schema.COMMAND_STOP,
)
_TARGETED = (schema.COMMAND_CANCEL, schema.COMMAND_REPLACE)
_PRICED = (schema.COMMAND_PLACE, schema.COMMAND_REPLACE)


def obey(session, command: Command) -> None:
    """Carry one command out or refuse it."""
    reason = refusal(session, command)
    if reason:
        order = command.order if command.kind in _TARGETED else schema.MISSING
        session.write(schema.EVENT_COMMAND_REFUSED, command.kind, reason, order=order)
    elif command.kind == schema.COMMAND_PLACE:
        arrive(session, order_of(command))
    elif command.kind == schema.COMMAND_CANCEL:
        cancel(session, target_of(session, command), schema.REASON_USER)
    elif command.kind == schema.COMMAND_CANCEL_ALL:
        cancel_all(session, schema.REASON_USER)
    elif command.kind == schema.COMMAND_REPLACE:
        replace(session, target_of(session, command), command.price)
    else:
        cancel_all(session, schema.REASON_STOP)
        session.write(schema.EVENT_STOPPED)
        session.status = schema.STATUS_STOPPING


def order_of(command: Command) -> Order:
    """Return the order a `PLACE` describes, unchecked."""
    return Order(
        kind=command.type,
        side=command.side,
        origin=schema.ORIGIN_COMMAND,
        left=command.lots,
        price=command.price,
        post_only=command.post_only,
        reduce_only=command.reduce_only,
        immediate=command.immediate,
        pegged=command.pegged,
        offset_ticks=command.offset_ticks,
    )


def target_of(session, command: Command) -> Order | None:
    return next((order for order in session.landed() if order.id == command.order), None)


def refusal(session, command: Command) -> int:
    """Return why a command is refused, in the order of the page; 0 if it is not."""
    if command.kind not in _KNOWN:
        return columns.REASON_BAD_ORDER
    if session.status != schema.STATUS_RUNNING:
        return schema.REASON_NOT_RUNNING
    if command.kind in _PRICED and session.standing.is_blocked:
        return columns.REASON_NO_BOOK
    if command.kind not in _TARGETED:
        return 0
    order = target_of(session, command)
    if order is None:
        return schema.REASON_NO_SUCH_ORDER
    if command.kind == schema.COMMAND_REPLACE:
        return replacement_refusal(session, order, command.price)
    return 0


def replacement_refusal(session, order: Order, price: int) -> int:
    """`NOT_A_LIMIT`, `OFF_GRID`, `BELOW_MINIMUM`, `WOULD_CROSS`."""
    if order.kind != schema.ORDER_LIMIT:
        return schema.REASON_NOT_A_LIMIT
    if not is_on_grid(price, session.stream.contract):
        return schema.REASON_OFF_GRID
    if is_below_minimum(session, order, price):
        return columns.REASON_BELOW_MINIMUM
    old, order.price = order.price, price
    crosses = order.crosses(session.standing)
    order.price = old
    return columns.REASON_WOULD_CROSS if order.post_only and crosses else 0


def replace(session, order: Order, price: int) -> None:
    """The new price is a new intent."""
    old = order.price
    order.start_over(price, session.now)
    order.settle_on(session.standing, session.is_touch)
    write_replaced(session, order, old, schema.REASON_USER)
