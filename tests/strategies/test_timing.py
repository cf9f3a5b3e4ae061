from datetime import time

import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.structured import StructuredStrategy, parse_strategy
from forven.strategies.timing import WEEKDAYS, EntryMoment
from tests.strategies.documents import spoiled, without


def with_entry(**entry: object) -> StructuredStrategy:
    document = spoiled("entry", value=entry)
    document["exit"] = {}
    return parse_strategy(document)


def test_times_are_put_in_order():
    moments = with_entry(times=["15:59:59", "09:30", "12:00:01"]).entry.moments
    assert [moment.start for moment in moments] == [time(9, 30), time(12, 0, 1), time(15, 59, 59)]


def test_windows_are_put_in_order_and_may_touch():
    windows = [{"from": "12:00", "to": "16:00"}, {"from": "09:30", "to": "12:00"}]
    assert with_entry(windows=windows).entry.moments == (
        EntryMoment(start=time(9, 30), until=time(12)),
        EntryMoment(start=time(12), until=time(16)),
    )


def test_there_are_at_most_sixteen_times():
    times = [f"10:{minute:02d}" for minute in range(17)]
    assert with_entry(times=times[:16]).entry.max_entries == 16
    with pytest.raises(InvalidStrategy, match=r"^entry.times: expected a list of 1 to 16 times"):
        with_entry(times=times)


def test_a_window_may_be_entered_again_but_a_time_only_once():
    window = [{"from": "10:00", "to": "11:00"}]
    assert with_entry(windows=window).entry.max_entries == 1
    assert with_entry(windows=window, max_entries=16).entry.max_entries == 16
    with pytest.raises(InvalidStrategy, match=r"^entry.max_entries: .* from 1 to 16, found 17"):
        with_entry(windows=window, max_entries=17)
    with pytest.raises(InvalidStrategy, match=r"^entry.max_entries: .* from 1 to 1, found 2"):
        with_entry(times=["10:00"], max_entries=2)


def test_all_weekdays_are_the_default():
    document = without("entry", "weekdays")
    assert parse_strategy(document).entry.weekdays == WEEKDAYS
    assert with_entry(times=["10:00"], weekdays=["fri", "mon"]).entry.weekdays == ("mon", "fri")


def test_an_exit_may_come_a_second_after_the_last_entry_and_at_a_windows_end():
    document = spoiled("exit", "time", value="09:35:01")
    assert parse_strategy(document).exit.clock == time(9, 35, 1)
    document = spoiled("entry", value={"windows": [{"from": "10:00", "to": "11:00"}]})
    document["exit"] = {"time": "11:00"}
    assert parse_strategy(document).exit.clock == time(11)
    document["exit"] = {"time": "10:59:59"}
    with pytest.raises(InvalidStrategy, match=r"^exit.time: .* last window's end 11:00:00"):
        parse_strategy(document)


@pytest.mark.parametrize(
    ("field", "attribute", "text", "bps"),
    [
        ("profit_target_pct", "target_bps", "0.01", 1),
        ("profit_target_pct", "target_bps", "100", 10_000),
        ("stop_loss_pct", "stop_bps", "0.01", 1),
        ("stop_loss_pct", "stop_bps", 1_000, 100_000),
        ("stop_loss_pct", "stop_bps", 62.5, 6_250),
    ],
)
def test_percents_become_basis_points(field, attribute, text, bps):
    strategy = parse_strategy(spoiled("exit", field, value=text))
    assert getattr(strategy.exit, attribute) == bps


def test_no_exit_at_all_holds_to_settlement():
    rule = parse_strategy(spoiled("exit", value=None)).exit
    assert (rule.target_bps, rule.stop_bps, rule.clock) == (None, None, None)


def test_the_close_as_exit_time_is_told_to_be_left_out():
    with pytest.raises(InvalidStrategy, match=r"leave exit.time out to hold every position"):
        parse_strategy(spoiled("exit", "time", value="16:00"))
