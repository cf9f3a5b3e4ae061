import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.writing import signal_strategy

COUNT = 300
BARS = random_bars(COUNT, 5, columns=("funding_rate",))
ENTERS = np.arange(COUNT) % 7 == 0


def made(function):
    return signal_strategy(name="made", warmup=lambda p: 1)(lambda bars, p: function(bars))


def signals(given):
    strategy = made(lambda bars: given)
    return signals_of(strategy, BARS, strategy.resolve())


@pytest.mark.parametrize(
    "given", [ENTERS, ENTERS.tolist(), pd.Series(ENTERS), pa.array(ENTERS)], ids=type
)
def test_booleans_are_taken_from_any_container(given):
    assert np.array_equal(signals({"enter_long": given})[0], ENTERS)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (np.ma.masked_array(ENTERS, mask=~ENTERS), r"a masked array; .* signal.filled\(False\)"),
        (np.ma.masked_array(ENTERS), "a masked array"),
        (pd.Series(ENTERS).shift(1), "object; fill what is missing"),
        (pa.array([None, *ENTERS[1:].tolist()]), "object; fill what is missing"),
        (np.where(ENTERS, 1.0, np.nan), "float64 with NaN first at bar 1; compare"),
        (ENTERS.astype(int), "int64; compare with"),
        (ENTERS.astype(object), "object; .* numpy array of bool"),
        (ENTERS[1:], r"the shape \(299,\)"),
        (ENTERS[:, None], r"the shape \(300, 1\)"),
        (True, r"the shape \(\)"),
        ([[True], [True, False]], "list that makes no array"),
        ((bit for bit in ENTERS), "object"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_anything_else_is_refused_with_what_was_found(given, found):
    with pytest.raises(
        InvalidBarStrategy, match=f"made: enter_long: expected 300 booleans, found {found}"
    ):
        signals({"enter_long": given})


def writes_by_the_flag(bars):
    bars.prices.flags.writeable = True
    bars.prices[:] = 1


def writes_to_the_base(bars):
    base = bars.volume
    while isinstance(base.base, np.ndarray):
        base = base.base
    base.flags.writeable = True
    base[:] = 1.0


def writes_a_column(bars):
    bars.column("funding_rate").setflags(write=True)


@pytest.mark.parametrize("write", [writes_by_the_flag, writes_to_the_base, writes_a_column])
def test_a_write_to_the_bars_is_an_error_and_changes_nothing(write):
    bars = random_bars(COUNT, 5, columns=("funding_rate",))

    def writes(shown):
        write(shown)
        return {"enter_long": ENTERS}

    with pytest.raises(InvalidBarStrategy, match=r"made: .* cannot set WRITEABLE"):
        compile_runs(made(writes), [{}], bars)
    assert np.array_equal(bars.prices, BARS.prices)
    assert np.array_equal(bars.volume, BARS.volume)


def test_a_write_past_all_guards_reaches_neither_the_bars_nor_another_strategy():
    bars = random_bars(COUNT, 5)

    def replaces(shown):
        object.__setattr__(shown, "prices", np.ones_like(shown.prices))
        return {"enter_long": shown.prices[3] == 1}

    seen = []

    def looks(shown):
        seen.append(shown.prices.copy())
        return {"enter_long": ENTERS}

    compile_runs(made(replaces), [{}], bars)
    compile_runs(made(looks), [{}], bars)
    assert np.array_equal(seen[0], BARS.prices)
    assert np.array_equal(bars.prices, BARS.prices)


def test_what_a_function_sets_in_numpy_stays_its_own():
    def sets(bars):
        np.seterr(all="raise")
        return {"enter_long": ENTERS}

    strategy, before = made(sets), np.geterr()
    signals_of(strategy, BARS, strategy.resolve())
    assert np.geterr() == before


def test_rules_give_their_signals_without_a_copy_for_each():
    strategy = strategy_named("ema_cross")
    assert signals_of(strategy, BARS, strategy.resolve())[0].shape == (COUNT,)
