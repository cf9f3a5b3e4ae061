"""Orders and transactions as documents: decimal strings, RFC 3339 UTC, codes as names."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from forven.engine.journal import NAMES, ORDER_KINDS
from forven.kernels import schema
from forven.primitives import money, time

Document = dict[str, Any]

_MICROS_PER_POINT = 1_000_000
_MICROS_PER_QUANTUM = _MICROS_PER_POINT // 100

# The sessions of a host speak of the same moments, prices and fees, frame after frame.
rfc3339: Callable[[int], str] = lru_cache(maxsize=256)(time.rfc3339)
price_text: Callable[[int], str] = lru_cache(maxsize=4_096)(money.price_text)
money_text: Callable[[int], str] = lru_cache(maxsize=4_096)(money.money_text)


def order_id(session_id: str, number: int) -> str:
    """Return the id of a session's order, the same whenever it is worked out."""
    return str(uuid.uuid5(uuid.UUID(session_id), f"order:{number}"))


def transaction_id(session_id: str, number: int) -> str:
    """Return the id of a session's transaction, the same whenever it is worked out."""
    return str(uuid.uuid5(uuid.UUID(session_id), f"transaction:{number}"))


@dataclass(slots=True, kw_only=True)
class OrderLeg:
    """One leg: signed ratio, + sold; value in quanta a unit once it is filled."""

    instrument: str | None
    ratio: int
    effect: int
    value: int | None = None

    @property
    def action(self) -> str:
        """One of the four actions; a leg that neither buys nor sells was refused on arrival."""
        side = "buy" if self.ratio < 0 else "sell"
        return f"{side} to {'close' if self.effect == schema.EFFECT_CLOSE else 'open'}"

    @property
    def contract_value(self) -> int | None:
        """The price of one contract in 1e-6 points, rounded towards zero; None if not filled.

        Legs share an order's improvement by the unit, so that with a ratio above 1 the price of
        one contract may have no end as a decimal; the cash of the leg is exact all the same.
        """
        if self.value is None or not self.ratio:
            return None
        return abs(self.value) * _MICROS_PER_QUANTUM // abs(self.ratio)


@dataclass(slots=True, kw_only=True)
class OrderState:
    """One order as far as the journal has told; net credit quanta, micros, nanoseconds."""

    id: str
    number: int
    kind: int
    block: int
    origin: int
    quantity: int
    price: int
    placed_ns: int
    updated_ns: int
    legs: list[OrderLeg] = field(default_factory=list)
    status: str = "pending"
    reason: int | None = None
    intended: int = 0
    concession: int = 0
    replacements: int = 0
    net: int | None = None
    filled_ns: int | None = None
    fees: int = 0
    slippage: int = 0

    def document(self) -> Document:
        """Return the order as a new document."""
        priced = self.kind != schema.ORDER_MARKET
        limited = self.kind == schema.ORDER_LIMIT
        filled = self.filled_ns
        return {
            "id": self.id,
            "number": self.number,
            "type": ORDER_KINDS.get(self.kind, str(self.kind)),
            "price": price_text(abs(self.price)) if priced else None,
            "price_effect": effect_name(self.price) if priced else None,
            "status": self.status,
            "quantity": str(self.quantity),
            "legs": [self._leg(leg) for leg in self.legs],
            "fill_price": None if self.net is None else price_text(abs(self.net)),
            "fill_effect": None if self.net is None else effect_name(self.net),
            "fill_datetime": None if filled is None else rfc3339(filled),
            "placed_at": rfc3339(self.placed_ns),
            "updated_at": rfc3339(self.updated_ns),
            "fees": money_text(self.fees),
            "slippage": money_text(self.slippage),
            "origin": NAMES["ORIGIN"].get(self.origin, str(self.origin)),
            "block": NAMES["BLOCK"].get(self.block, str(self.block)),
            "reason": None if self.reason is None else reason_name(self.reason),
            "intended_price": price_text(abs(self.intended)) if limited else None,
            "intended_effect": effect_name(self.intended) if limited else None,
            "concession": self.concession,
            "replacements": self.replacements,
        }

    def _leg(self, leg: OrderLeg) -> Document:
        value = leg.contract_value
        return {
            "instrument": leg.instrument,
            "quantity": str(abs(leg.ratio) * self.quantity),
            "action": leg.action,
            "fill_price": None
            if value is None
            else money.decimal_text(value, _MICROS_PER_POINT, 2),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One change of cash by a leg or by settlement, in micros; + flows to the trader.

    order_id  None: no order's       price  of one contract, with its multiplier
    """

    kind: str
    order_id: str | None
    instrument: str | None
    contracts: int
    price: int
    cash: int
    fee: int
    ts: int

    def document(self, session_id: str, number: int) -> Document:
        """Return the booking as a transaction."""
        return {
            "id": transaction_id(session_id, number),
            "order_id": self.order_id,
            "instrument": self.instrument,
            "type": self.kind,
            "quantity": str(self.contracts),
            "price": money_text(self.price),
            "value": money_text(abs(self.cash)),
            "effect": effect_name(self.cash),
            "fees": money_text(self.fee),
            "datetime": rfc3339(self.ts),
        }


def effect_name(amount: int) -> str:
    """Return `debit` if an amount flows from the trader, else `credit`: nothing is a credit."""
    return "debit" if amount < 0 else "credit"


def reason_name(code: int) -> str:
    """Return the lower-case name of a reason."""
    return NAMES["REASON"].get(code, str(code))
