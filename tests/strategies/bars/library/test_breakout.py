from math import nan

import pytest

from tests.strategies.bars.library.drawn import assert_drawn, draw, signals

RANGE = [10, 11, 10, 10.5, 10.8, 12, 13, 12.5, 12, 9, 9.5]
"""Below 11 until bar 5; at bar 9 below the lows of the three bars before, 12 at least."""


@pytest.mark.parametrize(("name", "entered"), [("donchian", [5]), ("breakout_range", [5, 6])])
def test_a_close_above_the_highs_before_is_bought(name, entered):
    bars = draw(RANGE, highs={2: 11.9})
    assert_drawn(name, bars, entered, [9], period=3)


def test_highs_count_and_a_close_at_them_is_no_break():
    bars = draw(RANGE, highs={2: 12.0})
    assert_drawn("donchian", bars, [6], [9], period=3)
    assert_drawn("breakout_range", bars, [6], [9], period=3)


REGIME = {"entry_period": 3, "exit_period": 2, "regime": 2, "adx_period": 2, "adx_min": 0.0}


def test_a_break_in_a_healthy_rise_is_bought():
    found = signals("donchian_regime", draw(RANGE, lows={3: 9.9}), **REGIME)
    assert found == {"enter_long": [5], "exit_long": [9], "enter_short": [], "exit_short": []}


def test_the_ranges_of_entry_and_exit_are_their_own():
    closes = [*RANGE[:9], 12.2, 11.9, 11.5]  # lows before 10: 12.5, 12, 12; and 11.9 at last
    found = signals("donchian_regime", draw(closes), **REGIME | {"entry_period": 4})
    assert found["exit_long"] == [10, 11]


def test_a_break_without_strength_or_below_its_ema_is_not_bought():
    weak = signals("donchian_regime", draw(RANGE, lows={3: 9.9}), **REGIME | {"adx_min": 100.0})
    fallen = signals("donchian_regime", draw([40] * 5 + RANGE), **REGIME | {"regime": 10})
    assert weak["enter_long"] == fallen["enter_long"] == []
    risen = signals("donchian_regime", draw([10] * 5 + RANGE), **REGIME | {"regime": 10})
    assert risen["enter_long"] == [10]


ATR_JUMP = {"atr_period": 1, "multiplier": 2.0, "mean_period": 3}


def test_a_jump_of_some_true_ranges_above_the_mean_is_bought():
    closes = [10, 10.5, 10, 10.5, 10.2, 12, 12.5, 12.2, 11, 10]
    assert_drawn("atr_breakout", draw(closes), [5], [2, 4, 7, 8, 9], **ATR_JUMP)


def test_a_fall_as_far_is_left_though_above_the_mean():
    closes = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 16.5]  # the mean of eight: 16.06
    assert_drawn("atr_breakout", draw(closes), [], [10], **ATR_JUMP | {"mean_period": 8})


def test_a_jump_needs_volume_and_the_range_needs_a_jump():
    closes = [10, 10.5, 10.2, 10.4, 10.6, 11.5, 11.6, 12.6, 11]
    given = {"atr_period": 1, "volume_period": 3, "period": 3, "exit_period": 2}
    busy = draw(closes, volume={5: 200, 6: 300})
    assert_drawn("atr_volume_breakout", busy, [5], [2, 8], **given)
    assert_drawn("atr_volume_breakout", draw(closes), [], [2, 8], **given)
    assert_drawn("atr_volume_breakout", draw(closes, volume={7: 300}), [7], [2, 8], **given)


INSIDE = {
    "closes": [11, 10.8, 11.6, 11.9, 9.8, 9.9],
    "opens": {0: 10},
    "highs": {0: 12, 1: 11.5, 2: 11.8, 3: 12.5, 4: 12, 5: 12.2},
    "lows": {0: 9, 1: 10, 2: 10.5, 3: 11, 4: 9.5, 5: 9.4},
}


def test_the_break_of_an_inside_bar_is_bought():
    assert_drawn("inside_bar", draw(**INSIDE), [2], [4, 5])


def test_a_bar_with_the_same_high_is_not_inside():
    bars = draw(**INSIDE | {"highs": INSIDE["highs"] | {1: 12}})
    assert_drawn("inside_bar", bars, [3], [4, 5])  # but bar 2 is


OPENING = [100.0] * 24 + [101, 100.5, 101.5, 100.8, 101.6, 102, 99.9, 99.5, 100.2]


def test_the_break_of_the_opening_range_with_volume_is_bought():
    bars = draw(OPENING, volume={28: 200})
    assert_drawn("orb", bars, [28], [30, 31], range_bars=2)
    assert_drawn("orb", draw(OPENING), [], [30, 31], range_bars=2)


def test_no_range_is_known_before_its_last_bar_and_in_a_day_that_began_before():
    closes = [*OPENING[:24], 101, 102, 103, 104, 99]
    bars = draw(closes, volume={bar: 100 + bar**2 for bar in range(20, 29)})
    assert_drawn("orb", bars, [], [28], range_bars=4)  # 104 is the range's own high
    assert_drawn("orb", bars, [26], [28], range_bars=2)  # a cross is once


RATIO = [1.0, 1.6, 1.6, nan, 1.0, 0.5, 0.6, 0.6]
TURN = [10, 11, 12, 13, 14, 13, 12, 11]


def test_takers_that_keep_buying_are_followed():
    found = signals(
        "taker_aggression", draw(TURN, columns={"taker_buy_sell_ratio": RATIO}), **TAKERS
    )
    assert found == {
        "enter_long": [2],
        "exit_long": [0, 4, 5, 6, 7],
        "enter_short": [6, 7],
        "exit_short": [0, 1, 2, 4],
    }


TAKERS = {"bars": 2, "ema_period": 2}


def test_takers_against_the_price_are_not_followed():
    bars = draw(TURN[::-1][3:] + [9, 12, 13], columns={"taker_buy_sell_ratio": RATIO})
    found = signals("taker_aggression", bars, **TAKERS)
    assert found["enter_long"] == found["enter_short"] == []
