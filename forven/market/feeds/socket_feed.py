"""The socket feed: a live producer's Arrow batches as the frames of a trading day."""

import queue
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forven.kernels.schema import MISSING
from forven.market.calendar import TradingCalendar
from forven.market.feeds.batches import Announcement, RowBatch
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.market.feeds.intake import Intake
from forven.market.feeds.listener import Listener
from forven.market.feeds.wall_clock import AnchoredClock
from forven.market.instruments import card_of
from forven.primitives.errors import InvalidInput, NotASession
from forven.primitives.time import NANOSECONDS_PER_SECOND

CLOSE_GRACE_S = 5.0
"""How long after the close, and after the last frame, a frame at the close is made without one."""
PAST_GRACE_S = 60.0
"""Likewise on a day that was over when it was opened: its producer may take its time."""
_BEAT_S = 0.05
_WAITING_MAX = 64


@dataclass(frozen=True, slots=True)
class _Arrived:
    """An announced day, a batch, or the reason of a refusal, and when it came."""

    what: FeedDay | RowBatch | str
    arrival: int
    step_ns: int


class SocketFeed:
    """A producer connects, announces a day and its listing, and sends batches of rows.

    Rules, kinds of events and the protocol: docs/FEEDS.md
    """

    def __init__(self, address: str, calendar: TradingCalendar, clock: AnchoredClock) -> None:
        self.name = f"socket:{_name_of(address)}"
        self._calendar = calendar
        self._clock = clock
        self._arrived: queue.Queue[_Arrived] = queue.Queue(_WAITING_MAX)
        self._is_closed = threading.Event()
        self._lock = threading.Lock()
        self._day: FeedDay | None = None
        self._is_over = False
        self._next: FeedDay | None = None
        self._listener = Listener(address, self)

    @property
    def address(self) -> str | tuple[str, int]:
        """Where a producer connects: a path, or host and port."""
        return self._listener.address

    def days(self, from_day: date | None = None) -> Iterator[FeedDay]:
        """Yield each day that a producer announces, the first not before `from_day`."""
        while not self._is_closed.is_set():
            found, self._next = self._next, None
            if found is None:
                item = self._get()
                found = item.what if item and isinstance(item.what, FeedDay) else None
            if found is None or (from_day is not None and found.day < from_day):
                continue
            if self._day is not None and found.day <= self._day.day:
                continue
            self._open(found)
            yield found

    def frames(self, day: FeedDay, after_ts: int) -> Iterator[FeedFrame | None]:
        """Yield the day's frames as they arrive; rows that came while no one asked included."""
        if self._day is None or self._day.day != day.day:
            self._open(day)
        intake = Intake(day, after_ts)
        grace_s = CLOSE_GRACE_S if self.now() < day.bounds.close_ns else PAST_GRACE_S
        quiet_since = time.monotonic()
        while not self._is_closed.is_set():
            item = self._get()
            is_quiet = True
            for frame in () if item is None else self._frames_of(item, intake):
                yield frame
                is_quiet, quiet_since = False, time.monotonic()
            if is_quiet:  # rows that make no frame, such as late ones, do not put off the close
                is_due = self._is_due(intake, grace_s, quiet_since)
                yield intake.close(self.now()) if is_due else None
            if intake.is_closed and intake.settlement != MISSING:
                break
            if self._next is not None:  # none will say the settlement any more
                if not intake.is_closed:
                    yield intake.close(self.now())
                break
        with self._lock:
            self._is_over = True

    def now(self) -> int:
        """Return the wall clock as it was when the day was opened, run on evenly."""
        return self._clock.now()

    def release(self) -> None:
        """Do nothing: the market's clock is not ours."""

    def pause(self) -> None:
        """Do nothing: the market's clock is not ours."""

    def resume(self) -> None:
        """Do nothing: the market's clock is not ours."""

    def close(self) -> None:
        """Let the producer go and end the feed."""
        self._is_closed.set()
        self._listener.close()

    def announced(self, announcement: Announcement) -> None:
        """Take a producer's announcement; InvalidInput refuses it."""
        try:
            bounds = self._calendar.bounds(announcement.day)
        except NotASession as error:
            raise InvalidInput(f"forven.day: {error}") from None
        card = card_of(announcement.root)
        with self._lock:
            self._check_day(announcement.day)
        self._put(
            FeedDay(
                day=announcement.day,
                bounds=bounds,
                symbols=announcement.symbols,
                root=announcement.root,
                underlying=card.underlying,
                multiplier=card.multiplier_micros,
                feed=self.name,
            )
        )

    def received(self, batch: RowBatch) -> None:
        """Take a producer's batch."""
        self._put(batch)

    def refused(self, reason: str) -> None:
        """Take note that a stream or a batch was refused."""
        self._put(reason)

    def _check_day(self, day: date) -> None:
        """Refuse a day that is over, or one to come while another is open."""
        if self._day is None:
            return
        present = self._day
        if day < present.day or (day == present.day and self._is_over):
            raise InvalidInput(f"forven.day: expected a day after {present.day}, found {day}")
        if day > present.day and not self._is_over and self.now() <= present.bounds.close_ns:
            raise InvalidInput(f"forven.day: expected {present.day}, which is open, found {day}")

    def _open(self, day: FeedDay) -> None:
        with self._lock:
            self._day, self._is_over = day, False
            self._clock.anchor()

    def _frames_of(self, item: _Arrived, intake: Intake) -> Iterator[FeedFrame]:
        if item.step_ns:
            seconds = item.step_ns / NANOSECONDS_PER_SECOND
            detail = f"the wall clock was stepped by {seconds:+.1f} s; the feed's clock was not"
            intake.note("clock_step", item.arrival, detail)
        if isinstance(item.what, str):
            intake.note("refused", item.arrival, item.what)
        elif isinstance(item.what, FeedDay):
            if item.what.day > intake.day.day:
                self._next = item.what
            else:
                intake.reconnect(item.arrival)
        else:
            yield from intake.take(item.what, item.arrival)

    def _is_due(self, intake: Intake, grace_s: float, quiet_since: float) -> bool:
        """Return whether the frame at the close must be made although no row came for it."""
        if intake.is_closed or time.monotonic() - quiet_since < grace_s:
            return False
        grace_ns = int(CLOSE_GRACE_S * NANOSECONDS_PER_SECOND)
        return self.now() >= intake.day.bounds.close_ns + grace_ns

    def _get(self) -> _Arrived | None:
        try:
            return self._arrived.get(timeout=_BEAT_S)
        except queue.Empty:
            return None

    def _put(self, what: FeedDay | RowBatch | str) -> None:
        """Hand on to the thread that asks for frames; waits where that is behind."""
        item = _Arrived(what, self._clock.now(), self._clock.step_ns())
        while not self._is_closed.is_set():
            try:
                self._arrived.put(item, timeout=_BEAT_S)
                return
            except queue.Full:
                continue


def socket_feed(address: str, calendar: TradingCalendar) -> SocketFeed:
    """Return a feed that listens at an address; InvalidInput if it cannot."""
    return SocketFeed(address, calendar, AnchoredClock())


def _name_of(address: str) -> str:
    """Return what a feed is called: a path's last part without its ending, or host and port."""
    if re.fullmatch(r"[^/]*:[0-9]+", address):
        return address
    return Path(address).stem or "feed"
