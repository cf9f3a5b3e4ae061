"""Stamps of every spelling, and the New York date of a moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.readers.stamps import (
    days_of_column,
    exchange_days,
    nanoseconds_of_column,
    utc_of_local,
)

MOMENT = 1_609_943_460_000_000_000  # 2021-01-06 14:31 UTC, 09:31 in New York, 08:31 in Chicago
NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"


@pytest.mark.parametrize(
    ("column", "zone", "unit", "pattern"),
    [
        (pa.array(["2021-01-06T14:31:00Z"]), NEW_YORK, "ns", None),
        (pa.array(["2021-01-06 09:31:00-05:00"]), "UTC", "ns", None),
        (pa.array(["2021-01-06 09:31:00"]), NEW_YORK, "ns", None),
        (pa.array(["2021-01-06 09:31"]), NEW_YORK, "ns", None),
        (pa.array(["01/06/2021 08:31"]), CHICAGO, "ns", "%m/%d/%Y %H:%M"),
        (pa.array(["1609943460"]), "UTC", "s", None),
        (pa.array([1_609_943_460_000]), "UTC", "ms", None),
        (pa.array([1_609_943_460_000_000 - 5 * 3_600_000_000]), NEW_YORK, "us", None),
        (pa.array([MOMENT]).cast(pa.timestamp("ns", "UTC")), NEW_YORK, "s", None),
        (pa.array([MOMENT // 1000]).cast(pa.timestamp("us", NEW_YORK)), "UTC", "s", None),
        (pa.array([datetime(2021, 1, 6, 9, 31)]), NEW_YORK, "s", None),  # noqa: DTZ001
        (pa.array(["2021-01-06T14:31:00Z"]).dictionary_encode(), "UTC", "ns", None),
    ],
)
def test_every_spelling_of_a_moment_is_read(column, zone, unit, pattern):
    stamps, read = nanoseconds_of_column(column, zone, unit, pattern)
    assert (stamps.tolist(), read.tolist()) == ([MOMENT], [True])


def test_stamps_that_cannot_be_read_are_flagged_and_spoil_no_other():
    words = [
        "2021-01-06T14:31:00Z",
        "soon",
        None,
        "",
        "2021-02-30T00:00:00Z",
        "2021-01-06T09:31:00",
    ]
    stamps, read = nanoseconds_of_column(pa.array(words), NEW_YORK, "ns")
    assert read.tolist() == [True, False, False, False, False, True]
    assert stamps[[0, 5]].tolist() == [MOMENT, MOMENT]


@pytest.mark.parametrize("column", [pa.array([1.5]), pa.array([2**62]), pa.array([True])])
def test_numbers_that_are_no_stamp_are_flagged(column):
    assert not nanoseconds_of_column(column, "UTC", "s")[1].any()


@given(st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_local_time_and_date_agree_with_the_zone_database(moment):
    moment = moment.replace(microsecond=0)
    local = moment.astimezone(ZoneInfo(NEW_YORK))
    if local.fold or (moment + timedelta(hours=1)).astimezone(ZoneInfo(NEW_YORK)).fold:
        return  # an hour that clocks show twice has two answers
    wall = local.replace(tzinfo=UTC)
    stamps = np.array([int(m.timestamp()) * 10**9 for m in (wall, moment)], np.int64)
    assert utc_of_local(stamps[:1], NEW_YORK)[0] == stamps[1]
    day = exchange_days(stamps[1:])[0]
    assert date(1970, 1, 1) + timedelta(days=int(day)) == local.date()


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["2021-01-06"]),
        pa.array(["20210106"]),
        pa.array([20210106]),
        pa.array([date(2021, 1, 6)]),
        pa.array(["2021-01-06 00:00:00"]),
        pa.array([datetime(2021, 1, 6)]),  # noqa: DTZ001
        pa.array(["2021-01-06"]).dictionary_encode(),
    ],
)
def test_every_spelling_of_a_date_is_read(column):
    days, read = days_of_column(column)
    assert (days.tolist(), read.tolist()) == ([18_633], [True])


def test_dates_that_cannot_be_read_are_flagged():
    _, read = days_of_column(pa.array(["2021-01-06", None, "", "2021-02-30", "202101"]))
    assert read.tolist() == [True, False, False, False, False]
