"""A full disk and a locked database make a host wait: it says so, and nothing is lost."""

import contextlib
import resource
import sqlite3
from pathlib import Path

import pytest

from forven.bots.errors import LiveTradingUnavailable
from forven.bots.hub import Hub
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.store.errors import StoreBusy
from forven.store.store import Store
from tests.bots.houses import (
    CONDOR,
    LAST,
    WAIT_S,
    GatedFeed,
    add_bots,
    bot_row,
    command,
    feed_of,
    is_over,
    keep_strategy,
    running,
    session_of,
    taken,
    told,
    wait_for,
)


@pytest.fixture
def undisturbed(ticks_folder, tmp_path) -> str:
    """The digest of the same session without any trouble."""
    store = Store.open(tmp_path / "undisturbed")
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, day_feed(ticks_folder)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    digest = session_of(store, bots[0].id).digest
    store.close()
    return digest


def day_feed(ticks_folder: Path):
    return feed_of(ticks_folder, last=LAST.replace(day=2))


@contextlib.contextmanager
def files_no_longer_than(size: int):
    """Refuse, as a full disk does, what would make a file of this process longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def locked(store: Store):
    """Hold the database's lock, as another process does."""
    other = sqlite3.connect(store.home / "forven.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def alerts(hub: Hub) -> list[str]:
    return [event["kind"] for event in told(hub, "risk_alert")]


def test_a_full_disk_pauses_the_host_and_loses_nothing(store, ticks_folder, undisturbed):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    hub = Hub()
    feed = GatedFeed(day_feed(ticks_folder), 40)
    with running(store, feed, hub) as host:
        wait_for(lambda: taken(host, 40), "some frames")
        row = session_of(store, bot.id)
        tape = store.tape_path(row.feed, row.day)
        with files_no_longer_than(tape.stat().st_size + 1_000):
            feed.open()
            trouble = wait_for(lambda: host.status().storage_trouble, "the trouble")
            assert "make room on the disk" in trouble
            frames = host.status().frames
            assert host.live(row.id).state_name == "running"
            with pytest.raises(LiveTradingUnavailable, match="cannot be stored"):
                host.cancel_all(row.id)
            assert host.status().frames == frames
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
        assert host.status().storage_trouble is None
    assert alerts(hub) == ["storage", "storage_recovered"]
    assert session_of(store, bot.id).digest == undisturbed
    with store.reading() as tables:
        assert not tables.journals.read_commands(row.id)


def test_a_database_locked_by_another_process_pauses_the_host_and_loses_nothing(
    store, ticks_folder, undisturbed
):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = GatedFeed(day_feed(ticks_folder), 10)
    with running(store, feed) as host:
        wait_for(lambda: taken(host, 10), "some frames")
        row = session_of(store, bot.id)
        with locked(store):
            feed.open()
            with pytest.raises((StoreBusy, LiveTradingUnavailable)):
                command(host, row.id, lambda due: commands.cancel(due, 99))
            trouble = wait_for(lambda: host.status().storage_trouble, "the trouble")
            assert "nothing was written" in trouble
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
    assert session_of(store, bot.id).digest == undisturbed
    assert verify_session(store, row.id).is_equal


def test_a_host_that_is_stopped_in_trouble_goes_on_at_the_next_start(
    store, ticks_folder, undisturbed
):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = GatedFeed(day_feed(ticks_folder), 10)
    with running(store, feed) as host:
        wait_for(lambda: taken(host, 10), "some frames")
        with locked(store):
            feed.open()
            wait_for(lambda: host.status().storage_trouble, "the trouble")
            host.stop(WAIT_S)
    with running(store, day_feed(ticks_folder)):
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
    assert session_of(store, bot.id).digest == undisturbed
