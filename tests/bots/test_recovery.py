"""Start-up is recovery: whatever a crash left, sessions go on from it or say why they cannot."""

from dataclasses import replace

import numpy as np
import pytest

from forven.bots.recovery import newest_day
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.kernels import schema
from forven.store.errors import StoreUnreachable
from forven.store.frame_commit import FrameCommit
from forven.store.schema import journal, sessions
from forven.store.store import Store
from forven.store.strategies import StrategyRow
from tests.bots.houses import (
    CONDOR,
    NS,
    WAIT_S,
    GatedFeed,
    HandFeed,
    add_bots,
    bot_row,
    command,
    feed_of,
    hand_day,
    hand_frame,
    host_of,
    is_over,
    keep_strategy,
    rows_of,
    running,
    session_of,
    taken,
    wait_for,
)
from tests.store.refused_commits import commits_refused

FIRST = hand_day().day


@pytest.fixture
def left(store, ticks_folder):
    """A home whose host was stopped in the middle of a day, after some fills."""
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR), n) for n in (1, 2)])
    with running(store, GatedFeed(feed_of(ticks_folder, last=FIRST), 120)) as host:
        wait_for(lambda: taken(host, 120), "some frames")
    row = session_of(store, bots[0].id)
    assert len(rows_of(store, row.id)) > 10
    return bots


@pytest.fixture
def digest(tmp_path, ticks_folder) -> str:
    """The digest of the session when nothing comes between."""
    whole = Store.open(tmp_path / "whole")
    bots = add_bots(whole, [bot_row(keep_strategy(whole, CONDOR))])
    with running(whole, feed_of(ticks_folder, last=FIRST)):
        wait_for(lambda: is_over(whole, bots), "the end of the day")
    found = session_of(whole, bots[0].id).digest
    whole.close()
    return found


def gone_on(store, ticks_folder, bots) -> list:
    """Let a host go on to the end; return the sessions' rows."""
    with running(store, feed_of(ticks_folder, last=FIRST)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    return [session_of(store, bot.id) for bot in bots]


def test_a_torn_tape_is_cut_told_of_and_gone_on_with(store, ticks_folder, left, digest, caplog):
    row = session_of(store, left[0].id)
    path = store.tape_path(row.feed, row.day)
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[-500:-20])
    for ended in gone_on(store, ticks_folder, left):
        assert ended.digest == digest
        assert verify_session(store, ended.id).is_equal
    assert "480 bytes of it were left out" in caplog.text
    with store.reading() as tables:
        (event,) = tables.feed_events.read(row.feed, row.day)
    assert (event.kind, "480 bytes" in event.detail) == ("torn", True)
    assert event.ts in {frame.ts for frame in store.read_tape(row.feed, row.day).frames}


def test_what_the_tape_has_and_the_journal_lacks_is_committed(store, ticks_folder, left, digest):
    row = session_of(store, left[0].id)
    with store.transaction() as tables:
        pieces = journal.c.session_id == row.id
        last = max(tables.connection.execute(journal.select().where(pieces)).all()).sequence_from
        gone = journal.delete().where(pieces, journal.c.sequence_from == last)
        tables.connection.execute(gone)
    store.rebuild_ledgers(row.id)
    for ended in gone_on(store, ticks_folder, left):
        assert ended.digest == digest
    assert store.rebuild_ledgers(row.id)


def test_a_journal_that_the_tape_does_not_give_fails_its_session_alone(
    store, ticks_folder, left, digest
):
    row = session_of(store, left[0].id)
    rows = rows_of(store, row.id)
    more = rows[-1:].copy()
    more[0, schema.JOURNAL_SEQUENCE] += 1
    more[0, schema.JOURNAL_KIND] = schema.EVENT_STOPPED
    store.commit_frame(FrameCommit(journal={row.id: more}))
    wrong, right = gone_on(store, ticks_folder, left)
    assert (wrong.state, wrong.final_cash, right.digest) == ("failed", None, digest)
    assert f"row {len(rows)}: expected sequence {len(rows)}" in wrong.reason
    assert "event stopped" in wrong.reason
    difference = verify_session(store, wrong.id).difference
    assert difference.startswith(f"row {len(rows)}")


def test_sessions_of_an_earlier_day_settle_from_their_tape(store):
    day, later = hand_day(), hand_day(FIRST.replace(day=3))
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = HandFeed(day)
    with running(store, feed) as host:
        feed.send(hand_frame(day.bounds.open_ns + NS))
        wait_for(lambda: taken(host, 1), "a frame")
    # the process ended after the close was on the tape and before anything was committed
    writer = store.open_tape(day, store.read_tape(day.feed, day.day))
    writer.append(hand_frame(day.bounds.close_ns, settlement=472_000), durable=True)
    writer.close()
    with running(store, HandFeed(later)):
        ended = wait_for(lambda: session_of(store, bots[0].id, later.day), "the next session")
    row = session_of(store, bots[0].id)
    assert (row.state, row.final_cash) == ("completed", ended.opening_cash)
    assert verify_session(store, row.id).is_equal


DAMAGES = {
    "journal": lambda name: journal.update().where(journal.c.session_id == name).values(rows=b"x"),
    "plan": lambda name: sessions.update().where(sessions.c.id == name).values(plan=b"x"),
    "strategy": lambda name: (
        sessions.update().where(sessions.c.id == name).values(strategy_hash="f" * 64)
    ),
}


def damaged(store, name: str, damage: str) -> None:
    with store.transaction() as tables:
        tables.connection.exec_driver_sql("pragma defer_foreign_keys = on")
        if damage == "strategy":
            row = StrategyRow(hash="f" * 64, kind="structured", program="{}", created_ns=0)
            tables.strategies.keep(row)
        tables.connection.execute(DAMAGES[damage](name))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_session_of_an_earlier_day_fails_alone(store, damage):
    day, later = hand_day(), hand_day(FIRST.replace(day=3))
    name = keep_strategy(store, CONDOR)
    bots = add_bots(store, [bot_row(name, number) for number in (1, 2, 3)])
    feed = HandFeed(day)
    with running(store, feed) as host:
        feed.send(hand_frame(day.bounds.open_ns + NS))
        wait_for(lambda: taken(host, 1), "a frame")
        for bot in bots:
            command(host, session_of(store, bot.id).id, lambda due: commands.cancel(due, 99))
        feed.send(hand_frame(day.bounds.open_ns + 2 * NS))
        wait_for(lambda: taken(host, 2), "another frame")
    writer = store.open_tape(day, store.read_tape(day.feed, day.day))
    writer.append(hand_frame(day.bounds.close_ns, settlement=472_000), durable=True)
    writer.close()
    damaged(store, session_of(store, bots[1].id).id, damage)
    with running(store, HandFeed(later)):
        wait_for(lambda: session_of(store, bots[0].id, later.day), "the next session")
    states = [session_of(store, bot.id).state for bot in bots]
    assert states == ["completed", "failed", "completed"]
    assert "expected" in session_of(store, bots[1].id).reason


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_session_of_the_day_fails_alone(store, ticks_folder, left, digest, damage):
    damaged(store, session_of(store, left[0].id).id, damage)
    wrong, right = gone_on(store, ticks_folder, left)
    assert (wrong.state, wrong.final_cash, right.digest) == ("failed", None, digest)
    assert "expected" in wrong.reason


def test_sessions_of_an_earlier_day_end_once_whatever_the_database_says(store):
    day, later = hand_day(), hand_day(FIRST.replace(day=3))
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = HandFeed(day)
    with running(store, feed) as host:
        feed.send(hand_frame(day.bounds.open_ns + NS))
        wait_for(lambda: taken(host, 1), "a frame")
    host = host_of(store, HandFeed(later))
    unsaid = StoreUnreachable("the connection broke before the answer came")
    with commits_refused(store, unsaid, made=True):
        host.start()
        wait_for(lambda: host.status().storage_trouble, "the trouble")
    wait_for(lambda: host.status().sessions, "the next session")
    host.stop(WAIT_S)
    assert session_of(store, bots[0].id).reason == "feed ended before settlement"
    assert session_of(store, bots[0].id, later.day).state == "waiting_for_data"


def test_sessions_of_an_earlier_day_without_a_settlement_fail(store):
    day, later = hand_day(), hand_day(FIRST.replace(day=3))
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = HandFeed(day)
    with running(store, feed) as host:
        feed.send(hand_frame(day.bounds.open_ns + NS))
        wait_for(lambda: taken(host, 1), "a frame")
    with running(store, HandFeed(later)):
        wait_for(lambda: session_of(store, bots[0].id, later.day), "the next session")
    row = session_of(store, bots[0].id)
    assert (row.state, row.reason) == ("failed", "feed ended before settlement")


def test_sessions_of_another_feed_are_ended_too(store):
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, HandFeed(hand_day(feed="one"))):
        wait_for(lambda: session_of(store, bots[0].id), "the session")
    with running(store, HandFeed(hand_day(FIRST.replace(day=3), feed="two"))):
        wait_for(lambda: is_over(store, bots), "the end of the session")
    assert session_of(store, bots[0].id).reason == "feed ended before settlement"


def test_a_feed_that_lists_other_instruments_is_not_gone_on_with(store):
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    day = hand_day()
    with running(store, HandFeed(day)) as host:
        wait_for(lambda: session_of(store, bots[0].id), "the session")
    with running(store, HandFeed(replace(day, symbols=day.symbols[:4]))) as host:
        trouble = wait_for(lambda: host.status().feed_trouble, "the trouble")
    assert "expected the tape of hand on 2024-01-02 with 4 instruments" in trouble
    assert session_of(store, bots[0].id).state == "waiting_for_data"
    with running(store, HandFeed(day)) as host:
        wait_for(lambda: host.status().sessions == {"waiting_for_data": 1}, "the session again")


def test_a_recovered_session_has_its_whole_history(store, ticks_folder, left):
    row = session_of(store, left[0].id)
    with running(store, GatedFeed(feed_of(ticks_folder, last=FIRST), 0)) as host:
        view = wait_for(lambda: host.live(row.id), "the session")
        rows = view.financials
    tape = store.read_tape(row.feed, row.day)
    stamps = [frame.ts for frame in tape.frames]
    assert rows[:, schema.FINANCIAL_TS].tolist() == stamps[: len(rows)]
    assert len(rows) >= 120
    with store.reading() as tables:
        assert view.orders == tables.ledgers.orders(row.id)
        assert view.transactions == tables.ledgers.transactions(row.id)
    assert np.array_equal(view.rows, rows_of(store, row.id))


def test_the_newest_day_is_that_of_the_newest_tape(store, ticks_folder, left):
    row = session_of(store, left[0].id)
    assert newest_day(store, row.feed) == row.day
    assert newest_day(store, "another") is None
