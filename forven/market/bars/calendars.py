"""When bars are due: around the clock, in the sessions of the New York exchange, or unknown."""

from datetime import date, time
from functools import cache

import numpy as np
import numpy.typing as npt

from forven.market.bars.sessions import session_opens_and_closes
from forven.market.bars.timeframes import DAY_NS, WEEK_NS, Timeframe, timeframe_of
from forven.primitives.errors import InvalidInput
from forven.primitives.time import exchange_time

ALWAYS, XNYS, MEASURED = "always", "xnys", "measured"
CALENDARS = {
    ALWAYS: "around the clock, every day (crypto)",
    XNYS: "the sessions of the New York exchange, 9:30 to 16:00 or an early close",
    MEASURED: "not known: bars a year are counted in the data, and no bar counts as missing",
}

Moments = npt.NDArray[np.int64]

# Fixed figures, not the length of a year: a week's 52 and a day's 365 do not divide each other.
_ALWAYS_A_YEAR = {
    "1m": 525_960.0,
    "5m": 105_192.0,
    "15m": 35_064.0,
    "1h": 8_760.0,
    "4h": 2_190.0,
    "1d": 365.0,
    "1w": 52.0,
}
_SESSIONS_A_YEAR = 252.0
_WEEKS_A_YEAR = 52.0
_SAMPLE_NS = (exchange_time(date(2015, 1, 1), time()), exchange_time(date(2024, 12, 31), time()))
"""Sessions whose mean number of bars, early closes included, stands for every session's."""

_YEAR_NS = 365.25 * DAY_NS


def calendar_of(name: str) -> str:
    """Return the name of a calendar; InvalidInput lists those there are."""
    if name not in CALENDARS:
        listed = "; ".join(f"{known}: {meaning}" for known, meaning in CALENDARS.items())
        raise InvalidInput(f"calendar: expected one of these, found {name!r}. {listed}")
    return name


def bars_per_year(timeframe: str, calendar: str, ends_ns: Moments | None = None) -> float:
    """Return how many bars a year has, the square of what scales a bar's deviation to a year's.

    `always` has fixed figures; `xnys` 252 sessions of the mean number of bars of 2015 to 2024, 52
    weeks; `measured` the bars of `ends_ns` for each year of 365.25 days that they span.
    """
    frame = timeframe_of(timeframe)
    if calendar_of(calendar) == ALWAYS:
        return _ALWAYS_A_YEAR[timeframe]
    if calendar == XNYS:
        return _exchange_bars_a_year(frame)
    if ends_ns is None or ends_ns.size < 2:
        raise InvalidInput(
            "calendar 'measured': expected 2 bars or more to measure, found "
            f"{0 if ends_ns is None else ends_ns.size}; choose the calendar 'always' or 'xnys'"
        )
    return float((ends_ns.size - 1) / (int(ends_ns[-1] - ends_ns[0]) / _YEAR_NS))


def expected_ends(timeframe: str, calendar: str, first_ns: int, last_ns: int) -> Moments | None:
    """Return the ends of all bars due from one moment to another, both included.

    None where the calendar does not say (`measured`). A session's last bar ends with the session;
    an `xnys` day ends with its session and a week with its last one.
    """
    frame = timeframe_of(timeframe)
    if calendar_of(calendar) == MEASURED:
        return None
    if calendar == ALWAYS:
        first = int(frame.starts(np.array([first_ns + frame.duration_ns - 1]))[0])
        # Counted in integers: `arange` with a step counts in doubles and may lose the last one.
        count = max(0, (last_ns - first) // frame.duration_ns + 1)
        return first + frame.duration_ns * np.arange(count, dtype=np.int64)
    ends = _session_ends(frame, first_ns - 2 * WEEK_NS, last_ns + 2 * WEEK_NS)
    return ends[(ends >= first_ns) & (ends <= last_ns)]


def begins_of(timeframe: str, calendar: str, ends_ns: Moments) -> Moments:
    """Return when bars that end at some moments begin: an `xnys` bar never before its session.

    An `xnys` day begins with its session, a week with its first one. Elsewhere, and for a moment
    that lies in no session, a bar is as long as its timeframe.
    """
    frame = timeframe_of(timeframe)
    begins = ends_ns - frame.duration_ns
    if calendar_of(calendar) != XNYS or ends_ns.size == 0:
        return np.asarray(begins)
    around = int(ends_ns.min()) - 2 * WEEK_NS, int(ends_ns.max()) + 2 * WEEK_NS
    opens, closes = session_opens_and_closes(*around)
    inside = np.minimum(np.searchsorted(closes, ends_ns), closes.size - 1)
    if frame.duration_ns == WEEK_NS:
        first = np.searchsorted(opens, frame.starts(ends_ns - 1))
        known = opens[np.minimum(first, opens.size - 1)]
    elif frame.duration_ns == DAY_NS:
        known = opens[inside]
    else:
        known = np.maximum(frame.starts(ends_ns - 1), opens[inside])
    is_inside = (opens[inside] < ends_ns) & (ends_ns <= closes[inside])
    return np.where(is_inside, known, begins)


def due(timeframe: str, calendar: str, ends_ns: Moments) -> npt.NDArray[np.bool_]:
    """Return which moments are the end of a bar of the calendar; `measured` takes any minute."""
    if ends_ns.size == 0:
        return np.zeros(0, bool)
    frame = timeframe_of(timeframe)
    expected = None
    if calendar == XNYS:
        expected = expected_ends(timeframe, calendar, int(ends_ns.min()), int(ends_ns.max()))
    if expected is not None:
        return np.isin(ends_ns, expected)
    return frame.on_grid(ends_ns)


def _session_ends(frame: Timeframe, first_ns: int, last_ns: int) -> Moments:
    """Return when the bars of sessions end: on the grid, the last of each with the session."""
    opens, closes = session_opens_and_closes(first_ns, last_ns)
    if frame.duration_ns == DAY_NS:
        return closes
    if frame.duration_ns == WEEK_NS:
        weeks = frame.starts(closes)
        return closes[np.append(weeks[1:] != weeks[:-1], True)]
    first_ends = frame.starts(opens) + frame.duration_ns
    counts = -((first_ends - closes) // frame.duration_ns) + 1
    starts = np.repeat(first_ends, counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = np.minimum(starts + steps * frame.duration_ns, np.repeat(closes, counts))
    return ends[np.append(ends[1:] != ends[:-1], True)] if ends.size else ends


@cache
def _exchange_bars_a_year(frame: Timeframe) -> float:
    if frame.duration_ns == WEEK_NS:
        return _WEEKS_A_YEAR
    if frame.duration_ns == DAY_NS:
        return _SESSIONS_A_YEAR
    opens, _ = session_opens_and_closes(*_SAMPLE_NS)
    ends = _session_ends(frame, *_SAMPLE_NS)
    return float(_SESSIONS_A_YEAR * ends.size / opens.size)
