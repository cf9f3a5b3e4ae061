"""The bar kernel from Python: values at the extremes, room for trades, threads, both sides."""

import threading

import numpy as np
import pytest

from forven.kernels import bars_schema as layout
from forven.kernels.bars_arrays import BarArrays, BarTrace
from forven.primitives.errors import InvalidInput
from tests.engine_rs.bar_calls import READ, evaluate_arguments, sweep_arguments, trace_arguments
from tests.reference.bars.comparison import oracle_outcome
from tests.reference.bars.kernel_run import Kernel, words_between
from tests.reference.bars.runners import KERNELS
from tests.reference.bars.scenarios import Scenario
from tests.reference.sides import installed_sides

I64 = np.iinfo(np.int64)
INTEGERS = (I64.min, I64.min + 1, -(2**62), -2, -1, 0, 1, 63, 64, 2**31, 2**62, I64.max)
FLOATS = (np.nan, np.inf, -np.inf, -0.0, 1e300, -1e300, 5e-324)
WHOLE = ("bars", "program", "plans", "segments")


def cells(name, array):
    """Return places of an array: every column of its first and last row, or both ends of rows."""
    if array.ndim == 1:
        return [(0,)]
    rows = range(len(array)) if name == "program" else sorted({0, len(array) - 1})
    is_long = name in ("bars", "funding", "columns", "masks")
    columns = (0, array.shape[1] - 1) if is_long else range(array.shape[1])
    rows = range(len(array)) if is_long else rows
    return [(row, column) for row in rows for column in columns]


def changed(name, place, value):
    """Return the arrays that are read, with one cell changed."""
    given = {key: trace_arguments()[key] for key in READ}
    given[name][place] = value
    return given


def refused_by(side, given):
    """Return the argument that a side of the door refuses; None: it does not."""
    counts, sums = (sweep_arguments()[name] for name in ("counts", "sums"))
    try:
        side.sweep(BarArrays(**given), counts, sums, 1)
    except InvalidInput as error:
        assert not counts.any() and not sums.any()
        return str(error).partition(":")[0]
    return None


def judged(name, value):
    """Refuse a value in each place by both sides alike, or hold both to the oracle."""
    sides = installed_sides("bars")
    counts = {"refused": 0, "run": 0}
    for place in cells(name, sweep_arguments()[name]):
        given = changed(name, place, value)
        refused = {side: refused_by(module, given) for side, module in sides.items()}
        assert len(set(refused.values())) == 1, f"{name}{place}: {refused}"
        argument = refused["numba"]
        counts["run" if argument is None else "refused"] += 1
        if argument is not None:
            assert argument == name or {argument, name} == {"program", "plans"}
            continue
        scenario = Scenario(**given)
        wanted = oracle_outcome(scenario)
        for kernel in KERNELS.values():
            assert not words_between(kernel, scenario, wanted), f"{name}{place}"
    return counts


@pytest.mark.parametrize("value", INTEGERS)
@pytest.mark.parametrize("name", WHOLE)
def test_an_extreme_in_any_cell_is_refused_alike_or_means_what_the_oracle_says(engine, name, value):
    counts = judged(name, value)
    assert counts["refused"] or value in (0, 1, 63, 64)


@pytest.mark.parametrize("value", FLOATS)
@pytest.mark.parametrize("name", ["funding", "columns", "constants"])
def test_an_extreme_float_is_refused_alike_or_means_what_the_oracle_says(engine, name, value):
    counts = judged(name, value)
    assert bool(counts["refused"]) == (name == "funding")  # none is a count of missing rates


def test_bits_of_a_mask_beyond_the_last_bar_are_not_seen(engine):
    given = {key: trace_arguments()[key] for key in READ}
    given["masks"][:] = 2**64 - 1
    scenario = Scenario(**given)
    kernel = Kernel("rust", installed_sides("bars")["rust"])
    assert not words_between(kernel, scenario, oracle_outcome(scenario))


def test_trades_beyond_the_room_are_counted_and_not_written(engine):
    whole = trace_arguments()
    count = engine.bars_trace(**whole)
    assert 5 < count < 200
    assert not whole["trades"][count:].any()
    for rows in (0, 1, count - 1, count):
        given = trace_arguments()
        given["trades"] = np.full((rows + 1, layout.TRADE_WIDTH), -7)[:rows]
        given["trade_values"] = np.full((rows + 1, layout.TRADE_VALUES), -7.0)[:rows]
        assert engine.bars_trace(**given) == count
        assert np.array_equal(given["trades"], whole["trades"][:rows])
        assert np.array_equal(given["trade_values"], whole["trade_values"][:rows])
        assert (np.asarray(given["trades"].base)[rows:] == -7).all()


def test_values_and_signals_are_left_out_where_nobody_asks(engine):
    given, whole = trace_arguments(), trace_arguments()
    given["values"], given["signals"] = np.zeros((0, 0, 0)), np.zeros((0, 0, 0), np.uint64)
    assert engine.bars_trace(**given) == engine.bars_trace(**whole)
    assert np.array_equal(given["counts"], whole["counts"])
    for name, shape in {"values": (0, 2, 130), "signals": (0, 4, 3)}.items():
        with pytest.raises(engine.BadArgument, match=rf"^{name}: .* or \(0, 0, 0\)"):
            engine.bars_trace(**{**whole, name: np.zeros(shape, whole[name].dtype)})


@pytest.mark.parametrize("threads", [2, 3, 256])
def test_threads_change_nothing(engine, threads):
    one, several = sweep_arguments(), {**sweep_arguments(), "threads": threads}
    for given in (one, several):
        given["plans"] = np.repeat(given["plans"], 50, axis=0)
        given["plans"][:, layout.PLAN_TIME_STOP_BARS] = np.arange(100)
        given["counts"] = np.full((100, 2, layout.COUNT_WIDTH), -7)
        given["sums"] = np.full((100, 2, layout.SUM_WIDTH), -7.0)
        engine.bars_sweep(**given)
    assert np.array_equal(one["counts"], several["counts"])
    assert one["sums"].tobytes() == several["sums"].tobytes()
    assert not (one["counts"] == -7).any()


def test_the_interpreter_is_free_while_a_kernel_runs(engine):
    """Sweeps run side by side in Python threads and give what they give alone."""
    alone = sweep_arguments()
    engine.bars_sweep(**alone)
    runs = [sweep_arguments() for _ in range(8)]
    workers = [
        threading.Thread(target=lambda one=one: engine.bars_sweep(**one), name="run")
        for one in runs
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run in runs:
        assert np.array_equal(run["counts"], alone["counts"])
        assert run["sums"].tobytes() == alone["sums"].tobytes()


@pytest.mark.parametrize("name", ["plans", "segments"])
def test_no_runs_and_no_segments_do_nothing(engine, name):
    for threads in (1, 2):
        given = {**sweep_arguments(), "threads": threads}
        given[name] = given[name][:0]
        shape = len(given["plans"]), len(given["segments"])
        given["counts"] = np.zeros((*shape, layout.COUNT_WIDTH), np.int64)
        given["sums"] = np.zeros((*shape, layout.SUM_WIDTH))
        engine.bars_sweep(**given)


def test_registers_that_a_program_does_not_write_stay_as_they_are(engine):
    given = evaluate_arguments()
    given["registers"] = np.full((70, 3), 99, np.uint64)
    engine.bars_evaluate(**given)
    assert not (given["registers"][:4] == 99).all(axis=1).any()
    assert (given["registers"][4:] == 99).all()


def test_the_door_says_what_rust_refuses(engine):
    side = installed_sides("bars")["rust"]
    given = {key: trace_arguments()[key] for key in READ}
    given["plans"][1, layout.PLAN_COST_PPM] = 200_001
    arrays = BarArrays(**given)
    traced = trace_arguments()
    written = BarTrace(**{key: traced[key] for key in BarTrace.__dataclass_fields__})
    words = r"^plans: expected COST_PPM of run 1 in 0\.\.=200000, found 200001$"
    with pytest.raises(InvalidInput, match=words):
        side.sweep(arrays, traced["counts"], traced["sums"])
    with pytest.raises(InvalidInput, match=words):
        side.trace(arrays, traced["counts"], traced["sums"], written)
    with pytest.raises(InvalidInput, match=r"^registers: expected rows in 4\.\.=64, found 3$"):
        side.evaluate(**{**evaluate_arguments(), "registers": np.zeros((3, 3), np.uint64)})
