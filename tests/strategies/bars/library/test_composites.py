"""Each composite on bars drawn by hand, and the stop that it brings."""

import pytest

from forven.strategies.bars.registry import strategy_named
from tests.strategies.bars.library.drawn import NAN, dots, falling, longs, rising, shorts

STOPS = {
    "trend_filter": 2.0,
    "momentum_confirmation": 2.0,
    "mean_reversion_gate": 1.5,
    "funding_regime": 2.0,
}


@pytest.mark.parametrize("name", STOPS)
def test_it_risks_one_percent_with_a_stop_in_ranges(name):
    strategy = strategy_named(name)
    assert strategy.rules(strategy.market(), strategy.resolve()).controls.given() == {
        "sizing_mode": "atr",
        "risk_per_trade": 0.01,
        "atr_stop_multiplier": STOPS[name],
    }
    given = strategy.resolve({"atr_stop": 1.23456})
    assert strategy.rules(strategy.market(), given).controls.atr_stop_multiplier == 1.235


def test_trend_filter():
    given = {"ema_period": 3, "adx_period": 2}
    # ADX is there from bar 3 on, 100 in a rise; the last close is below the EMA.
    assert longs("trend_filter", dots([*rising(6), 90.0]), **given) == ([3, 4, 5], [6])
    assert shorts("trend_filter", dots([*falling(6), 250.0]), **given) == ([3, 4, 5], [6])


def test_trend_filter_stays_out_of_a_range():
    swings = dots([10.0, 11.0] * 10)
    given = {"ema_period": 3, "adx_period": 5}
    above = [bar for bar in range(20) if bar % 2 and bar >= 9]
    assert longs("trend_filter", swings, **given, adx_min=0.0)[0] == above
    assert longs("trend_filter", swings, **given, adx_min=50.0)[0] == []


def test_momentum_confirmation():
    # RSI(2) from bar 2 on: 50, 75, 87.5, 29.2.
    closes, given = [100.0, 101.0, 100.0, 101.0, 102.0, 100.0], {"rsi_period": 2}
    spans = {**given, "volume_period": 2}
    busy = dots(closes, volume=dict(enumerate([1.0, 1.0, 1.0, 3.0, 9.0, 1.0])))
    name = "momentum_confirmation"
    assert longs(name, busy, **spans) == ([3], [5])
    assert longs(name, busy, **spans, volume_factor=1.5)[0] == []
    assert longs(name, busy, **spans, rsi_high=90.0)[0] == [3, 4]
    assert longs(name, dots(closes), **spans)[0] == []
    mirrored = dots(
        [200.0 - close for close in closes], volume=dict(enumerate([1.0, 1.0, 1.0, 3.0, 9.0, 1.0]))
    )
    assert shorts(name, mirrored, **spans) == ([3], [5])


def test_mean_reversion_gate():
    # Bar 4: mean 8.25, deviation 1.48, RSI 20; bar 6: mean 7.875.
    closes = [7.0, 8.0, 9.0, 10.0, 6.0, 7.5, 8.0]
    given = {"period": 4, "width": 1.5, "rsi_period": 2}
    assert longs("mean_reversion_gate", dots(closes), **given) == ([4], [2, 3, 6])
    assert longs("mean_reversion_gate", dots(closes), **given, rsi_low=15.0)[0] == []
    assert longs("mean_reversion_gate", dots(closes), **{**given, "width": 1.55})[0] == []
    mirrored = dots([20.0 - close for close in closes])
    assert shorts("mean_reversion_gate", mirrored, **given) == ([4], [2, 3, 6])


def test_funding_regime():
    # Means of two hours from bar 1: 0, 1e-5, 2e-5, 1e-5, missing.
    rates, given = [0.0, 0.0, 2e-5, 2e-5, 0.0, NAN], {"funding_hours": 2, "ema_period": 2}
    rise, fall = (
        dots(rising(6), columns={"funding_rate": rates}),
        dots(falling(6), columns={"funding_rate": rates}),
    )
    assert longs("funding_regime", rise, **given) == ([1, 2, 4], [3])
    assert shorts("funding_regime", rise, **given)[0] == []
    assert shorts("funding_regime", fall, **given) == ([3], [1, 2, 4])
    assert longs("funding_regime", fall, **given) == ([], [1, 2, 3, 4, 5])
    assert longs("funding_regime", rise, **given, neutral=3e-5)[0] == [1, 2, 3, 4]
