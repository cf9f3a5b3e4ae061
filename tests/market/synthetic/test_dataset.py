from datetime import date

import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import InvalidInput


def test_a_year_of_sessions_from_the_default_day_holds_three_early_closes():
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 252)
    early = [bounds.day for bounds in sessions if bounds.early_close]
    assert len(sessions) == 252
    assert early == [date(2024, 7, 3), date(2024, 11, 29), date(2024, 12, 24)]


def test_sessions_start_on_the_next_one_and_more_than_the_calendar_has_are_refused():
    calendar = trading_calendar()
    assert synthetic_sessions(calendar, date(2024, 7, 4), 1)[0].day == date(2024, 7, 5)
    with pytest.raises(InvalidInput, match=r"^days: expected at most \d+ from 2049-12-01"):
        synthetic_sessions(calendar, date(2049, 12, 1), 30)
    with pytest.raises(InvalidInput, match="days: expected 1 to 10000, found 0"):
        synthetic_sessions(calendar, date(2024, 1, 2), 0)


def test_a_dataset_holds_the_days_asked_for_and_more_days_leave_them_as_they_were():
    catalog, calendar = Catalog(), trading_calendar()
    spec = SyntheticSpec(seed=5, frame_seconds=300)
    seen = []
    sessions = synthetic_sessions(calendar, date(2024, 7, 1), 3)
    short = synthesize(catalog, "short", spec, sessions, seen.append)
    longer = synthetic_sessions(calendar, date(2024, 7, 1), 5)
    long = synthesize(catalog, "long", spec, longer, seen.append)
    assert seen[:3] == [date(2024, 7, 1), date(2024, 7, 2), date(2024, 7, 3)]
    assert [record.content_hash for record in long[:3]] == [r.content_hash for r in short]
    assert long[2].bounds.early_close
    assert not any(record.settlement_estimated for record in long)
    assert catalog.names() == ["long", "short"]


def test_a_name_that_is_taken_is_refused_unless_it_is_to_be_replaced():
    catalog = Catalog()
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
    first = synthesize(catalog, "demo", SyntheticSpec(seed=1, frame_seconds=300), sessions, print)
    other = SyntheticSpec(seed=2, frame_seconds=300)
    with pytest.raises(InvalidInput, match="there already"):
        synthesize(catalog, "demo", other, sessions, print)
    second = synthesize(catalog, "demo", other, sessions, print, replace=True)
    assert second[0].content_hash != first[0].content_hash


def test_a_day_of_one_second_frames_takes_less_than_eight_megabytes():
    catalog = Catalog()
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
    synthesize(catalog, "fine", SyntheticSpec(seed=1), sessions, print)
    stored = sum(path.stat().st_size for path in catalog.folder.rglob("*.parquet"))
    assert 200_000 < stored < 8_000_000
