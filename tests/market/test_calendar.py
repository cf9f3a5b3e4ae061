import json
from datetime import date, time

import pyarrow.parquet as pq
import pytest

from forven.market.bounds import SessionBounds
from forven.market.calendar import TradingCalendar, trading_calendar
from forven.market.overrides import load_overrides
from forven.primitives.errors import EmptyRange, InvalidInput, NotASession
from forven.primitives.time import NANOSECONDS_PER_MINUTE, exchange_datetime, exchange_time


@pytest.fixture(scope="module")
def calendar() -> TradingCalendar:
    return TradingCalendar(load_overrides())


def test_every_session_of_eighteen_years_has_its_open_and_close(calendar, shared_data):
    table = pq.read_table(shared_data / "calendars" / "xnys_generated_2010_2027.parquet")
    days = table.column("date").to_pylist()
    expected = [
        SessionBounds(day=day, open_ns=opening, close_ns=closing, early_close=early)
        for day, opening, closing, early in zip(
            days,
            table.column("open").cast("int64").to_pylist(),
            table.column("close").cast("int64").to_pylist(),
            table.column("early_close").to_pylist(),
            strict=True,
        )
    ]
    assert calendar.sessions(date(2010, 1, 1), date(2027, 6, 30)) == [
        bounds for bounds in expected if bounds.day <= date(2027, 6, 30)
    ]


def test_every_session_since_1990_closes_as_recorded(calendar, shared_data):
    table = pq.read_table(shared_data / "calendars" / "xnys_sessions.parquet")
    closes = table.column("close").cast("int64").to_pylist()
    recorded = dict(zip(table.column("date").to_pylist(), closes, strict=True))
    sessions = calendar.sessions(min(recorded), max(recorded))
    assert {bounds.day: bounds.close_ns for bounds in sessions} == recorded


def test_weekday_closures_are_no_sessions_and_say_why(calendar, shared_data):
    table = pq.read_table(shared_data / "calendars" / "xnys_weekday_closures_2010_2027.parquet")
    days = table.column("date").to_pylist()
    assert len(days) > 150
    for day in days:
        with pytest.raises(NotASession, match=f"{day} is no trading day: [A-Z0-9a-z]") as refusal:
            calendar.bounds(day)
        assert "exchange calendar XNYS" not in str(refusal.value)


@pytest.mark.parametrize(
    "day",
    ["2024-07-03", "2025-07-03", "2024-11-29", "2025-11-28", "2026-11-27",
     "2024-12-24", "2025-12-24", "2026-12-24"],
)  # fmt: skip
def test_expiring_series_close_at_one_on_early_days(calendar, day):
    bounds = calendar.bounds(date.fromisoformat(day))
    assert bounds.early_close
    assert exchange_datetime(bounds.close_ns).time() == time(13, 0)
    assert bounds.duration_ns == 210 * NANOSECONDS_PER_MINUTE


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2025-01-09", "mourning for Jimmy Carter"),
        ("2018-12-05", "mourning for George H. W. Bush"),
        ("2012-10-29", "Hurricane Sandy"),
        ("2026-06-19", "Juneteenth"),
        ("2026-07-03", "Independence Day"),
        ("2025-04-18", "Good Friday"),
        ("2025-11-27", "Thanksgiving"),
        ("2025-11-29", "a Saturday"),
        ("2025-11-30", "a Sunday"),
    ],
)
def test_a_closed_day_is_refused_with_its_reason_and_its_neighbours(calendar, day, reason):
    with pytest.raises(NotASession, match=rf"{day} is no trading day: .*{reason}.*nearest"):
        calendar.bounds(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("before", "after", "hours_utc"),
    [("2025-03-07", "2025-03-10", (14, 13)), ("2025-10-31", "2025-11-03", (13, 14))],
)
def test_the_open_keeps_its_new_york_time_over_clock_changes(calendar, before, after, hours_utc):
    found = []
    for day in (before, after):
        bounds = calendar.bounds(date.fromisoformat(day))
        assert bounds.duration_ns == 390 * NANOSECONDS_PER_MINUTE
        assert exchange_datetime(bounds.open_ns).time() == time(9, 30)
        found.append(bounds.open_ns // (60 * NANOSECONDS_PER_MINUTE) % 24)
    assert tuple(found) == hours_utc


def test_a_range_may_begin_and_end_on_closed_days(calendar):
    days = calendar.sessions(date(2025, 12, 25), date(2025, 12, 28))
    assert [bounds.day for bounds in days] == [date(2025, 12, 26)]


def test_a_range_without_a_session_is_refused(calendar):
    with pytest.raises(EmptyRange, match="Saturday"):
        calendar.sessions(date(2025, 12, 27), date(2025, 12, 28))
    with pytest.raises(InvalidInput, match="from <= to"):
        calendar.sessions(date(2025, 12, 28), date(2025, 12, 27))


@pytest.mark.parametrize("day", [date(1989, 12, 29), date(2050, 1, 3)])
def test_days_outside_the_calendar_are_refused(calendar, day):
    with pytest.raises(InvalidInput, match="1990-01-01 to 2049-12-31"):
        calendar.bounds(day)


def test_the_users_own_overrides_go_before_everything_else(forven_home):
    forven_home.mkdir()
    named = {"reason": "a test", "source": "exchange notice"}
    entries = [
        {"date": "2025-06-10", "status": "closed", **named},
        {"date": "2025-06-11", "status": "early_close", "close": "11:15", **named},
        {"date": "2025-06-14", "status": "open", **named},
        {"date": "2025-12-24", "status": "open", **named},
    ]
    document = {"version": 1, "entries": entries}
    (forven_home / "calendar_overrides.json").write_text(json.dumps(document))
    calendar = trading_calendar()
    with pytest.raises(NotASession, match=r"a test \(source: exchange notice\)"):
        calendar.bounds(date(2025, 6, 10))
    early = calendar.bounds(date(2025, 6, 11))
    assert early.early_close
    assert early.close_ns == exchange_time(date(2025, 6, 11), time(11, 15))
    for day in (date(2025, 6, 14), date(2025, 12, 24)):
        assert calendar.bounds(day).duration_ns == 390 * NANOSECONDS_PER_MINUTE
        assert not calendar.bounds(day).early_close


def test_days_are_those_of_the_sessions_and_may_be_none():
    calendar = trading_calendar()
    days = calendar.days(date(2024, 7, 1), date(2024, 7, 8))
    assert days == [s.day for s in calendar.sessions(date(2024, 7, 1), date(2024, 7, 8))]
    assert date(2024, 7, 4) not in days
    assert calendar.days(date(2024, 7, 6), date(2024, 7, 7)) == []
