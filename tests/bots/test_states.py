"""The states of a session: each step the kernel can make it take is one that may follow."""

import itertools

import pytest

from forven.bots import states
from forven.bots.states import runtime_status, state_after
from forven.kernels import schema

STATUSES = range(schema.STATUS_FAILED + 1)
_ENDS = {states.KILLING, states.COMPLETED, states.HALTED, states.KILLED, states.FAILED}
FOLLOWERS: dict[str, frozenset[str]] = {
    states.SCHEDULED: frozenset(
        {states.REGISTERING, states.WAITING_FOR_DATA, states.KILLING, states.FAILED}
    ),
    states.REGISTERING: frozenset({states.WAITING_FOR_DATA, states.KILLING, states.FAILED}),
    states.WAITING_FOR_DATA: frozenset({states.RUNNING, states.SETTLING, *_ENDS}),
    states.RUNNING: frozenset({states.SETTLING, *_ENDS}),
    states.SETTLING: frozenset({states.COMPLETED, states.HALTED, states.FAILED}),
    states.KILLING: frozenset({states.KILLED, states.HALTED, states.COMPLETED, states.FAILED}),
    states.HALTED: frozenset({states.FAILED}),
    states.COMPLETED: frozenset(),
    states.KILLED: frozenset(),
    states.FAILED: frozenset(),
}
"""What may follow a state; each is also followed by itself."""
LIVE = [name for name in FOLLOWERS if name not in states.TERMINAL]


@pytest.mark.parametrize(("status", "is_closed"), list(itertools.product(STATUSES, (False, True))))
def test_the_state_after_a_frame_may_follow_the_one_before(status, is_closed):
    for before in (states.WAITING_FOR_DATA, states.RUNNING, states.KILLING):
        after = state_after(before, status, is_closed=is_closed)
        assert after == before or after in FOLLOWERS[before], (before, status, after)


def test_a_running_session_settles_at_the_close_and_then_ends():
    running = state_after(states.WAITING_FOR_DATA, schema.STATUS_RUNNING, is_closed=False)
    assert running == states.RUNNING
    assert state_after(running, schema.STATUS_RUNNING, is_closed=True) == states.SETTLING
    assert state_after(states.SETTLING, schema.STATUS_COMPLETED, is_closed=True) == "completed"


def test_flattening_is_running_until_it_is_flat():
    for status in (schema.STATUS_HALTING, schema.STATUS_FAILING):
        assert state_after(states.RUNNING, status, is_closed=False) == states.RUNNING


def test_what_nobody_buys_is_halted_or_failed_at_once():
    unsellable, failed = schema.STATUS_UNSELLABLE, schema.STATUS_FAILED_UNSELLABLE
    assert state_after(states.RUNNING, unsellable, is_closed=False) == states.HALTED
    assert state_after(states.RUNNING, failed, is_closed=False) == states.FAILED


def test_a_session_told_to_stop_is_killing_before_and_after_the_kernel_knows():
    for status in (schema.STATUS_RUNNING, schema.STATUS_STOPPING):
        assert state_after(states.KILLING, status, is_closed=False) == states.KILLING
        assert state_after(states.KILLING, status, is_closed=True) == states.KILLING
    assert state_after(states.KILLING, schema.STATUS_KILLED, is_closed=False) == states.KILLED


def test_every_state_that_is_not_final_leads_to_a_final_one():
    for state in LIVE:
        reached, frontier = set(), {state}
        while frontier:
            reached |= frontier
            frontier = set().union(*(FOLLOWERS[each] for each in frontier)) - reached
        assert reached & set(states.TERMINAL), state


@pytest.mark.parametrize(
    ("bot", "open_state", "last", "expected"),
    [
        ("archived", "running", None, "archived"),
        ("idle", None, None, "idle"),
        ("idle", None, "killed", "killed"),
        ("idle", "scheduled", None, "scheduled"),
        ("idle", "waiting_for_data", "completed", "scheduled"),
        ("idle", "running", None, "running"),
        ("idle", "settling", None, "running"),
        ("idle", "killing", None, "running"),
        ("idle", "halted", None, "halted"),
    ],
)
def test_a_bot_does_what_its_session_does(bot, open_state, last, expected):
    assert runtime_status(bot, open_state, last) == expected
