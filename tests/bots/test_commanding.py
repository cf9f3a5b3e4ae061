"""Commands: one commit for those that wait together; a write that may have been made is found."""

import pytest

from forven.bots.commanding import Commander
from forven.bots.errors import NotFound
from forven.bots.faults import Faults
from forven.bots.host_options import HostOptions
from forven.bots.inbox import CommandTask
from forven.bots.live_day import LiveDay
from forven.bots.registration import Registrar
from forven.engine import commands
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.store.errors import StoreUnreachable
from tests.bots.houses import (
    IDLE,
    NS,
    add_bots,
    bot_row,
    hand_day,
    hand_frame,
    keep_strategy,
)

DAY = hand_day()


@pytest.fixture
def day(store) -> LiveDay:
    """A day with two sessions, their first frame taken."""
    name = keep_strategy(store, IDLE)
    add_bots(store, [bot_row(name, 1), bot_row(name, 2)])
    made = LiveDay(DAY, lambda: 0)
    opened = Registrar(store, HostOptions()).open_wished(made, DAY.bounds.open_ns)
    made.show(None, opened.sessions)
    step = made.step([hand_frame(DAY.bounds.open_ns + NS, {0: (10, 20)})])
    made.settle(step, store.commit_frame(step.commit))
    return made


def stored(store, session_id: str) -> list[int]:
    with store.reading() as tables:
        return tables.journals.command_array(session_id)[:, schema.COMMAND_ORDER].tolist()


def cancels(session_id: str, *numbers: int) -> list[CommandTask]:
    return [
        CommandTask(session_id=session_id, make=lambda due, n=number: commands.cancel(due, n))
        for number in numbers
    ]


def refused_rows(day: LiveDay, session_id: str) -> list[int]:
    rows = day.sessions[session_id].journal.rows
    return rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_COMMAND_REFUSED][
        :, schema.JOURNAL_ORDER
    ].tolist()


def test_commands_that_wait_together_are_one_commit_in_their_order(store, day):
    one, two = day.sessions
    before = store.changes
    tasks = [*cancels(one, 5, 6), *cancels(two, 7), *cancels(one, 8), *cancels("none", 9)]
    Commander(store, lambda: 0, Faults()).take(day, tasks)
    assert store.changes == before + 1
    assert (stored(store, one), stored(store, two)) == ([5, 6, 8], [7])
    assert [task.future.exception() for task in tasks[:4]] == [None] * 4
    assert isinstance(tasks[4].future.exception(), NotFound)
    day.step([hand_frame(DAY.bounds.open_ns + 2 * NS)])
    assert (refused_rows(day, one), refused_rows(day, two)) == ([5, 6, 8], [7])


def test_a_write_that_was_refused_and_made_all_the_same_is_taken_over(store, day, monkeypatch):
    one, two = day.sessions
    commander = Commander(store, lambda: 0, Faults())
    whole = store.commit_frame

    def broken(commit):
        whole(commit)
        raise StoreUnreachable("the connection broke while it was committed")

    monkeypatch.setattr(store, "commit_frame", broken)
    tasks = [*cancels(one, 5), CommandTask(session_id=two, make=commands.stop, stops=True)]
    assert commander.take(day, tasks) == []
    assert all(isinstance(task.future.exception(), StoreUnreachable) for task in tasks)
    monkeypatch.undo()
    commander.reconcile(day)
    commander.reconcile(day)
    assert day.sessions[two].state == "killing"
    commander.take(day, cancels(one, 6))
    step = day.step([hand_frame(DAY.bounds.open_ns + 2 * NS)])
    store.commit_frame(step.commit)
    assert refused_rows(day, one) == stored(store, one) == [5, 6]
    assert step.results[two].state == "killed"


def test_a_write_that_was_refused_and_not_made_leaves_no_trace(store, day, monkeypatch):
    one, _ = day.sessions
    commander = Commander(store, lambda: 0, Faults())

    def refusing(_commit):
        raise StoreUnreachable("nobody answers")

    monkeypatch.setattr(store, "commit_frame", refusing)
    commander.take(day, cancels(one, 5))
    monkeypatch.undo()
    commander.reconcile(day)
    commander.take(day, cancels(one, 6))
    day.step([hand_frame(DAY.bounds.open_ns + 2 * NS)])
    assert refused_rows(day, one) == stored(store, one) == [6]


def test_a_command_is_never_due_before_one_that_came_before_it(store, day):
    one, _ = day.sessions
    commander = Commander(store, lambda: 0, Faults())
    day.sessions[one].due_ns = DAY.bounds.open_ns + 50 * NS  # of a frame that a tape has lost
    commander.take(day, cancels(one, 5))
    with store.reading() as tables:
        (command,) = tables.journals.read_commands(one)
    assert command.due_ns == DAY.bounds.open_ns + 50 * NS


def test_a_command_that_the_kernel_refuses_is_refused_before_it_is_kept(store, day):
    one, two = day.sessions

    def unheard_of(due):
        row = commands.cancel(due, 6)
        row[schema.COMMAND_KIND] = 99
        return row

    wrong = CommandTask(session_id=one, make=unheard_of)
    tasks = [*cancels(one, 5), wrong, *cancels(one, 7), *cancels(two, 8)]
    Commander(store, lambda: 0, Faults()).take(day, tasks)
    assert isinstance(wrong.future.exception(0), InvalidInput)
    assert [tasks[place].future.exception(0) for place in (0, 2, 3)] == [None] * 3
    day.step([hand_frame(DAY.bounds.open_ns + 2 * NS)])
    assert refused_rows(day, one) == stored(store, one) == [5, 7]
    assert refused_rows(day, two) == stored(store, two) == [8]
