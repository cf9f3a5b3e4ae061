"""Section 3 of docs/BARS.md: when signals act, who goes first, and what the end does."""

from forven.kernels import bars_schema as schema
from tests.reference.bars.handmade import Example

RISING = [100, 101, 102, 103, 104]


def test_a_signal_acts_at_the_open_of_the_next_bar(told):
    bars = [100, (101, 110, 90, 105), (102, 111, 91, 106), (103, 112, 92, 107), 104]
    seen = told(Example(bars, enter_long=[0], exit_long=[2]))
    assert seen.fills == [(1, 1, 101, 3, 103)]
    assert seen.reasons == [schema.REASON_SIGNAL]
    assert seen.of_trades("OPEN_AT_END") == [0]
    assert seen.count("BARS_HELD") == 2


def test_a_short_is_told_with_its_sign(told):
    seen = told(Example(RISING, enter_short=[1], exit_short=[2]))
    assert seen.fills == [(-1, 2, 102, 3, 103)]
    assert (seen.count("TRADES"), seen.count("TRADES", -1)) == (0, 1)


def test_signals_of_bars_before_the_segment_do_not_act(told):
    assert told(Example(RISING, enter_long=[0, 1], segment=(2, 5))).fills == []
    first = told(Example(RISING, enter_long=[2], segment=(2, 5)))
    assert first.fills == [(1, 3, 103, 4, 104)]


def test_a_signal_of_the_last_bar_acts_nowhere(told):
    assert told(Example(RISING, enter_long=[4])).fills == []
    assert told(Example(RISING, enter_long=[2], segment=(0, 3))).fills == []


def test_what_is_held_in_the_last_bar_is_closed_at_its_close(told):
    bars = [*RISING[:4], (104, 110, 100, 107)]
    seen = told(Example(bars, enter_long=[0]))
    assert seen.fills == [(1, 1, 101, 4, 107)]
    assert (seen.reasons, seen.of_trades("OPEN_AT_END")) == ([schema.REASON_SIGNAL], [1])
    assert seen.count("OPEN_AT_END") == 1


def test_a_position_may_be_entered_and_closed_in_the_last_bar(told):
    bars = [*RISING[:4], (104, 110, 100, 107)]
    seen = told(Example(bars, enter_long=[3]))
    assert seen.fills == [(1, 4, 104, 4, 107)]
    assert seen.count("BARS_HELD") == 0
    assert seen.count("BARS_IN_MARKET") == 1


def test_nothing_is_entered_while_the_exit_bit_is_set(told):
    seen = told(Example(RISING, enter_long=[0, 1], exit_long=[0]))
    assert seen.fills == [(1, 2, 102, 4, 104)]


def test_a_held_direction_is_not_entered_again(told):
    assert len(told(Example(RISING, enter_long=[0, 1, 2])).fills) == 1


def test_a_direction_may_be_entered_at_the_open_that_closed_it(told):
    seen = told(Example(RISING, enter_long=[0, 2]).set(TIME_STOP_BARS=2))
    assert seen.fills == [(1, 1, 101, 3, 103), (1, 3, 103, 4, 104)]
    assert seen.reasons == [schema.REASON_TIME_STOP, schema.REASON_SIGNAL]
    assert seen.count("BARS_IN_MARKET") == 4


def test_a_direction_stopped_inside_a_bar_is_entered_at_the_next_open(told):
    bars = [10_000, (10_000, 10_000, 9_900, 9_950), 9_960, 9_970]
    seen = told(Example(bars, enter_long=[0, 1]).set(STOP_PPM=10_000))
    assert seen.fills == [(1, 1, 10_000, 1, 9_900), (1, 2, 9_960, 3, 9_970)]


def test_the_time_stop_comes_before_the_signal(told):
    seen = told(Example(RISING, enter_long=[0], exit_long=[2]).set(TIME_STOP_BARS=2))
    assert seen.fills == [(1, 1, 101, 3, 103)]
    assert seen.reasons == [schema.REASON_TIME_STOP]


def test_the_mode_says_which_directions_are_entered(told):
    both = Example(RISING, enter_long=[0], enter_short=[1])
    assert [row[0] for row in told(both).fills] == [1, -1]
    only_long = told(both.set(MODE=schema.MODE_LONG))
    assert [row[0] for row in only_long.fills] == [1]
    only_short = told(both.set(MODE=schema.MODE_SHORT))
    assert [row[0] for row in only_short.fills] == [-1]


def test_a_direction_without_a_row_is_never_entered(told):
    seen = told(Example(RISING, enter_long=[0], enter_short=[0]).set(ENTER_LONG=-1))
    assert [row[0] for row in seen.fills] == [-1]


def test_an_exit_without_a_row_never_comes(told):
    seen = told(Example(RISING, enter_long=[0], exit_long=[1]).set(EXIT_LONG=-1))
    assert seen.fills == [(1, 1, 101, 4, 104)]


def test_long_goes_before_short_in_each_step(told):
    example = Example(RISING, enter_long=[0], enter_short=[0], exit_long=[2], exit_short=[2])
    assert [row[0] for row in told(example).fills] == [1, -1]


def test_exits_at_the_open_come_before_those_inside_the_bar(told):
    bars = [10_000, 10_000, (10_000, 10_000, 9_900, 9_950), 9_950]
    example = Example(bars, enter_long=[0], enter_short=[0], exit_short=[1])
    seen = told(example.set(STOP_PPM=10_000))
    assert seen.fills == [(-1, 1, 10_000, 2, 10_000), (1, 1, 10_000, 2, 9_900)]


def test_in_the_last_bar_too_what_is_closed_inside_it_comes_before_the_end(told):
    bars = [10_000, 10_000, (10_000, 10_200, 10_000, 10_100)]
    example = Example(bars, enter_long=[0], enter_short=[0]).set(STOP_PPM=10_000)
    assert told(example).fills == [(-1, 1, 10_000, 2, 10_100), (1, 1, 10_000, 2, 10_100)]
    example.set(DETAIL=0, SIZING=schema.SIZING_KELLY)
    assert [row[0] for row in told(example).fills] == [-1, 1]


def test_segments_start_flat_with_the_capital(told):
    seen = told(Example(RISING, enter_long=[0, 2], segment=(2, 5)))
    assert seen.of_trades("BASE") == [1_000.0]
    assert seen.values[2] == 1_000.0


def test_one_bar_alone_trades_nothing(told):
    seen = told(Example([100], enter_long=[0], enter_short=[0]))
    assert seen.fills == []
    assert (seen.values, seen.sum("EQUITY"), seen.sum("BAR_RETURNS")) == ([1_000.0], 1_000.0, 0.0)
