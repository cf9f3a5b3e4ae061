import pytest

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.checker import check_strategy
from forven.strategies.bars.registry import strategy_named
from tests.strategies.bars.library.drawn import assert_drawn, draw, signals, with_gaps

ENGULFED = [100] * 21 + [99, 100.5, 101, 100.2]
BODIES = {22: 98.8, 24: 101.2}


def test_a_body_that_engulfs_the_one_before_is_bought():
    bars = draw(ENGULFED, opens=BODIES, volume={22: 200})
    assert_drawn("engulfing", bars, [22], [24])
    assert_drawn("engulfing", draw(ENGULFED, opens=BODIES, volume={22: 150}), [], [24])


@pytest.mark.parametrize(("opened", "closed"), [(99, 100), (99.1, 100.5), (98.8, 99.9)])
def test_a_body_of_the_same_size_or_short_of_an_end_engulfs_nothing(opened, closed):
    closes = [*ENGULFED[:22], closed, *ENGULFED[23:]]
    bars = draw(closes, opens=BODIES | {22: opened}, volume={22: 200})
    assert signals("engulfing", bars)["enter_long"] == []


REVERSAL = [10, 9.5, 9.6, 10.2]
HIGHS = {1: 10, 2: 9.8, 3: 10.3}
LOWS = {1: 9.4, 2: 9.0, 3: 9.3}


def test_a_reversal_of_three_bars_is_bought_until_its_low_breaks():
    bars = draw([*REVERSAL, 10.5, 8.9], highs=HIGHS, lows=LOWS)
    assert_drawn("three_bar_reversal", bars, [3], [5])


def test_a_reversal_is_left_at_the_opposite_one():
    closes = [*REVERSAL, 10.8, 9.25, 9.1, 8.9]
    bars = draw(closes, highs=HIGHS | {4: 11, 5: 10.9}, lows=LOWS)
    assert_drawn("three_bar_reversal", bars, [3], [5, 7])
    assert signals("three_bar_reversal", bars)["enter_short"] == [5]


@pytest.mark.parametrize(("highs", "lows"), [({1: 10.2}, {}), ({}, {2: 9.4}), ({}, {3: 9.0})])
def test_a_close_below_a_high_or_a_middle_that_is_no_low_reverses_nothing(highs, lows):
    bars = draw([*REVERSAL, 10.25], highs=HIGHS | highs, lows=LOWS | lows)
    assert_drawn("three_bar_reversal", bars, [], [])


LEGS = [110, 108, 105, 102, 100, 103, 106, 104, 102, 100.5]
DOUBLE = {"pivot": 2, "lookback": 30}


def test_the_break_of_a_double_bottom_is_bought_and_left_after_its_height():
    # lows 100 and 100.5, neckline 106, broken above 106.53; 106 + 6 = 112
    bars = draw([*LEGS, 102, 104, 106.2, 107, 108, 111, 112, 113])
    assert_drawn("double_pattern", bars, [13], [16, 17], **DOUBLE)


def test_a_double_bottom_is_left_below_its_lower_low():
    bars = draw([*LEGS, 102, 104, 106.2, 109, 103, 99.9])
    assert_drawn("double_pattern", bars, [13], [15], **DOUBLE)


def test_a_low_is_known_only_when_the_bars_after_it_are_closed():
    bars = draw([*LEGS, 107, 108, 109])
    assert_drawn("double_pattern", bars, [11], [], **DOUBLE)
    assert_drawn("double_pattern", bars, [12], [], **DOUBLE | {"pivot": 3})


@pytest.mark.parametrize(
    ("given", "entered"),
    [
        ({"lookback": 10}, [13]),
        ({"lookback": 9}, []),  # the first low was nine bars ago
        ({"tolerance_pct": 0.4}, []),
        ({"break_pct": 0.0}, [12]),
        ({"break_pct": 1.5}, [14]),
    ],
)
def test_a_double_bottom_keeps_its_bounds(given, entered):
    bars = draw([*LEGS, 102, 104, 106.2, 107, 108, 109])
    assert_drawn("double_pattern", bars, entered, [], **DOUBLE | given)


GAP = [100, 100, 98.5, 99, 99.8, 100.1, 100.2]


def test_a_gap_is_bought_until_it_is_filled():
    bars = draw(GAP, opens={2: 98}, highs={2: 99})
    assert_drawn("gap_fill", bars, [2], [5])
    assert_drawn("gap_fill", draw(GAP, opens={2: 99.0}), [2], [5])


@pytest.mark.parametrize(
    ("opened", "high"), [(99.2, 99.3), (98.0, 100.0)], ids=["too small", "filled at once"]
)
def test_a_small_gap_and_one_that_its_bar_fills_are_left_alone(opened, high):
    assert_drawn("gap_fill", draw(GAP, opens={2: opened}, highs={2: high}), [], [])


def test_gaps_are_no_matter_of_later_bars():
    strategy = strategy_named("gap_fill")
    bars = with_gaps(random_bars(3_000, 4), stretch=50)
    report = check_strategy(strategy, bars, strategy.resolve())
    assert report.troubles == () and report.signals["enter_long"] > 2


DAYS = [105] * 6 + [105, 110, 100, 103, 104, 105]
"""Of the second day: high 110, low 100, close 105, so pivot 105, S1 100, R1 110, S2 95."""


def test_a_bounce_from_the_first_support_is_bought_until_the_first_resistance():
    closes = [*DAYS, 102, 101, 108, 110.5, 104, 94.5]
    bars = draw(closes, "4h", opens={16: 109}, lows={13: 99.5})
    assert_drawn("pivot_point", bars, [13], [15, 17])


def test_a_close_at_the_support_is_no_bounce():
    bars = draw([*DAYS, 102, 100, 99], "4h", lows={12: 100.5})
    assert_drawn("pivot_point", bars, [], [])
