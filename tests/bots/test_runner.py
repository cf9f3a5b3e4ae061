"""The host's thread: whoever asks it for something gets an answer, whatever becomes of it."""

import threading
from contextlib import contextmanager

import pytest

from forven.bots.errors import LiveTradingUnavailable
from forven.bots.inbox import CommandTask, Task
from forven.engine import commands
from forven.store.errors import StoreUnreachable
from tests.bots.houses import (
    IDLE,
    WAIT_S,
    HandFeed,
    add_bots,
    bot_row,
    commits_refused,
    hand_day,
    keep_strategy,
    running,
    session_of,
    wait_for,
)

DAY = hand_day()


@pytest.fixture
def session(store):
    """The id of the session that a host on a feed by hand will have."""
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    return lambda: wait_for(lambda: session_of(store, bot.id), "the session").id


def stop(session_id: str) -> CommandTask:
    return CommandTask(session_id=session_id, make=commands.stop, stops=True)


def cancel(session_id: str) -> CommandTask:
    return CommandTask(session_id=session_id, make=commands.cancel_all)


def taken_together(host, tasks) -> None:
    """Put tasks before a host so that it takes them in one turn."""
    gate = threading.Event()
    inbox = host._runner.inbox
    inbox.ask(Task(act=lambda: gate.wait(WAIT_S)))
    for task in tasks:
        inbox.ask(task)
    gate.set()


def test_tasks_behind_one_that_ends_the_host_are_answered(store, session):
    def breaking():
        raise ZeroDivisionError

    with running(store, HandFeed(DAY)) as host:
        name = session()
        tasks = [cancel(name), Task(act=breaking), cancel(name), stop(name), Task(act=str)]
        taken_together(host, tasks)
        assert tasks[0].future.result(WAIT_S) is None
        assert isinstance(tasks[1].future.exception(WAIT_S), ZeroDivisionError)
        for task in tasks[2:]:
            assert isinstance(task.future.exception(WAIT_S), LiveTradingUnavailable)
        wait_for(lambda: not host.status().is_healthy, "the end of the host")


@contextmanager
def nothing_is_read(store):
    """Refuse every look into the database."""
    whole = store.reading

    def refusing():
        raise StoreUnreachable("nobody answers")

    store.reading = refusing
    try:
        yield
    finally:
        store.reading = whole


def test_commands_are_answered_while_earlier_ones_are_in_doubt(store, session):
    with running(store, HandFeed(DAY), supervise_s=60) as host:
        name = session()
        first, second, third = cancel(name), cancel(name), cancel(name)
        with commits_refused(store, StoreUnreachable("the connection broke"), made=True):
            host._runner.inbox.ask(first)
            assert isinstance(first.future.exception(WAIT_S), StoreUnreachable)
        with nothing_is_read(store):
            host._runner.inbox.ask(second)
            error = second.future.exception(WAIT_S)
        assert isinstance(error, LiveTradingUnavailable)
        assert "nobody answers" in str(error)
        host._runner.inbox.ask(third)
        assert third.future.result(WAIT_S) is None
        with store.reading() as tables:
            assert len(tables.journals.read_commands(name)) == 2  # the first and the third
