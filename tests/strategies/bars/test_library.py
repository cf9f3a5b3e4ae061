"""Every built-in strategy keeps the same rules; a new one is found here without a word."""

import numpy as np
import pytest

from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.checker import bars_for, check_strategy
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.parameters import Parameter
from forven.strategies.bars.registry import built_in
from forven.strategies.bars.signals import signals_of
from tests.strategies.bars.library.drawn import with_gaps

STRATEGIES = list(built_in().values())
LONG = 30_000


@pytest.fixture(scope="module")
def long_bars():
    return {
        timeframe: with_gaps(random_bars(LONG, 7, timeframe, columns=tuple(ENRICHMENT)))
        for timeframe in ("1h", "15m")
    }


@pytest.fixture(params=STRATEGIES, ids=lambda strategy: strategy.name)
def strategy(request):
    return request.param


def test_it_is_described(strategy):
    assert strategy.rule.endswith(".") and len(strategy.rule) < 300
    assert strategy.source and strategy.name.replace("_", "").isalnum()
    assert strategy.resolve().as_document() == strategy.defaults
    assert "leverage" in strategy.defaults
    assert set(strategy.needs) <= set(ENRICHMENT)


def test_it_signals_each_direction_that_its_modes_name(strategy, long_bars):
    found = signals_of(strategy, long_bars["1h"], strategy.resolve())
    enters = [bits is not None and bits.any() for bits in (found[0], found[2])]
    assert enters[0] or "short_only" in strategy.modes
    if enters[0] or strategy.modes[0] != "short_only":
        assert enters[0], "it never enters long"
    if "both" in strategy.modes or "short_only" in strategy.modes:
        assert enters[1], "it never enters short"
    exits = [bits is None or bits.any() for bits in (found[1], found[3])]
    assert all(exits), "an exit that never comes"


def test_it_compiles(strategy, long_bars):
    compiled = compile_runs(strategy, [{}], long_bars["15m"])
    assert compiled.columns.shape == (len(compiled.layout.columns), LONG)
    after = compiled.columns[:, int(compiled.warmups[0]) :]
    assert not np.isnan(after).all(axis=1).any(), "a column that is never defined"


def test_no_decision_depends_on_later_bars_and_the_warmup_is_enough(strategy):
    parameters = strategy.resolve()
    bars = bars_for(strategy, parameters, "1h", seed=11)
    report = check_strategy(strategy, bars, parameters, cuts=20, seed=12)
    assert report.troubles == ()
    assert report.agreement >= 0.95


def test_every_parameter_has_a_space_inside_its_bounds(strategy):
    for parameter in strategy.space:
        if isinstance(parameter, Parameter):
            low, high = parameter.searched
            assert parameter.low <= low <= high <= parameter.high
            assert parameter.step_searched > 0
