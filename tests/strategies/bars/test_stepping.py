import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.market.bars.columns import ENRICHMENT, PRICE_NAMES
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.errors import MissingColumns
from forven.strategies.bars.evaluation import Evaluation, clock, parts_of
from forven.strategies.bars.expressions import Indicator
from forven.strategies.bars.indicators.registry import entry_named
from forven.strategies.bars.market import CLOCK
from forven.strategies.bars.registry import built_in
from forven.strategies.bars.stepping import Stepping, combined
from forven.strategies.bars.strategy import RULES
from forven.strategies.bars.writing import Market
from tests.strategies.bars.formulas import random_column, random_condition

BARS = random_bars(500, 21, columns=tuple(ENRICHMENT))
MARKET = Market()


def rows(bars):
    """Return each bar's numbers by name."""
    names = (*PRICE_NAMES, "volume", *bars.columns)
    series = {name: bars.floats(name).tolist() for name in names}
    series |= {name: clock(bars.ends_ns, name).tolist() for name in CLOCK}
    return [
        dict(zip(series, numbers, strict=True)) for numbers in zip(*series.values(), strict=True)
    ]


ROWS = rows(BARS)


def is_exact(formula):
    """Return whether every indicator in a formula gives the same bits bar by bar."""
    found = [part for part in parts_of(formula) if isinstance(part, Indicator)]
    return all(entry_named(part.name).tolerance == 0.0 for part in found)


def test_many_of_the_random_formulas_are_held_to_the_bit():
    columns = [random_column(np.random.default_rng(seed), 2) for seed in range(40)]
    assert sum(map(is_exact, columns)) >= 5


@pytest.mark.parametrize("seed", range(40))
def test_bar_by_bar_is_as_over_the_whole_series(seed):
    random = np.random.default_rng(seed)
    column = random_column(random, int(random.integers(1, 4)))
    stepping = Stepping([column])
    found = np.array([stepping.step(row)[0] for row in ROWS])
    expected = Evaluation(BARS).column(column)
    if is_exact(column):
        assert_array_equal(found, expected)
    else:  # a quotient or a root of next to nothing makes much of a last bit
        assert np.isclose(found, expected, rtol=1e-6, atol=1e-6, equal_nan=True).mean() > 0.9


@pytest.mark.parametrize("seed", range(40))
def test_conditions_hold_at_the_same_bars(seed):
    random = np.random.default_rng(seed)
    condition = random_condition(random, int(random.integers(0, 3)))
    stepping = Stepping([condition])
    found = np.array([stepping.step(row)[0] for row in ROWS])
    expected = Evaluation(BARS).condition(condition)
    assert (found != expected).sum() <= (0 if is_exact(condition) else 10), repr(condition)


@pytest.mark.parametrize("strategy", built_in().values(), ids=lambda strategy: strategy.name)
def test_every_built_in_strategy_decides_bar_by_bar_as_over_the_whole_series(strategy):
    assert strategy.kind == RULES
    conditions = strategy.rules(strategy.market("1h"), strategy.resolve()).conditions
    present = [one for one in conditions if one is not None]
    stepping = Stepping(present)
    found = np.array([stepping.step(row) for row in ROWS]).T
    evaluation = Evaluation(BARS)
    for condition, bits in zip(present, found, strict=True):
        assert_array_equal(bits, evaluation.condition(condition))


def test_a_bar_without_a_column_is_refused():
    with pytest.raises(MissingColumns, match="expected a bar with close"):
        Stepping([MARKET.close]).step({"open": 1.0})


def test_numbers_that_are_not_finite_are_not_defined():
    assert math.isnan(combined("/", 1.0, 0.0)) and math.isnan(combined("sqrt", -1.0, -1.0))
    assert math.isnan(combined("*", 1e300, 1e300)) and math.isnan(combined("min", math.nan, 1.0))
    assert combined("max", 1.0, 2.0) == 2.0
    assert math.isnan(Stepping([MARKET.close]).step({"close": math.inf})[0])
