"""Commands to a session: orders as a trader words them, checked and encoded for the kernel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.market.grids import OptionGrid, parse_price
from forven.primitives.errors import InvalidOrder

_KINDS = {
    "market": schema.ORDER_MARKET,
    "limit": schema.ORDER_LIMIT,
    "stop": schema.ORDER_STOP,
}
_ACTIONS = {
    "buy to open": (-1, schema.EFFECT_OPEN),
    "sell to open": (1, schema.EFFECT_OPEN),
    "buy to close": (-1, schema.EFFECT_CLOSE),
    "sell to close": (1, schema.EFFECT_CLOSE),
}
_EFFECTS = {"credit": 1, "debit": -1}


class Listing(Protocol):
    """What lists the instruments of a trading day: a `MarketDay`, or the book of a live day."""

    def index_of(self, symbol: str) -> int:
        """Return an OSI symbol's instrument number; InvalidInput if it is not listed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg of an order: an OSI symbol, contracts, and one of the four actions."""

    instrument: str
    quantity: int
    action: str

    def __post_init__(self) -> None:
        if self.action not in _ACTIONS:
            raise InvalidOrder(
                f"action: expected one of {', '.join(_ACTIONS)}; found {self.action!r}"
            )
        if self.quantity < 1:
            raise InvalidOrder(f"quantity: expected at least 1 contract, found {self.quantity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as a trader words it.

    kind    `market`, `limit` or `stop`; market and stop take one leg
    price   limit or trigger per unit as a decimal string, not negative; None for market
    effect  `credit` or `debit`: the direction of the net cash flow
    """

    kind: str
    legs: tuple[Leg, ...]
    price: str | None = None
    effect: str = "credit"

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise InvalidOrder(f"kind: expected market, limit or stop; found {self.kind!r}")
        most = schema.MAX_LEGS if self.kind == "limit" else 1
        if not 1 <= len(self.legs) <= most:
            raise InvalidOrder(
                f"legs: a {self.kind} order takes 1 to {most}, found {len(self.legs)}"
            )
        if (self.price is None) != (self.kind == "market"):
            wanted = "no price" if self.kind == "market" else "a price"
            raise InvalidOrder(f"price: a {self.kind} order takes {wanted}, found {self.price!r}")
        if self.effect not in _EFFECTS:
            raise InvalidOrder(f"effect: expected credit or debit, found {self.effect!r}")

    @property
    def price_quanta(self) -> int:
        """The net price in cent quanta, credit positive; 0 for market. Off grid: InvalidOrder."""
        if self.price is None:
            return 0
        quanta = parse_price(OptionGrid(len(self.legs)), self.price)
        if quanta < 0:
            raise InvalidOrder(f"price: expected 0 or more beside an effect, found {self.price}")
        return quanta * _EFFECTS[self.effect]


def place(due_ns: int, order: Order, day: Listing, repriced: bool = True) -> list[int]:
    """Return the command row that places `order` at `due_ns` on this market day.

    repriced  whether the session's re-pricing policy may move its limit
    """
    row = _row(due_ns, schema.COMMAND_PLACE)
    units = gcd(*(leg.quantity for leg in order.legs))
    row[schema.COMMAND_TYPE] = _KINDS[order.kind]
    row[schema.COMMAND_PRICE] = order.price_quanta
    row[schema.COMMAND_QUANTITY] = units
    row[schema.COMMAND_REPRICED] = int(repriced)
    row[schema.COMMAND_LEG_COUNT] = len(order.legs)
    for number, leg in enumerate(order.legs):
        sign, effect = _ACTIONS[leg.action]
        at = schema.COMMAND_LEGS + number * schema.COMMAND_LEG_WIDTH
        row[at + schema.COMMAND_LEG_INSTRUMENT] = day.index_of(leg.instrument)
        row[at + schema.COMMAND_LEG_RATIO] = sign * leg.quantity // units
        row[at + schema.COMMAND_LEG_EFFECT] = effect
    return row


def cancel(due_ns: int, order_id: int) -> list[int]:
    """Return the command row that cancels one pending order."""
    row = _row(due_ns, schema.COMMAND_CANCEL)
    row[schema.COMMAND_ORDER] = order_id
    return row


def cancel_all(due_ns: int) -> list[int]:
    """Return the command row that cancels every pending order."""
    return _row(due_ns, schema.COMMAND_CANCEL_ALL)


def replace(due_ns: int, order_id: int, price_quanta: int) -> list[int]:
    """Return the command row that gives a pending limit order a new limit, net credit."""
    row = _row(due_ns, schema.COMMAND_REPLACE)
    row[schema.COMMAND_ORDER] = order_id
    row[schema.COMMAND_PRICE] = price_quanta
    return row


def stop(due_ns: int) -> list[int]:
    """Return the command row that stops the session: orders cancelled, holdings settle."""
    return _row(due_ns, schema.COMMAND_STOP)


def strategy_error(due_ns: int) -> list[int]:
    """Return the command row by which a strategy's host reports one strategy error."""
    return _row(due_ns, schema.COMMAND_ERROR)


def command_rows(commands: Iterable[Sequence[int]]) -> NDArray[np.int64]:
    """Return command rows as the kernel's array; due times must not decrease."""
    rows = np.array(list(commands), dtype=np.int64).reshape(-1, schema.COMMAND_WIDTH)
    if np.any(np.diff(rows[:, schema.COMMAND_DUE]) < 0):
        raise InvalidOrder("commands: expected due times that do not decrease; sort them first")
    return rows


def _row(due_ns: int, kind: int) -> list[int]:
    """Return an empty command row of a kind."""
    row = [0] * schema.COMMAND_WIDTH
    row[schema.COMMAND_DUE] = due_ns
    row[schema.COMMAND_KIND] = kind
    return row
