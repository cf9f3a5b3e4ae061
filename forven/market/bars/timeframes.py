"""The lengths a bar may have, and the grid of moments at which bars of a length end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.primitives.errors import InvalidInput
from forven.primitives.time import NANOSECONDS_PER_MINUTE

HOUR_NS = 60 * NANOSECONDS_PER_MINUTE
DAY_NS = 24 * HOUR_NS
WEEK_NS = 7 * DAY_NS
_MONDAY_NS = 4 * DAY_NS
"""1970 began on a Thursday; a week begins on Monday, 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A bar's length: its name, its nanoseconds, and an offset of its grid from 1970."""

    name: str
    duration_ns: int
    offset_ns: int = 0

    def starts(self, moments_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the start of the bucket [start, start + length) that holds each moment."""
        since = moments_ns - self.offset_ns
        return np.asarray(since // self.duration_ns * self.duration_ns + self.offset_ns)

    def on_grid(self, moments_ns: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which moments are a bucket's start, and so another one's end."""
        return np.asarray((moments_ns - self.offset_ns) % self.duration_ns == 0)

    @property
    def hours(self) -> float:
        """Return the length in hours."""
        return self.duration_ns / HOUR_NS


TIMEFRAMES = {
    frame.name: frame
    for frame in (
        Timeframe("1m", NANOSECONDS_PER_MINUTE),
        Timeframe("5m", 5 * NANOSECONDS_PER_MINUTE),
        Timeframe("15m", 15 * NANOSECONDS_PER_MINUTE),
        Timeframe("1h", HOUR_NS),
        Timeframe("4h", 4 * HOUR_NS),
        Timeframe("1d", DAY_NS),
        Timeframe("1w", WEEK_NS, _MONDAY_NS),
    )
}


def timeframe_of(name: str) -> Timeframe:
    """Return the timeframe of a name; InvalidInput lists those there are."""
    if name not in TIMEFRAMES:
        raise InvalidInput(f"timeframe: expected one of {', '.join(TIMEFRAMES)}, found {name!r}")
    return TIMEFRAMES[name]
