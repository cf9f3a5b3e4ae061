"""Crosses of VWAP and pullbacks from it, on bars drawn by hand."""

import pytest

from tests.strategies.bars.library.drawn import (
    RAMP,
    assert_mirrored,
    dots,
    held,
    signals,
)


@pytest.mark.parametrize("name", ["vwap_cross", "vwap"])
def test_shorts_are_longs_over_the_mirror(name):
    assert_mirrored(name)


def test_vwap_cross():
    # VWAP of bars 3 and 4: 8.53 and 8.33.
    closes = [10, 9, 8, 8.6, 8.4, 7]
    assert held("vwap_cross", dots(closes), period=3) == [(3, 5)]
    # With ten times the volume at 9, bar 3 has a VWAP of 8.88.
    heavy = dots(closes, volume={1: 1000.0})
    assert signals("vwap_cross", heavy, period=3)["enter_long"] == [4]


def test_vwap_of_the_day():
    # The first day is not known. VWAP of bars 25 to 27: 9, 9.33, 9.25; with the day of bar 48 it
    # begins anew, at the close itself.
    day = [10, 8] * 12
    bars = dots([*day, 10, 8, 10, 9, *[9] * 20, 30, 20])
    assert held("vwap", bars) == [(26, 27)]
    assert signals("vwap", bars)["exit_long"] == [25, 27, 49]


def test_vwap_pullback():
    # VWAP of bars 3 to 5: 99, 98.33, 98; 98 % of the first is 97.02.
    bars = dots([100, 100, 100, 97, 98, 99])
    assert held("vwap_pullback", bars, period=3) == [(3, 5)]
    assert held("vwap_pullback", dots([100, 100, 100, 97, 98.5]), period=3) == [(3, 4)]
    assert held("vwap_pullback", dots([100, 100, 100, 97.1]), period=3) == []
    assert held("vwap_pullback", bars, period=3, distance_pct=2.1) == []


def test_vwap_pullback_of_shorts():
    # VWAP of bars 3 to 5: 101, 101.67, 102; 102 % of the first is 103.02.
    bars = dots([100, 100, 100, 103.1, 102, 101])
    assert held("vwap_pullback", bars, "short", period=3) == [(3, 5)]
    assert held("vwap_pullback", dots([100, 100, 100, 104, 102]), "short", period=3) == [(3, 4)]
    assert held("vwap_pullback", dots([100, 100, 100, 103]), "short", period=3) == []


PULLBACK = {"period": 3, "regime": 10, "slope_bars": 2, "rsi_period": 2}


def test_vwap_pullback_eth_15m():
    # VWAP of bars 20 to 22: 127.3, 126.7, 126.3; RSI: 20, 43, 73.
    bars = dots([*RAMP, 125, 126, 128], timeframe="15m")
    assert held("vwap_pullback_eth_15m", bars, **PULLBACK, distance_pct=1.75) == [(20, 22)]
    assert held("vwap_pullback_eth_15m", bars, **PULLBACK, distance_pct=2.0) == []
    assert held("vwap_pullback_eth_15m", bars, **PULLBACK, rsi_enter=15.0) == []
    near = {**PULLBACK, "distance_pct": 1.75}
    assert held("vwap_pullback_eth_15m", bars, **near, rsi_exit=95.0) == [(20, 22)]
    assert held("vwap_pullback_eth_15m", bars, **near, rsi_exit=40.0) == [(20, 21)]


def test_vwap_pullback_eth_15m_needs_a_rise_of_the_regime():
    falling = [239 - close for close in RAMP]
    bars = dots([*falling, 105, 106], timeframe="15m")
    assert held("vwap_pullback_eth_15m", bars, **PULLBACK) == []
