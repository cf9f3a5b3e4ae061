"""Time as int64 nanoseconds UTC, and its two spellings: RFC 3339 UTC and exchange wall clock."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from forven.primitives.errors import InvalidInput

NANOSECONDS_PER_SECOND = 1_000_000_000
NANOSECONDS_PER_MINUTE = 60 * NANOSECONDS_PER_SECOND
EXCHANGE_ZONE = ZoneInfo("America/New_York")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def nanoseconds_of(moment: datetime) -> int:
    """Return the int64 nanoseconds UTC of an aware datetime, exact to its microsecond."""
    if moment.tzinfo is None:
        raise InvalidInput(f"expected a datetime with a time zone, found {moment.isoformat()}")
    since = moment - _EPOCH
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds * 1_000


def exchange_time(day: date, clock: time) -> int:
    """Return the nanoseconds UTC at which New York clocks show `clock` on `day`."""
    return nanoseconds_of(datetime.combine(day, clock, tzinfo=EXCHANGE_ZONE))


def exchange_datetime(ns: int) -> datetime:
    """Return the New York wall-clock datetime of a nanosecond stamp, floored to microseconds."""
    return utc_datetime(ns).astimezone(EXCHANGE_ZONE)


def utc_datetime(ns: int) -> datetime:
    """Return the aware UTC datetime of a nanosecond stamp, floored to microseconds."""
    seconds, rest = divmod(ns, NANOSECONDS_PER_SECOND)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest // 1_000)


def rfc3339(ns: int) -> str:
    """Return a nanosecond stamp as RFC 3339 UTC with `Z`; the fraction is written only if any."""
    seconds, rest = divmod(ns, NANOSECONDS_PER_SECOND)
    text = datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{text}{fraction}Z"


def parse_date(text: str) -> date:
    """Return the date written as `YYYY-MM-DD`."""
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"expected a date as YYYY-MM-DD, found {text!r}") from None


def parse_clock(text: str) -> time:
    """Return the wall-clock time written as `HH:MM` or `HH:MM:SS`."""
    try:
        if _CLOCK.fullmatch(text) is None:
            raise ValueError
        return time.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"expected a time as HH:MM or HH:MM:SS, found {text!r}") from None
