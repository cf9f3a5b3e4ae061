"""The clock of a live feed: the wall clock as it was once, carried on by the monotonic one."""

import time
from collections.abc import Callable

from forven.primitives.time import NANOSECONDS_PER_SECOND

Clock = Callable[[], int]
STEP_NS_MIN = NANOSECONDS_PER_SECOND


class AnchoredClock:
    """Runs evenly whatever the wall clock does, and tells when that was stepped.

    A stepped wall clock would make all data an hour old, or newer than now: neither is true.
    """

    def __init__(self, wall: Clock = time.time_ns, monotonic: Clock = time.monotonic_ns) -> None:
        self._wall, self._monotonic = wall, monotonic
        self.anchor()

    def anchor(self) -> None:
        """Set the clock to the wall clock."""
        self._offset = self._wall() - self._monotonic()
        self._step_ns = 0

    def now(self) -> int:
        """Return the moment in ns UTC."""
        return self._monotonic() + self._offset

    def step_ns(self) -> int:
        """Return by how much the wall clock was stepped since it was last asked; 0: it was not."""
        away_ns = self._wall() - self.now()
        change = away_ns - self._step_ns
        if abs(change) < STEP_NS_MIN:
            return 0
        self._step_ns = away_ns
        return change
