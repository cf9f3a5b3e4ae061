"""Commands to a session on a perpetual: orders in decimals, checked and encoded for the kernel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from forven.market.perpetual.contract import PerpetualContract
from forven.primitives.errors import InvalidOrder

_KINDS = {
    "market": schema.ORDER_MARKET,
    "limit": schema.ORDER_LIMIT,
    "stop": schema.ORDER_STOP,
}
_SIDES = {"buy": -1, "sell": 1}
_OFFSET_TICKS_MAX = 1_000
_FLAGS = ("post_only", "reduce_only", "immediate", "pegged")


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualOrder:
    """An order as a trader words it.

    kind          `market`, `limit` or `stop`           side  `buy` or `sell`
    size          in units of the coin                  price limit or trigger; None for market
    post_only     rest or be rejected                   reduce_only  never open or turn a position
    immediate     what does not fill at once is cancelled
    pegged        the session's re-pricing moves it, `offset_ticks` from the mid
    """

    kind: str
    side: str
    size: Decimal | str | int
    price: Decimal | str | int | None = None
    post_only: bool = False
    reduce_only: bool = False
    immediate: bool = False
    pegged: bool = False
    offset_ticks: int = 0

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise InvalidOrder(f"kind: expected market, limit or stop; found {self.kind!r}")
        if self.side not in _SIDES:
            raise InvalidOrder(f"side: expected buy or sell, found {self.side!r}")
        if (self.price is None) != (self.kind == "market"):
            wanted = "no price" if self.kind == "market" else "a price"
            raise InvalidOrder(f"price: a {self.kind} order takes {wanted}, found {self.price!r}")
        for name in _FLAGS:
            if type(getattr(self, name)) is not bool:
                raise InvalidOrder(f"{name}: expected true or false, found {getattr(self, name)!r}")
        for name in ("post_only", "pegged"):
            if getattr(self, name) and self.kind != "limit":
                raise InvalidOrder(f"{name}: only a limit order can be, found a {self.kind} order")
        if self.post_only and self.immediate:
            raise InvalidOrder(
                "immediate: a post-only order waits, so it cannot be immediate as well; drop one"
            )
        if self.immediate and self.kind == "stop":
            raise InvalidOrder("immediate: a stop order waits for its trigger; drop the flag")
        if type(self.offset_ticks) is not int or not 0 <= self.offset_ticks <= _OFFSET_TICKS_MAX:
            raise InvalidOrder(
                f"offset_ticks: expected 0 to {_OFFSET_TICKS_MAX}, found {self.offset_ticks!r}"
            )


def place(due_ns: int, order: PerpetualOrder, contract: PerpetualContract) -> list[int]:
    """Return the command row that sends `order` at `due_ns`; InvalidOrder off the price grid."""
    row = _row(due_ns, schema.COMMAND_PLACE)
    row[layout.COMMAND_TYPE] = _KINDS[order.kind]
    row[layout.COMMAND_SIDE] = _SIDES[order.side]
    row[layout.COMMAND_LOTS] = contract.size_lots(order.size)
    if order.price is not None:
        row[layout.COMMAND_PRICE] = contract.price_quanta(order.price)
    row[layout.COMMAND_POST_ONLY] = int(order.post_only)
    row[layout.COMMAND_REDUCE_ONLY] = int(order.reduce_only)
    row[layout.COMMAND_IMMEDIATE] = int(order.immediate)
    row[layout.COMMAND_PEGGED] = int(order.pegged)
    row[layout.COMMAND_OFFSET_TICKS] = order.offset_ticks
    return row


def cancel(due_ns: int, order_id: int) -> list[int]:
    """Return the command row that cancels one order on the book."""
    row = _row(due_ns, schema.COMMAND_CANCEL)
    row[layout.COMMAND_ORDER] = _checked_id(order_id)
    return row


def cancel_all(due_ns: int) -> list[int]:
    """Return the command row that cancels every order, those in flight included."""
    return _row(due_ns, schema.COMMAND_CANCEL_ALL)


def replace(
    due_ns: int, order_id: int, price: Decimal | str | int, contract: PerpetualContract
) -> list[int]:
    """Return the command row that gives a limit order on the book a new price."""
    row = _row(due_ns, schema.COMMAND_REPLACE)
    row[layout.COMMAND_ORDER] = _checked_id(order_id)
    row[layout.COMMAND_PRICE] = contract.price_quanta(price)
    return row


def stop(due_ns: int) -> list[int]:
    """Return the command row that stops the session: orders cancelled, the position stays."""
    return _row(due_ns, schema.COMMAND_STOP)


def command_rows(commands: Iterable[Sequence[int]]) -> NDArray[np.int64]:
    """Return command rows as the kernel's array; due times must not decrease."""
    rows = np.array(list(commands), dtype=np.int64).reshape(-1, layout.COMMAND_WIDTH)
    if np.any(np.diff(rows[:, layout.COMMAND_DUE]) < 0):
        raise InvalidOrder("commands: expected due times that do not decrease; sort them first")
    return rows


def _checked_id(order_id: int) -> int:
    """Return an order's id; the first order of a session is 1."""
    if type(order_id) is not int or order_id < 1:
        raise InvalidOrder(f"order_id: expected a whole number from 1, found {order_id!r}")
    return order_id


def _row(due_ns: int, kind: int) -> list[int]:
    """Return an empty command row of a kind."""
    if type(due_ns) is not int or not 0 <= due_ns < schema.INT64_MAX:
        raise InvalidOrder(f"due_ns: expected nanoseconds since 1970, found {due_ns!r}")
    row = [0] * layout.COMMAND_WIDTH
    row[layout.COMMAND_DUE] = due_ns
    row[layout.COMMAND_KIND] = kind
    return row
