"""What follows from a session's journal alone: its orders and its transactions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.kernels.schema import JOURNAL_A, JOURNAL_KIND, JOURNAL_ORDER, JOURNAL_SEQUENCE
from forven.store.errors import StoreDamaged
from forven.store.ledger_documents import Booking, Document, OrderLeg, OrderState, order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """What new rows brought: whole orders as they stand now, and further transactions."""

    orders: list[Document] = field(default_factory=list)
    transactions: list[Document] = field(default_factory=list)


class Projection:
    """Takes a session's journal rows as they come and keeps what they say.

    symbols     OSI in instrument order
    multiplier  micros that one quantum of one contract is worth
    `orders` and `transactions` grow by `take`; a document in them never changes, a changed order
    is a new document in its place.
    """

    def __init__(self, session_id: str, symbols: Sequence[str], multiplier: int) -> None:
        self.session_id = session_id
        self.rows_taken = 0
        self.orders: list[Document] = []
        self.transactions: list[Document] = []
        self._symbols = symbols
        self._multiplier = multiplier
        self._states: dict[int, OrderState] = {}
        self._touched: dict[int, None] = {}
        self._readers: dict[int, Callable[[OrderState, list[int]], None]] = {
            schema.EVENT_ORDER_LEG: self._add_leg,
            schema.EVENT_ORDER_REJECTED: self._reject,
            schema.EVENT_ORDER_FILLED: self._fill,
            schema.EVENT_LEG_FILLED: self._fill_leg,
            schema.EVENT_ORDER_CANCELED: self._cancel,
            schema.EVENT_ORDER_EXPIRED: self._expire,
            schema.EVENT_ORDER_REPLACED: self._replace,
        }

    def take(self, rows: NDArray[np.int64]) -> Projected:
        """Take the next rows, (n, JOURNAL_WIDTH), and return what changed by them.

        errors  StoreDamaged if a row is missing or speaks of an order that was never placed
        """
        bookings_before = len(self.transactions)
        self._touched = {}
        for row in rows.tolist():
            if row[JOURNAL_SEQUENCE] != self.rows_taken:
                raise StoreDamaged(
                    f"session {self.session_id}: expected journal row {self.rows_taken}, "
                    f"found {row[JOURNAL_SEQUENCE]}"
                )
            self.rows_taken += 1
            self._read(row)
        changed = [self._renewed(number) for number in self._touched]
        return Projected(orders=changed, transactions=self.transactions[bookings_before:])

    def _read(self, row: list[int]) -> None:
        """Take one row; those of no kind here change neither orders nor transactions."""
        kind = row[JOURNAL_KIND]
        if kind == schema.EVENT_ORDER_PLACED:
            self._place(row)
        elif kind == schema.EVENT_SETTLED:
            self._settle(row)
        elif kind in self._readers:
            number = row[JOURNAL_ORDER]
            order = self._states.get(number)
            if order is None:
                raise StoreDamaged(
                    f"session {self.session_id}: expected journal row {row[JOURNAL_SEQUENCE]} to "
                    f"speak of an order placed before, found order {number}"
                )
            order.updated_ns = row[schema.JOURNAL_TS]
            self._touched[number] = None
            self._readers[kind](order, row[JOURNAL_A:])

    def _place(self, row: list[int]) -> None:
        kind, price, quantity, _, block, origin = row[JOURNAL_A:]
        number, ts = row[JOURNAL_ORDER], row[schema.JOURNAL_TS]
        self._states[number] = OrderState(
            id=order_id(self.session_id, number),
            number=number,
            kind=kind,
            block=block,
            origin=origin,
            quantity=quantity,
            price=price,
            intended=price,
            placed_ns=ts,
            updated_ns=ts,
        )
        self._touched[number] = None

    def _add_leg(self, order: OrderState, fields: list[int]) -> None:
        _, instrument, ratio, effect = fields[:4]
        symbol = self._symbol(instrument)
        order.legs.append(OrderLeg(instrument=symbol, ratio=ratio, effect=effect))

    def _reject(self, order: OrderState, fields: list[int]) -> None:
        order.status, order.reason = "rejected", fields[0]

    def _fill(self, order: OrderState, fields: list[int]) -> None:
        order.status, order.filled_ns = "filled", order.updated_ns
        order.net, _, order.fees, order.slippage = fields[:4]

    def _fill_leg(self, order: OrderState, fields: list[int]) -> None:
        place, instrument, change, value, fee = fields[:5]
        leg = order.legs[place]
        leg.value = value
        booking = Booking(
            kind=leg.action,
            order_id=order.id,
            instrument=self._symbol(instrument),
            contracts=abs(change),
            price=abs(value) * self._multiplier // abs(leg.ratio),
            cash=value * self._multiplier * order.quantity,
            fee=fee,
            ts=order.updated_ns,
        )
        self._book(booking)

    def _cancel(self, order: OrderState, fields: list[int]) -> None:
        order.status, order.reason = "canceled", fields[0]

    def _expire(self, order: OrderState, _fields: list[int]) -> None:
        order.status = "expired"

    def _replace(self, order: OrderState, fields: list[int]) -> None:
        _, order.price, order.concession, _, _, reason = fields
        order.replacements += 1
        if reason == schema.REASON_USER:  # a new intent, not a step of the old one
            order.intended = order.price

    def _settle(self, row: list[int]) -> None:
        instrument, quantity, intrinsic, cash, fee = row[JOURNAL_A : JOURNAL_A + 5]
        exercised = "exercise" if quantity > 0 else "assignment"
        booking = Booking(
            kind=exercised if intrinsic else "expiration",
            order_id=None,
            instrument=self._symbol(instrument),
            contracts=abs(quantity),
            price=intrinsic * self._multiplier,
            cash=cash,
            fee=fee,
            ts=row[schema.JOURNAL_TS],
        )
        self._book(booking)

    def _book(self, booking: Booking) -> None:
        number = len(self.transactions) + 1
        self.transactions.append(booking.document(self.session_id, number))

    def _renewed(self, number: int) -> Document:
        """Return an order's new document, put in its place."""
        document = self._states[number].document()
        if number == len(self.orders) + 1:
            self.orders.append(document)
        elif 1 <= number <= len(self.orders):
            self.orders[number - 1] = document
        else:
            raise StoreDamaged(
                f"session {self.session_id}: expected order {len(self.orders) + 1} next, "
                f"found {number}"
            )
        return document

    def _symbol(self, instrument: int) -> str | None:
        """Return the symbol of a listed instrument, None of another: its order was refused."""
        return self._symbols[instrument] if 0 <= instrument < len(self._symbols) else None


def project(
    session_id: str, rows: NDArray[np.int64], symbols: Sequence[str], multiplier: int
) -> Projection:
    """Return what a session's whole journal says."""
    projection = Projection(session_id, symbols, multiplier)
    projection.take(rows)
    return projection
