"""`ctx`: what a script sees of its session, and how it acts; docs/SCRIPTS.md is its reference."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import gcd, isfinite
from typing import Any

from forven.kernels.schema import MISSING
from forven.primitives.errors import InvalidInput, InvalidOrder
from forven.strategies.script import limits, protocol
from forven.strategies.script.child import prices
from forven.strategies.script.child.account import Account
from forven.strategies.script.child.dates import Date
from forven.strategies.script.child.market import Chain, Leg, Option, Quotes
from forven.strategies.script.child.orders import (
    Event,
    Order,
    Position,
    Quote,
    checked_kind,
    checked_legs,
    quote_of,
)

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - New York wall-clock time, its offset added
_LEVELS = ("debug", "info", "warning", "error")
_WHOLE_MAX = 2**53


class Context:
    """The session as its script sees it in the present frame.

    chain  the day's options     day, open, close  the session's date, and its bounds in ns UTC
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self._quotes = Quotes()
        self._offset_ns: int = facts["offset_ns"]
        self._actions: dict[str, int] = {name: at for at, name in enumerate(protocol.ACTIONS)}
        self._kinds: dict[str, int] = {name: at for at, name in enumerate(protocol.KINDS)}
        self._tags = 0
        self._commands = 0
        self._entries = 0
        self._frame_commands = 0
        self._cash = self._value = facts["opening_cash"]
        self._is_stale = False
        self.chain = Chain(self._quotes, facts)
        self.day: date = Date.fromisoformat(facts["day"])
        self.open: int = facts["open"]
        self.close: int = facts["close"]
        self.now: int = facts["open"]
        self.underlying: str = facts["underlying"]
        self._account = Account(self.chain, facts)
        self._decided: list[list[object]] = []

    # what there is

    @property
    def clock(self) -> time:
        """New York's wall-clock time of the frame."""
        return (_EPOCH + timedelta(microseconds=(self.now + self._offset_ns) // 1_000)).time()

    @property
    def seconds_to_close(self) -> int:
        """Whole seconds left to the close."""
        return max(0, self.close - self.now) // 1_000_000_000

    @property
    def spot(self) -> Decimal | None:
        """The underlying in points; None before its first print."""
        return None if self._quotes.spot == MISSING else prices.price(self._quotes.spot)

    @property
    def cash(self) -> Decimal:
        """The session's cash."""
        return prices.money(self._cash)

    @property
    def net_liquidation_value(self) -> Decimal:
        """Cash and positions at the last mark."""
        return prices.money(self._value)

    @property
    def is_stale(self) -> bool:
        """Whether the frame's data is older than the risk policy's threshold: nothing fills."""
        return self._is_stale

    @property
    def is_paused(self) -> bool:
        """Whether the risk policy has paused entries: opening orders are refused."""
        return self._account.is_paused

    @property
    def orders(self) -> tuple[Order, ...]:
        """Orders that can still fill, in the order in which they came."""
        return self._account.orders

    @property
    def positions(self) -> tuple[Position, ...]:
        """What is held, in instrument order."""
        return self._account.positions

    @property
    def events(self) -> tuple[Event, ...]:
        """What the journal says of this frame about orders, refusals and the session."""
        return tuple(self._account.events)

    def position(self, option: Option) -> Position | None:
        """Return the position in an option; None if none is held."""
        return self._account.held(option.number)

    def quote(self, legs: object) -> Quote | None:
        """Return what legs are worth now, net credit; None where a leg has no sound quote."""
        return quote_of(checked_legs(legs))

    def snap(self, price: Decimal | int | str, legs: object) -> Decimal:
        """Return the largest order price that is not above `price`, on the grid of these legs."""
        return prices.snapped(price, len(checked_legs(legs)))

    # what it can do

    def place(
        self,
        legs: object,
        price: Decimal | int | str | None = None,
        kind: str = "limit",
        repriced: bool = True,
    ) -> Order:
        """Send an order; it reaches the engine with the next frame and can fill there.

        price     net credit per unit (a debit is negative): limit or trigger; none for market
        kind      limit, market or stop, the latter two with one leg
        repriced  whether the session's re-pricing policy may move the limit
        errors    InvalidOrder for what cannot be an order
        """
        listed = checked_legs(legs)
        kind = checked_kind(kind, len(listed), price is not None)
        quanta = None if price is None else prices.order_quanta(price, len(listed))
        quantity = gcd(*(leg.quantity for leg in listed))
        order = Order(kind, listed, quanta, quantity)
        if self.is_paused and not order.closes:
            order.status, order.reason = "refused", "entries_paused"
            return order
        self._count_command()
        coded = [[leg.option.number, leg.quantity, self._actions[leg.action]] for leg in listed]
        self._decided.append(
            [protocol.ENTRY_PLACE, self._kinds[kind], quanta or 0, bool(repriced), coded]
        )
        self._account.sent[self._tags] = order
        self._tags += 1
        return order

    def cancel(self, order: Order) -> None:
        """Ask for an order to be canceled before the next frame's matching."""
        number = self._number_of(order)
        self._count_command()
        self._decided.append([protocol.ENTRY_CANCEL, number])

    def cancel_all(self) -> None:
        """Ask for every pending order to be canceled."""
        self._count_command()
        self._decided.append([protocol.ENTRY_CANCEL_ALL])

    def replace(self, order: Order, price: Decimal | int | str) -> None:
        """Ask for another limit of a pending limit order; it keeps its id."""
        number = self._number_of(order)
        if order.kind != "limit":
            raise InvalidOrder(f"order: expected a limit order, found a {order.kind} order")
        quanta = prices.order_quanta(price, len(order.legs))
        self._count_command()
        self._decided.append([protocol.ENTRY_REPLACE, number, quanta])

    def log(self, *texts: object, level: str = "info", **data: object) -> None:
        """Write a line to the decision log; `data` are plain values that go with it."""
        if level not in _LEVELS:
            raise InvalidInput(f"level: expected {', '.join(_LEVELS)}, found {level!r}")
        self._write(protocol.ENTRY_LOG, level, _text(" ".join(str(text) for text in texts)), data)

    def signal(self, name: str, **data: object) -> None:
        """Write a named signal with its values to the decision log."""
        self._write(protocol.ENTRY_SIGNAL, _text(str(name)), data)

    def _write(self, kind: str, *fields: object) -> None:
        """Add an entry to the decision log."""
        self._entries += 1
        if self._entries > limits.ENTRIES_PER_FRAME_MAX:
            raise InvalidInput(
                f"log: expected at most {limits.ENTRIES_PER_FRAME_MAX} entries a frame, found more"
            )
        *texts, data = fields
        self._decided.append([kind, *texts, _plain_data(data)])

    def _number_of(self, order: Order) -> int:
        """Return a pending order's id; InvalidOrder if it has not arrived or is done."""
        if not isinstance(order, Order):
            raise InvalidOrder(f"order: expected an order, found {type(order).__name__}")
        if order.id is None or order.status != "pending":
            raise InvalidOrder(f"order: expected a pending one, found it {order.status}")
        return order.id

    def _count_command(self) -> None:
        """Count a command; InvalidOrder beyond the frame's or the session's limit."""
        self._commands += 1
        self._frame_commands += 1
        if self._frame_commands > limits.COMMANDS_PER_FRAME_MAX:
            most, what = limits.COMMANDS_PER_FRAME_MAX, "frame"
        elif self._commands > limits.COMMANDS_PER_SESSION_MAX:
            most, what = limits.COMMANDS_PER_SESSION_MAX, "session"
        else:
            return
        raise InvalidOrder(f"commands: expected at most {most} a {what}, found more")


class Desk:
    """What the process, not the script, does with a context: fill it, empty it."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.context = Context(facts)
        self.account = self.context._account  # noqa: SLF001 - the context's other half

    def take(self, header: Any, quotes: tuple[Any, Any, Any], rows: Any, own: Any) -> None:
        """Put a frame before the script: its numbers, then what the journal says."""
        ctx = self.context
        sheet = ctx._quotes  # noqa: SLF001
        sheet.bids, sheet.asks, sheet.deltas = quotes
        sheet.spot = header[protocol.FRAME_SPOT]
        ctx.now = header[protocol.FRAME_TS]
        ctx._cash = header[protocol.FRAME_CASH]  # noqa: SLF001
        ctx._value = header[protocol.FRAME_NLV]  # noqa: SLF001
        ctx._is_stale = bool(header[protocol.FRAME_IS_STALE])  # noqa: SLF001
        ctx._entries = ctx._frame_commands = 0  # noqa: SLF001
        self.account.take(rows, own)

    def report(self, text: str) -> None:
        """Add a strategy error to what was decided."""
        self.context._decided.append([protocol.ENTRY_ERROR, _text(text)])  # noqa: SLF001

    def decided(self) -> list[list[object]]:
        """Return what was decided since the last call, in the order in which it was."""
        decided = self.context._decided  # noqa: SLF001
        if decided:
            self.context._decided = []  # noqa: SLF001
        return decided


def _text(text: str) -> str:
    """Return a text fit for the log: not too long, without half surrogate pairs."""
    most = limits.TEXT_LENGTH_MAX
    shortened = text if len(text) <= most else text[: most - 3] + "..."
    return shortened.encode("utf-8", "replace").decode("utf-8")


def _plain_data(data: object) -> object:
    """Return an entry's data as plain JSON values; InvalidInput for others or too many."""
    if not data:
        return None
    plain = _plain(data, 0)
    if len(json.dumps(plain)) > limits.DATA_LENGTH_MAX:
        raise InvalidInput(
            f"data: expected at most {limits.DATA_LENGTH_MAX} characters as JSON, found more"
        )
    return plain


def _plain(value: object, depth: int) -> object:
    """Return a value as JSON can have it; decimals, dates and names of options become texts."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < _WHOLE_MAX else str(value)
    if isinstance(value, float):
        return float(value) if isfinite(value) else str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Option):
        return value.symbol
    if isinstance(value, Decimal | date | time):
        return str(value)
    if depth < limits.DATA_DEPTH_MAX and isinstance(value, dict):
        return {_text(str(name)): _plain(entry, depth + 1) for name, entry in value.items()}
    if (
        depth < limits.DATA_DEPTH_MAX
        and isinstance(value, list | tuple)
        and not isinstance(value, Leg)
    ):
        return [_plain(entry, depth + 1) for entry in value]
    raise InvalidInput(
        f"data: expected numbers, texts, lists and dicts, found {type(value).__name__} "
        f"(at most {limits.DATA_DEPTH_MAX} levels)"
    )
