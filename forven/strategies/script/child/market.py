"""The market of a session as a script sees it: options and the chain, always of this frame."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from forven.primitives.errors import InvalidInput, InvalidOrder
from forven.strategies.script.child.prices import millionths_of, points, price, quanta_of, quotient

_MISSING = -1
_RIGHTS = ("call", "put")
_DELTA_UNITS = 1_000_000
_CONTRACTS_MAX = 1_000_000


class Quotes:
    """The numbers of the present frame; options read theirs from here."""

    def __init__(self) -> None:
        self.bids = array("i")
        self.asks = array("i")
        self.deltas: array[int] | None = None
        self.spot = _MISSING


class Leg(NamedTuple):
    """A leg of an order: an option, contracts, and one of the four actions."""

    option: "Option"
    quantity: int
    action: str

    @property
    def is_sold(self) -> bool:
        """Whether the leg sells."""
        return self.action.startswith("sell")

    @property
    def closes(self) -> bool:
        """Whether the leg closes a position."""
        return self.action.endswith("close")


class Option:
    """One listed option. Its prices are those of the present frame, None where there is none."""

    __slots__ = ("_quotes", "number", "right", "strike", "strike_quanta", "symbol")

    def __init__(self, quotes: Quotes, number: int, symbol: str, strike: int, right: int) -> None:
        self._quotes = quotes
        self.number = number
        self.symbol = symbol
        self.strike_quanta = strike
        self.strike = points(strike)
        self.right = _RIGHTS[right]

    def __repr__(self) -> str:
        return f"Option({self.symbol})"

    @property
    def bid_quanta(self) -> int:
        """The bid in cents; -1 without a quote, 0 quoted without a bid."""
        return self._quotes.bids[self.number]

    @property
    def ask_quanta(self) -> int:
        """The ask in cents; -1 without a quote."""
        return self._quotes.asks[self.number]

    @property
    def bid(self) -> Decimal | None:
        """The bid in points; None without a quote, 0 quoted without a bid."""
        quanta = self._quotes.bids[self.number]
        return None if quanta < 0 else price(quanta)

    @property
    def ask(self) -> Decimal | None:
        """The ask in points; None without a quote."""
        quanta = self._quotes.asks[self.number]
        return None if quanta < 0 else price(quanta)

    @property
    def is_quoted(self) -> bool:
        """Whether there is a quote that is not crossed."""
        return 0 <= self._quotes.bids[self.number] <= self._quotes.asks[self.number]

    @property
    def mid(self) -> Decimal | None:
        """The middle of an uncrossed quote, exact; None without one."""
        if not self.is_quoted:
            return None
        return quotient(price(5 * (self.bid_quanta + self.ask_quanta)), 10)

    @property
    def delta(self) -> Decimal | None:
        """The unsigned delta, in steps of 0.000001; None where there is none."""
        deltas = self._quotes.deltas
        if deltas is None or deltas[self.number] < 0:
            return None
        return quotient(deltas[self.number], _DELTA_UNITS)

    def buy_to_open(self, quantity: int = 1) -> Leg:
        """Return a leg that opens or adds to a long position."""
        return self._leg(quantity, "buy to open")

    def sell_to_open(self, quantity: int = 1) -> Leg:
        """Return a leg that opens or adds to a short position."""
        return self._leg(quantity, "sell to open")

    def buy_to_close(self, quantity: int = 1) -> Leg:
        """Return a leg that closes a short position."""
        return self._leg(quantity, "buy to close")

    def sell_to_close(self, quantity: int = 1) -> Leg:
        """Return a leg that closes a long position."""
        return self._leg(quantity, "sell to close")

    def _leg(self, quantity: int, action: str) -> Leg:
        """Return a leg of this option; InvalidOrder for a quantity that is none."""
        if type(quantity) is not int or not 1 <= quantity <= _CONTRACTS_MAX:
            raise InvalidOrder(
                f"quantity: expected a whole number of contracts from 1, found {quantity!r}"
            )
        return Leg(self, quantity, action)


class Chain:
    """The options of the day: calls and puts by strike, by symbol, by nearness."""

    def __init__(self, quotes: Quotes, facts: dict[str, Any]) -> None:
        self._quotes = quotes
        listed = zip(facts["symbols"], facts["strikes"], facts["rights"], strict=True)
        self._options = tuple(
            Option(quotes, number, symbol, strike, right)
            for number, (symbol, strike, right) in enumerate(listed)
        )
        self._by_symbol = {option.symbol: option for option in self._options}
        self.calls = tuple(option for option in self._options if option.right == "call")
        self.puts = tuple(option for option in self._options if option.right == "put")
        self._strikes = {
            right: [option.strike_quanta for option in self.of(right)] for right in _RIGHTS
        }

    def __len__(self) -> int:
        return len(self._options)

    def __iter__(self) -> Iterator[Option]:
        return iter(self._options)

    def __getitem__(self, symbol: str) -> Option:
        return self._by_symbol[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._by_symbol

    def number(self, number: int) -> Option:
        """Return the option of an instrument number."""
        return self._options[number]

    def of(self, right: str) -> tuple[Option, ...]:
        """Return the calls or the puts, by strike."""
        if right not in _RIGHTS:
            raise InvalidInput(f"right: expected call or put, found {right!r}")
        return self.calls if right == "call" else self.puts

    def at(self, right: str, strike: Decimal | int | str) -> Option | None:
        """Return the option of exactly this strike; None if it is not listed."""
        found = self.nearest(right, strike)
        is_exact = found is not None and found.strike_quanta == quanta_of(strike, "strike")
        return found if is_exact else None

    def nearest(self, right: str, strike: Decimal | int | str) -> Option | None:
        """Return the option whose strike is nearest; of two equally near the farther out."""
        options, strikes = self.of(right), self._strikes[right]
        if not options:
            return None
        target = quanta_of(strike, "strike")
        above = bisect_left(strikes, target)
        if above == 0 or above == len(strikes):
            return options[min(above, len(strikes) - 1)]
        below_distance, above_distance = target - strikes[above - 1], strikes[above] - target
        is_above = above_distance < below_distance
        if above_distance == below_distance:
            is_above = right == "call"
        return options[above if is_above else above - 1]

    def nearest_delta(self, right: str, delta: Decimal | str) -> Option | None:
        """Return the option with the nearest unsigned delta; None where none has a delta."""
        deltas = self._quotes.deltas
        if deltas is None:
            return None
        target = millionths_of(delta, "delta")
        best, least = None, 0
        options = self.calls if right == "call" else tuple(reversed(self.of(right)))
        for option in options:  # from near the money outwards or inwards: ties to the farther out
            own = deltas[option.number]
            distance = abs(own - target)
            if own >= 0 and (best is None or distance <= least):
                best, least = option, distance
        return best
