"""A synthetic stream of best bids and asks of one perpetual, made of integers from one seed.

A centre walks in ticks. It moves in 6 % of the updates, going on in its direction with 65 %. The
side that recedes moves at once, the one that follows three updates later: bid = least centre of the
last four updates, ask = greatest + 1, so the spread is 1 tick, after a move 2, at most 3. In 0.4 %
of the updates both sides jump one or two ticks at once, as after a sweep; only those reach orders
that rest one tick from the middle and follow it. A side's size is drawn anew whenever its price
changes, and in half of the updates for the bid, in the other half for the ask. With prints, 10 % of
the updates are trades against the best price that stood before, with a size of their own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.primitives.identifiers import bytes_hash

Column = NDArray[np.int64]

TICK_QUANTA = 10
"""Five significant figures at 10,000.0 to 99,999.0, in quanta of 0.1."""
_FIRST_CENTRE_TICKS = 60_000
_FIRST_TS = 1_704_067_200_000_000_000
_GAP_NS_MIN, _GAP_NS_MAX = 1_000_000, 33_000_000
_MOVES_PER_MILLION, _GOES_ON_PER_MILLION = 60_000, 650_000
_JUMPS_PER_MILLION, _PRINTS_PER_MILLION = 4_000, 100_000
_MILLION = 1_000_000
_FOLLOWS_AFTER = 3
_SPREAD_TICKS_MAX = 3
_SIZE_LOTS_MAX, _PRINT_LOTS_MAX = 400, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteStream:
    """Columns of T updates and P prints; prices in ticks, sizes in lots, time in nanoseconds.

    print_updates  (P,) at which update each print happened, before its quote
    aggressors     +1 a buyer lifted the ask, -1 a seller hit the bid
    """

    ts: Column
    bid: Column
    ask: Column
    bid_size: Column
    ask_size: Column
    print_updates: Column
    print_price: Column
    print_size: Column
    aggressors: Column

    def columns(self) -> dict[str, Column]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def digest(self) -> str:
        """SHA-256 of all columns as little-endian int64."""
        return bytes_hash(column.astype("<i8").tobytes() for column in self.columns().values())


def quote_stream(updates: int, seed: int) -> QuoteStream:
    """Return a stream of so many updates; the same seed gives the same bytes on every machine."""
    generator = np.random.default_rng(seed)
    ts = _FIRST_TS + np.cumsum(generator.integers(_GAP_NS_MIN, _GAP_NS_MAX, updates))
    bid, ask = _prices(generator, updates)
    takes_bid = generator.integers(0, 2, updates).astype(bool)
    bid_size = _sizes(generator, bid, takes_bid)
    ask_size = _sizes(generator, ask, ~takes_bid)
    return QuoteStream(
        ts=ts,
        bid=bid,
        ask=ask,
        bid_size=bid_size,
        ask_size=ask_size,
        **_prints(generator, bid, ask),
    )


def _prices(generator: np.random.Generator, updates: int) -> tuple[Column, Column]:
    """Return the bid and the ask of each update, in ticks."""
    moves = generator.integers(0, _MILLION, updates) < _MOVES_PER_MILLION
    turns = generator.integers(0, _MILLION, updates) >= _GOES_ON_PER_MILLION
    # A direction turns at moves only, so it is the parity of the turns so far.
    directions = 1 - 2 * (np.cumsum(turns & moves) % 2)
    centre = _FIRST_CENTRE_TICKS + np.cumsum(np.where(moves, directions, 0))
    lowest, highest = centre.copy(), centre.copy()
    for back in range(1, _FOLLOWS_AFTER + 1):
        np.minimum(lowest[back:], centre[:-back], out=lowest[back:])
        np.maximum(highest[back:], centre[:-back], out=highest[back:])
    jumps = generator.integers(0, _MILLION, updates) < _JUMPS_PER_MILLION
    by = generator.integers(1, 3, updates) * (1 - 2 * generator.integers(0, 2, updates))
    offset = np.cumsum(np.where(jumps, by, 0))
    bid = lowest + offset
    ask = np.minimum(highest + 1 + offset, bid + _SPREAD_TICKS_MAX)
    return bid, ask


def _sizes(generator: np.random.Generator, prices: Column, takes: NDArray[np.bool_]) -> Column:
    """Return the size displayed at each update: drawn where the side is taken or its price new."""
    drawn = generator.integers(1, _SIZE_LOTS_MAX + 1, prices.size)
    is_new = takes.copy()
    is_new[0] = True
    is_new[1:] |= prices[1:] != prices[:-1]
    latest = np.maximum.accumulate(np.where(is_new, np.arange(prices.size), 0))
    return drawn[latest]


def _prints(generator: np.random.Generator, bid: Column, ask: Column) -> dict[str, Column]:
    """Return the columns of the prints: each at the best price that stood before its update."""
    at = np.flatnonzero(generator.integers(0, _MILLION, bid.size) < _PRINTS_PER_MILLION)
    at = at[at > 0]
    aggressors = 1 - 2 * generator.integers(0, 2, at.size)
    return {
        "print_updates": at,
        "print_price": np.where(aggressors > 0, ask[at - 1], bid[at - 1]),
        "print_size": generator.integers(1, _PRINT_LOTS_MAX + 1, at.size),
        "aggressors": aggressors,
    }
