"""The maker of the calendar's table, and the table held to the package it was made from."""

import json
import subprocess
import sys
from datetime import date, time

import pytest
from exchange_calendars.exchange_calendar_xnys import XNYSExchangeCalendar

from forven.market import calendar_maker
from forven.market.calendar import FIRST_DAY, LAST_DAY, TradingCalendar
from forven.market.calendar_table import TABLE_FILE
from forven.primitives.errors import UntrustedData
from forven.primitives.time import exchange_time

NO_OVERRIDES: dict = {}


def hours(opening: time = time(9, 30), closing: time = time(16), day: date = date(2024, 7, 3)):
    return {day: (exchange_time(day, opening), exchange_time(day, closing))}


def test_every_session_of_the_table_is_one_of_exchange_calendars():
    """Each open and close in nanoseconds, without the overrides, over the whole range."""
    first, last = FIRST_DAY.isoformat(), LAST_DAY.isoformat()
    expected = calendar_maker.exchange_hours(XNYSExchangeCalendar(start=first, end=last))
    sessions = TradingCalendar(NO_OVERRIDES).sessions(FIRST_DAY, LAST_DAY)
    assert len(sessions) > 15_000
    assert {bounds.day: (bounds.open_ns, bounds.close_ns) for bounds in sessions} == expected


def test_the_shipped_table_is_what_the_maker_makes():
    made, shipped = calendar_maker.exchange_document(), json.loads(TABLE_FILE.read_text("utf-8"))
    del made["source"], shipped["source"]
    assert shipped == made


def test_the_maker_writes_the_table_in_its_place(tmp_path, monkeypatch):
    path = tmp_path / "table.json"
    monkeypatch.setattr(calendar_maker, "TABLE_FILE", path)
    calendar_maker.main()
    assert json.loads(path.read_text("utf-8")) == calendar_maker.exchange_document()


def test_weekdays_without_hours_are_closures_with_their_names():
    document = calendar_maker.table_document(
        hours(closing=time(13)), {date(2024, 7, 4): "Independence Day"}, "a test"
    )
    assert document["early_closes"] == {"2024-07-03": "13:00"}
    closures = document["closures"]
    assert closures["2024-07-04"] == "Independence Day"
    assert closures["2024-07-02"] is None
    assert "2024-07-03" not in closures
    assert "2024-07-06" not in closures


@pytest.mark.parametrize(
    "unusual",
    [hours(opening=time(11)), hours(closing=time(17)), hours(day=date(2024, 7, 6))],
)
def test_hours_that_the_table_cannot_say_are_refused(unusual):
    with pytest.raises(UntrustedData, match=r"a test: expected weekdays.*found 2024-07-0"):
        calendar_maker.table_document(unusual, {}, "a test")


def test_the_calendar_itself_imports_neither_exchange_calendars_nor_pandas():
    program = """
import sys
from forven.market.calendar import trading_calendar
trading_calendar()
print(sorted({"pandas", "exchange_calendars", "numpy"} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
