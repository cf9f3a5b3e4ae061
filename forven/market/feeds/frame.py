"""What a feed delivers: a trading day as it opens it, its frames, and what was wrong with them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.market.bounds import SessionBounds
from forven.primitives.time import NANOSECONDS_PER_MINUTE

NO_ROWS: NDArray[np.int32] = np.zeros(0, np.int32)
NO_ROWS.setflags(write=False)
GAP_NS = NANOSECONDS_PER_MINUTE
"""A longer silence between two frames is a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDay:
    """A trading day as the feed opens it.

    symbols     OSI, calls first, then by strike: instrument order, fixed for the day
    multiplier  micros that one quantum of one lot is worth
    feed        the feed's name: `replay:demo`, `synthetic:7`, `socket:quotes`
    """

    day: date
    bounds: SessionBounds
    symbols: tuple[str, ...]
    root: str
    underlying: str
    multiplier: int
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """Something that was wrong in a feed: `kind` is one of `docs/FEEDS.md`, `count` how often."""

    kind: str
    ts: int
    count: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeedFrame:
    """All rows of one moment; prices in quanta, `MISSING` (-1) where there is none.

    ts, arrival  ns UTC; arrival == ts for feeds with a clock of their own
    instruments  int32 (n,) numbers in the day's symbols, with bids, asks and sizes beside them
    spot         the underlying; `MISSING`: no print in this frame
    settlement   `MISSING`: not said in this frame
    """

    ts: int
    arrival: int
    instruments: NDArray[np.int32]
    bids: NDArray[np.int32]
    asks: NDArray[np.int32]
    bid_sizes: NDArray[np.int32]
    ask_sizes: NDArray[np.int32]
    spot: int
    settlement: int
    events: tuple[FeedEvent, ...]
