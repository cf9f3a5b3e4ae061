"""Orders from the moment they are sent to the moment their row closes: sections 5 and 6.

The functions take the `Session` they act on, so that each rule stands beside its sentence.
"""

from dataclasses import dataclass

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import INT64_MAX, MISSING
from tests.reference.perpetual.stream import BUY, Frame


@dataclass(eq=False)
class Order:
    """A row of the bot's orders; `id` 0 until it lands."""

    kind: int
    side: int
    origin: int
    left: int
    price: int
    post_only: int = 0
    reduce_only: int = 0
    immediate: int = 0
    pegged: int = 0
    offset_ticks: int = 0
    id: int = 0
    aggressive: bool = False
    ahead: int = 0
    level: int = MISSING
    intended: int = 0
    concession: int = 0
    reference2: int | None = None
    flat_since: int = 0
    last_nudge: int = 0
    last_replace: int = 0
    placed_ts: int = 0
    flight_ts: int = INT64_MAX
    flight_price: int = 0

    def __post_init__(self) -> None:
        if self.kind == schema.ORDER_MARKET:
            self.price = 0  # section 10: "the price of a market order is 0 everywhere"

    @property
    def flags(self) -> int:
        """Section 10: the bit of a flag is set where it is not 0."""
        bits = (
            (self.post_only, columns.FLAG_POST_ONLY),
            (self.reduce_only, columns.FLAG_REDUCE_ONLY),
            (self.immediate, columns.FLAG_IMMEDIATE),
            (self.pegged, columns.FLAG_PEGGED),
        )
        return sum(bit for flag, bit in bits if flag)

    @property
    def is_landed(self) -> bool:
        return self.id > 0

    @property
    def is_in_flight(self) -> bool:
        return self.flight_ts != INT64_MAX

    @property
    def is_resting(self) -> bool:
        """Section 6: a landed limit order that is not aggressive."""
        return self.is_landed and self.kind == schema.ORDER_LIMIT and not self.aggressive

    @property
    def takes(self) -> bool:
        """A market order, or a limit order that takes in this frame."""
        return self.kind == schema.ORDER_MARKET or self.aggressive

    @property
    def signed_price(self) -> int:
        return self.side * self.price

    @property
    def priority(self) -> tuple[int, int, int]:
        """Section 6: market orders, then the better price, then the lower id."""
        return (self.kind != schema.ORDER_MARKET, self.signed_price, self.id)

    def crosses(self, book: Frame) -> bool:
        """Section 5: a buy with price >= ask, a sell with price <= bid; a stop never."""
        if self.kind != schema.ORDER_LIMIT:
            return self.kind == schema.ORDER_MARKET
        return self.price >= book.ask if self.side == BUY else self.price <= book.bid

    def join(self, book: Frame, is_touch: bool) -> None:
        """Section 5: take a place in the queue at its price."""
        best, size = book.best(self.side)
        if is_touch:
            self.ahead, self.level = 0, MISSING
        elif self.price == best:
            self.ahead = self.level = size
        elif self.signed_price < self.side * best:
            self.ahead = self.level = 0
        else:
            self.ahead, self.level = columns.UNKNOWN_AHEAD, MISSING

    def settle_on(self, book: Frame, is_touch: bool) -> None:
        """Section 5: aggressive if it crosses or is immediate; else a limit joins the queue."""
        self.aggressive = self.crosses(book) or bool(self.immediate)
        if self.is_resting:
            self.join(book, is_touch)

    def start_over(self, price: int, now: int) -> None:
        """A new intent at a price: concession 0, all times but the placement's now."""
        self.price = price
        self.intended = self.side * price
        self.concession = 0
        self.reference2 = None
        self.flat_since = self.last_nudge = self.last_replace = now
        self.flight_ts = INT64_MAX


def send(session, order: Order) -> None:
    """Put an order in flight: sent when this frame is seen, landing one latency later."""
    order.flight_price = order.price
    order.flight_ts = session.landing_ts
    session.rows.append(order)


def announce(session, order: Order) -> None:
    """Give an order the next id and its `ORDER_PLACED` row."""
    order.id = session.next_order
    session.next_order += 1
    cells = (order.kind, order.price, order.left, order.side, order.flags, order.origin)
    session.write(schema.EVENT_ORDER_PLACED, *cells, order=order.id)


def cancel(session, order: Order, reason: int) -> None:
    session.rows.remove(order)
    session.write(schema.EVENT_ORDER_CANCELED, reason, order.left, order=order.id)


def cancel_all(session, reason: int) -> None:
    """Section 5: the landed ones in row order; what is in flight is dropped without a row."""
    for order in session.landed():
        cancel(session, order, reason)
    session.rows.clear()


def expire_all(session) -> None:
    """Section 4, step 1: landed orders expire; what never landed vanishes without a row."""
    for order in session.landed():
        session.write(schema.EVENT_ORDER_EXPIRED, 0, order.left, order=order.id)
    session.rows.clear()
