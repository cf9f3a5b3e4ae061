"""The session kernel from Python: values at the extremes, state that was meddled with, threads."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import schema
from forven.kernels.states import new_states
from tests.engine_rs.calls import session_arguments, small_world
from tests.reference.comparison import difference, oracle_outcomes
from tests.reference.kernel_run import Way, outcomes_of, run_kernel
from tests.reference.scenarios import world_of
from tests.reference.sides import installed_sides

I64, I32 = np.iinfo(np.int64), np.iinfo(np.int32)
EXTREMES = (I64.min, I64.min + 1, -(2**62), -2, -1, 0, 2**31, 2**62, I64.max - 1, I64.max)
READ = ("quotes", "clock", "instruments", "session", "plans", "commands")


def cells(array):
    """Return one place in every column of an array: in its first row, and in its last."""
    columns = array.reshape(-1, array.shape[-1])
    if array.ndim == 1:
        return [(place,) for place in range(array.size)]
    if array.shape[0] == 3:  # quotes, clock: lines of frames
        return [place for place in np.ndindex(array.shape) if place[-1] in (0, array.shape[-1] - 1)]
    rows = sorted({0, len(columns) - 1})
    return [(row, column) for row in rows for column in range(array.shape[-1])]


def changed(name, place, value):
    """Return the arguments of a call with one cell changed, and whether it was changed."""
    given = session_arguments()
    array = given[name].copy()
    limits = np.iinfo(array.dtype)
    value = min(max(value, limits.min), limits.max)
    same = array[place] == value
    array[place] = value
    return {**given, name: array}, not same


def refused_argument(engine, given):
    """Return the argument that a call refuses, without having written a row; None: it ran."""
    try:
        rows = engine.advance(**given)
    except engine.BadArgument as error:
        assert not given["journal"].any()
        return error.argument
    assert 0 <= rows <= len(given["journal"])
    return None


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("name", READ)
def test_an_extreme_in_any_column_is_refused_or_means_what_the_oracle_says(engine, name, value):
    counts = {"refused": 0, "run": 0}
    for place in cells(session_arguments()[name]):
        given, is_changed = changed(name, place, value)
        if not is_changed:
            continue
        refused = refused_argument(engine, given)
        counts["run" if refused is None else "refused"] += 1
        if refused is None:
            assert_as_the_oracle(name, given[name])
        else:  # a figure that is too large for a plan is told as the plan's
            assert refused == name or (refused == "plans" and name != "plans")
    assert counts["refused"] or value in (-1, 0)


def assert_as_the_oracle(name, array):
    """Hold the Rust kernel to the oracle on the small world with one array changed."""
    world = replace(small_world(), **{name: array})
    run = run_kernel(world, installed_sides("session")["rust"])
    for found, wanted in zip(outcomes_of(world, run), oracle_outcomes(world), strict=True):
        words = difference(found, wanted)
        assert not words, words


@pytest.mark.parametrize("value", EXTREMES)
def test_an_extreme_in_any_column_of_the_state_is_refused_or_harmless(engine, value):
    """A state is what a kernel left behind: other values are refused, or come to an end."""
    width = session_arguments()["state"].shape[1]
    for column in range(width):
        given, _ = changed("state", (0, column), value)
        assert refused_argument(engine, given) in (None, "state")


def opened(engine):
    given = session_arguments()
    return engine.Session(*(given[name] for name in READ)), given


def outputs(given):
    return [given[name] for name in ("state", "journal", "financials")]


def test_a_session_checked_once_does_frame_by_frame_what_one_call_does(engine):
    whole = session_arguments()
    rows = engine.advance(**whole)
    session, given = opened(engine)
    kept = []
    for frame in range(given["frame_to"]):
        written = session.advance(*outputs(given), frame + 1)
        kept.append(given["journal"][:written].copy())
    assert np.array_equal(given["state"], whole["state"])
    assert np.array_equal(given["financials"], whole["financials"])
    sequence = [schema.JOURNAL_BOT, schema.JOURNAL_SEQUENCE]
    found = np.concatenate(kept)
    found = found[np.lexsort(found[:, sequence[::-1]].T)]
    assert np.array_equal(found, whole["journal"][:rows])


def test_a_session_refuses_arrays_when_it_is_opened(engine):
    given = session_arguments()
    plans = given["plans"].copy()
    plans[0, schema.PLAN_LEG_COUNT] = 9
    with pytest.raises(engine.BadArgument, match=r"plans: expected LEG_COUNT of bot 0"):
        engine.Session(*(plans if name == "plans" else given[name] for name in READ))


def test_a_state_that_is_new_to_a_session_is_checked(engine):
    session, given = opened(engine)
    session.advance(*outputs(given), 1)
    other = given["state"].copy()
    other[0, schema.STATE_HOLDING_COUNT] = -1
    with pytest.raises(engine.BadArgument, match=r"^state: expected HOLDING_COUNT of bot 0"):
        session.advance(other, given["journal"], given["financials"], 2)


def test_a_defect_inside_is_an_exception_that_says_so_and_never_a_panic(engine):
    session, given = opened(engine)
    state = given["state"]
    session.advance(*outputs(given), 1)
    # Behind the session's back, which nobody may do: a holding of no instrument.
    state[:, schema.STATE_HOLDING_COUNT] = 1
    state[:, schema.STATE_HEADER_WIDTH + schema.HOLDING_INSTRUMENT] = 2**40
    with pytest.raises(
        engine.EngineDefect, match=r"failed inside: .*\.rs:\d+.* a defect of forven"
    ):
        session.advance(*outputs(given), given["frame_to"])
    with pytest.raises(engine.BadArgument, match=r"^state: "):
        session.advance(*outputs(given), given["frame_to"])


@pytest.mark.parametrize("threads", [2, 3, 256])
def test_threads_change_nothing(engine, threads):
    for seed in range(20):
        world = world_of(seed)
        side = installed_sides("session")["rust"]
        one, several = (run_kernel(world, side, Way(threads=count)) for count in (1, threads))
        assert one.journals == several.journals
        assert np.array_equal(one.state, several.state)
        assert np.array_equal(one.financials, several.financials)


def test_the_interpreter_is_free_while_a_kernel_runs(engine):
    """Sessions run side by side in Python threads and give what they give alone."""
    alone = session_arguments()
    engine.advance(**alone)
    runs = [session_arguments() for _ in range(8)]
    workers = [
        threading.Thread(target=lambda one=one: engine.advance(**one), name="run") for one in runs
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run in runs:
        assert np.array_equal(run["state"], alone["state"])
        assert np.array_equal(run["journal"], alone["journal"])


def test_the_bound_of_rows_is_that_of_numba(engine):
    for shape in ((1, 1, 1), (24, 20, 40), (8, 4, 8)):
        sizes = schema.StateShape(*shape)
        for commands in (0, 1, 37):
            bounds = [
                side.frame_rows_max(sizes, commands) for side in installed_sides("session").values()
            ]
            assert len(set(bounds)) == 1


def test_no_bots_and_no_rows_do_nothing(engine):
    world = small_world()
    given = session_arguments()
    given["plans"] = np.zeros((0, schema.PLAN_WIDTH), np.int64)
    given["state"] = new_states(world.shape, np.zeros(0, np.int64))
    given["financials"] = np.zeros((0, 5, schema.FINANCIAL_WIDTH), np.int64)
    assert engine.advance(**given) == 0
    given = session_arguments()
    given["journal"] = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)
    assert engine.advance(**given) == 0
    assert (given["state"][:, schema.STATE_FRAME] == 0).all()
