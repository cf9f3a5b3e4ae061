"""Opens and closes of the New York exchange's sessions as arrays, worked out once a year."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from forven.market.calendar import FIRST_DAY, LAST_DAY, TradingCalendar, trading_calendar
from forven.market.home import home_folder
from forven.market.overrides import USER_FILE_NAME
from forven.primitives.errors import UntrustedData
from forven.primitives.time import utc_datetime

Moments = npt.NDArray[np.int64]


def session_opens_and_closes(first_ns: int, last_ns: int) -> tuple[Moments, Moments]:
    """Return the opens and the closes of the sessions whose days lie between two moments."""
    first, last = (utc_datetime(moment).date() for moment in (first_ns, last_ns))
    if last < FIRST_DAY or first > LAST_DAY:
        raise UntrustedData(
            f"calendar 'xnys': expected bars of {FIRST_DAY} to {LAST_DAY}, found {first} to {last};"
            " choose the calendar 'measured', or mend the time stamps"
        )
    first, last = max(first, FIRST_DAY), min(last, LAST_DAY)
    overrides = _overrides()
    years = [_year(overrides, year) for year in range(first.year, last.year + 1)]
    days, opens, closes = (np.concatenate(parts) for parts in zip(*years, strict=True))
    inside = (days >= first.toordinal()) & (days <= last.toordinal())
    return opens[inside], closes[inside]


def _overrides() -> tuple[Path, int]:
    """Return what tells one state of the data root's own overrides from another."""
    home = home_folder()
    own = home / USER_FILE_NAME
    return home, own.stat().st_mtime_ns if own.is_file() else 0


@lru_cache(maxsize=4)
def _calendar(overrides: tuple[Path, int]) -> TradingCalendar:
    return trading_calendar(overrides[0])


@lru_cache(maxsize=256)
def _year(overrides: tuple[Path, int], year: int) -> tuple[Moments, Moments, Moments]:
    """Return the days (ordinals), opens and closes of a year's sessions."""
    calendar = _calendar(overrides)
    days = calendar.days(date(year, 1, 1), date(year, 12, 31))
    bounds = [calendar.bounds(day) for day in days]
    return (
        np.array([day.toordinal() for day in days], np.int64),
        np.array([bound.open_ns for bound in bounds], np.int64),
        np.array([bound.close_ns for bound in bounds], np.int64),
    )
