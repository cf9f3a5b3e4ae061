"""Follows the session's journal: which orders there are, what is held, what happened."""

from typing import Any

from forven.kernels import schema
from forven.strategies.script import protocol
from forven.strategies.script.child.market import Chain, Leg
from forven.strategies.script.child.orders import Event, Fill, FilledLeg, Order, Position
from forven.strategies.script.child.prices import money, price

_ENDINGS = {
    schema.EVENT_ORDER_REJECTED: "rejected",
    schema.EVENT_ORDER_CANCELED: "canceled",
    schema.EVENT_ORDER_EXPIRED: "expired",
}
_TOLD = frozenset(
    {
        schema.EVENT_ORDER_REJECTED,
        schema.EVENT_ORDER_FILLED,
        schema.EVENT_ORDER_CANCELED,
        schema.EVENT_ORDER_EXPIRED,
        schema.EVENT_ORDER_REPLACED,
        schema.EVENT_COMMAND_REFUSED,
        schema.EVENT_ENTRIES_PAUSED,
        schema.EVENT_HALT,
        schema.EVENT_STOPPED,
    }
)
_SIDES = {1: "sell", -1: "buy"}


class Account:
    """The orders and positions of a session, as its journal has them up to this frame."""

    def __init__(self, chain: Chain, facts: dict[str, Any]) -> None:
        self._chain = chain
        self._multiplier: int = facts["multiplier"]
        self._reasons: dict[int, str] = {int(code): name for code, name in facts["reasons"].items()}
        self._kinds: dict[int, str] = {int(code): name for code, name in facts["events"].items()}
        self._orders: dict[int, Order] = {}
        self._held: dict[int, Position] = {}
        self.sent: dict[int, Order] = {}
        self.fills: list[Fill] = []
        self.events: list[Event] = []
        self.is_paused = False

    @property
    def orders(self) -> tuple[Order, ...]:
        """Orders that can still fill, in the order in which they came; sent ones last."""
        return (*self._orders.values(), *self.sent.values())

    @property
    def positions(self) -> tuple[Position, ...]:
        """What is held, in instrument order."""
        return tuple(self._held[number] for number in sorted(self._held))

    def held(self, number: int) -> Position | None:
        """Return the position in an instrument."""
        return self._held.get(number)

    def order(self, number: int) -> Order | None:
        """Return a pending order by its id."""
        return self._orders.get(number)

    def take(self, rows: list[tuple[int, ...]], own: list[tuple[int, ...]]) -> None:
        """Take the rows of a frame, and which orders of the script they begin with."""
        self.fills = []
        self.events = []
        for tag, number, reason in own:
            order = self.sent.pop(tag, None)
            if order is None:
                continue
            if number == schema.MISSING:
                order.status, order.reason = "refused", self._reasons.get(reason, "")
            else:
                order.id = number
                self._orders[number] = order
        position = 0
        while position < len(rows):
            position = self._take_event(rows, position)

    def _take_event(self, rows: list[tuple[int, ...]], position: int) -> int:
        """Take the event that begins at a row; return where the next one begins."""
        row = rows[position]
        _, kind, number = row[: protocol.ROW_A]
        first, legs = row[protocol.ROW_A], 0
        if kind == schema.EVENT_ORDER_PLACED:
            legs = row[protocol.ROW_A + 3]
            self._placed(row, rows[position + 1 : position + 1 + legs])
        elif kind == schema.EVENT_ORDER_FILLED:
            legs = self._filled(rows, position)
        elif kind in _ENDINGS:
            order = self._orders.pop(number, None)
            if order is not None:
                order.status = _ENDINGS[kind]
                if kind != schema.EVENT_ORDER_EXPIRED:
                    order.reason = self._reasons.get(first, "")
                self._tell(kind, order, order.reason)
        elif kind == schema.EVENT_ORDER_REPLACED:
            order = self._orders.get(number)
            if order is not None:
                order.price = price(row[protocol.ROW_A + 1])
                self._tell(kind, order, self._reasons.get(row[protocol.ROW_A + 5], ""))
        elif kind == schema.EVENT_SETTLED:
            self._held.pop(first, None)
        elif kind in _TOLD:
            self.is_paused |= kind == schema.EVENT_ENTRIES_PAUSED
            at = protocol.ROW_A + (1 if kind == schema.EVENT_COMMAND_REFUSED else 0)
            has_reason = kind in {schema.EVENT_COMMAND_REFUSED, schema.EVENT_HALT}
            reason = self._reasons.get(row[at], "") if has_reason else ""
            self._tell(kind, self._orders.get(number), reason)
        return position + 1 + legs

    def _tell(self, kind: int, order: Order | None, reason: str) -> None:
        """Add an event."""
        self.events.append(Event(self._kinds[kind], order, reason))

    def _placed(self, row: tuple[int, ...], legs: list[tuple[int, ...]]) -> None:
        """Take an order that arrived; one that the script did not place becomes known."""
        ts, _, number, kind, quanta, quantity = row[: protocol.ROW_A + 3]
        order = self._orders.get(number)
        if order is None:
            listed = tuple(self._leg(leg, quantity) for leg in legs)
            is_market = kind == schema.ORDER_MARKET
            order = Order(protocol.KINDS[kind], listed, None if is_market else quanta, quantity)
            order.id = number
            self._orders[number] = order
        order.status = "pending"
        order.placed_at = ts

    def _leg(self, row: tuple[int, ...], quantity: int) -> Leg:
        """Return a leg as journaled."""
        _, instrument, ratio, effect = row[protocol.ROW_A : protocol.ROW_A + 4]
        side = _SIDES[1 if ratio > 0 else -1]
        way = "close" if effect == schema.EFFECT_CLOSE else "open"
        return Leg(self._chain.number(instrument), abs(ratio) * quantity, f"{side} to {way}")

    def _filled(self, rows: list[tuple[int, ...]], position: int) -> int:
        """Take a fill with its legs; return how many legs there are."""
        ts, _, number, net, quantity, fees, slippage = rows[position][: protocol.ROW_A + 4]
        legs = []
        for row in rows[position + 1 :]:
            if (
                row[protocol.ROW_KIND] != schema.EVENT_LEG_FILLED
                or row[protocol.ROW_ORDER] != number
            ):
                break
            _, instrument, change, value, _, after = row[protocol.ROW_A : protocol.ROW_A + 6]
            self._move(instrument, change, value * self._multiplier * quantity, after)
            legs.append(FilledLeg(self._chain.number(instrument), change, price(value)))
        order = self._orders.pop(number, None)
        if order is not None:
            order.status = "filled"
            order.fill_price = price(net)
            order.fees = money(fees)
            self.fills.append(
                Fill(order, ts, price(net), quantity, money(fees), money(slippage), tuple(legs))
            )
            self._tell(schema.EVENT_ORDER_FILLED, order, "")
        return len(legs)

    def _move(self, instrument: int, change: int, cash: int, after: int) -> None:
        """Change a holding; docs/ENGINE.md section 9 says how its cost goes along."""
        held = self._held.get(instrument)
        if after == 0:
            self._held.pop(instrument, None)
        elif held is None:
            self._held[instrument] = Position(self._chain.number(instrument), after, -cash)
        else:
            if abs(after) > abs(held.quantity):
                held.cost_micros -= cash
            else:
                held.cost_micros -= held.cost_micros * abs(change) // abs(held.quantity)
            held.quantity = after
