"""Time: nanoseconds UTC, New York wall clocks, and their spellings."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.primitives import time as moments
from forven.primitives.errors import InvalidInput

NOON_ETERNAL = datetime(2024, 7, 3, 12, tzinfo=UTC)


def test_nanoseconds_count_from_1970_in_utc():
    assert moments.nanoseconds_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert moments.nanoseconds_of(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1_000_000_000
    east = datetime(2024, 7, 3, 14, tzinfo=timezone(timedelta(hours=2)))
    assert moments.nanoseconds_of(east) == moments.nanoseconds_of(NOON_ETERNAL)


def test_a_datetime_without_a_zone_is_refused():
    with pytest.raises(InvalidInput, match="time zone"):
        moments.nanoseconds_of(datetime(2024, 1, 2))  # noqa: DTZ001 - the point of the test


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_the_way_there_and_back(moment):
    assert moments.utc_datetime(moments.nanoseconds_of(moment)) == moment


@pytest.mark.parametrize(
    ("day", "utc"),
    [(date(2024, 1, 2), "2024-01-02T14:30:00Z"), (date(2024, 7, 2), "2024-07-02T13:30:00Z")],
)
def test_the_exchange_opens_at_half_past_nine_in_summer_and_winter(day, utc):
    ns = moments.exchange_time(day, time(9, 30))
    assert moments.rfc3339(ns) == utc
    assert moments.exchange_datetime(ns).strftime("%Y-%m-%d %H:%M") == f"{day} 09:30"


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
    ],
)
def test_rfc3339_writes_a_fraction_only_if_there_is_one(ns, text):
    assert moments.rfc3339(ns) == text


def test_a_stamp_is_floored_to_microseconds():
    assert moments.utc_datetime(1_999).microsecond == 1


def test_dates_and_clocks_are_read():
    assert moments.parse_date("2024-02-29") == date(2024, 2, 29)
    assert moments.parse_clock("09:45") == time(9, 45)
    assert moments.parse_clock("15:59:59") == time(15, 59, 59)


@pytest.mark.parametrize("text", ["", "2024-2-9", "2023-02-29", "20240229", "2024-01-02\n", "x"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InvalidInput, match="expected a date as YYYY-MM-DD"):
        moments.parse_date(text)


@pytest.mark.parametrize("text", ["", "9:45", "24:00", "12:60", "0945", "09:45:61", "09:45 ET"])
def test_what_is_no_clock_is_refused(text):
    with pytest.raises(InvalidInput, match="expected a time as HH:MM"):
        moments.parse_clock(text)
