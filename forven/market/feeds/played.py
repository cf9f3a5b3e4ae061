"""Feeds that play days which are known whole: their ticks as frames, at the pace of a clock."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date

import numpy as np

from forven.kernels.schema import MISSING
from forven.market.bounds import SessionBounds
from forven.market.columns import columns_of
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.frame import GAP_NS, FeedDay, FeedEvent, FeedFrame
from forven.market.feeds.pacing import PacedClock
from forven.market.feeds.rows import last_of_each
from forven.market.frames import check_underlying, list_instruments, settlement_of
from forven.market.instruments import card_of
from forven.market.ticks import DayTicks
from forven.primitives.time import NANOSECONDS_PER_SECOND

_BEAT_S = 0.05
DayLoader = Callable[[date], tuple[DayTicks, SessionBounds]]


class PlayedDay:
    """One day's ticks as frames: the same as `build_day` makes of them."""

    def __init__(self, ticks: DayTicks, bounds: SessionBounds, feed: str) -> None:
        inside = columns_of(ticks).between(bounds.open_ns, bounds.close_ns)
        listing = list_instruments(inside, bounds)
        card = card_of(listing.root)
        check_underlying(ticks, card)
        self.day = FeedDay(
            day=bounds.day,
            bounds=bounds,
            symbols=listing.symbols,
            root=listing.root,
            underlying=ticks.underlying,
            multiplier=card.multiplier_micros,
            feed=feed,
        )
        value, _ = settlement_of(inside, bounds)
        self._settlement = MISSING if value is None else value
        close = np.array([bounds.close_ns], np.int64)
        self.stamps = np.unique(np.concatenate([inside.quote_ts, inside.print_ts, close]))
        self._numbers = listing.number_of_code[inside.quote_code]
        self._columns = inside
        self._quotes = _starts(inside.quote_ts, self.stamps)
        self._prints = _starts(inside.print_ts, self.stamps)
        crossed = (inside.quote_ask > 0) & (inside.quote_bid > inside.quote_ask)
        self._crossed = np.concatenate([[0], np.cumsum(crossed)])

    def frame(self, number: int) -> FeedFrame:
        """Return one frame."""
        ts = int(self.stamps[number])
        start, end = int(self._quotes[number]), int(self._quotes[number + 1])
        numbers = self._numbers[start:end]
        rows: slice | np.ndarray = slice(start, end)
        events = self._events(number, ts)
        if len(np.unique(numbers)) < len(numbers):
            rows, duplicates = start + last_of_each(numbers), len(numbers)
            numbers = self._numbers[rows]
            duplicates -= len(numbers)
            detail = f"{duplicates} rows of instruments that have a later row in the frame"
            events.append(FeedEvent(kind="duplicate", ts=ts, count=duplicates, detail=detail))
        columns, last_print = self._columns, int(self._prints[number + 1]) - 1
        is_close = number == len(self.stamps) - 1
        return FeedFrame(
            ts=ts,
            arrival=ts,
            instruments=numbers,
            bids=columns.quote_bid[rows],
            asks=columns.quote_ask[rows],
            bid_sizes=columns.quote_bid_size[rows],
            ask_sizes=columns.quote_ask_size[rows],
            spot=MISSING
            if last_print < self._prints[number]
            else int(columns.print_last[last_print]),
            settlement=self._settlement if is_close else MISSING,
            events=tuple(events),
        )

    def _events(self, number: int, ts: int) -> list[FeedEvent]:
        """Return what is wrong with a frame beside rows that came twice."""
        events = []
        silence_ns = ts - int(self.stamps[number - 1]) if number else 0
        if silence_ns > GAP_NS:
            detail = f"no rows for {silence_ns // NANOSECONDS_PER_SECOND} s"
            events.append(FeedEvent(kind="gap", ts=ts, count=1, detail=detail))
        crossed = int(self._crossed[self._quotes[number + 1]] - self._crossed[self._quotes[number]])
        if crossed:
            detail = f"{crossed} quotes with bid > ask"
            events.append(FeedEvent(kind="crossed", ts=ts, count=crossed, detail=detail))
        return events


class PlayedFeed:
    """Plays days in order on a clock of its own; the next day is got ready while one plays.

    loader  returns a day's ticks; called on a thread      let_go  ends what it has begun
    """

    def __init__(
        self,
        name: str,
        days: Sequence[date],
        loader: DayLoader,
        options: FeedOptions,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._days = list(days)
        self._loader = loader
        self._let_go = let_go
        self._hold = options.hold
        self._clock = PacedClock(options.speed)
        self._clock.begin(0, is_held=True)
        self._workers = ThreadPoolExecutor(1, thread_name_prefix="next-day")
        self._ready: dict[date, Future[PlayedDay]] = {}
        self._lock = threading.Lock()

    def days(self, from_day: date | None = None) -> Iterator[FeedDay]:
        """Yield the trading days in order, from `from_day` on if given."""
        for day in self._days:
            if from_day is not None and day < from_day:
                continue
            played = self._played(day)
            if played is None:
                return
            self._clock.begin(played.day.bounds.open_ns, is_held=self._hold)
            yield played.day

    def frames(self, day: FeedDay, after_ts: int) -> Iterator[FeedFrame | None]:
        """Yield the day's frames later than `after_ts`, each when the clock has come to it.

        Frames that follow others are of a day that ran already: its clock is not held.
        """
        played = self._played(day.day)
        if played is None:
            return
        if after_ts != MISSING:
            self._clock.begin(after_ts, is_held=False)
        self._prepare_after(day.day)
        first = int(np.searchsorted(played.stamps, after_ts, side="right"))
        for number in range(first, len(played.stamps)):
            while not self._clock.wait(int(played.stamps[number]), _BEAT_S):
                if self._clock.is_closed:
                    return
                yield None
            yield played.frame(number)
        with self._lock:
            self._ready.pop(day.day, None)

    def now(self) -> int:
        """Return the replayed moment."""
        return self._clock.now()

    def release(self) -> None:
        """Let the clock that is held at the open of the day run."""
        self._clock.release()

    def pause(self) -> None:
        """Let the clock stand until `resume`."""
        self._clock.pause()

    def resume(self) -> None:
        """Let a paused clock run on."""
        self._clock.resume()

    def close(self) -> None:
        """End the feed; a day that is being made ready is not waited for."""
        self._clock.close()
        self._let_go()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _played(self, day: date) -> PlayedDay | None:
        """Return a day once it is ready; None if the feed was closed before."""
        future = self._prepare(day)
        while future is not None and not self._clock.is_closed:
            if wait([future], _BEAT_S).done:
                return future.result()
        return None

    def _prepare(self, day: date) -> "Future[PlayedDay] | None":
        with self._lock:
            if self._clock.is_closed:
                return None
            if day not in self._ready:
                self._ready[day] = self._workers.submit(self._load, day)
            return self._ready[day]

    def _prepare_after(self, day: date) -> None:
        """Begin to make the day after `day` ready, in the background."""
        later = [each for each in self._days if each > day]
        if later:
            self._prepare(later[0])

    def _load(self, day: date) -> PlayedDay:
        return PlayedDay(*self._loader(day), self.name)


def _starts(ts: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    """Return where the rows of each stamp begin, and at the end how many there are."""
    return np.append(np.searchsorted(ts, stamps, side="left"), len(ts))
