"""The best quote out of a recorded depth: snapshots and changes of levels, applied in order."""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from forven.market.schema import MISSING
from forven.primitives.errors import UntrustedData


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRows:
    """Levels of one instrument in the order they came; every array has one entry a row.

    ts           int64 nanoseconds, not going backwards
    is_snapshot  a row of a whole book: the first of a stamp throws away what was known
    is_bid       side                       price  int64 quanta
    is_removed   the level is gone          size   int64 lots, 0 for less than one
    """

    ts: npt.NDArray[np.int64]
    is_snapshot: npt.NDArray[np.bool_]
    is_bid: npt.NDArray[np.bool_]
    is_removed: npt.NDArray[np.bool_]
    price: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BestQuotes:
    """The best of either side after each stamp, as int64 columns; a missing side is MISSING."""

    ts: npt.NDArray[np.int64]
    bid: npt.NDArray[np.int64]
    ask: npt.NDArray[np.int64]
    bid_size: npt.NDArray[np.int64]
    ask_size: npt.NDArray[np.int64]

    @property
    def crossed(self) -> int:
        """States with a bid above the ask: a rebuilt book should have none."""
        there = (self.bid != MISSING) & (self.ask != MISSING)
        return int(np.count_nonzero(there & (self.bid > self.ask)))

    def changes(self) -> "BestQuotes":
        """Return the states that differ from the one before."""
        columns = np.stack([self.bid, self.ask, self.bid_size, self.ask_size])
        differs = np.ones(self.ts.size, np.bool_)
        differs[1:] = (columns[:, 1:] != columns[:, :-1]).any(axis=0)
        return BestQuotes(
            ts=self.ts[differs],
            bid=self.bid[differs],
            ask=self.ask[differs],
            bid_size=self.bid_size[differs],
            ask_size=self.ask_size[differs],
        )


class BookSide:
    """One side of a depth: sizes by price, and the best price without a search.

    sign  -1 for bids, +1 for asks: the best is the least signed price
    """

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._sizes: dict[int, int] = {}
        self._order: list[int] = []

    def clear(self) -> None:
        """Forget every level."""
        self._sizes.clear()
        self._order.clear()

    def put(self, price: int, size: int) -> None:
        """Display a size at a price."""
        if price not in self._sizes:
            heappush(self._order, self._sign * price)
        self._sizes[price] = size

    def remove(self, price: int) -> None:
        """Take a price away; one that is not displayed changes nothing."""
        self._sizes.pop(price, None)

    def best(self) -> tuple[int, int]:
        """Return the best price and its size, `MISSING` and 0 if nothing is displayed."""
        while self._order:
            price = self._sign * self._order[0]
            if price in self._sizes:
                return price, self._sizes[price]
            heappop(self._order)
        return MISSING, 0


def rebuild_quotes(rows: LevelRows) -> BestQuotes:
    """Return the best quote after the last row of each stamp; UntrustedData names a bad row."""
    _check_levels(rows)
    bids, asks = BookSide(-1), BookSide(1)
    states: list[tuple[int, ...]] = []
    last_ts, was_snapshot = MISSING, False
    columns = (rows.ts, rows.is_snapshot, rows.is_bid, rows.is_removed, rows.price, rows.size)
    for ts, is_snapshot, is_bid, is_removed, price, size in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        if ts != last_ts and last_ts != MISSING:
            states.append((last_ts, *bids.best(), *asks.best()))
        if is_snapshot and not (was_snapshot and ts == last_ts):
            bids.clear()
            asks.clear()
        last_ts, was_snapshot = ts, is_snapshot
        side = bids if is_bid else asks
        if is_removed:
            side.remove(price)
        else:
            side.put(price, size)
    states.append((last_ts, *bids.best(), *asks.best()))
    ts_column, bid, bid_size, ask, ask_size = np.ascontiguousarray(np.array(states, np.int64).T)
    return BestQuotes(ts=ts_column, bid=bid, ask=ask, bid_size=bid_size, ask_size=ask_size)


def _check_levels(rows: LevelRows) -> None:
    """Refuse levels without a price, with a negative size, out of order, or none at all."""
    if not rows.ts.size:
        raise UntrustedData("levels: expected at least one row, found none")
    broken = (rows.price < 1) | (rows.size < 0) | (rows.ts < 0)
    broken[1:] |= rows.ts[1:] < rows.ts[:-1]
    if broken.any():
        row = int(np.argmax(broken))
        raise UntrustedData(
            f"levels, row {row}: expected a price above 0, a size of 0 or more and a time that "
            f"does not go backwards, found price {rows.price[row]}, size {rows.size[row]}, "
            f"ts {rows.ts[row]}"
        )
