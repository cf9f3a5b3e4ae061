"""The strategy of two regimes, the schedule and the default of declared rules, on drawn bars."""

import numpy as np
import pytest

from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.library.other import quotient
from forven.strategies.bars.market import Market
from tests.strategies.bars.library.drawn import dots, longs, rising, shorts, signals

REGIMES = {"multiplier": 1.0, "rsi_period": 3}


def test_regime_adaptive_eth_follows_a_trend():
    # A rise, then a fall from bar 12 on: SuperTrend falls until bar 3, rises to 11, falls again.
    bars = dots([*rising(12), 80.0, 79.0, 78.0, 77.0])
    given = {**REGIMES, "period": 2, "adx_period": 2, "k_period": 2}
    assert longs("regime_adaptive_eth", bars, **given) == ([*range(4, 12)], [12])
    assert shorts("regime_adaptive_eth", bars, **given) == ([3, 12, 13, 14, 15], [4])
    assert longs("regime_adaptive_eth", bars, **given, adx_trend=100.0, adx_range=0.0)[0] != []


def test_regime_adaptive_eth_turns_in_a_range():
    # Swings of 8 bars; ADX 20 to 30 from bar 9 on. The smoothed %K crosses 20 upward at bars 9, 17
    # and 25, where the RSI is 46.5, 44.4 and 44.3, and 80 downward at 13, 21 and 29, where it is
    # 56.1, 55.7 and 55.7; it is 100 at 11, 12, 19, 20, 27 and 28. SuperTrend flips down at 14, 22.
    swing = [10.0, 10.5, 11.0, 11.5, 12.0, 11.5, 11.0, 10.5]
    bars = dots(swing * 4)
    given = {**REGIMES, "period": 3, "adx_period": 5, "k_period": 3, "adx_trend": 90.0}
    ranging = {**given, "adx_range": 50.0}
    name = "regime_adaptive_eth"
    assert longs(name, bars, **ranging, rsi_low=45.0) == (
        [17, 25],
        [11, 12, 14, 19, 20, 22, 27, 28, 30],
    )
    assert longs(name, bars, **ranging)[0] == []
    assert longs(name, bars, **given, adx_range=10.0, rsi_low=45.0)[0] == []
    assert shorts(name, bars, **ranging, rsi_high=56.0)[0] == [13]


def test_stress_test_holds_one_bar_and_is_flat_for_one():
    # From the second day on; 2020-01-02 is day 18,263, so its first hour is bar 438,312.
    found = signals("stress_test", dots([100.0] * 40))
    assert found["enter_long"] == found["enter_short"] == [*range(24, 40, 2)]
    assert found["exit_long"] == found["exit_short"] == [*range(25, 40, 2)]


@pytest.mark.parametrize(("timeframe", "first"), [("15m", 96), ("1h", 24), ("1d", 0), ("1w", 0)])
@pytest.mark.parametrize(("hold", "flat"), [(1, 1), (2, 3), (5, 1), (1, 7)])
def test_stress_test_keeps_its_schedule(timeframe, first, hold, flat):
    bars = dots([100.0] * 200, timeframe)
    enters, leaves = longs("stress_test", bars, hold=hold, flat=flat)
    cycle = hold + flat
    assert len(enters) >= (200 - first) // cycle and min(enters + leaves) >= first
    assert set(np.diff(enters)) == set(np.diff(leaves)) == {cycle}
    assert {(leave - enters[0]) % cycle for leave in leaves} == {hold}


def test_stress_test_does_not_care_where_bars_begin():
    bars = dots([100.0] * 200)
    whole, _ = longs("stress_test", bars, hold=2, flat=3)
    later, _ = longs("stress_test", bars.slice(61, 200), hold=2, flat=3)
    assert [bar + 61 for bar in later] == [bar for bar in whole if bar >= 72]


@pytest.mark.parametrize("divisor", [1, 2, 3, 7, 10, 999])
def test_a_quotient_is_exact(divisor):
    bars = dots([100.0] * 4_000, "1d")
    days = Evaluation(bars).column(Market("1d").day).astype(int)
    found = Evaluation(bars).column(quotient(Market("1d").day, divisor))
    assert found.tolist() == (days // divisor).tolist()


def test_rule_engine_runs_by_its_name():
    # RSI(2) from bar 2 on: 0, 0, 80, 90.9, 95.7, 24.4; EMA(2) at bar 4: 99.8.
    bars = dots([100.0, 99.0, 98.0, 97.0, 101.0, 102.0, 103.0, 90.0])
    given = {"ema_bars": 2, "rsi_bars": 2}
    assert longs("rule_engine", bars, **given) == ([4], [1, 2, 3, 7])
    assert longs("rule_engine", bars, **given, strong=85.0)[0] == [5]
    mirrored = dots([200.0 - close for close in (100, 99, 98, 97, 101, 102, 103, 90)])
    assert shorts("rule_engine", mirrored, **given) == ([4], [1, 2, 3, 7])
