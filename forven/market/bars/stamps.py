"""Time stamps of a file of bars: read, told what they were taken for, made ends of bars."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forven.market.bars.bars import Integers
from forven.market.bars.calendars import XNYS, expected_ends
from forven.market.bars.sessions import session_opens_and_closes
from forven.market.bars.timeframes import DAY_NS, WEEK_NS, Timeframe
from forven.market.readers.mapping import TS_UNITS
from forven.market.readers.stamps import days_of_column, exchange_days, nanoseconds_of_column
from forven.primitives.errors import InvalidInput, UntrustedData

START, END = "start", "end"
STAMPS = (START, END)

Flags = npt.NDArray[np.bool_]

_SECONDS_FROM, _SECONDS_TO = 315_532_800, 4_102_444_800  # 1980 to 2100
_DATE_FROM, _DATE_TO = 19_000_101, 21_001_231
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_WHOLE_NUMBER = r"^-?[0-9]{1,19}(\.0+)?$"
_READABLE_NS = 2**62
_DATE_LENGTH = 10
_OFFSET = r"([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRules:
    """How stamps are to be read, where they do not say it themselves.

    zone     IANA zone of wall-clock stamps; None: UTC
    unit     s, ms, us or ns of whole numbers; None: told by their size
    pattern  strptime pattern of text that is not ISO 8601
    """

    zone: str | None = None
    unit: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """Stamps as read: nanoseconds UTC, which could be read, and what they were taken for.

    are_dates  days without a clock, each as its midnight UTC
    """

    moments_ns: Integers
    readable: Flags
    are_dates: bool
    taken_for: str


def read_stamps(column: pa.Array, rules: StampRules) -> Stamps:
    """Return a column's stamps; UntrustedData where whole numbers could be several units."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_date(kind):
        return _dates(column, "dates")
    if pa.types.is_timestamp(kind):
        return _moments(column, rules, "time stamps", is_local=kind.tz is None)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(column, rules)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise UntrustedData(
            f"expected times as dates, time stamps, whole numbers or text; found {kind}"
        )
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    if rules.pattern is not None:
        return _moments(text, rules, f"text as {rules.pattern}", is_local=True)
    if _all_match(text, _WHOLE_NUMBER):
        return _numbers(pc.replace_substring_regex(text, r"\.0+$", ""), rules)
    if _all_match(text, _ISO_DATE):
        return _dates(text, "dates")
    offsets = pc.match_substring_regex(pc.utf8_slice_codeunits(text, _DATE_LENGTH), _OFFSET)
    known = pc.and_not(pc.is_valid(text), pc.equal(pc.utf8_length(text), 0))
    with_one = int(pc.sum(pc.and_(offsets, known)).as_py() or 0)
    is_mixed = 0 < with_one < int(pc.sum(known).as_py() or 0)
    what = "ISO 8601 text" + (", some of it without an offset and taken to be" if is_mixed else "")
    return _moments(text, rules, what, is_local=is_mixed or not with_one)


def ends_of(stamps: Stamps, stamp: str, frame: Timeframe, calendar: str) -> tuple[Integers, Flags]:
    """Return the end of each stamped bar, and which are bars of the timeframe's grid.

    An `xnys` bar outside the sessions is on the grid, and its end is 0.
    errors  InvalidInput: dates cannot stamp bars shorter than a day
    """
    if stamps.are_dates and frame.duration_ns < DAY_NS:
        raise InvalidInput(
            f"timeframe {frame.name!r}: expected stamps with a clock, found dates alone; "
            "import them as 1d"
        )
    moments = stamps.moments_ns
    if calendar == XNYS and moments.size:
        return _exchange_ends(stamps, stamp, frame)
    ends = moments + frame.duration_ns if stamp == START else moments
    return ends, frame.on_grid(moments)


def _exchange_ends(stamps: Stamps, stamp: str, frame: Timeframe) -> tuple[Integers, Flags]:
    moments = stamps.moments_ns
    known = moments[stamps.readable]
    if not known.size:
        return np.zeros_like(moments), np.zeros(moments.shape, bool)
    around = (int(known.min()) - WEEK_NS, int(known.max()) + WEEK_NS)
    opens, closes = session_opens_and_closes(*around)
    if frame.duration_ns >= DAY_NS:
        days = _session_days(stamps, stamp)
        if frame.duration_ns == DAY_NS:
            return _looked_up(days, exchange_days(closes).astype(np.int64), closes), _all(days)
        weeks = frame.starts(days * DAY_NS)
        ends = expected_ends(frame.name, XNYS, *around)
        ends = closes if ends is None else ends
        return _looked_up(weeks, frame.starts(ends), ends), _all(days)
    expected = expected_ends(frame.name, XNYS, *around)
    expected = closes if expected is None else expected
    if stamp == END:
        at_grid = frame.on_grid(moments) | np.isin(moments, closes)
        return np.where(np.isin(moments, expected), moments, 0), at_grid
    following = expected[np.minimum(np.searchsorted(expected, moments, "right"), expected.size - 1)]
    belongs = (following > moments) & (following - moments <= frame.duration_ns)
    at_grid = frame.on_grid(moments) | np.isin(moments, opens)
    return np.where(belongs, following, 0), at_grid


def _session_days(stamps: Stamps, stamp: str) -> Integers:
    """Return the day of each daily or weekly bar, in days since 1970."""
    moments = stamps.moments_ns
    if stamps.are_dates:
        return np.asarray(moments // DAY_NS)
    if stamp == END:
        return exchange_days(moments - 1).astype(np.int64)
    if not (moments[stamps.readable] % DAY_NS).any():
        return np.asarray(moments // DAY_NS)
    return exchange_days(moments).astype(np.int64)


def _looked_up(keys: Integers, known: Integers, values: Integers) -> Integers:
    """Return the value of each key, 0 where it is not known; `known` is sorted."""
    at = np.minimum(np.searchsorted(known, keys), known.size - 1)
    return np.where(known[at] == keys, values[at], 0)


def _all(days: Integers) -> Flags:
    return np.ones(days.shape, bool)


def _dates(column: pa.Array, taken_for: str) -> Stamps:
    days, readable = days_of_column(column)
    moments = days.astype(np.int64) * DAY_NS
    return Stamps(moments_ns=moments, readable=readable, are_dates=True, taken_for=taken_for)


def _moments(column: pa.Array, rules: StampRules, what: str, *, is_local: bool) -> Stamps:
    zone = rules.zone or "UTC"
    moments, readable = nanoseconds_of_column(column, zone, "ns", rules.pattern)
    where = f" in {zone}{'' if rules.zone else ' (nothing says otherwise)'}" if is_local else ""
    return Stamps(
        moments_ns=moments, readable=readable, are_dates=False, taken_for=f"{what}{where}"
    )


def _numbers(column: pa.Array, rules: StampRules) -> Stamps:
    """Read whole numbers: days as YYYYMMDD, or units since 1970 told by their size."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(pc.floor(column), column)
        column = pc.if_else(pc.fill_null(whole, False), column, pa.scalar(None, column.type))
    numbers = column.cast(pa.int64(), safe=False)
    values = np.asarray(pc.fill_null(numbers, 0))
    readable = np.asarray(pc.is_valid(numbers))
    known = values[readable]
    if rules.unit is None and known.size and ((known >= _DATE_FROM) & (known <= _DATE_TO)).all():
        return _dates(numbers, "dates as YYYYMMDD")
    unit = rules.unit or _unit_of(known)
    factor = TS_UNITS[unit]
    readable &= np.abs(values) < _READABLE_NS // factor
    moments = np.where(readable, values, 0) * factor
    told = "" if rules.unit else ", told by their size"
    taken_for = f"whole numbers of {unit} since 1970{told}"
    return Stamps(moments_ns=moments, readable=readable, are_dates=False, taken_for=taken_for)


def _unit_of(values: Integers) -> str:
    """Return the only unit in which all values lie from 1980 to 2100; UntrustedData otherwise."""
    for unit, factor in TS_UNITS.items():
        scale = TS_UNITS["s"] // factor
        if ((values >= _SECONDS_FROM * scale) & (values < _SECONDS_TO * scale)).all():
            return unit
    lowest, highest = int(values.min()), int(values.max())
    raise UntrustedData(
        "expected times as whole numbers of s, ms, us or ns since 1970, all of them from 1980 to "
        f"2100 in one unit; found {lowest} to {highest}. Say the unit with --unit"
    )


def _all_match(text: pa.Array, pattern: str) -> bool:
    matches = pc.match_substring_regex(text, pattern)
    return bool(pc.all(matches, min_count=1).as_py())
