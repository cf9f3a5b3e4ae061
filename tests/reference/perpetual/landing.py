"""What lands at the venue: docs/PERPETUALS.md section 5, but for what a command itself asks."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import INT64_MAX
from tests.reference.perpetual.account import worth
from tests.reference.perpetual.grid import is_on_grid
from tests.reference.perpetual.orders import Order, announce
from tests.reference.perpetual.stream import BUY, SELL

OFFSET_TICKS_MAX = 1_000


def land_flights(session) -> None:
    """Step 2: what is in flight and due, in row order, unless the standing book is blocked."""
    if session.standing.is_blocked:
        return
    for order in list(session.rows):
        if order.is_in_flight and order.flight_ts <= session.now:
            order.flight_ts = INT64_MAX
            if order.is_landed:
                land_requote(session, order)
            else:
                arrive(session, order)


def arrive(session, order: Order) -> None:
    """Number and journal an order, check it, and let it stand or reject it.

    An order that was in flight has its row; one that a command places gets the last row.
    """
    has_row = order in session.rows
    announce(session, order)
    reason = 0
    if order.origin != schema.ORIGIN_FLATTEN:  # "flatten orders skip all checks"
        reason = refusal(session, order, has_row)
    if reason:
        if has_row:
            session.rows.remove(order)
        session.write(schema.EVENT_ORDER_REJECTED, reason, 0, order=order.id)
        if order.origin == columns.ORIGIN_QUOTE:
            session.retry[order.side] = session.now + session.plan.quote_retry_ns
        return
    if not has_row:
        session.rows.append(order)
    order.placed_ts = session.now
    order.start_over(order.price, session.now)
    order.settle_on(session.standing, session.is_touch)


def refusal(session, order: Order, has_row: bool) -> int:
    """Section 5: the first check that fails, in the order of the page; 0 if none does."""
    return (
        malformed(session, order)
        or no_room(session, order, has_row)
        or unfit_for_market(session, order)
        or too_large(session, order)
    )


def malformed(session, order: Order) -> int:
    """`BAD_ORDER`, `BAD_QUANTITY`, `OFF_GRID`."""
    is_limit = order.kind == schema.ORDER_LIMIT
    flags = (order.post_only, order.reduce_only, order.immediate, order.pegged)
    if (
        order.kind not in (schema.ORDER_MARKET, schema.ORDER_LIMIT, schema.ORDER_STOP)
        or order.side not in (BUY, SELL)
        or any(flag not in (0, 1) for flag in flags)
        or ((order.post_only or order.pegged) and not is_limit)
        or (order.post_only and order.immediate)
        or (order.immediate and order.kind == schema.ORDER_STOP)
        or not 0 <= order.offset_ticks <= OFFSET_TICKS_MAX
    ):
        return columns.REASON_BAD_ORDER
    contract = session.stream.contract
    pending = sum(other.left for other in session.landed() if other is not order)
    lots = abs(session.account.position) + pending + order.left
    if order.left < 1 or lots * contract.value > columns.EXPOSURE_MAX:
        return schema.REASON_BAD_QUANTITY
    if order.kind != schema.ORDER_MARKET and not is_on_grid(order.price, contract):
        return schema.REASON_OFF_GRID
    return 0


def no_room(session, order: Order, has_row: bool) -> int:
    """`MAX_ORDERS`: landed orders, or the rows; what was in flight has its row."""
    others = [other for other in session.landed() if other is not order]
    rows_are_full = len(session.rows) >= session.stream.contract.orders
    if len(others) >= session.plan.max_orders or (rows_are_full and not has_row):
        return schema.REASON_MAX_ORDERS
    return 0


def unfit_for_market(session, order: Order) -> int:
    """`NOT_HELD`, `BELOW_MINIMUM`, `WOULD_CROSS`, `WOULD_TRIGGER`."""
    mark2 = session.standing.mark2
    if order.reduce_only and session.account.position * order.side <= 0:
        return schema.REASON_NOT_HELD
    if is_below_minimum(session, order, order.price):
        return columns.REASON_BELOW_MINIMUM
    if order.post_only and order.crosses(session.standing):
        return columns.REASON_WOULD_CROSS
    if order.kind == schema.ORDER_STOP and is_reached(order, mark2):
        return schema.REASON_WOULD_TRIGGER
    return 0


def is_below_minimum(session, order: Order, price: int) -> bool:
    """Lots left x price x value < `VALUE_MIN`; a market order counts its standing mark."""
    contract = session.stream.contract
    notional = order.left * price * contract.value
    if order.kind == schema.ORDER_MARKET:
        notional = worth(order.left, session.standing.mark2, contract.value)
    return not order.reduce_only and notional < contract.value_min


def is_reached(order: Order, mark2: int) -> bool:
    """Section 6: a buy stop with mark2 >= 2 x trigger, a sell stop with mark2 <= 2 x trigger."""
    return mark2 >= 2 * order.price if order.side == BUY else mark2 <= 2 * order.price


def too_large(session, order: Order) -> int:
    """`BUYING_POWER`: equity at the standing mark against the margin of all that may fill."""
    if order.reduce_only:
        return 0
    account, mark2 = session.account, session.standing.mark2
    opening = [other for other in session.landed() if not other.reduce_only and other is not order]
    opening.append(order)
    buys = sum(other.left for other in opening if other.side == BUY)
    sells = sum(other.left for other in opening if other.side == SELL)
    exposure = max(abs(account.position + buys), abs(account.position - sells))
    if exposure <= abs(account.position):
        return 0
    if account.equity_at(mark2) < session.initial_margin(exposure, mark2):
        return schema.REASON_BUYING_POWER
    return 0


def land_requote(session, order: Order) -> None:
    """Section 5: a re-quote lands, or the old price stays where it would cross."""
    journals = session.plan.requote_rows
    old, price = order.price, order.flight_price
    order.price = price
    if order.post_only and order.crosses(session.standing):
        order.price = old
        if journals:
            cells = (schema.COMMAND_REPLACE, columns.REASON_WOULD_CROSS)
            session.write(schema.EVENT_COMMAND_REFUSED, *cells, order=order.id)
        return
    order.settle_on(session.standing, session.is_touch)
    session.count_requote(order)
    if journals:
        write_replaced(session, order, old, schema.REASON_REPRICED)


def write_replaced(session, order: Order, old: int, reason: int) -> None:
    ahead = 0 if order.aggressive else order.ahead
    cells = (old, order.price, order.concession, 0, ahead, reason)
    session.write(schema.EVENT_ORDER_REPLACED, *cells, order=order.id)
