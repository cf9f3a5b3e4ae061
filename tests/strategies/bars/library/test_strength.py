"""Each strategy of relative strength on bars drawn by hand. RSI of 2 bars throughout: averages of
gains and losses are halved at each bar, and half the new move is added.
"""

import pytest

from tests.strategies.bars.library.drawn import (
    RAMP,
    assert_mirrored,
    dots,
    held,
    signals,
)


@pytest.mark.parametrize("name", ["rsi_divergence", "rsi_boundary_rejection"])
def test_shorts_are_longs_over_the_mirror(name):
    assert_mirrored(name)


MOMENTUM = {"period": 2, "ema_fast": 10, "ema_slow": 11, "adx_period": 2, "exit": 80.0}


def test_rsi_momentum_when_it_crosses():
    # RSI of bar 20: 20; of 21: 2.25 / 3.25 = 69; of 22: 3.125 / 3.625 = 86. The EMAs are near 125.
    closes = [*RAMP, 125, 129, 133]
    busy = dots(closes, volume={21: 200.0})
    assert held("rsi_momentum", busy, **MOMENTUM) == [(21, 22)]
    assert held("rsi_momentum", dots(closes), **MOMENTUM) == []
    assert held("rsi_momentum", busy, **MOMENTUM, adx_min=99.0) == []


def test_rsi_momentum_needs_a_close_above_the_slow_average():
    # RSI of bar 20: 0.5 / 10.5; of bar 21: 4.25 / 9.25 = 46, at 117 below the EMAs of about 121.
    below = dots([*RAMP, 109, 117], volume={21: 200.0})
    assert held("rsi_momentum", below, **MOMENTUM) == []


def test_rsi_momentum_just_above_the_entry():
    # RSI of bar 20: 0.5 / (0.5 + 0.5) = 50, with the close above both averages.
    bars = dots([*RAMP, 128], volume={20: 200.0})
    assert held("rsi_momentum", bars, **MOMENTUM) == [(20, None)]
    assert held("rsi_momentum", bars, **MOMENTUM, entry_high=49.0) == []


def test_rsi_momentum_leaves_at_the_exit_level_itself():
    # RSI of bar 21: 1.75 / 2 = 87.5.
    bars = dots([*RAMP, 128, 131], volume={20: 200.0})
    assert held("rsi_momentum", bars, **{**MOMENTUM, "exit": 87.5}) == [(20, 21)]
    assert held("rsi_momentum", bars, **{**MOMENTUM, "exit": 87.6}) == [(20, None)]


def test_rsi_momentum_s00139():
    # RSI of bar 4: 0; of 5: 33; of 6: 60; of 7: 85. Mean of three: 6.5 at bars 5 and 6.
    bars = dots([10, 9, 8, 7, 6, 6.5, 7, 8])
    settings = {"period": 2, "sma_period": 3}
    assert held("rsi_momentum_s00139", bars, **settings, memory_bars=2) == [(6, 7)]
    assert held("rsi_momentum_s00139", bars, **settings, memory_bars=1) == []
    assert signals("rsi_momentum_s00139", bars, **settings)["enter_long"] == [6]


SWINGS = [20, 19, 18, 17, 16, 18, 17, 15.5, 17, 19]
DIVERGENCE = {"period": 2, "swing": 1}


def test_rsi_divergence_is_entered_when_its_swing_is_known():
    # Lows at bars 4 (RSI 0) and 7 (RSI 18), the second known at bar 8. RSI of bars 8, 9: 61, 84.
    assert held("rsi_divergence", dots(SWINGS), **DIVERGENCE) == [(8, 9)]
    for end in (8, 9):
        found = signals("rsi_divergence", dots(SWINGS[:end]), **DIVERGENCE)
        assert found["enter_long"] == ([8] if end > 8 else [])


def test_rsi_divergence_needs_a_lower_low_an_oversold_one_before_and_both_near():
    higher = [*SWINGS[:7], 16.5, *SWINGS[8:]]
    assert held("rsi_divergence", dots(higher), **DIVERGENCE) == []
    assert held("rsi_divergence", dots(SWINGS), **DIVERGENCE, lookback=3) == [(8, 9)]
    assert held("rsi_divergence", dots(SWINGS), **DIVERGENCE, lookback=2) == []
    # RSI of bar 3: 0.5 / 1.5 = 33 at the first low, and 50 at the second, bar 5.
    mild = dots([19, 20, 21, 19, 20.5, 20, 20.2, 23], lows={5: 18.5})
    assert held("rsi_divergence", mild, **DIVERGENCE) == []
    assert held("rsi_divergence", mild, **DIVERGENCE, oversold=40.0) == [(6, 7)]


def test_rsi_divergence_at_a_low_that_is_reached_twice():
    # The first of two equal lows is the swing; RSI of bar 9: 1.81 / 2.09 = 87.
    bars = dots([*SWINGS[:8], 15.5, 19])
    assert held("rsi_divergence", bars, **DIVERGENCE) == [(8, 9)]


def test_rsi_divergence_needs_a_higher_rsi():
    # RSI of bar 4: 33; of bar 6: 12.
    weak = [17, 18, 19, 20, 18, 18.1, 14, 15, 16]
    assert signals("rsi_divergence", dots(weak), **DIVERGENCE, oversold=50.0)["enter_long"] == []


BOUNDARY = {"period": 2, "ema_period": 10}


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (129, 22),  # RSI 79
        (120, 22),  # RSI 10
        (126, None),  # RSI 43 as before
    ],
)
def test_rsi_boundary_rejection(last, end):
    # RSI of bar 20: 20; of bar 21: 0.75 / 1.75 = 43. The EMA is near 125.
    bars = dots([*RAMP, 125, 126, last])
    assert held("rsi_boundary_rejection", bars, **BOUNDARY) == [(21, end)]


def test_rsi_boundary_rejection_comes_soon_or_never():
    # RSI of bars 20 to 22: 20, 33, 60.
    bars = dots([*RAMP, 125, 125.5, 126.5])
    assert held("rsi_boundary_rejection", bars, **BOUNDARY, confirm_bars=2) == [(22, None)]
    assert held("rsi_boundary_rejection", bars, **BOUNDARY, confirm_bars=1) == []


def test_rsi_boundary_rejection_counts_the_levels_themselves():
    # RSI of bar 20: 0.5 / 1 = 50; of bar 21: 1.75 / 2 = 87.5.
    bars = dots([*RAMP, 128, 131])
    given = {**BOUNDARY, "oversold": 50.0, "confirm_long": 60.0}
    assert held("rsi_boundary_rejection", bars, **given, overbought=90.0) == [(21, None)]
    assert held("rsi_boundary_rejection", bars, **given, overbought=87.5) == []


def test_rsi_boundary_rejection_needs_the_trends_side():
    falling = [239 - close for close in RAMP]
    # RSI of bar 20: 50, after zeros. EMA of 10 bars 114, of 2: 110.8.
    bars = dots([*falling, 111])
    assert held("rsi_boundary_rejection", bars, **BOUNDARY) == []
    assert held("rsi_boundary_rejection", bars, period=2, ema_period=2) == [(20, None)]


PULLBACK = {"fast": 2, "slow": 10, "rsi_period": 2, "rsi_exit": 80.0}


def test_ema_rsi_pullback():
    # RSI of bars 20 to 23: 20, 56, 76, 88. The fast EMA stays above the slow one, about 125.
    bars = dots([*RAMP, 125, 127, 129, 131])
    assert held("ema_rsi_pullback", bars, **PULLBACK) == [(21, 23)]
    assert held("ema_rsi_pullback", bars, **PULLBACK, rsi_enter=60.0) == [(22, 23)]


def test_ema_rsi_pullback_leaves_with_the_trend():
    bars = dots([*RAMP, 125, 127, 115])
    assert held("ema_rsi_pullback", bars, **PULLBACK) == [(21, 22)]
    falling = [239 - close for close in RAMP]
    assert held("ema_rsi_pullback", dots([*falling, 114]), **PULLBACK) == []
