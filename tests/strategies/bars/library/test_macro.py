"""Each bet on other markets' moods, on bars and columns drawn by hand."""

import pytest

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.library.macro import bars_of_days
from forven.strategies.bars.market import Market
from forven.strategies.bars.registry import strategy_named
from tests.strategies.bars.library.drawn import (
    NAN,
    UNUSUAL,
    dots,
    falling,
    longs,
    rising,
    shorts,
)


def test_fear_greed_contrarian():
    # RSI(2) is 0 in a fall and 100 in a rise, from bar 2 on.
    mood, name = [20.0, 50.0, 20.0, 25.0, 40.0, NAN], "fear_greed_contrarian"
    bars = dots(falling(6), columns={"fear_greed": mood})
    assert longs(name, bars, rsi_period=2) == ([2], [1, 4])
    assert longs(name, bars, rsi_period=2, fear=25.0)[0] == [2, 3]
    assert longs(name, dots(rising(6), columns={"fear_greed": mood}), rsi_period=2)[0] == []
    greedy = dots(rising(6), columns={"fear_greed": [100.0 - one for one in mood]})
    assert shorts(name, greedy, rsi_period=2) == ([2], [1, 4])


def test_fear_that_leaps_over_neutral_ends_it_too():
    bars = dots(falling(4), columns={"fear_greed": [20.0, 20.0, 20.0, 75.0]})
    assert longs("fear_greed_contrarian", bars, rsi_period=2) == ([2], [3])


def test_vix_regime_filter():
    vix, spans = [15.0, 15.0, 15.0, 15.0, 20.0, 25.0, NAN], {"fast": 2, "slow": 3}
    rise, fall = (
        dots(rising(7), columns={"vix_close": vix}),
        dots(falling(7), columns={"vix_close": vix}),
    )
    assert longs("vix_regime_filter", rise, **spans) == ([2, 3], [5])
    assert longs("vix_regime_filter", fall, **spans) == ([], [2, 3, 4, 5, 6])
    assert shorts("vix_regime_filter", fall, **spans) == ([5], [0, 1, 2, 3])
    assert shorts("vix_regime_filter", rise, **spans)[0] == []
    assert longs("vix_regime_filter", rise, **spans, calm=20.0)[0] == [2, 3, 4]


def test_dollar_strength_filter():
    dollar, given = [100.0, 99.0, 98.0, 99.0, NAN], {"sma_days": 2, "rsi_period": 2}
    fall = dots(falling(5), "1d", columns={"dxy_close": dollar})
    assert longs("dollar_strength_filter", fall, **given) == ([2], [3])
    rise = dots(rising(5), "1d", columns={"dxy_close": dollar})
    assert longs("dollar_strength_filter", rise, **given) == ([], [2, 3, 4])
    assert shorts("dollar_strength_filter", rise, **given) == ([3], [1, 2])


def test_btc_dominance_rotation():
    share, given = [50.0, 50.0, 49.0, 49.0, 49.5, NAN], {"days": 2, "rsi_period": 2}
    fall = dots(falling(6), "1d", columns={"btc_dominance": share})
    assert longs("btc_dominance_rotation", fall, **given) == ([2, 3], [4])
    assert longs("btc_dominance_rotation", fall, **given, coin="bitcoin") == ([4], [2, 3])
    rise = dots(rising(6), "1d", columns={"btc_dominance": share})
    assert shorts("btc_dominance_rotation", rise, **given) == ([4], [2, 3])
    assert longs("btc_dominance_rotation", rise, **given)[0] == []


def test_cross_asset_divergence():
    down, given = [100.0 - 10.0 * one for one in UNUSUAL], {"days": 12}
    name = "cross_asset_divergence"
    alone = dots(down, "1d", columns={"spy_close": [50.0] * 13})
    assert longs(name, alone, **given) == ([11], [12])
    assert longs(name, alone, **given, entry_z=3.4)[0] == []
    together = dots(down, "1d", columns={"spy_close": [close / 2.0 for close in down]})
    assert longs(name, together, **given) == ([], [11, 12])
    up = dots([100.0 + 10.0 * one for one in UNUSUAL], "1d", columns={"spy_close": [50.0] * 13})
    assert shorts(name, up, **given) == ([11], [12])


def test_macro_regime_composite():
    # Mean votes from bar 1: 1, 1, 1/3, missing, -1/3, -1.
    bars = dots(
        [100.0] * 7,
        "1d",
        columns={
            "vix_close": [15.0, 15.0, 15.0, 25.0, NAN, 25.0, 25.0],
            "dxy_close": [100.0, 99.0, 98.0, 97.0, 96.0, 97.0, 98.0],
            "spy_close": [400.0, 401.0, 402.0, 403.0, 404.0, 405.0, 404.0],
        },
    )
    name = "macro_regime_composite"
    assert longs(name, bars, sma_days=2) == ([1, 2], [5, 6])
    assert shorts(name, bars, sma_days=2) == ([6], [1, 2, 3])
    assert longs(name, bars, sma_days=2, entry=0.3)[0] == [1, 2, 3]
    assert longs(name, bars, sma_days=2, exit=0.4)[1] == [3, 5, 6]
    assert longs(name, bars, sma_days=2, vix_level=30.0)[0] == [1, 2, 3]


def test_days_are_as_many_bars_as_they_have():
    found = {name: bars_of_days(Market(name), 10) for name in ("5m", "1h", "4h", "1d", "1w")}
    assert found == {"5m": 2_880, "1h": 240, "4h": 60, "1d": 10, "1w": 2}


def test_a_window_of_too_many_bars_says_what_to_do():
    strategy = strategy_named("dollar_strength_filter")
    with pytest.raises(InvalidBarStrategy, match=r"10 days on 1m bars: .* resample the bars to"):
        strategy.rules(strategy.market("1m"), strategy.resolve())
