"""One trading day of one expiring chain as the kernels see it: read-only integer columns."""

from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forven.kernels.schema import (
    CLOCK_SPOT,
    CLOCK_TS,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    MISSING,
    QUOTE_ASK,
    QUOTE_BID,
    QUOTE_MARK2,
    SESSION_CLOSE,
    SESSION_HOLDINGS,
    SESSION_MULTIPLIER,
    SESSION_OPEN,
    SESSION_ORDERS,
    SESSION_SETTLEMENT,
    SESSION_STRUCTURES,
    SESSION_WIDTH,
    StateShape,
)
from forven.market.bounds import SessionBounds
from forven.market.instruments import place_in
from forven.primitives.errors import InvalidInput


class QuoteAt(NamedTuple):
    """One instrument in one frame; prices in quanta, None where there is none.

    bid, ask  both None: no quote; bid 0: quoted without a bid
    mark2     bid + ask of the last uncrossed quote (half quanta)
    age_ns    since the instrument's last row; None before the first
    """

    bid: int | None
    ask: int | None
    mark2: int | None
    age_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketDay:
    """A day's frames, laid out as `forven.kernels.schema` says; N instruments, T frames.

    symbols      (N,) OSI, calls first, then by strike: instrument order
    quotes       int32 [3, N, T] bid, ask, mark2     clock    int64 [3, T] ts, arrival, spot
    instruments  int64 [N, 2] strike, right
    row_frames   int32 [Q] the frames in which an instrument has a quote row, by instrument
    row_starts   int64 [N + 1] those of instrument n stand from its place n to before n + 1
    settlement   in quanta, or None                  multiplier  micros one quantum is worth
    """

    day: date
    root: str
    underlying: str
    bounds: SessionBounds
    symbols: tuple[str, ...]
    quotes: npt.NDArray[np.int32]
    clock: npt.NDArray[np.int64]
    instruments: npt.NDArray[np.int64]
    row_starts: npt.NDArray[np.int64]
    row_frames: npt.NDArray[np.int32]
    settlement: int | None
    settlement_estimated: bool
    multiplier: int
    content_hash: str

    def __post_init__(self) -> None:
        count, frames = len(self.symbols), self.clock.shape[-1]
        expected = {
            "quotes": (np.int32, (3, count, frames)),
            "clock": (np.int64, (3, frames)),
            "instruments": (np.int64, (count, 2)),
            "row_starts": (np.int64, (count + 1,)),
            "row_frames": (np.int32, (self.row_frames.size,)),
        }
        for name, (kind, shape) in expected.items():
            array = getattr(self, name)
            if array.dtype != kind or array.shape != shape or not array.flags.c_contiguous:
                raise InvalidInput(
                    f"{name}: expected contiguous {np.dtype(kind)} {shape}, "
                    f"found {array.dtype} {array.shape}"
                )
            array.setflags(write=False)
        if self.multiplier <= 0 or self.multiplier % 2:
            raise InvalidInput(f"multiplier: expected an even number > 0, found {self.multiplier}")

    @property
    def frame_count(self) -> int:
        """Frames of the day, the one at the close included."""
        return self.clock.shape[1]

    @property
    def ts(self) -> npt.NDArray[np.int64]:
        """(T,) the frames' moments, nanoseconds UTC."""
        return self.clock[CLOCK_TS]

    @property
    def strikes(self) -> npt.NDArray[np.int64]:
        """(N,) the instruments' strikes in quanta."""
        return self.instruments[:, INSTRUMENT_STRIKE]

    @property
    def rights(self) -> npt.NDArray[np.int64]:
        """(N,) the instruments' rights: `CALL` or `PUT`."""
        return self.instruments[:, INSTRUMENT_RIGHT]

    def session_row(self, shape: StateShape) -> npt.NDArray[np.int64]:
        """Return the int64 [SESSION_WIDTH] row of this day with the capacities of `shape`."""
        row = np.zeros(SESSION_WIDTH, np.int64)
        row[SESSION_OPEN] = self.bounds.open_ns
        row[SESSION_CLOSE] = self.bounds.close_ns
        row[SESSION_SETTLEMENT] = MISSING if self.settlement is None else self.settlement
        row[SESSION_MULTIPLIER] = self.multiplier
        row[SESSION_HOLDINGS] = shape.holdings
        row[SESSION_STRUCTURES] = shape.structures
        row[SESSION_ORDERS] = shape.orders
        return row

    def index_of(self, symbol: str) -> int:
        """Return an OSI symbol's instrument number; InvalidInput if the day does not have it."""
        return place_in(self.symbols, symbol, f"{self.root} chain of {self.day}")

    def frame_at(self, ts: int) -> int:
        """Return the first frame at or after `ts`; `frame_count` if the day ends before it."""
        return int(np.searchsorted(self.ts, ts, side="left"))

    def last_row_frame(self, instrument: int, frame: int) -> int | None:
        """Return in which frame the instrument last had a row by then; None before its first."""
        start, end = self.row_starts[instrument : instrument + 2]
        own = self.row_frames[start:end]
        rows = int(np.searchsorted(own, frame, side="right"))
        return int(own[rows - 1]) if rows else None

    def quote_age_ns(self, instrument: int, frame: int) -> int | None:
        """Return how long ago the instrument last had a row; None before its first."""
        last = self.last_row_frame(instrument, frame)
        return None if last is None else int(self.ts[frame] - self.ts[last])

    def spot_at(self, frame: int) -> int | None:
        """Return the underlying in quanta; None before its first print."""
        spot = int(self.clock[CLOCK_SPOT, frame])
        return None if spot == MISSING else spot

    def price_of(self, symbol: str, frame: int) -> QuoteAt:
        """Return an instrument's quote, mark and quote age in a frame."""
        instrument = self.index_of(symbol)
        bid = int(self.quotes[QUOTE_BID, instrument, frame])
        ask = int(self.quotes[QUOTE_ASK, instrument, frame])
        mark2 = int(self.quotes[QUOTE_MARK2, instrument, frame])
        return QuoteAt(
            bid=None if bid == MISSING else bid,
            ask=None if ask == MISSING else ask,
            mark2=None if mark2 == MISSING else max(mark2, -2 - mark2),
            age_ns=self.quote_age_ns(instrument, frame),
        )

    def __getstate__(self) -> list[object]:
        return [getattr(self, field.name) for field in fields(self)]

    def __setstate__(self, state: list[object]) -> None:
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)
        self.__post_init__()  # pickling forgets that arrays are read-only
