"""What a script saw is worked out again: the same frames, from any opening on."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.engine.commands import stop
from forven.kernels import schema
from forven.strategies.script import backtest
from forven.strategies.script.backtest import run_script
from forven.strategies.script.frames import TakenCommand
from forven.strategies.script.seen import script_day, seen_frames
from tests.engine.conftest import CASH, coarse_day  # noqa: F401 - a fixture
from tests.strategies.script.test_backtest import LIVE, STRANGLE

COMPARED = ("ts", "arrival", "spot", "cash", "net_liquidation_value")


@pytest.fixture(scope="module")
def told(coarse_day):  # noqa: F811
    """The frames of a run as the script got them, and the run."""
    seen = []
    real, turns = backtest.ScriptSession, backtest._TURNS_MAX

    class Listening(real):
        def send(self, frame):
            seen.append(frame)
            super().send(frame)

    backtest.ScriptSession, backtest._TURNS_MAX = Listening, 0  # frame by frame, as live
    try:
        result = run_script(STRANGLE, coarse_day, LIVE, CASH)
    finally:
        backtest.ScriptSession, backtest._TURNS_MAX = real, turns
    return seen, result


def taken_by(result):
    return [TakenCommand(row=row, is_own=True) for row in result.commands.tolist()]


def test_the_frames_seen_are_the_frames_told(told, coarse_day):  # noqa: F811
    given, result = told
    seen = seen_frames(coarse_day, result.plan, CASH, taken_by(result))
    assert len(seen) == coarse_day.frame_count
    assert len(given) == coarse_day.frame_count
    for one, two in zip(given, seen, strict=True):
        is_called = one.status == schema.STATUS_RUNNING and one.ts < coarse_day.bounds.close_ns
        if is_called:
            assert {name: getattr(one, name) for name in COMPARED} == {
                name: getattr(two, name) for name in COMPARED
            }
            assert two.status == schema.STATUS_RUNNING
        assert_array_equal(one.rows[:, 1:], two.rows[:, 1:])
        assert [command.row for command in one.taken] == [command.row for command in two.taken]


def test_frames_before_the_opening_are_left_out(told, coarse_day):  # noqa: F811
    _, result = told
    opened_ns = int(coarse_day.ts[50])
    seen = seen_frames(coarse_day, result.plan, CASH, taken_by(result), opened_ns)
    assert (seen[0].ts, len(seen)) == (opened_ns, coarse_day.frame_count - 50)
    journaled = np.concatenate([frame.rows for frame in seen])
    assert_array_equal(journaled, result.session.rows)


def test_a_session_that_is_stopped_leaves_running_in_that_frame(coarse_day):  # noqa: F811
    due = int(coarse_day.ts[100])
    commands = [TakenCommand(row=stop(due), is_own=False)]
    seen = seen_frames(coarse_day, LIVE, CASH, commands)
    running = [frame.status == schema.STATUS_RUNNING for frame in seen]
    assert running == [True] * 100 + [False] * (coarse_day.frame_count - 100)
    assert seen[100].taken == tuple(commands)


def test_a_day_of_a_script_is_that_of_its_plan(coarse_day):  # noqa: F811
    day = script_day(coarse_day, LIVE, CASH, seed=3)
    assert day.symbols == coarse_day.symbols
    assert day.error_budget == LIVE[schema.PLAN_ERROR_BUDGET]
    assert day.staleness_ns == LIVE[schema.PLAN_STALENESS_NS]
    assert day.index_of(coarse_day.symbols[3]) == 3
    with pytest.raises(Exception, match="'X' is not in the SPXW chain"):
        day.index_of("X")
