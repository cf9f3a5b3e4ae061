"""Where the time of a run goes: wall-clock durations added up by phase, from any thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

Clock = Callable[[], int]
"""Monotonic nanoseconds, as `time.perf_counter_ns`; handed in, so that a test can make its own."""

READ = "read"
FRAMES = "frames"
KERNEL = "kernel"
REPORT = "report"
"""Phases of a run that exclude one another."""

SESSION = "session"
RUN = "run"
"""Spans around them: each session in its worker, and all sessions as the caller waits for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a timer has added up: since it was made, by phase or span, and counts by name."""

    elapsed_ns: int
    spent_ns: dict[str, int]
    counts: dict[str, int]


class Timer(Protocol):
    """What is told of phases and counts; `PhaseTimer` keeps them, `UNTIMED` does not."""

    def phase(self, name: str) -> AbstractContextManager[None]:
        """Return a context whose duration belongs to a phase."""

    def count(self, name: str, number: int) -> None:
        """Add to a count."""

    def reading(self) -> Reading | None:
        """Return what was added up so far; None if nothing is kept."""


class PhaseTimer:
    """Adds durations up by phase; threads may share it, and their durations then add up too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._spent_ns: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._began_ns = clock()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the duration of a `with` block to a phase, also when it ends in an error."""
        began_ns = self._clock()
        try:
            yield
        finally:
            spent_ns = self._clock() - began_ns
            with self._lock:
                self._spent_ns[name] = self._spent_ns.get(name, 0) + spent_ns

    def count(self, name: str, number: int) -> None:
        """Add to a count."""
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + number

    def reading(self) -> Reading:
        """Return what was added up so far."""
        with self._lock:
            return Reading(
                elapsed_ns=self._clock() - self._began_ns,
                spent_ns=dict(self._spent_ns),
                counts=dict(self._counts),
            )


class _Untimed:
    """Takes no time and keeps none: it has no clock to look at."""

    _nothing = nullcontext()

    def phase(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 - as `Timer` has it
        return self._nothing

    def count(self, name: str, number: int) -> None:
        pass

    def reading(self) -> None:
        return None


UNTIMED: Timer = _Untimed()
"""The timer of whoever asked for none."""
