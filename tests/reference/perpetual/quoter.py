"""The two-sided quoter: docs/PERPETUALS.md section 9."""

from forven.kernels import schema
from forven.kernels.perpetual_schema import ORIGIN_QUOTE, PRICE_MAX
from tests.reference.perpetual.orders import Order, send
from tests.reference.perpetual.repricing import peg_of
from tests.reference.perpetual.stream import BUY, SELL


def quote(session) -> None:
    """Step 8: the buy, then the sell, where one is absent and may be sent."""
    if session.plan.quote_lots > 0:
        for side in (BUY, SELL):
            if may_quote(session, side):
                send_quote(session, side)


def may_quote(session, side: int) -> bool:
    plan, position = session.plan, session.account.position
    if any(row.origin == ORIGIN_QUOTE and row.side == side for row in session.rows):
        return False
    if session.now < session.retry[side]:
        return False
    if len(session.rows) >= min(session.stream.contract.orders, plan.max_orders):
        return False
    filled = abs(position - side * plan.quote_lots)
    return filled <= plan.quote_position_max or filled < abs(position)


def send_quote(session, side: int) -> None:
    plan = session.plan
    price = side * peg_of(session, side).price(plan.quote_offset_ticks, concession=0)
    if 1 <= price <= PRICE_MAX:
        order = Order(
            kind=schema.ORDER_LIMIT,
            side=side,
            origin=ORIGIN_QUOTE,
            left=plan.quote_lots,
            price=price,
            post_only=1,
            pegged=1,
            offset_ticks=plan.quote_offset_ticks,
        )
        send(session, order)
