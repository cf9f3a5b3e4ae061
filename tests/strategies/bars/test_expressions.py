import math
import pickle

import pytest

from forven.strategies.bars.combining import all_of, any_of, at_least, latest, when
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.expressions import Arithmetic, Compare, Constant, Source, as_column
from forven.strategies.bars.writing import Market, ema, macd, sma

MARKET = Market()
CLOSE, OPEN = MARKET.close, MARKET.open


def test_the_same_formula_is_equal_and_hashes_alike_and_another_is_not():
    one, same = (
        ema(CLOSE, 5).crosses_above(sma(CLOSE, 9)),
        ema(CLOSE, 5).crosses_above(sma(CLOSE, 9)),
    )
    assert one == same and hash(one) == hash(same)
    assert one != ema(CLOSE, 5).crosses_below(sma(CLOSE, 9))
    assert (CLOSE + 1) == (CLOSE + 1.0)
    assert CLOSE != "close"


def test_equality_is_of_the_fields_where_an_object_was_forgotten():
    one = Compare("<", CLOSE, OPEN)
    other = object.__new__(Compare)
    for name in (*Compare.names, "_hash"):
        object.__setattr__(other, name, getattr(one, name))
    assert one is not other and one == other


def test_a_formula_reads_like_one():
    line = macd(CLOSE, 5, 13, 3)
    assert repr((line.line > line.signal) & ~(CLOSE < 10)) == (
        "(macd(close, 5, 13, 3).signal < macd(close, 5, 13, 3).line & ~(close < 10))"
    )
    assert repr(when(CLOSE > OPEN, CLOSE, 0.0)) == "when(open < close, close, 0)"
    assert repr(CLOSE.ago(2).crosses_above(OPEN)) == "close.ago(2) crosses above open"
    assert repr((CLOSE > OPEN).for_bars(3)) == "(open < close).for_bars(3)"
    assert repr(-CLOSE / 2) == "((0 - close) / 2)"


def test_operators_are_canonical():
    assert (CLOSE > OPEN) == (OPEN < CLOSE)
    assert (CLOSE >= 5) == Compare("<=", Constant(5.0), CLOSE)
    assert (CLOSE > 5) == (CLOSE > 5)
    assert CLOSE.ago(2).ago(3) == CLOSE.ago(5)
    assert CLOSE.ago(0) is CLOSE and (CLOSE > 1).for_bars(1) == (CLOSE > 1)
    assert ~~(CLOSE > 1) == (CLOSE > 1)
    assert as_column(-0.0) == Constant(0.0)
    assert Arithmetic("-", Constant(2.0), CLOSE) == (2 - CLOSE)


def test_conditions_combine():
    one, two, three = CLOSE > 1, CLOSE > 2, CLOSE > 3
    assert all_of(one, two, three) == (one & two) & three
    assert any_of(one, two) == one | two
    assert at_least(2, one, two, three) == any_of(one & two, one & three, two & three)
    with pytest.raises(InvalidBarStrategy, match="count from 1 to 2, found 3"):
        at_least(3, one, two)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: bool(CLOSE > 1), "combine conditions with & | ~"),
        (lambda: 1 < CLOSE < 2, "write a < b < c as"),
        (lambda: (CLOSE > 1) and (CLOSE > 2), "neither true nor false"),
        (lambda: (CLOSE > 1) & True, "expected a condition as in"),
        (lambda: (CLOSE > 1) | (CLOSE == OPEN), r"a.equals\(b\)"),
        (lambda: CLOSE + "a", "expected a column or a number, found 'a'"),
        (lambda: CLOSE > True, "expected a column or a number, found True"),
        (lambda: as_column(math.nan), "expected a finite number"),
        (lambda: CLOSE.ago(-1), "from 0 to 100000, found -1"),
        (lambda: CLOSE.ago(1.0), r"found 1\.0"),
        (lambda: (CLOSE > 1).for_bars(0), "from 1 to 100000, found 0"),
        (lambda: latest(CLOSE, CLOSE), "expected a condition"),
        (lambda: setattr(CLOSE, "name", "open"), "a formula never changes"),
    ],
)
def test_what_is_no_formula_is_refused(wrong, text):
    with pytest.raises(InvalidBarStrategy, match=text):
        wrong()


def test_a_formula_travels_to_another_process():
    formula = (ema(CLOSE, 5) > OPEN.ago(2)).within(4)
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert pickle.loads(pickle.dumps(Source("close"))) is CLOSE
