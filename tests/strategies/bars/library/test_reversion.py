"""Each bet on a return to the mean, on bars drawn by hand."""

import pytest

from forven.strategies.bars.registry import strategy_named
from tests.strategies.bars.library.drawn import assert_mirrored, dots, held, signals

MIRRORED = (
    "bb_fade",
    "bollinger_reversion",
    "zscore_reversion",
    "zscore_mean_reclaim",
    "stddev_breakout",
    "momentum_burst_mean_reversion",
)


@pytest.mark.parametrize("name", MIRRORED)
def test_shorts_are_longs_over_the_mirror(name):
    assert_mirrored(name)


def test_bb_fade():
    # Lower bands of bars 4 and 5: 9 - 1.5 x 1.73 = 6.4 and 8.4 - 1.5 x 1.71 = 5.8; the middle of
    # bar 6 is 7.9.
    bars = dots([10, 10, 10, 10, 6, 7.5, 8])
    assert held("bb_fade", bars, period=4, width=1.5) == [(5, 6)]
    # No close can be more than 1.73 deviations below the mean of four; at bar 3 it is on the band.
    assert held("bb_fade", bars, period=4, width=1.75) == []


def test_bollinger_reversion():
    # Mean of bar 4: 8.25, deviation 1.48; the close is 1.52 deviations below. RSI 0.5 / 2.5 = 20.
    # Middles of bars 5 and 6: 8.13 and 7.75.
    bars = dots([7, 8, 9, 10, 6, 7.5, 8])
    settings = {"period": 4, "width": 1.5, "rsi_period": 2}
    assert held("bollinger_reversion", bars, **settings) == [(4, 6)]
    assert held("bollinger_reversion", bars, **settings, rsi_enter=15.0) == []
    wide = {**settings, "width": 1.55}
    assert held("bollinger_reversion", bars, **wide) == []


def test_zscore_reversion():
    # Scores of bars 4 to 6: -1.73, -0.70, 0.6.
    bars = dots([10, 10, 10, 10, 6, 7, 9])
    assert held("zscore_reversion", bars, period=4, entry=1.5) == [(4, 6)]
    assert held("zscore_reversion", bars, period=4, entry=1.5, exit=0.75) == [(4, 5)]
    assert held("zscore_reversion", bars, period=4, entry=1.75) == []


def test_zscore_mean_reclaim():
    # Scores of bars 6 to 8: -1.17, -0.28, 1.3. EMA of bars 3, 4 and 7: 15.0, 17.0 and 16.7.
    bars = dots([10, 12, 14, 16, 18, 20, 15, 17, 22])
    settings = {"period": 4, "entry": -1.0, "ema_period": 2}
    assert held("zscore_mean_reclaim", bars, **settings, slope_bars=4) == [(7, 8)]
    assert held("zscore_mean_reclaim", bars, **settings, slope_bars=3) == []
    late = {**settings, "exit": 1.5, "slope_bars": 4}
    assert held("zscore_mean_reclaim", bars, **late) == [(7, None)]


def test_stddev_breakout_acts_once_a_break():
    # Scores of bars 3 to 6: 1, -1.70, -1.31, 0.3.
    bars = dots([10, 11, 10, 11, 6, 4, 8])
    assert held("stddev_breakout", bars, period=4, width=1.5) == [(4, 6)]
    assert signals("stddev_breakout", bars, period=4, width=1.25)["enter_long"] == [4]
    assert signals("zscore_reversion", bars, period=4, entry=1.25)["enter_long"] == [4, 5]


@pytest.mark.parametrize(
    ("name", "settings", "position"),
    [
        ("bb_fade", {"width": 1.5}, (5, 6)),
        ("bollinger_reversion", {"width": 1.5, "rsi_period": 2}, (4, 6)),
        ("zscore_reversion", {"entry": 1.5}, (4, 6)),
        ("stddev_breakout", {"width": 1.5}, (4, 6)),
    ],
)
def test_the_mean_itself_is_far_enough(name, settings, position):
    # Means of bars 5 and 6: 8.875 and 8.5.
    bars = dots([10, 11, 10, 11, 6, 8.5, 8.5])
    assert held(name, bars, period=4, **settings) == [position]


QUIET = [10, 11] * 7
BURST = {
    "atr_period": 1,
    "rank_bars": 10,
    "adx_period": 2,
    "adx_max": 60.0,
    "ema_period": 3,
    "volume_period": 2,
}


def test_momentum_burst_mean_reversion():
    # Bar 14 falls by 4, all before moved by 1. EMA of bars 14 to 16: 8.8, 8.7, 8.8; with two bars
    # that of bar 15 is 8.4.
    name = "momentum_burst_mean_reversion"
    closes = [*QUIET, 7, 8.5, 9]
    busy = dots(closes, volume={14: 200.0})
    assert held(name, busy, **BURST) == [(14, 16)]
    assert held(name, dots(closes), **BURST) == []
    assert held(name, busy, **BURST, burst=4.0) == [(14, 16)]
    assert held(name, busy, **BURST, burst=4.01) == []
    assert held(name, busy, **{**BURST, "adx_max": 1.0}) == []
    assert held(name, busy, **{**BURST, "ema_period": 2}) == [(14, 15)]


def test_momentum_burst_is_measured_by_the_ranges_before_it():
    # True range of bar 13: 3, of those before: 1.
    name, calm = "momentum_burst_mean_reversion", {**BURST, "adx_max": 100.0}
    bars = dots([*QUIET, 7], highs={13: 13.0}, volume={14: 200.0})
    assert held(name, bars, **calm, burst=1.3) == [(14, None)]
    assert held(name, bars, **calm, burst=1.5) == []


def test_momentum_burst_mean_reversion_needs_a_rare_move():
    # Three of the ten bars before moved as much.
    often = dots([10, 11, 10, 11, 7, 11, *QUIET[:7], 14, 10], volume={14: 200.0})
    calm = {**BURST, "adx_max": 100.0, "burst": 0.5}
    name = "momentum_burst_mean_reversion"
    assert signals(name, often, **calm)["enter_long"] == []
    assert signals(name, often, **calm, percentile=70.0)["enter_long"] == [14]


def test_momentum_burst_brings_its_stop_and_its_time():
    strategy = strategy_named("momentum_burst_mean_reversion")
    controls = strategy.rules(strategy.market(), strategy.resolve()).controls.given()
    assert controls == {
        "sizing_mode": "atr",
        "risk_per_trade": 0.01,
        "atr_stop_multiplier": 2.0,
        "time_stop_bars": 8,
    }
    given = strategy.resolve({"atr_stop": 1.23456, "hold_bars": 5})
    controls = strategy.rules(strategy.market(), given).controls
    assert (controls.atr_stop_multiplier, controls.time_stop_bars) == (1.235, 5)
