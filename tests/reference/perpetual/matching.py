"""Prints, the quote, queues and stops: docs/PERPETUALS.md section 6, but for the fill itself."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import MISSING
from tests.reference.perpetual.filling import fill
from tests.reference.perpetual.landing import is_reached
from tests.reference.perpetual.orders import Order, cancel
from tests.reference.perpetual.stream import BUY, SELL, Print


def match(session) -> None:
    """Step 4, in an open frame."""
    for trade in session.seen.prints:
        for side in (BUY, SELL):
            if trade.hits(side):
                take_print(session, trade, side)
    for side in (BUY, SELL):
        for order in by_priority(session, side):
            if order.crosses(session.seen):
                take_quote(session, order)
    settle_takers(session)
    if not session.is_touch:
        for order in session.rows:
            if order.is_resting:
                move_up(session, order)
    for order in session.landed():
        if order.kind == schema.ORDER_STOP and is_reached(order, session.seen.mark2):
            trigger(session, order)


def by_priority(session, side: int) -> list[Order]:
    """The landed orders of a side: market orders, then the better price, then the lower id."""
    orders = [order for order in session.landed() if order.side == side]
    return sorted(orders, key=lambda order: order.priority)


def take_print(session, trade: Print, side: int) -> None:
    """One trade against the resting orders of one side."""
    size = trade.size
    for order in by_priority(session, side):
        if not order.is_resting:
            continue
        away = order.side * (order.price - trade.price)  # > 0: it is not reached
        if away < 0:
            fill(session, order, order.left, order.price, is_taker=False)
        elif away == 0:
            lots = reached(session, order, size)
            size -= fill(session, order, lots, order.price, is_taker=False)


def reached(session, order: Order, size: int) -> int:
    """Lots of a trade at its own price that come to an order through its queue."""
    if session.is_touch:
        return min(order.left, size)
    if order.ahead == columns.UNKNOWN_AHEAD:
        return 0
    order.ahead -= size
    beyond = max(0, -order.ahead)
    order.ahead = max(0, order.ahead)
    return min(order.left, beyond)


def take_quote(session, order: Order) -> None:
    """Fill what is displayed on the other side and was not taken from it before."""
    price, displayed = session.seen.best(-order.side)
    lots = min(order.left, displayed - session.taken[-order.side])
    if not order.takes:
        price = order.price
    session.taken[-order.side] += fill(session, order, lots, price, order.takes)


def settle_takers(session) -> None:
    """What should have taken at once and is still there goes, or joins this frame's queue."""
    for order in session.landed():
        if order.kind == schema.ORDER_MARKET or order.immediate:
            cancel(session, order, schema.REASON_UNFILLED)
        elif order.aggressive:
            order.aggressive = False
            order.join(session.seen, session.is_touch)


def move_up(session, order: Order) -> None:
    """Section 6, queues: what this frame's quote says of the queue ahead."""
    best, size = session.seen.best(order.side)
    if order.signed_price > order.side * best:  # the best price is better: not displayed
        order.level = MISSING
        return
    displayed = size if order.price == best else 0
    if order.ahead == columns.UNKNOWN_AHEAD:
        order.ahead = displayed
    if session.plan.fill_model == columns.FILL_QUEUE_PROBABILISTIC and order.level != MISSING:
        order.ahead -= left_in_front(session, order, displayed)
    order.ahead = max(0, min(order.ahead, displayed))
    order.level = displayed


def left_in_front(session, order: Order, displayed: int) -> int:
    """Of the lots that left the level without trading, the share that stood in front."""
    traded = sum(
        trade.size
        for trade in session.seen.prints
        if trade.price == order.price and trade.hits(order.side)
    )
    gone = order.level - traded - displayed
    if gone <= 0:
        return 0
    front = order.ahead
    back = max(0, order.level - traded - order.ahead)
    if front == 0 and back == 0:
        return 0
    weight = other = 1.0
    for _ in range(session.plan.queue_power):
        weight *= float(front)
        other *= float(back)
    return int(float(gone) * (weight / (weight + other)))


def trigger(session, order: Order) -> None:
    """A stop becomes a market order and takes at once; what is left is cancelled."""
    cells = (session.seen.mark2, order.price)
    session.write(columns.EVENT_TRIGGERED, *cells, order=order.id)
    order.kind, order.price = schema.ORDER_MARKET, 0
    take_at_once(session, order)


def take_at_once(session, order: Order) -> None:
    """Take what is left of the displayed size; cancel the rest."""
    take_quote(session, order)
    if order in session.rows:
        cancel(session, order, schema.REASON_UNFILLED)
