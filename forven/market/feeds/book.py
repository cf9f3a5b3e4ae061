"""The frames of a trading day so far, assembled from what a feed delivers, as the kernels see them.

Frames are kept in blocks, one after another in memory, so that appending one copies the one before
and never moves those that are there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.kernels.schema import (
    CLOCK_ARRIVAL,
    CLOCK_SPOT,
    CLOCK_TS,
    MISSING,
    QUOTE_ASK,
    QUOTE_BID,
    QUOTE_MARK2,
)
from forven.market.day import MarketDay
from forven.market.feeds.frame import NO_ROWS, FeedDay, FeedFrame
from forven.market.feeds.rows import carried, marks_of, row_marks, row_quotes, rows_of
from forven.market.instruments import parse_osi, place_in
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash, canonical_json

_BLOCK_FRAMES = 1_024
_PLANES = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """A run of frames in arrays of their own: quotes int32 [3, N, W], clock int64 [3, W]."""

    quotes: NDArray[np.int32]
    clock: NDArray[np.int64]

    @property
    def frame_count(self) -> int:
        """Frames of the window."""
        return self.clock.shape[1]


class FrameBook:
    """A day's frames so far: forward-filled quotes with their marks, the clock, the settlement.

    The rules are those of `build_day`: a row replaces both sides; no ask is no quote; an ask
    without a bid is bid 0; crossed quotes are kept; of several rows of an instrument the last wins.
    """

    def __init__(self, day: FeedDay) -> None:
        self.day = day
        self.frame_count = 0
        self.instruments = instruments_of(day.symbols)
        self.settlement = MISSING
        count = len(day.symbols)
        self._blocks: list[NDArray[np.int32]] = []
        self._clock = np.empty((_PLANES, _BLOCK_FRAMES), np.int64)
        self._last = np.full((_PLANES, count), MISSING, np.int32)
        self._mark2 = np.full(count, MISSING, np.int32)  # the last uncrossed bid + ask
        self._spot = MISSING
        self._rows: list[NDArray[np.int32]] = []  # the instruments that have a row, by frame
        self._settled: list[tuple[int, int]] = []  # frame and value, each time one was said

    def index_of(self, symbol: str) -> int:
        """Return an OSI symbol's instrument number; InvalidInput if the day does not have it."""
        return place_in(self.day.symbols, symbol, "chain of the feed's day")

    @property
    def last_ts(self) -> int:
        """The last frame's moment; `MISSING` before the first."""
        return int(self._clock[CLOCK_TS, self.frame_count - 1]) if self.frame_count else MISSING

    @property
    def spot(self) -> int:
        """The underlying in quanta in the last frame; `MISSING` before its first print."""
        return self._spot

    def append(self, frame: FeedFrame) -> int:
        """Take in one frame and return its number; InvalidInput unless it is after the last."""
        if frame.ts <= self.last_ts:
            raise InvalidInput(
                f"frame: expected a moment after {self.last_ts} (the last), found {frame.ts}"
            )
        number = self.frame_count
        bids, asks = row_quotes(frame.bids, frame.asks)
        sums, marks = row_marks(bids, asks, self._mark2[frame.instruments])
        self._mark2[frame.instruments] = sums
        last = self._last
        last[QUOTE_BID, frame.instruments] = bids
        last[QUOTE_ASK, frame.instruments] = asks
        last[QUOTE_MARK2, frame.instruments] = marks
        self._reserve(number + 1)
        self._blocks[number // _BLOCK_FRAMES][number % _BLOCK_FRAMES] = last
        self._rows.append(frame.instruments)
        self._stamp(number, frame)
        self.frame_count = number + 1
        return number

    def extend(self, frames: Sequence[FeedFrame]) -> None:
        """Take in many frames at once, as `append` one after another, but faster."""
        if not frames:
            return
        stamps = np.array([self.last_ts, *(frame.ts for frame in frames)], np.int64)
        if np.any(stamps[1:] <= stamps[:-1]):
            place = int(np.argmax(stamps[1:] <= stamps[:-1]))
            raise InvalidInput(
                f"frame: expected a moment after {stamps[place]}, found {stamps[place + 1]}"
            )
        taken = 0
        while taken < len(frames):
            room = _BLOCK_FRAMES - self.frame_count % _BLOCK_FRAMES
            self._extend_block(frames[taken : taken + room])
            taken += room

    def window(self, first: int, last: int) -> Window:
        """Return copies of the frames from `first` to before `last`, as one piece."""
        if not 0 <= first < last <= self.frame_count:
            raise InvalidInput(
                f"window: expected frames of 0 to {self.frame_count}, found {first} to {last}"
            )
        quotes = np.empty((_PLANES, len(self.day.symbols), last - first), np.int32)
        for at in range(first // _BLOCK_FRAMES, (last - 1) // _BLOCK_FRAMES + 1):
            start = at * _BLOCK_FRAMES
            low, high = max(first, start), min(last, start + _BLOCK_FRAMES)
            part = self._blocks[at][low - start : high - start]
            quotes[:, :, low - first : high - first] = part.transpose(1, 2, 0)
        return Window(quotes=quotes, clock=self._clock[:, first:last].copy())

    def steps(self, first: int, last: int) -> Iterator[tuple[Window, int]]:
        """Yield the frames from `first` to before `last` with the settlement known in each.

        There is one window, and one more for every time within it that a settlement was said:
        a value that was said late must not be known early.
        """
        said = [frame for frame, _ in self._settled if first < frame < last]
        for start, end in zip([first, *said], [*said, last], strict=True):
            yield self.window(start, end), self.settlement_in(start)

    def settlement_in(self, frame: int) -> int:
        """Return the settlement as known in a frame; `MISSING` before it was said."""
        known = [value for said, value in self._settled if said <= frame]
        return known[-1] if known else MISSING

    def market_day(self) -> MarketDay:
        """Return the day so far as a backtest maps it; InvalidInput before its first frame."""
        window = self.window(0, self.frame_count)
        numbers = np.concatenate([NO_ROWS, *self._rows])
        counts = [len(rows) for rows in self._rows]
        frames = np.repeat(np.arange(self.frame_count, dtype=np.int32), counts)
        starts = np.zeros(len(self.day.symbols) + 1, np.int64)
        np.cumsum(np.bincount(numbers, minlength=len(self.day.symbols)), out=starts[1:])
        return MarketDay(
            day=self.day.day,
            root=self.day.root,
            underlying=self.day.underlying,
            bounds=self.day.bounds,
            symbols=self.day.symbols,
            quotes=window.quotes,
            clock=window.clock,
            instruments=self.instruments.copy(),
            row_starts=starts,
            row_frames=frames[np.argsort(numbers, kind="stable")],
            settlement=None if self.settlement == MISSING else self.settlement,
            settlement_estimated=False,
            multiplier=self.day.multiplier,
            content_hash=self._content_hash(window),
        )

    def _content_hash(self, window: Window) -> str:
        head = {
            "format": "forven tape day 1",
            "bounds": self.day.bounds.as_dict(),
            "settlement": self.settlement,
            "symbols": list(self.day.symbols),
            "underlying": self.day.underlying,
        }
        arrays = (window.clock.astype("<i8"), window.quotes.astype("<i4"))
        return bytes_hash([canonical_json(head).encode("ascii"), *(a.data for a in arrays)])

    def _reserve(self, frames: int) -> None:
        """Make room for so many frames."""
        while len(self._blocks) * _BLOCK_FRAMES < frames:
            shape = (_BLOCK_FRAMES, _PLANES, len(self.day.symbols))
            self._blocks.append(np.empty(shape, np.int32))
        if frames > self._clock.shape[1]:
            grown = np.empty((_PLANES, max(frames, 2 * self._clock.shape[1])), np.int64)
            grown[:, : self.frame_count] = self._clock[:, : self.frame_count]
            self._clock = grown

    def _stamp(self, number: int, frame: FeedFrame) -> None:
        """Write a frame's clock, and note its print and settlement."""
        if frame.spot != MISSING:
            self._spot = frame.spot
        self._clock[CLOCK_TS, number] = frame.ts
        self._clock[CLOCK_ARRIVAL, number] = frame.arrival
        self._clock[CLOCK_SPOT, number] = self._spot
        if frame.settlement != MISSING:
            self._settle(number, frame.settlement)

    def _extend_block(self, frames: Sequence[FeedFrame]) -> None:
        """Take in frames that all lie in one block."""
        first, count = self.frame_count, len(self.day.symbols)
        self._reserve(first + len(frames))
        rows, source = rows_of(frames, count)
        sums, marks = marks_of(rows, self._mark2)
        self._mark2[rows.instruments] = sums
        self._rows.extend(frame.instruments for frame in frames)
        source = carried(source)
        is_carried = source < 0
        start = first % _BLOCK_FRAMES
        planes = self._blocks[first // _BLOCK_FRAMES][start : start + len(frames)]
        for plane, values in ((QUOTE_BID, rows.bids), (QUOTE_ASK, rows.asks), (QUOTE_MARK2, marks)):
            new = values[source] if len(values) else source
            planes[:, plane] = np.where(is_carried, self._last[plane], new)
        self._last = planes[-1].copy()
        self._stamp_many(first, frames)
        self.frame_count = first + len(frames)

    def _stamp_many(self, first: int, frames: Sequence[FeedFrame]) -> None:
        """Write the clock of frames, and note their prints and settlements."""
        clock = self._clock[:, first : first + len(frames)]
        clock[CLOCK_TS] = [frame.ts for frame in frames]
        clock[CLOCK_ARRIVAL] = [frame.arrival for frame in frames]
        spots = np.array([self._spot, *(frame.spot for frame in frames)], np.int64)
        places = carried(np.where(spots != MISSING, np.arange(len(spots)), 0))
        clock[CLOCK_SPOT] = spots[places][1:]
        self._spot = int(clock[CLOCK_SPOT, -1])
        for number, frame in enumerate(frames, first):
            if frame.settlement != MISSING:
                self._settle(number, frame.settlement)

    def _settle(self, number: int, value: int) -> None:
        """Note that a settlement was said in a frame."""
        if value != self.settlement:
            self.settlement = value
            self._settled.append((number, value))


def instruments_of(symbols: tuple[str, ...]) -> NDArray[np.int64]:
    """Return int64 [N, 2], strike and right of OSI symbols; InvalidInput if not in their order."""
    options = [parse_osi(symbol) for symbol in symbols]
    places = [(option.right, option.strike_quanta) for option in options]
    if places != sorted(set(places)):
        raise InvalidInput("listing: expected calls, then puts, each by rising strike, none twice")
    cells = [(option.strike_quanta, option.right) for option in options]
    return np.array(cells, np.int64).reshape(-1, 2)
