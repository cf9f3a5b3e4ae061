from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.bars.calendars import bars_per_year, begins_of, due, expected_ends
from forven.market.bars.timeframes import DAY_NS, TIMEFRAMES, timeframe_of
from forven.market.calendar import trading_calendar
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import nanoseconds_of, rfc3339, utc_datetime

NAMES = list(TIMEFRAMES)


def moment(text: str) -> int:
    return nanoseconds_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def texts(ends) -> list[str]:
    return [rfc3339(int(end))[5:16] for end in ends]


def test_the_clock_round_has_the_fixed_figures():
    figures = [bars_per_year(name, "always") for name in NAMES]
    assert figures == [525_960, 105_192, 35_064, 8_760, 2_190, 365, 52]


def test_a_year_of_the_exchange_has_252_sessions_with_their_early_closes():
    minutes = bars_per_year("1m", "xnys")
    assert bars_per_year("1d", "xnys") == 252
    assert bars_per_year("1w", "xnys") == 52
    assert 252 * 387 < minutes < 252 * 390
    assert bars_per_year("5m", "xnys") == pytest.approx(minutes / 5)
    assert bars_per_year("15m", "xnys") == pytest.approx(minutes / 15)
    assert 252 * 6.9 < bars_per_year("1h", "xnys") < 252 * 7


def test_measured_is_what_the_data_has_for_each_year_of_its_span():
    ends = np.arange(0, 365.25 * DAY_NS * 2 + 1, DAY_NS).astype(np.int64)
    assert bars_per_year("1d", "measured", ends) == pytest.approx(365.25)
    assert bars_per_year("1d", "measured", ends[::2]) == pytest.approx(365.25 / 2)
    for few in (None, ends[:1]):
        with pytest.raises(InvalidInput, match="2 bars or more to measure"):
            bars_per_year("1d", "measured", few)


@given(st.sampled_from(NAMES[:-1]), st.integers(0, 2**61), st.integers(0, 5_000), st.data())
def test_every_moment_of_the_grid_is_due_around_the_clock(name, first, count, data):
    length = timeframe_of(name).duration_ns
    last = first + count * length + data.draw(st.integers(0, length - 1))
    ends = expected_ends(name, "always", first, last)
    assert ends.tolist() == list(range(-(-first // length) * length, last + 1, length))
    assert due(name, "always", ends).all()


def test_a_week_around_the_clock_ends_on_monday():
    ends = expected_ends("1w", "always", moment("2024-01-02"), moment("2024-01-20"))
    assert texts(ends) == ["01-08T00:00", "01-15T00:00"]


def test_sessions_end_their_last_bar_and_early_closes_end_them_earlier():
    asked = (moment("2024-11-28"), moment("2024-11-30"))  # Thanksgiving, then a half day
    assert texts(expected_ends("1d", "xnys", *asked)) == ["11-29T18:00"]
    assert expected_ends("1m", "xnys", *asked).size == 210
    hours = ["11-29T15:00", "11-29T16:00", "11-29T17:00", "11-29T18:00"]
    assert texts(expected_ends("1h", "xnys", *asked)) == hours
    assert texts(expected_ends("4h", "xnys", *asked)) == ["11-29T16:00", "11-29T18:00"]
    assert texts(expected_ends("1w", "xnys", *asked)) == ["11-29T18:00"]


@pytest.mark.parametrize("name", NAMES[:5])
def test_the_bars_of_a_year_of_sessions_are_those_made_by_hand(name):
    length = timeframe_of(name).duration_ns
    first, last = datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, tzinfo=UTC)
    by_hand = []
    for bounds in trading_calendar().sessions(first.date(), last.date()):
        end = bounds.open_ns // length * length + length
        while end < bounds.close_ns:
            by_hand.append(end)
            end += length
        by_hand.append(bounds.close_ns)
    found = expected_ends(name, "xnys", nanoseconds_of(first), nanoseconds_of(last))
    assert found.tolist() == by_hand


def test_nothing_is_due_where_the_calendar_does_not_say():
    assert expected_ends("1m", "measured", 0, DAY_NS) is None


def test_what_is_no_calendar_and_no_day_of_one_is_refused():
    with pytest.raises(InvalidInput, match="calendar: expected one of these, found 'nyse'"):
        bars_per_year("1d", "nyse")
    with pytest.raises(UntrustedData, match="1990-01-01 to 2049-12-31"):
        expected_ends("1d", "xnys", moment("1970-01-01"), moment("1971-01-01"))


@pytest.mark.parametrize(
    ("timeframe", "end", "begin"),
    [
        ("1d", "2024-01-02T21:00", "01-02T14:30"),  # the holiday before has no part in it
        ("1d", "2024-07-03T17:00", "07-03T13:30"),  # an early close
        ("1w", "2024-01-05T21:00", "01-02T14:30"),  # Monday was a holiday
        ("1h", "2024-01-02T15:00", "01-02T14:30"),  # of the grid's hour the session has a half
        ("1h", "2024-01-02T16:00", "01-02T15:00"),
        ("4h", "2024-01-02T21:00", "01-02T20:00"),  # cut short by the close
        ("5m", "2024-07-03T17:00", "07-03T16:55"),
    ],
)
def test_an_exchange_bar_begins_in_its_session(timeframe, end, begin):
    ends = np.array([moment(end)])
    assert due(timeframe, "xnys", ends).all()
    assert texts(begins_of(timeframe, "xnys", ends)) == [begin]


@pytest.mark.parametrize("timeframe", NAMES)
def test_an_exchange_bar_begins_where_the_one_before_ended_or_with_a_session(timeframe):
    ends = expected_ends(timeframe, "xnys", moment("2024-06-24"), moment("2024-07-20"))
    begins = begins_of(timeframe, "xnys", ends)
    assert (begins < ends).all()
    assert (begins[1:] >= ends[:-1]).all()
    calendar = trading_calendar()
    opens = {calendar.bounds(utc_datetime(int(end)).date()).open_ns for end in ends}
    if timeframe != "1w":
        assert opens <= set(begins.tolist())


def test_elsewhere_a_bar_is_as_long_as_its_timeframe():
    ends = np.array([moment("2024-01-06T05:00"), moment("2024-01-06T06:00")])
    for calendar in ("always", "measured", "xnys"):  # a Saturday: no session
        assert (ends - begins_of("1h", calendar, ends) == timeframe_of("1h").duration_ns).all()
    assert begins_of("1h", "xnys", ends[:0]).size == 0
