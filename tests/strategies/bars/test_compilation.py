import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels.numba_side import bars as numba_bars
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.compilation import compile_runs, fill, lay_out, packed
from forven.strategies.bars.errors import (
    InvalidBarStrategy,
    InvalidParameter,
    MissingColumns,
    TooManyColumns,
)
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.writing import Controls, Parameter, Rules, bar_strategy, signal_strategy

BARS = random_bars(700, 9)
GRID = [{"fast": fast, "slow": slow} for fast in range(4, 9) for slow in range(10, 15)]


@bar_strategy(
    name="funded",
    family="own",
    rule="A.",
    source="a",
    needs=("funding_rate",),
    parameters=(Parameter("hold", 8, 1, 99),),
)
def funded(market, p):
    rules = market.column("funding_rate") < 0.0
    return Rules(enter_long=rules, controls=Controls(time_stop_bars=p.hold))


def test_columns_are_distinct_across_runs():
    compiled = compile_runs(strategy_named("dema_cross"), GRID, BARS)
    assert compiled.columns.shape == (10, 700)
    assert compiled.runs.shape == (25, 6)
    assert len(set(map(tuple, compiled.runs[:, :2].tolist()))) == 25
    assert compiled.layout.bytes_of(700) == compiled.columns.nbytes
    evaluation = Evaluation(BARS)
    for column, numbers in zip(compiled.layout.columns, compiled.columns, strict=True):
        assert_array_equal(numbers, evaluation.column(column))


@pytest.mark.parametrize(
    "name", ["ema_cross", "trend_pulse_adx", "heikin_ashi", "linear_regression"]
)
def test_the_kernel_decides_as_the_formulas_do(name):
    strategy = strategy_named(name)
    compiled = compile_runs(strategy, [{}], BARS)
    registers = np.zeros((64, (700 + 63) // 64), np.uint64)
    numba_bars.evaluate(
        compiled.columns, compiled.constants, compiled.masks, compiled.program, registers
    )
    found = signals_of(strategy, BARS, strategy.resolve())
    for register, bits in zip(compiled.runs[0, 2:], found, strict=True):
        assert (register < 0) == (bits is None)
        if bits is not None:
            assert_array_equal(registers[register], packed(bits))


def test_each_run_has_its_warmup_its_leverage_and_its_controls():
    layout = lay_out(strategy_named("dema_cross"), [{}, {"slow": 50, "leverage": 3}])
    assert layout.warmups.tolist() == [51, 99]
    assert layout.leverage.tolist() == [1.0, 3.0]
    layout = lay_out(funded, [{}, {"hold": 2}])
    assert [one.given() for one in layout.controls] == [
        {"time_stop_bars": 8},
        {"time_stop_bars": 2},
    ]
    assert np.isnan(layout.leverage).all()


def test_columns_beyond_the_bytes_allowed_are_refused_before_anything_is_worked_out():
    with pytest.raises(
        TooManyColumns, match="expected at most 40,000 bytes of columns, found 56,000"
    ):
        compile_runs(strategy_named("dema_cross"), GRID, BARS, bytes_max=40_000)


def test_what_no_later_column_needs_is_forgotten():
    sets = [{"period": period} for period in range(3, 60)]
    long = random_bars(20_000, 1)
    layout = lay_out(strategy_named("linear_regression"), sets)
    tracemalloc.start()
    fill(layout, long)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < layout.bytes_of(len(long)) + 40 * 8 * len(long)


def test_a_missing_column_a_bad_parameter_and_no_run_at_all():
    with pytest.raises(MissingColumns, match="funding_rate"):
        compile_runs(funded, [{}], BARS)
    with pytest.raises(InvalidParameter, match="expected fast < slow"):
        compile_runs(strategy_named("dema_cross"), [{"fast": 30}], BARS)
    compiled = compile_runs(strategy_named("dema_cross"), [], BARS)
    assert compiled.runs.shape == (0, 6) and compiled.program.shape == (0, 6)


def test_bits_are_packed_as_the_kernel_reads_them():
    bits = np.random.default_rng(1).random(130) > 0.5
    words = packed(bits)
    assert words.dtype == np.uint64 and words.shape == (3,)
    for bar, bit in enumerate(bits):
        assert bool(int(words[bar // 64]) >> (bar % 64) & 1) == bit
    assert int(words[2]) >> 2 == 0


def made(function):
    return signal_strategy(
        name="made", warmup=lambda p: p.n, parameters=(Parameter("n", 3, 1, 9),)
    )(function)


def test_signals_of_a_function_become_masks():
    @made
    def strategy(bars, p):
        rises = bars.floats("close") > p.n * 5_000.0
        return {"enter_long": rises, "exit_long": ~rises, "exit_short": None}

    compiled = compile_runs(strategy, [{"n": 2}, {"n": 5}], BARS)
    assert compiled.masks.shape == (4, 11) and compiled.columns.shape == (0, 700)
    assert compiled.warmups.tolist() == [2, 5]
    assert compiled.runs[:, 4:].tolist() == [[-1, -1], [-1, -1]]
    assert_array_equal(compiled.masks[2], packed(BARS.floats("close") > 25_000.0))


CLOSE = BARS.floats("close")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"enter_long": CLOSE}, "enter_long: expected 700 booleans, found float64"),
        ({"enter_long": np.where(CLOSE > 0, np.nan, 1.0)}, "float64 with NaN first at bar 0"),
        ({"enter_long": (CLOSE > 1).astype(np.int64)}, "found int64; compare with > or < first"),
        ({"enter_long": (CLOSE > 1)[1:]}, r"found the shape \(699,\)"),
        ({"enter_long": np.bool_(True)}, r"found the shape \(\)"),
        ({"enter_long": [True] * 699 + [None]}, "found object"),
        ({"enter": CLOSE > 1}, "signal 'enter': did you mean 'enter_long'|there are"),
        ({"exit_long": CLOSE > 1}, "expected enter_long or enter_short, found neither"),
        (CLOSE > 1, "expected a dict of boolean arrays, found ndarray"),
        (None, "found NoneType"),
    ],
)
def test_signals_that_are_no_booleans_are_refused(given, text):
    strategy = made(lambda bars, p: given)
    with pytest.raises(InvalidBarStrategy, match=text):
        compile_runs(strategy, [{}], BARS)


def test_an_error_in_a_function_says_where():
    @made
    def strategy(bars, p):
        return bars.nothing

    with pytest.raises(InvalidBarStrategy, match=r"strategy made: .* AttributeError: .*line \d+"):
        compile_runs(strategy, [{}], BARS)


def test_rules_that_are_none_are_refused():
    for write, text in (
        (lambda market, p: None, "expected Rules, found None"),
        (lambda market, p: Rules(exit_long=market.close > 1), "found neither"),
        (lambda market, p: Rules(enter_long=True), "enter_long: expected a condition"),
        (lambda market, p: Rules(enter_long=market.column("vix_close") > 1), "needs="),
        (lambda market, p: Rules(enter_long=market.close > p.length), "'length' is not declared"),
    ):
        strategy = bar_strategy(name="x", family="y", rule="z", source="w")(write)
        with pytest.raises((InvalidBarStrategy, InvalidParameter), match=text):
            compile_runs(strategy, [{}], BARS)


def test_a_formula_nested_too_deeply_is_refused():
    def write(market, p):
        condition = market.close > 0.0
        for number in range(5_000):
            condition = condition & (market.close > float(number))
        return Rules(enter_long=condition)

    strategy = bar_strategy(name="x", family="y", rule="z", source="w")(write)
    with pytest.raises(InvalidBarStrategy, match="nested deeper than can be followed"):
        compile_runs(strategy, [{}], BARS)
