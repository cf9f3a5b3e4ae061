"""One fill: docs/PERPETUALS.md section 6, the last paragraph."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.account import fee_of, worth
from tests.reference.perpetual.orders import Order, cancel


def fill(session, order: Order, lots: int, price: int, is_taker: bool) -> int:
    """Fill up to `lots` at a price; return how many filled. Less than one lot does nothing."""
    if lots <= 0:
        return 0
    account, plan, value = session.account, session.plan, session.stream.contract.value
    if order.reduce_only:
        if account.position * order.side <= 0:
            cancel(session, order, schema.REASON_NOT_HELD)
            return 0
        lots = min(lots, abs(account.position))
    change = -order.side * lots
    fee = fee_of(lots, price, value, plan.taker_ppm if is_taker else plan.maker_ppm)
    if lacks_margin(session, order, account.after_trade(change, price, fee)):
        cancel(session, order, schema.REASON_BUYING_POWER)
        return 0
    account.trade(change, price, fee)
    order.left -= lots
    if order.left == 0:
        session.rows.remove(order)
    cells = (price, lots, fee, int(is_taker), account.cash, account.position)
    session.write(schema.EVENT_ORDER_FILLED, *cells, order=order.id)
    return lots


def lacks_margin(session, order: Order, after: tuple[int, int]) -> bool:
    """A position that would grow needs its initial margin at this frame's mark."""
    cash, position = after
    is_forced = order.origin in (schema.ORIGIN_FLATTEN, columns.ORIGIN_LIQUIDATION)
    if is_forced or abs(position) <= abs(session.account.position):
        return False
    mark2 = session.seen.mark2
    equity = cash + worth(position, mark2, session.stream.contract.value)
    return equity < session.initial_margin(position, mark2)
