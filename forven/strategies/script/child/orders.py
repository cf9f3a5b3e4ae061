"""Orders, fills and positions as a script sees them."""

from collections.abc import Sequence
from decimal import Decimal
from math import gcd
from typing import NamedTuple

from forven.primitives.errors import InvalidOrder
from forven.strategies.script.child.market import Leg, Option
from forven.strategies.script.child.prices import money, price
from forven.strategies.script.protocol import KINDS

_LEGS_MAX = 8
_LIVE = ("sent", "pending")


class Order:
    """An order of the session: first `sent`, then `pending` or `rejected`, then how it ended.

    id      the engine's number, from the frame on after it was placed; None before
    status  sent, pending, filled, canceled, rejected, expired, or refused (it never arrived)
    price   limit or trigger per unit, net credit; None for market
    reason  why it was rejected, refused or canceled; empty otherwise
    """

    __slots__ = (
        "fees",
        "fill_price",
        "id",
        "kind",
        "legs",
        "placed_at",
        "price",
        "quantity",
        "reason",
        "status",
    )

    def __init__(self, kind: str, legs: tuple[Leg, ...], quanta: int | None, quantity: int) -> None:
        self.id: int | None = None
        self.kind = kind
        self.legs = legs
        self.price = None if quanta is None else price(quanta)
        self.quantity = quantity
        self.status = "sent"
        self.reason = ""
        self.placed_at: int | None = None
        self.fill_price: Decimal | None = None
        self.fees = Decimal(0)

    def __repr__(self) -> str:
        return f"Order({self.id}, {self.kind}, {self.status}, {self.price})"

    @property
    def is_live(self) -> bool:
        """Whether it can still fill: sent or pending."""
        return self.status in _LIVE

    @property
    def closes(self) -> bool:
        """Whether every leg closes."""
        return all(leg.closes for leg in self.legs)


class FilledLeg(NamedTuple):
    """A leg of a fill: contracts gained (+) or given (-), and the cash of a unit of the order."""

    option: Option
    change: int
    value: Decimal


class Fill(NamedTuple):
    """An order's fill. price: net credit per unit; fees and slippage were paid on top."""

    order: Order
    ts: int
    price: Decimal
    quantity: int
    fees: Decimal
    slippage: Decimal
    legs: tuple[FilledLeg, ...]


class Event(NamedTuple):
    """Something that the session's journal says of a frame: `order_rejected`, `halt`, ..."""

    kind: str
    order: Order | None
    reason: str


class Position:
    """Contracts of one option: + long, - short. cost: paid (+) or received (-), without fees."""

    __slots__ = ("cost_micros", "option", "quantity")

    def __init__(self, option: Option, quantity: int, cost_micros: int) -> None:
        self.option = option
        self.quantity = quantity
        self.cost_micros = cost_micros

    def __repr__(self) -> str:
        return f"Position({self.option.symbol}, {self.quantity})"

    @property
    def cost(self) -> Decimal:
        """Paid (+) or received (-) for what is held, without fees."""
        return money(self.cost_micros)

    def closing_leg(self, quantity: int | None = None) -> Leg:
        """Return a leg that closes the position, or part of it."""
        held = abs(self.quantity)
        wanted = held if quantity is None else quantity
        if type(wanted) is int and wanted > held:
            raise InvalidOrder(f"quantity: expected at most the {held} held, found {wanted}")
        is_long = self.quantity > 0
        return self.option.sell_to_close(wanted) if is_long else self.option.buy_to_close(wanted)


class Quote(NamedTuple):
    """What legs are worth in this frame, net credit per unit of an order.

    natural  every leg at the other side's price     mid  floored to the increment
    """

    natural: Decimal
    mid: Decimal
    increment: Decimal


def checked_legs(legs: object) -> tuple[Leg, ...]:
    """Return an order's legs; InvalidOrder if they are none, too many or not distinct."""
    if isinstance(legs, Leg):
        return (legs,)
    listed = tuple(legs) if isinstance(legs, list | tuple) else ()
    if not 1 <= len(listed) <= _LEGS_MAX or not all(isinstance(leg, Leg) for leg in listed):
        raise InvalidOrder(
            "legs: expected 1 to 8 legs as option.sell_to_open(1) gives them, "
            f"found {type(legs).__name__} of {len(listed)}"
        )
    if len({leg.option.number for leg in listed}) != len(listed):
        raise InvalidOrder("legs: expected an option once, found one twice; add up its quantity")
    return listed


def checked_kind(kind: object, leg_count: int, has_price: bool) -> str:
    """Return an order's kind; InvalidOrder if its legs or price do not go with it."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidOrder(f"kind: expected {', '.join(KINDS)}, found {kind!r}")
    if kind != "limit" and leg_count > 1:
        raise InvalidOrder(f"legs: a {kind} order takes one, found {leg_count}")
    if has_price == (kind == "market"):
        wanted = "no price" if kind == "market" else "a price"
        raise InvalidOrder(f"price: expected {wanted} for a {kind} order")
    return kind


def quote_of(legs: Sequence[Leg]) -> Quote | None:
    """Return what legs are worth; None where a leg has no quote or a crossed one.

    In an order of several legs that all close, a leg sold without a bid counts 0 on both sides.
    source  docs/ENGINE.md, section 2
    """
    units = gcd(*(leg.quantity for leg in legs))
    is_given_away = len(legs) > 1 and all(leg.closes for leg in legs)
    mid2 = natural = 0
    for option, quantity, action in legs:
        if not option.is_quoted:
            return None
        bid, ask, ratio = option.bid_quanta, option.ask_quanta, quantity // units
        is_sold = action.startswith("sell")
        if is_sold and is_given_away and bid == 0:
            continue
        mid2 += ratio * (bid + ask) if is_sold else -ratio * (bid + ask)
        natural += ratio * bid if is_sold else -ratio * ask
    increment = 10 if len(legs) == 1 and abs(mid2) > 600 else 5
    mid = mid2 // (2 * increment) * increment
    return Quote(natural=price(natural), mid=price(mid), increment=price(increment))
