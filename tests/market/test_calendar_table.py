"""The shipped table of closures and early closes: whole, and refused where it is damaged."""

import json
from datetime import date, time

import pyarrow.parquet as pq
import pytest

from forven.market import calendar
from forven.market.calendar_table import TABLE_FILE, read_table
from forven.primitives.errors import UntrustedData
from forven.primitives.time import exchange_datetime

SHIPPED = json.loads(TABLE_FILE.read_text("utf-8"))


def test_the_shipped_table_covers_the_whole_calendar():
    table = read_table()
    assert (table.first_day, table.last_day) == (calendar.FIRST_DAY, calendar.LAST_DAY)


def test_its_days_and_closes_are_those_that_were_recorded(shared_data):
    recorded = pq.read_table(shared_data / "calendars" / "xnys_sessions.parquet")
    days = recorded.column("date").to_pylist()
    closes = [exchange_datetime(ns) for ns in recorded.column("close").cast("int64").to_pylist()]
    table = read_table()
    assert len(days) > 8_000
    assert [day for day in table.days() if days[0] <= day <= days[-1]] == days
    early = {day: close.time() for day, close in zip(days, closes) if close.time() != time(16)}
    assert {day: close for day, close in table.early_closes.items() if day <= days[-1]} == early


def test_a_small_table_is_read_as_it_is_written(tmp_path):
    document = SHIPPED | {
        "first_day": "2024-07-01",
        "last_day": "2024-07-09",
        "closures": {"2024-07-04": "Independence Day", "2024-07-05": None},
        "early_closes": {"2024-07-03": "13:00"},
    }
    path = tmp_path / "table.json"
    path.write_text(json.dumps(document))
    table = read_table(path)
    assert [day.day for day in table.days()] == [1, 2, 3, 8, 9]
    assert table.closures[date(2024, 7, 5)] is None
    assert table.early_closes == {date(2024, 7, 3): time(13)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 2}, "version: expected 1, found 2"),
        ({"more": 1}, "expected an object of the fields"),
        ({"closures": []}, "expected closures and early_closes by day"),
        ({"closures": {"2024-07-4": None}}, "expected a date as YYYY-MM-DD, found '2024-07-4'"),
        ({"closures": {"2024-07-04": ""}}, "closures.2024-07-04: expected a name or null"),
        ({"closures": {"2024-07-06": "Saturday"}}, "expected weekdays of its range, found 2024"),
        ({"closures": {"1989-12-25": "Christmas"}}, "expected weekdays of its range, found 1989"),
        ({"early_closes": {"2024-07-03": 13}}, "expected a time as HH:MM"),
        ({"closures": {"2024-07-03": None}}, "2024-07-03 as a closure or an early close"),
        ({"first_day": None}, "expected a date as YYYY-MM-DD, found 'None'"),
    ],
)
def test_a_damaged_table_is_refused_with_its_place(tmp_path, change, reason):
    path = tmp_path / "table.json"
    path.write_text(json.dumps(SHIPPED | change))
    with pytest.raises(UntrustedData, match=reason) as refusal:
        read_table(path)
    assert str(path) in str(refusal.value)
    assert "install forven again" in str(refusal.value)


def test_a_lost_table_is_refused(tmp_path):
    with pytest.raises(UntrustedData, match=r"none\.json"):
        read_table(tmp_path / "none.json")
