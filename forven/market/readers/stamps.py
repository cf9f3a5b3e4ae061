"""Stamps: columns of any time spelling to nanoseconds UTC, and UTC to exchange dates."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forven.market.readers.mapping import TS_UNITS
from forven.primitives.time import EXCHANGE_ZONE

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_STAMP_RANGE_NS = 2**62
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_EARLIEST_HOUR = -(365 * 70 * 24)
_LATEST_HOUR = 365 * 230 * 24


def nanoseconds_of_column(
    column: pa.Array, zone: str, unit: str, pattern: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return int64 nanoseconds UTC of a column of stamps, and a flag where each could be read.

    column   timestamps (with or without zone), ISO 8601 text, or integers counting `unit`s of
             local time in `zone` since 1970; a null cannot be read
    pattern  strptime pattern of text that is not ISO 8601
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _of_text(column.cast(pa.string()), zone, unit, pattern)
    valid = np.asarray(pc.is_valid(column))
    if pa.types.is_timestamp(column.type):
        stamps, fits = _scaled(_integers(column.cast(pa.int64())), TS_UNITS[column.type.unit])
        local = column.type.tz is None
    elif pa.types.is_integer(column.type):
        stamps, fits = _scaled(_integers(column.cast(pa.int64())), TS_UNITS[unit])
        local = True
    else:
        return np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    return (utc_of_local(stamps, zone) if local else stamps), valid & fits


def utc_of_local(stamps: np.ndarray, zone: str) -> np.ndarray:
    """Return nanoseconds UTC of wall-clock nanoseconds in `zone`; a doubled hour is its first."""
    if zone == "UTC" or not stamps.size:
        return stamps
    place = ZoneInfo(zone)
    hours, inverse = np.unique(stamps // HOUR_NS, return_inverse=True)
    offsets = [_offset(int(hour), place, local=True) for hour in hours]
    return stamps - np.array(offsets, np.int64)[inverse]


def exchange_days(stamps: np.ndarray) -> np.ndarray:
    """Return the New York date of each stamp as int32 days since 1970."""
    hours, inverse = np.unique(stamps // HOUR_NS, return_inverse=True)
    offsets = [_offset(int(hour), EXCHANGE_ZONE, local=False) for hour in hours]
    shifted = stamps + np.array(offsets, np.int64)[inverse]
    return (shifted // DAY_NS).astype(np.int32)


def days_of_column(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return int32 days since 1970 of a column of dates, and a flag where each could be read.

    Dates may be dates, timestamps, text as YYYY-MM-DD or YYYYMMDD, or integers as YYYYMMDD.
    """
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        valid = np.asarray(pc.is_valid(column))
        days = column.cast(pa.date32(), safe=False).cast(pa.int32())
        return _integers(days).astype(np.int32), valid
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    words = encoded.dictionary.to_pylist()
    read = [_day_of_word(word) for word in words]
    codes = _integers(encoded.indices.cast(pa.int64()), null=-1)
    days = np.array([0 if d is None else d for d in read] + [0], np.int32)
    known = np.array([d is not None for d in read] + [False])
    return days[codes], known[codes]


def _of_text(
    column: pa.Array, zone: str, unit: str, pattern: str | None
) -> tuple[np.ndarray, np.ndarray]:
    if pattern is not None:
        stamps = pc.strptime(column, format=pattern, unit="us", error_is_null=True)
        return nanoseconds_of_column(stamps, zone, unit)
    first = next((word.as_py() for word in column if word.as_py()), "")
    if first.lstrip("-").isdigit():
        return nanoseconds_of_column(_whole_numbers(column), zone, unit)
    has_offset = bool(_OFFSET.search(first))
    kind = pa.timestamp("ns", tz="UTC") if has_offset else pa.timestamp("ns")
    try:
        return nanoseconds_of_column(column.cast(kind), zone, unit)
    except pa.ArrowInvalid:
        words = [_stamp_of_word(word) for word in column.to_pylist()]
    stamps = np.array([0 if w is None else w[0] for w in words], np.int64)
    local = np.array([w is not None and w[1] for w in words])
    moved = np.where(local, utc_of_local(stamps, zone), stamps)
    return moved, np.array([w is not None for w in words])


def _whole_numbers(column: pa.Array) -> pa.Array:
    is_whole = pc.match_substring_regex(column, r"^-?[0-9]{1,18}$")
    return pc.if_else(is_whole, column, pa.scalar(None, pa.string())).cast(pa.int64())


def _stamp_of_word(word: str | None) -> tuple[int, bool] | None:
    """Return (nanoseconds, whether they are local) of one ISO 8601 stamp, None if it is none."""
    try:
        moment = datetime.fromisoformat(word or "")
    except ValueError:
        return None
    local = moment.tzinfo is None
    since = moment.replace(tzinfo=UTC) if local else moment
    seconds = since - datetime(1970, 1, 1, tzinfo=UTC)
    whole = (seconds.days * 86_400 + seconds.seconds) * 1_000_000 + seconds.microseconds
    nanoseconds = whole * 1_000
    return (nanoseconds, local) if abs(nanoseconds) < _STAMP_RANGE_NS else None


def _day_of_word(word: object) -> int | None:
    text = str(word).strip() if word is not None else ""
    if len(text) == 8 and text.isdigit():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return date.fromisoformat(text[:10]).toordinal() - _EPOCH_ORDINAL
    except ValueError:
        return None


def _integers(column: pa.Array, null: int = 0) -> np.ndarray:
    return np.asarray(pc.fill_null(column, null))


def _scaled(values: np.ndarray, factor: int) -> tuple[np.ndarray, np.ndarray]:
    fits = np.abs(values) < _STAMP_RANGE_NS // factor
    return np.where(fits, values, 0) * factor, fits


def _offset(hour: int, place: ZoneInfo, *, local: bool) -> int:
    """Return the UTC offset in nanoseconds in the hour that begins `hour` hours after 1970."""
    bounded = min(max(hour, _EARLIEST_HOUR), _LATEST_HOUR)
    moment = datetime.fromtimestamp(bounded * 3_600, tz=UTC)
    moment = moment.replace(tzinfo=place) if local else moment.astimezone(place)
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * 1_000_000_000
