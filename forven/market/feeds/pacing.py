"""The clock of a feed that plays days: the monotonic clock at a speed; it can be held."""

import threading
import time
from decimal import Decimal
from typing import Literal

from forven.kernels.schema import INT64_MAX
from forven.market.feeds.wall_clock import Clock
from forven.primitives.time import NANOSECONDS_PER_SECOND


class PacedClock:
    """The replayed moment in ns UTC; any thread may ask it, hold it and let it go.

    speed  replayed seconds per second; `max`: the clock jumps to each moment that is waited for
    The wall clock is never asked: its steps change nothing.
    """

    def __init__(
        self, speed: Decimal | Literal["max"], monotonic: Clock = time.monotonic_ns
    ) -> None:
        self._monotonic = monotonic
        self._ratio = None if speed == "max" else Decimal(speed).as_integer_ratio()
        self._changed = threading.Condition()
        self._moment = 0  # where the clock stood when it last began to run, or stands
        self._since: int | None = None  # the monotonic clock then; None: it stands
        self._is_held = True
        self._is_paused = False
        self._is_closed = False
        self._due = INT64_MAX  # not beyond the frame that is waited for

    def begin(self, moment: int, *, is_held: bool) -> None:
        """Set the clock, held until `release` or running."""
        with self._changed:
            self._moment, self._since, self._due = moment, None, moment
            self._is_held = is_held
            self._turn()

    def now(self) -> int:
        """Return the replayed moment: never later than the frame that is still waited for."""
        with self._changed:
            return min(self._run_to(), self._due)

    def release(self) -> None:
        """End the hold that `begin` asked for."""
        with self._changed:
            self._is_held = False
            self._turn()

    def pause(self) -> None:
        """Let the clock stand until `resume`, whether it is held or not."""
        with self._changed:
            self._is_paused = True
            self._turn()

    def resume(self) -> None:
        """End a pause."""
        with self._changed:
            self._is_paused = False
            self._turn()

    def close(self) -> None:
        """End all waiting, now and later."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def wait(self, moment: int, limit_s: float) -> bool:
        """Wait for a moment, at most `limit_s` seconds; return whether it has come."""
        end_ns = time.monotonic_ns() + int(limit_s * NANOSECONDS_PER_SECOND)
        with self._changed:
            self._due = moment
            while not self._is_closed:
                if self._has_come(moment):
                    return True
                left_ns = end_ns - time.monotonic_ns()
                if left_ns <= 0:
                    return False
                self._changed.wait(min(left_ns, self._until(moment)) / NANOSECONDS_PER_SECOND)
            return False

    def _has_come(self, moment: int) -> bool:
        if self._since is None:
            return False
        if self._ratio is None:
            self._moment = max(self._moment, moment)
            return True
        return self._run_to() >= moment

    def _run_to(self) -> int:
        """Return where the clock is."""
        if self._since is None or self._ratio is None:
            return self._moment
        numerator, denominator = self._ratio
        return self._moment + (self._monotonic() - self._since) * numerator // denominator

    def _until(self, moment: int) -> int:
        """Return the monotonic nanoseconds until a moment; a second where the clock stands."""
        if self._since is None or self._ratio is None:
            return NANOSECONDS_PER_SECOND
        numerator, denominator = self._ratio
        return max(1, (moment - self._run_to()) * denominator // numerator + 1)

    def _turn(self) -> None:
        """Let the clock run or stand as the hold and the pause say, from where it is."""
        runs = not self._is_held and not self._is_paused
        if runs and self._since is None:
            self._since = self._monotonic()
        elif not runs and self._since is not None:
            self._moment, self._since = self._run_to(), None
        self._changed.notify_all()
