import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.errors import InvalidBarStrategy, MissingColumns
from forven.strategies.bars.evaluation import Evaluation, clock
from forven.strategies.bars.expressions import Handed
from forven.strategies.bars.waiting import waits
from forven.strategies.bars.warmup import warmup_of
from forven.strategies.bars.writing import (
    Market,
    bars_since,
    latest,
    maximum,
    minimum,
    root,
    sma,
    when,
)
from tests.strategies.bars.formulas import random_column

MARKET = Market()
BARS = random_bars(400, 6)
CLOSE = BARS.floats("close")


def column(formula, bars=BARS):
    return Evaluation(bars).column(formula)


def condition(formula, bars=BARS):
    return Evaluation(bars).condition(formula)


def test_prices_and_volume_are_those_of_the_bars():
    for name in ("open", "high", "low", "close", "volume"):
        assert_array_equal(column(getattr(MARKET, name)), BARS.floats(name))
    assert_array_equal(
        column(MARKET.typical), (BARS.floats("high") + BARS.floats("low") + CLOSE) / 3
    )


def test_numbers_are_combined_bar_by_bar():
    assert_array_equal(column(MARKET.close * 2 - 1), CLOSE * 2 - 1)
    assert_array_equal(column(maximum(MARKET.close, 21_000)), np.maximum(CLOSE, 21_000))
    assert_array_equal(
        column(minimum(MARKET.close, MARKET.open)), np.minimum(CLOSE, BARS.floats("open"))
    )
    assert_array_equal(column(abs(MARKET.close - 21_000)), np.abs(CLOSE - 21_000))
    assert_array_equal(column(root(MARKET.close)), np.sqrt(CLOSE))


def test_what_is_not_finite_is_not_defined():
    nothing = MARKET.close - MARKET.close
    assert np.isnan(column(MARKET.close / nothing)).all()
    assert np.isnan(column(nothing / nothing)).all()
    assert np.isnan(column(root(nothing - 1))).all()
    assert not condition(MARKET.close / nothing > 0).any()
    assert condition(~(MARKET.close / nothing > 0)).all()  # `~` inverts what is undefined too


def test_earlier_numbers_are_undefined_before_the_first_bar():
    shifted = column(MARKET.close.ago(3))
    assert np.isnan(shifted[:3]).all()
    assert_array_equal(shifted[3:], CLOSE[:-3])
    assert np.isnan(column(MARKET.close.ago(1_000))).all()
    assert_array_equal(condition(MARKET.close.rises(2))[2:], CLOSE[2:] > CLOSE[:-2])


def test_crosses_look_at_two_bars():
    above = condition(MARKET.close.crosses_above(MARKET.open))
    difference = CLOSE - BARS.floats("open")
    assert_array_equal(above[1:], (difference[1:] > 0) & (difference[:-1] <= 0))
    assert not above[0]


def test_conditions_over_bars():
    rises = MARKET.close > MARKET.open
    bits = condition(rises)
    for bar in range(len(BARS)):
        last = bits[max(0, bar - 2) : bar + 1]
        assert condition(rises.for_bars(3))[bar] == (bar >= 2 and last.all())
        assert condition(rises.within(3))[bar] == last.any()
        assert condition(rises.ago(2))[bar] == (bar >= 2 and bits[bar - 2])
        assert condition(rises.starts())[bar] == (bits[bar] and (bar == 0 or not bits[bar - 1]))


def test_numbers_from_conditions():
    rises = MARKET.close > MARKET.open
    bits, high = condition(rises), BARS.floats("high")
    place = math.nan
    held, since = column(latest(rises, MARKET.high)), column(bars_since(rises))
    for bar in range(len(BARS)):
        place = bar if bits[bar] else place
        assert_array_equal(held[bar], math.nan if math.isnan(place) else high[int(place)])
        assert_array_equal(since[bar], bar - place)
    assert_array_equal(
        column(when(rises, 1.0, MARKET.low)), np.where(bits, 1.0, BARS.floats("low"))
    )


def test_the_clock_is_that_of_the_last_nanosecond_of_a_bar():
    ends = np.array([24, 25, 48, 49, 72], np.int64) * 3_600_000_000_000
    assert_array_equal(clock(ends, "day"), [0, 1, 1, 2, 2])
    assert_array_equal(clock(ends, "hour"), [23, 0, 23, 0, 23])
    assert_array_equal(clock(ends, "weekday"), [3, 4, 4, 5, 5])
    assert_array_equal(clock(ends, "bar_of_day"), [math.nan, 0, 1, 0, 1])


def test_a_column_that_is_not_there_or_empty_is_refused():
    with pytest.raises(
        MissingColumns, match="expected bars with the column funding_rate, found none"
    ):
        column(MARKET.column("funding_rate"))
    empty = replace(BARS, volume=np.full(len(BARS), np.nan), content_hash="")
    with pytest.raises(MissingColumns, match="expected numbers in the column volume"):
        column(MARKET.volume, empty)
    with pytest.raises(InvalidBarStrategy, match="expected its bits to be handed in"):
        condition(Handed(0))


def test_each_subexpression_is_worked_out_once():
    evaluation = Evaluation(BARS)
    assert evaluation.column(sma(MARKET.close, 5)) is evaluation.column(sma(MARKET.close, 5))


@pytest.mark.parametrize("seed", range(80))
def test_the_warmup_is_the_first_bar_that_is_defined(seed):
    random = np.random.default_rng(seed)
    formula = random_column(random, int(random.integers(1, 4)))
    numbers = column(formula)
    defined = np.flatnonzero(~np.isnan(numbers))
    warmup = warmup_of([formula])
    is_plain = not any(word in repr(formula) for word in ("when(", "latest(", "bars_since("))
    if defined.size and is_plain:  # a condition is defined, and false, from the first bar on
        assert defined[0] >= warmup
    if not waits(formula) and warmup < len(BARS):
        assert not np.isnan(numbers[warmup])
