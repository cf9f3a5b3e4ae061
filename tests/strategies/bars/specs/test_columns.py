"""Operands of declared rules: names, numbers, arithmetic and earlier bars."""

import numpy as np
import pytest

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.market import Market
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.specs.columns import Names
from forven.strategies.bars.specs.nesting import depth_of
from forven.strategies.bars.writing import bollinger, rsi, stochastic
from tests.strategies.bars.library.drawn import dots

MARKET = Market("1h", ("basis",))


def names() -> Names:
    return Names(MARKET, Parameters(two=2, half=0.5))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("close", [4.0, 9.0, 16.0]),
        ("half", [0.5] * 3),
        (3, [3.0] * 3),
        ("basis", [1.0, 2.0, 3.0]),
        ("volume", [100.0] * 3),
        ({"+": ["close", "two"]}, [6.0, 11.0, 18.0]),
        ({"-": ["close", "basis"]}, [3.0, 7.0, 13.0]),
        ({"*": ["close", "half"]}, [2.0, 4.5, 8.0]),
        ({"/": [{"-": ["close", 1]}, "basis"]}, [3.0, 4.0, 5.0]),
        ({"min": ["close", 10]}, [4.0, 9.0, 10.0]),
        ({"max": ["close", 10]}, [10.0, 10.0, 16.0]),
        ({"abs": {"-": ["close", 10]}}, [6.0, 1.0, 6.0]),
        ({"ago": 1, "of": "close"}, [np.nan, 4.0, 9.0]),
        ({"ago": "two", "of": "close"}, [np.nan, np.nan, 4.0]),
    ],
)
def test_an_operand_is_worked_out(part, expected):
    bars = dots([4.0, 9.0, 16.0], columns={"basis": [1.0, 2.0, 3.0]})
    found = Evaluation(bars).column(names().column(part, "part"))
    assert np.array_equal(found, expected, equal_nan=True)


def test_an_indicator_is_that_of_python():
    known = names()
    known.define("bands", {"indicator": "bollinger", "of": "basis", "bars": "two", "width": "half"})
    known.define("quick", {"indicator": "stochastic", "bars": 5})
    known.define("strength", {"indicator": "rsi", "of": "bands.upper", "bars": 3})
    bands = bollinger(MARKET.column("basis"), 2, 0.5)
    assert known.column("bands.lower", "part") is bands.lower
    assert known.column("quick.k", "part") is stochastic(MARKET, 5).k
    assert known.column("strength", "part") is rsi(bands.upper, 3)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("bands", "expected bands.upper or bands.middle or bands.lower, found 'bands'"),
        ("bands.uper", "expected bands.upper or .* found 'bands.uper'"),
        ("narrow.on", "expected a number, not a condition"),
        ("vix_close", "expected a name that is known"),
        (["close"], "expected a number, a name or an object"),
        (True, "expected a finite number"),
        (float("nan"), "expected a finite number"),
        ({"+": ["close"]}, r"part.\+: expected a list of two"),
        ({"^": ["close", 2]}, "expected one of"),
        ({}, "expected one of"),
        ({"ago": -1, "of": "close"}, "part.ago: expected a whole number from 0"),
        ({"ago": "half", "of": "close"}, "part.ago: expected a whole number from 0"),
    ],
)
def test_what_is_wrong_is_said(part, message):
    known = names()
    known.define("bands", {"indicator": "bollinger", "bars": 4, "width": 2.0})
    squeeze = {"indicator": "squeeze", "bars": 4, "width": 2.0, "channel_width": 1.5}
    known.define("narrow", {**squeeze, "momentum_bars": 4})
    with pytest.raises(InvalidBarStrategy, match=message):
        known.column(part, "part")


def test_a_column_nobody_needs_is_not_read():
    with pytest.raises(InvalidBarStrategy, match="expected a name that is known"):
        Names(Market("1h", ()), Parameters()).column("basis", "part")


def test_depth_counts_formulas_inside_each_other():
    assert depth_of(MARKET.close) == 1
    assert depth_of(MARKET.close + 1.0) == 2
    assert depth_of((MARKET.close + 1.0) > MARKET.open) == 3
