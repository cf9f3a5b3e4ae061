"""The host's thread: whoever asks it for something gets an answer, whatever becomes of it."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

from forven.bots.errors import LiveTradingUnavailable
from forven.bots.inbox import CommandTask, Task
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.store.errors import StoreUnreachable
from tests.bots.houses import (
    IDLE,
    NS,
    WAIT_S,
    HandFeed,
    add_bots,
    bot_row,
    hand_day,
    hand_frame,
    keep_strategy,
    running,
    session_of,
    taken,
    wait_for,
)
from tests.store.refused_commits import commits_refused

DAY = hand_day()
OPEN = DAY.bounds.open_ns


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


def accepted(host, name: str) -> bool:
    try:
        host.cancel_all(name)
    except LiveTradingUnavailable:
        return False
    return True


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
        first, second = cancel(name), cancel(name)
        broken = StoreUnreachable("the connection broke")
        with nothing_is_read(store), commits_refused(store, broken, made=True):
            taken_together(host, [first, Task(act=str), second])
            assert first.future.exception(WAIT_S) is broken
            error = second.future.exception(WAIT_S)
        assert isinstance(error, LiveTradingUnavailable)
        assert "nobody answers" in str(error)
        wait_for(partial(accepted, host, name), "the storage")
        with store.reading() as tables:
            assert len(tables.journals.read_commands(name)) == 2  # the first and the third


def test_a_commit_that_was_made_although_it_was_refused_is_not_made_twice(store, session):
    feed = HandFeed(DAY)
    with running(store, feed) as host:
        name = session()
        host.cancel_all(name)
        unsaid = StoreUnreachable("the connection broke before the answer came")
        event = HandFeed.gap_event(OPEN + NS)
        frames = (
            replace(hand_frame(OPEN + NS, {0: (10, 20)}), events=(event,)),
            replace(hand_frame(OPEN + 2 * NS), events=(event,)),
            hand_frame(DAY.bounds.close_ns, settlement=472_000),
        )
        for number, frame in enumerate(frames, start=1):
            with commits_refused(store, unsaid, made=True):
                feed.send(frame)
                wait_for(lambda: host.status().storage_trouble, "the trouble")
            wait_for(partial(taken, host, number), "the frame")
        assert host.status().storage_trouble is None
        assert host.status().sessions == {"completed": 1}
    with store.reading() as tables:
        assert tables.sessions.get(name).state == "completed"
        assert len(tables.feed_events.read(DAY.feed, DAY.day)) == 2
    assert verify_session(store, name).is_equal


def test_a_session_opened_by_a_write_that_was_refused_runs(store):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), wish="stopped")])
    feed = HandFeed(DAY)
    with running(store, feed, supervise_s=60) as host:
        wait_for(lambda: host.status().day, "the day")
        unsaid = StoreUnreachable("the connection broke before the answer came")
        with commits_refused(store, unsaid, made=True), pytest.raises(StoreUnreachable):
            host.open_session(bot.id)
        feed.send(hand_frame(OPEN + NS, {0: (10, 20)}))
        wait_for(lambda: host.status().frames == 1, "the frame")
        assert session_of(store, bot.id).state == "running"
        assert host.live(session_of(store, bot.id).id).state_name == "running"
