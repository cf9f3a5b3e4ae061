"""Each oscillator on bars drawn by hand; the numbers beside them are worked out by hand too."""

import pytest

from forven.market.bars.synthetic import random_bars
from tests.strategies.bars.library.drawn import assert_mirrored, dots, held, signals


@pytest.mark.parametrize("name", ["stochastic", "kdj", "cci", "williams_r", "ultimate_oscillator"])
def test_shorts_are_longs_over_the_mirror(name):
    assert_mirrored(name)


@pytest.mark.parametrize("name", ["connors_rsi", "mfi", "cci"])
def test_where_longs_are_left_shorts_are_entered_and_the_other_way_round(name):
    found = signals(name, random_bars(3_000, 22))
    assert found["enter_short"] == found["exit_long"]
    assert found["exit_short"] == found["enter_long"]
    assert found["enter_long"] and found["exit_long"]
    assert found["enter_long"] != found["exit_long"]


def test_connors_rsi():
    # Bar 6: RSI 6.3, RSI of the streak 14.3, rank 0: mean 6.8; before it 66.7.
    # Bar 8: 91.5, 60, 100: 83.8. Bar 9: 97.7, 73.9, 100: 90.5.
    bars = dots([100, 101, 102, 103, 104, 105, 90, 110, 140, 200])
    settings = {"period": 2, "streak_period": 2, "rank_period": 4}
    assert held("connors_rsi", bars, **settings) == [(6, 9)]
    assert held("connors_rsi", bars, **settings, lower=6.5) == []
    assert held("connors_rsi", bars, **settings, upper=91.0) == [(6, None)]


FALLING = list(range(130, 108, -1))  # 22 bars, the last 109
NARROW = {
    "highs": {bar: close + 0.5 for bar, close in enumerate([*FALLING, 110, 111, 112])},
    "lows": {bar: close - 0.5 for bar, close in enumerate([*FALLING, 110, 111, 112])},
}
STOCHASTIC = {"period": 3, "smooth": 1, "adx_period": 2}


def test_stochastic():
    # Falling, %K is 0.5 / 3 = 17; bar 22: 1.5 / 2 = 75; bar 23: 2.5 / 3 = 83.
    closes = [*FALLING, 110, 111, 112]
    busy = dots(closes, **NARROW, volume={22: 200.0})
    assert held("stochastic", busy, **STOCHASTIC) == [(22, 23)]
    assert held("stochastic", dots(closes, **NARROW), **STOCHASTIC) == []
    assert held("stochastic", busy, **STOCHASTIC, adx_min=99.0) == []
    assert held("stochastic", busy, **STOCHASTIC, upper=90.0) == [(22, None)]


def test_stochastic_leaves_where_it_falls_through_the_lower_exit():
    # Of a range from 109 to 112, bar 22 is at 67 and bar 23 at 30; bar 24 is at the top.
    bars = dots([*FALLING, 111, 109.9, 112], highs={22: 112}, volume={22: 200.0})
    assert held("stochastic", bars, **STOCHASTIC, upper=100.0) == [(22, 23)]
    assert held("stochastic", bars, **STOCHASTIC, exit_long=25.0, upper=100.0) == [(22, 24)]


def test_kdj():
    # Falling, the raw number is 0. Bar 3: K 14.8, D 29.6, J -14.8. Bar 4, raw 30: K 19.9, D 26.4,
    # J 6.9. Bar 5, raw 100: K 46.6, D 33.1. Bar 6, raw 0: K 31.1, D 32.4.
    bars = dots([20, 18, 16, 14, 17, 24, 10], highs={4: 24}, lows={4: 14})
    assert held("kdj", bars, period=2) == [(5, 6)]
    assert held("kdj", bars, period=2, confirm_bars=2) == [(5, 6)]
    assert held("kdj", bars, period=2, confirm_bars=1) == []


def test_cci():
    # Falling by 1 it is -100, rising 100; bar 3: (1 / 3) / (0.015 x 4 / 9) = 50; bar 6: -50.
    bars = dots([10, 9, 8, 9, 10, 11, 10])
    settings = {"period": 3, "lower": -90.0, "upper": 90.0}
    assert held("cci", bars, **settings) == [(3, 6)]
    assert signals("cci", bars, **settings)["enter_long"] == [3]
    assert held("cci", bars, period=3, lower=60.0, upper=90.0) == [(4, 6)]


def test_mfi():
    # Falling it is 0. Bar 3: 9 / (9 + 8) = 53; bar 4: 100; bar 5: 10 / (10 + 9) = 53.
    closes = [10, 9, 8, 9, 10, 9]
    assert held("mfi", dots(closes), period=2) == [(3, 5)]
    # With a tenth of the volume bar 3 is 0.9 / 8.9 = 10.
    assert held("mfi", dots(closes, volume={3: 10.0}), period=2) == [(4, 5)]


def test_williams_r():
    # A close at the lowest low is -100, at the highest high 0.
    bars = dots([10, 9, 8, 7, 6, 5, 6, 7, 8, 7])
    settings = {"period": 3, "adx_period": 2}
    assert held("williams_r", bars, **settings) == [(6, 9)]
    assert held("williams_r", bars, **settings, adx_min=99.0) == []


def test_williams_ema_reclaim():
    # EMA of bars 4 to 9: 8.75, 9.125, 9.8, 10.1, 10.15, 10.03; %R of bar 4 is -100.
    # Bar 8 is the lowest close of three, but above the EMA; bar 9 is below it.
    closes = [10, 10, 10, 9, 8, 9.5, 10.5, 10.4, 10.2, 9.9]
    settings = {"period": 3, "ema_period": 3, "memory_bars": 1}
    assert held("williams_ema_reclaim", dots(closes), **settings) == [(5, 8)]
    # One low bar among the last three is enough.
    longer = {**settings, "memory_bars": 3}
    assert held("williams_ema_reclaim", dots(closes), **longer) == [(5, 8)]
    # A high that keeps %R from falling leaves it to the EMA.
    high = dots(closes, highs={6: 20.0, 8: 20.0})
    assert signals("williams_ema_reclaim", high, **settings)["exit_long"][-1] == 9
    # %R of bar 4 is -60 where its low lies lower.
    low = dots(closes, lows={4: 5.0})
    assert held("williams_ema_reclaim", low, **settings) == []


def test_ultimate_oscillator():
    # Falling it is 0. Bar 4: (4 x 100 + 2 x 50 + 33) / 7 = 76; bar 5: (400 + 200 + 67) / 7 = 95.
    settings = {"short": 1, "middle": 2, "long": 3, "upper": 90.0}
    assert held("ultimate_oscillator", dots([10, 9, 8, 7, 8, 9]), **settings) == [(4, 5)]
    # Once all three spans hold rises only it is 100.
    highest = {**settings, "upper": 100.0}
    assert held("ultimate_oscillator", dots([10, 9, 8, 7, 8, 9, 10]), **highest) == [(4, 6)]
    # A close a quarter up its range: (4 x 25 + 2 x 12.5 + 8.3) / 7 = 19.
    weak = dots([10, 9, 8, 7, 7.25, 7.5], highs={4: 8.0}, lows={4: 7.0})
    assert signals("ultimate_oscillator", weak, **settings)["enter_long"] == [5]
