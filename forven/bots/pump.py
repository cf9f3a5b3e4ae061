"""The thread that asks a feed for its days and frames, so that the host never waits for it."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from forven.bots.inbox import DayEnded, DayOpened, Delivered, FeedEnded, Inbox
from forven.kernels.schema import MISSING
from forven.market.feeds.feed import Feed
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame
from forven.market.feeds.rows import last_of_each
from forven.primitives.errors import ForvenError

_log = logging.getLogger(__name__)


class Pump:
    """Takes a feed's days and frames to the inbox; all methods are the host's thread's to call."""

    def __init__(self, feed: Feed, inbox: Inbox) -> None:
        self._feed = feed
        self._inbox = inbox
        self._changed = threading.Condition()
        self._after_ts: int | None = None
        self._pause_reason: str | None = None
        self._is_paused = False
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def start(self, from_day: date | None) -> None:
        """Begin with the first day that is not before `from_day`."""
        self._thread = threading.Thread(
            target=self._run, args=(from_day,), name="feed-pump", daemon=True
        )
        self._thread.start()

    def begin(self, after_ts: int) -> None:
        """Let the frames of the opened day come, those later than `after_ts`."""
        with self._changed:
            self._after_ts = after_ts
            self._changed.notify_all()

    def pause(self, reason: str) -> None:
        """Hold the feed's clock; what comes nevertheless is folded into one frame."""
        self._pause_reason = reason

    def resume(self) -> None:
        """Let the clock run on."""
        self._pause_reason = None

    def close(self, timeout_s: float) -> None:
        """End the feed and wait for the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._feed.close()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, from_day: date | None) -> None:
        reason = None
        try:
            for day in self._feed.days(from_day):
                if not self._inbox.deliver(DayOpened(day)) or not self._play(day):
                    return
        except ForvenError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - a thread's boundary: told, not lost with it
            _log.exception("the feed %s broke", self._feed.name)
            reason = f"defect of the feed: {error!r}"
        if not self._is_closed:
            self._inbox.deliver(FeedEnded(reason))

    def _play(self, day: FeedDay) -> bool:
        """Deliver a day's frames; return whether the next day is wanted."""
        with self._changed:
            while self._after_ts is None and not self._is_closed:
                self._changed.wait()
            after_ts, self._after_ts = self._after_ts, None
        if after_ts is None:
            return False
        held: list[FeedFrame] = []
        missed = ""
        for frame in self._feed.frames(day, after_ts):
            if self._is_closed:
                return False
            held += [] if frame is None else [frame]
            reason = self._turn()
            if not held:
                continue
            if reason is not None:
                held, missed = [folded(held)], reason
                continue
            ready = told(held, missed) if missed else held[0]
            held, missed = [], ""
            if not self._inbox.deliver(Delivered(ready, time.monotonic_ns())):
                return False
        if held and not self._inbox.deliver(Delivered(told(held, missed), time.monotonic_ns())):
            return False
        return not self._is_closed and self._inbox.deliver(DayEnded(day))

    def _turn(self) -> str | None:
        """Hold the feed's clock or let it go, as was asked; return why it is held."""
        reason = self._pause_reason
        if (reason is not None) != self._is_paused:
            self._is_paused = reason is not None
            (self._feed.pause if self._is_paused else self._feed.resume)()
        return reason


def folded(frames: Sequence[FeedFrame]) -> FeedFrame:
    """Return one frame that leaves the market as these frames do, one after another."""
    last = frames[-1]
    numbers = np.concatenate([frame.instruments for frame in frames])
    kept = last_of_each(numbers)
    return replace(
        last,
        instruments=numbers[kept],
        bids=np.concatenate([frame.bids for frame in frames])[kept],
        asks=np.concatenate([frame.asks for frame in frames])[kept],
        bid_sizes=np.concatenate([frame.bid_sizes for frame in frames])[kept],
        ask_sizes=np.concatenate([frame.ask_sizes for frame in frames])[kept],
        spot=_last_known([frame.spot for frame in frames]),
        settlement=_last_known([frame.settlement for frame in frames]),
        events=tuple(event for frame in frames for event in frame.events),
    )


def told(frames: Sequence[FeedFrame], reason: str) -> FeedFrame:
    """Return frames that came during a pause as one, with the gap that they leave as its event."""
    frame = folded(frames)
    detail = f"frames before this one were not taken: the host was paused ({reason})"
    gap = FeedEvent(kind="gap", ts=frame.ts, count=1, detail=detail)
    return replace(frame, events=(*frame.events, gap))


def _last_known(values: Sequence[int]) -> int:
    """Return the last value that is there."""
    return next((value for value in reversed(values) if value != MISSING), MISSING)
