"""Each bet on positioning, on bars and columns drawn by hand."""

import numpy as np
import pytest

from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.errors import MissingColumns
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.expressions import Source
from forven.strategies.bars.library.positioning import score, score_bars
from forven.strategies.bars.market import Market
from forven.strategies.bars.registry import built_in, strategy_named
from forven.strategies.bars.signals import signals_of
from tests.strategies.bars.library.drawn import (
    NAN,
    UNUSUAL,
    dots,
    falling,
    longs,
    rising,
    shorts,
)

ENRICHED = [strategy for strategy in built_in().values() if strategy.needs]
RATES = [0.0, -4e-6, -3.75e-6, -3e-6, -1.25e-6, -1e-6, NAN]
PAID = [-rate for rate in RATES]


def test_funding_is_paid_in_the_direction_of_the_trend():
    # An hour's rates; longs are paid below 0. A rise lies over its EMA, a fall under it.
    bars = dots(rising(7), columns={"funding_rate": RATES})
    assert longs("funding", bars, ema_period=2) == ([1, 2], [0, 5])
    assert longs("funding", bars, ema_period=2, entry=4e-6) == ([1], [0, 5])
    assert longs("funding", bars, ema_period=2, exit=1e-6) == ([1, 2], [0])
    assert (
        longs("funding", dots(falling(7), columns={"funding_rate": RATES}), ema_period=2)[0] == []
    )


def test_funding_of_shorts_is_the_mirror():
    bars = dots(falling(7), columns={"funding_rate": PAID})
    assert shorts("funding", bars, ema_period=2) == ([1, 2], [0, 5])
    assert shorts("funding", dots(rising(7), columns={"funding_rate": PAID}), ema_period=2)[0] == []
    assert longs("funding", bars, ema_period=2)[0] == []


def test_funding_direction_asks_for_no_trend():
    for closes in (rising(7), falling(7)):
        assert longs("funding_direction", dots(closes, columns={"funding_rate": RATES})) == (
            [1, 2],
            [0, 5],
        )
        assert shorts("funding_direction", dots(closes, columns={"funding_rate": PAID})) == (
            [1, 2],
            [0, 5],
        )


# Rises by 1 to bar 10, falls by 2 at bar 11: RSI(2) 33.3, EMA(8) 106.8, EMA(2) 108.5.
DIP = [*rising(11), 108.0, 109.0]
REVERSION = {"window": 12, "rsi_period": 2, "ema_period": 8}


def test_funding_regime_reversion():
    name = "funding_regime_reversion"
    bars = dots(DIP, columns={"funding_rate": [-1e-6 * one for one in UNUSUAL]})
    assert longs(name, bars, **REVERSION) == ([11], [12])
    assert longs(name, bars, **REVERSION, entry_z=3.4)[0] == []
    assert longs(name, bars, **REVERSION, rsi_low=30.0)[0] == []
    assert longs(name, bars, **{**REVERSION, "ema_period": 2})[0] == []
    upside_down = dots(
        [300.0 - close for close in DIP], columns={"funding_rate": [1e-6 * x for x in UNUSUAL]}
    )
    assert shorts(name, upside_down, **REVERSION) == ([11], [12])


def test_funding_that_stands_still_is_ordinary():
    bars = dots(DIP, columns={"funding_rate": [1.25e-5] * 13})
    assert longs("funding_regime_reversion", bars, **REVERSION) == ([], [11, 12])


def test_funding_crowding_composite():
    name, given = "funding_crowding_composite", {"window_hours": 12}
    down = [-1e-6 * one for one in UNUSUAL]
    ratio, even = [1.0] * 11 + [0.5, 1.0], [0.0] * 13
    two = dots(
        [100.0] * 13, columns={"funding_rate": down, "ls_ratio": ratio, "liq_imbalance": even}
    )
    assert longs(name, two, **given) == ([11], [12])
    assert longs(name, two, **given, conditions=3)[0] == []
    forced = [0.0] * 11 + [-0.3, 0.0]
    three = dots(
        [100.0] * 13, columns={"funding_rate": down, "ls_ratio": ratio, "liq_imbalance": forced}
    )
    assert longs(name, three, **given, conditions=3)[0] == [11]
    assert longs(name, three, **given, conditions=3, liquidation_extreme=0.4)[0] == []
    assert longs(name, three, **given, conditions=3, ls_extreme=2.5)[0] == []
    missing = [1.0] * 11 + [NAN, 1.0]
    two_of_two = dots(
        [100.0] * 13, columns={"funding_rate": down, "ls_ratio": missing, "liq_imbalance": forced}
    )
    assert longs(name, two_of_two, **given)[0] == []


def test_funding_crowding_composite_of_shorts_is_the_mirror():
    bars = dots(
        [100.0] * 13,
        columns={
            "funding_rate": [1e-6 * one for one in UNUSUAL],
            "ls_ratio": [1.0] * 11 + [2.0, 1.0],
            "liq_imbalance": [0.0] * 13,
        },
    )
    assert shorts("funding_crowding_composite", bars, window_hours=12) == ([11], [12])
    assert longs("funding_crowding_composite", bars, window_hours=12)[0] == []


def test_crowding_detector():
    ratio = [1.0, 1.0, 0.5, 0.5, 0.9, 1.3, 2.0, 2.1, NAN]
    interest = [100.0, 100.0, 110.0, 109.0, 100.0, 100.0, 110.0, NAN, 130.0]
    bars = dots([100.0] * 9, columns={"ls_ratio": ratio, "open_interest": interest})
    given = {"growth_hours": 2}
    assert longs("crowding_detector", bars, **given) == ([2], [0, 1, 4, 5, 6, 7])
    assert shorts("crowding_detector", bars, **given) == ([6], [0, 1, 2, 3, 4])
    assert longs("crowding_detector", bars, growth_hours=2, growth_pct=9.0)[0] == [2, 3]
    assert longs("crowding_detector", bars, growth_hours=2, growth_pct=10.5)[0] == []


@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d"])
def test_liquidation_cascade(timeframe):
    nothing = [0.0] * 13
    crash = [1e6 * one for one in UNUSUAL]
    bars = dots([100.0] * 13, timeframe, columns={"long_liq_usd": crash, "short_liq_usd": nothing})
    given = {"window_hours": 12}
    assert longs("liquidation_cascade", bars, **given) == ([11], [12])
    assert longs("liquidation_cascade", bars, **given, entry_z=3.4)[0] == []
    assert longs("liquidation_cascade", bars, **given, exit_z=0.25)[1] == []
    squeeze = dots(
        [100.0] * 13, timeframe, columns={"long_liq_usd": nothing, "short_liq_usd": crash}
    )
    assert shorts("liquidation_cascade", squeeze, **given) == ([11], [12])
    assert longs("liquidation_cascade", squeeze, **given)[0] == []


def test_a_score_is_never_of_too_few_bars():
    hours = {"1m": 1_440, "15m": 96, "1h": 24, "4h": 12, "1d": 12}
    assert {name: score_bars(Market(name), 24) for name in hours} == hours


def test_a_score_is_nought_where_a_column_stands_still_and_missing_where_it_is():
    column = [3.0] * 14 + [NAN] * 2
    found = Evaluation(dots([100.0] * 16, columns={"basis": column})).column(
        score(Source("basis"), 12)
    )
    assert np.flatnonzero(found == 0.0).tolist() == [11, 12, 13]
    assert np.isnan(found[:11]).all() and np.isnan(found[14:]).all()


@pytest.mark.parametrize("strategy", ENRICHED, ids=lambda strategy: strategy.name)
def test_a_column_that_is_not_there_is_named(strategy):
    columns = {need: [1.0] * 40 for need in strategy.needs[1:]}
    bars = dots([100.0] * 40, "1d", columns={**columns})
    with pytest.raises(MissingColumns, match=f"the column {strategy.needs[0]}, found none"):
        compile_runs(strategy, [{}], bars)


@pytest.mark.parametrize("strategy", ENRICHED, ids=lambda strategy: strategy.name)
def test_a_number_that_is_missing_makes_no_entry(strategy, long_columns):
    found = signals_of(strategy, long_columns, strategy.resolve())
    for need in strategy.needs:
        missing = np.isnan(long_columns.columns[need])
        assert missing.any()
        for bits in (found[0], found[2]):
            assert not (bits & missing).any()


@pytest.fixture(scope="module")
def long_columns():
    bars = random_bars(6_000, 5, columns=tuple(ENRICHMENT))
    columns = {name: column.copy() for name, column in bars.columns.items()}
    for place, column in enumerate(columns.values()):
        column[2_000 + 150 * place : 2_100 + 150 * place] = np.nan
    return bars.with_columns(columns)


def test_leverage_is_two_unless_the_reference_says_more():
    of = {strategy.name: strategy.defaults["leverage"] for strategy in ENRICHED}
    assert {name for name, given in of.items() if given == 3.0} == {
        "funding",
        "funding_regime_reversion",
    }
    assert strategy_named("funding").mode == "long_only"
