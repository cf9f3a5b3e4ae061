"""The perpetual kernel from Python: values at the extremes, meddled states, threads, both sides."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.kernels.perpetual_states import new_states
from forven.primitives.errors import InvalidInput
from tests.engine_rs.calls import perpetual_arguments, small_perpetual_world
from tests.reference.perpetual.comparison import oracle_outcomes
from tests.reference.perpetual.kernel_run import kernel_outcomes, words_between
from tests.reference.perpetual.runners import KERNELS
from tests.reference.sides import installed_sides

I64 = np.iinfo(np.int64)
EXTREMES = (I64.min, I64.min + 1, -(2**62), -2, -1, 0, 2**31, 2**62, I64.max - 1, I64.max)
READ = ("book", "prints", "fundings", "tiers", "contract", "plans", "commands")


def cells(name, array):
    """Return one place in every column of an array: in its first row, and in its last."""
    if name == "contract":
        return [(column,) for column in range(array.size)]
    frames = sorted({0, array.shape[1] - 1})
    rows = sorted({0, len(array) - 1})
    if name == "book":
        return [(row, frame) for row in range(len(array)) for frame in frames]
    return [(row, column) for row in rows for column in range(array.shape[1])]


def changed(name, place, value):
    """Return the arguments of a call with one cell changed, and whether it was changed."""
    given = perpetual_arguments()
    array = given[name].copy()
    same = array[place] == value
    array[place] = value
    return {**given, name: array}, not same


def refused_argument(engine, given):
    """Return the argument that a call refuses, without having written a row; None: it ran."""
    try:
        rows = engine.perpetual_advance(**given)
    except engine.BadArgument as error:
        assert not given["journal"].any()
        return error.argument
    assert 0 <= rows <= len(given["journal"])
    return None


def refused_by(side, given):
    """Return the argument that a side of the door refuses; None: it does not."""
    try:
        arrays = PerpetualArrays(**{name: given[name] for name in READ})
        session = side.PerpetualSession(arrays)
        session.advance(given["state"], given["journal"], given["frame_to"], 1)
    except InvalidInput as error:
        return str(error).partition(":")[0]
    return None


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("name", READ)
def test_an_extreme_in_any_column_is_refused_or_means_what_the_oracle_says(engine, name, value):
    counts = {"refused": 0, "run": 0}
    for place in cells(name, perpetual_arguments()[name]):
        given, is_changed = changed(name, place, value)
        if not is_changed:
            continue
        refused = refused_argument(engine, given)
        counts["run" if refused is None else "refused"] += 1
        if refused is None:
            world = replace(small_perpetual_world(), **{name: given[name]})
            words = words_between(kernel_outcomes(KERNELS["rust"], world), oracle_outcomes(world))
            assert not words, f"{name}{place}: {words}"
        else:
            assert refused in {name, "state" if name == "contract" else name}, place
    assert counts["refused"] or value in (-1, 0) or name == "commands"


@pytest.mark.parametrize("value", EXTREMES)
def test_an_extreme_in_any_column_of_the_state_is_refused_or_harmless(engine, value):
    """A state is what a kernel left behind: other values are refused, or come to an end."""
    given = perpetual_arguments()
    engine.perpetual_advance(**{**given, "frame_to": 8})
    for column in range(given["state"].shape[1]):
        state = given["state"].copy()
        state[0, column] = value
        journal = np.zeros_like(given["journal"])
        called = {**given, "state": state, "journal": journal}
        assert refused_argument(engine, called) in (None, "state")


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("name", [*READ, "state"])
def test_both_sides_of_the_door_refuse_the_same(engine, name, value):
    sides = installed_sides("perpetual")
    for place in cells(name, perpetual_arguments()[name]):
        given, _ = changed(name, place, value)
        found = {
            side: refused_by(module, {**given, "state": given["state"].copy()})
            for side, module in sides.items()
        }
        assert found["numba"] == found["rust"], f"{name}{place}"


def opened(engine):
    given = perpetual_arguments()
    return engine.PerpetualSession(*(given[name] for name in READ)), given


def test_a_session_checked_once_does_frame_by_frame_what_one_call_does(engine):
    whole = perpetual_arguments()
    rows = engine.perpetual_advance(**whole)
    session, given = opened(engine)
    kept = []
    for frame in range(given["frame_to"]):
        written = session.advance(given["state"], given["journal"], frame + 1)
        kept.append(given["journal"][:written].copy())
    assert np.array_equal(given["state"], whole["state"])
    found = np.concatenate(kept)
    found = found[np.lexsort((found[:, schema.JOURNAL_SEQUENCE], found[:, schema.JOURNAL_BOT]))]
    assert np.array_equal(found, whole["journal"][:rows])


def test_a_session_refuses_arrays_when_it_is_opened(engine):
    given = perpetual_arguments()
    given["plans"][0, layout.PLAN_FILL_MODEL] = 9
    with pytest.raises(engine.BadArgument, match=r"^plans: expected FILL_MODEL of bot 0"):
        engine.PerpetualSession(*(given[name] for name in READ))


def test_a_state_that_was_meddled_with_is_refused(engine):
    session, given = opened(engine)
    session.advance(given["state"], given["journal"], 1)
    given["state"][0, layout.STATE_ORDER_COUNT] = -1
    with pytest.raises(engine.BadArgument, match=r"^state: expected ORDER_COUNT of bot 0"):
        session.advance(given["state"], given["journal"], 2)


@pytest.mark.parametrize("threads", [2, 3, 256])
def test_threads_change_nothing(engine, threads):
    one, several = perpetual_arguments(), {**perpetual_arguments(), "threads": threads}
    rows = engine.perpetual_advance(**one)
    assert engine.perpetual_advance(**several) == rows
    assert np.array_equal(one["state"], several["state"])
    assert np.array_equal(one["journal"][:rows], several["journal"][:rows])


def test_the_interpreter_is_free_while_a_kernel_runs(engine):
    """Sessions run side by side in Python threads and give what they give alone."""
    alone = perpetual_arguments()
    engine.perpetual_advance(**alone)
    runs = [perpetual_arguments() for _ in range(8)]
    workers = [
        threading.Thread(target=lambda one=one: engine.perpetual_advance(**one), name="run")
        for one in runs
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run in runs:
        assert np.array_equal(run["state"], alone["state"])
        assert np.array_equal(run["journal"], alone["journal"])


def test_the_bound_of_rows_is_that_of_numba(engine):
    for arrivals in ((1, 0, 0, 0), (24, 3, 5, 1), (4_096, 37, 1_000, 9)):
        sides = installed_sides("perpetual").values()
        bounds = {side.frame_rows_max(*arrivals) for side in sides}
        assert bounds == {engine.perpetual_frame_rows_max(*arrivals)}


@pytest.mark.parametrize("argument", ["orders", "commands", "prints", "fundings"])
@pytest.mark.parametrize("given", [-1, 2**40, 1.5, None, "1"], ids=repr)
def test_a_count_that_is_none_is_refused(engine, argument, given):
    counts = {"orders": 1, "commands": 1, "prints": 1, "fundings": 1, argument: given}
    with pytest.raises(engine.BadArgument, match=f"^{argument}: expected a whole number"):
        engine.perpetual_frame_rows_max(**counts)


def test_no_bots_and_no_rows_do_nothing(engine):
    given = perpetual_arguments()
    orders = int(given["contract"][layout.CONTRACT_ORDERS])
    given["plans"] = np.zeros((0, layout.PLAN_WIDTH), np.int64)
    given["state"] = new_states(orders, np.zeros(0, np.int64))
    assert engine.perpetual_advance(**given) == 0
    given = perpetual_arguments()
    given["journal"] = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)
    assert engine.perpetual_advance(**given) == 0
    assert (given["state"][:, layout.STATE_FRAME] == 0).all()
