"""The commit of a frame: everything or nothing, with its projections, whatever happened before."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels import schema
from forven.market.feeds.frame import FeedEvent
from forven.primitives.errors import CannotWrite, InvalidInput
from forven.store.blobs import blob_of
from forven.store.decisions import DecisionRow
from forven.store.errors import NoSuchRow, StoreBusy, StoreConflict, StoreDamaged
from forven.store.frame_commit import FrameCommit
from forven.store.journals import CommandRow
from forven.store.sessions import Listing, SessionRow
from forven.store.store import Store
from tests.store import second_reading
from tests.store.full_disk import file_bytes_max
from tests.store.made_journals import SESSIONS, market_day, sessions
from tests.store.made_rows import CASH, DAY, NOW, OUTCOME, changed, fill, noted
from tests.store.refused_commits import commits_refused

FEED = "synthetic:7"


def listing() -> Listing:
    day = market_day()
    return Listing(
        root=day.root, underlying=day.underlying, multiplier=day.multiplier, symbols=day.symbols
    )


def frames() -> list[dict[int, np.ndarray]]:
    """Return each frame's new rows by session, of all made sessions together."""
    found: dict[int, dict[int, np.ndarray]] = {}
    for number, result in enumerate(sessions()):
        ts = result.rows[:, schema.JOURNAL_TS]
        for moment in np.unique(ts).tolist():
            found.setdefault(moment, {})[number] = result.rows[ts == moment]
    return [found[moment] for moment in sorted(found)]


def commit_all(store: Store, rows: list[SessionRow], some: list[dict[int, np.ndarray]]):
    """Commit frames and return what they brought, as whoever listens would keep it."""
    orders: dict[str, dict[int, dict]] = {row.id: {} for row in rows}
    transactions: dict[str, list[dict]] = {row.id: [] for row in rows}
    for frame in some:
        journal = {rows[number].id: part for number, part in frame.items()}
        brought = store.commit_frame(FrameCommit(journal=journal))
        for session_id, documents in brought.orders.items():
            orders[session_id].update({document["number"]: document for document in documents})
        for session_id, documents in brought.transactions.items():
            transactions[session_id] += documents
    return orders, transactions


def assert_ledgers(store: Store, rows: list[SessionRow]) -> None:
    """The tables hold what a second reading of the engine's own rows finds."""
    day = market_day()
    with store.reading() as tables:
        for row, result in zip(rows, sessions(), strict=True):
            assert_array_equal(tables.journals.read_rows(row.id)[:, 1:], result.rows[:, 1:])
            orders = second_reading.orders(row.id, result.rows, day.symbols)
            assert tables.ledgers.orders(row.id) == orders
            booked = (row.id, result.rows, day.symbols, day.multiplier)
            assert tables.ledgers.transactions(row.id) == second_reading.transactions(*booked)


def test_a_day_committed_frame_by_frame_has_the_ledgers_of_its_journals(store: Store) -> None:
    rows = fill(store, SESSIONS, listing())
    orders, transactions = commit_all(store, rows, frames())
    assert_ledgers(store, rows)
    with store.reading() as tables:
        for row in rows:
            assert list(orders[row.id].values()) == tables.ledgers.orders(row.id)
            assert transactions[row.id] == tables.ledgers.transactions(row.id)


def test_a_store_opened_again_goes_on_where_it_stood(store: Store, database_url) -> None:
    rows = fill(store, SESSIONS, listing())
    every = frames()
    half = len(every) // 2
    commit_all(store, rows, every[:half])
    store.close()
    again = Store.open(store.home, database_url)
    commit_all(again, rows, every[half:])
    assert_ledgers(again, rows)
    again.close()


def test_a_frame_that_fails_is_not_written_and_may_be_committed_again(store: Store) -> None:
    rows = fill(store, SESSIONS, listing())
    every = frames()
    said = DecisionRow(session_id=rows[0].id, number=1, ts=NOW, kind="log", level="info", text="a")
    store.commit_frame(FrameCommit(decisions=[said]))
    for frame in every:
        journal = {rows[number].id: part for number, part in frame.items()}
        states = dict.fromkeys(journal, "settling")
        with pytest.raises(StoreConflict):
            store.commit_frame(FrameCommit(journal=journal, decisions=[said], states=states))
        store.commit_frame(FrameCommit(journal=journal))
    assert_ledgers(store, rows)
    with store.reading() as tables:
        assert {tables.sessions.get(row.id).state for row in rows} == {"running"}


def test_a_frame_for_which_the_disk_has_no_room_is_committed_once_there_is(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    rows = fill(store, SESSIONS, listing())
    refused = 0
    for frame in frames():
        commit = FrameCommit(journal={rows[number].id: part for number, part in frame.items()})
        wal = tmp_path / "forven.db-wal"
        try:
            with file_bytes_max(wal.stat().st_size):
                store.commit_frame(commit)
        except CannotWrite:
            refused += 1
            store.commit_frame(commit)
    assert refused > 10
    assert_ledgers(store, rows)
    store.close()


def test_a_frame_that_was_committed_without_an_answer_is_not_committed_again(store: Store) -> None:
    rows = fill(store, SESSIONS, listing())
    event = FeedEvent(kind="gap", ts=NOW, count=2, detail="2 seconds")
    some = frames()
    for frame in some:
        commit = FrameCommit(
            journal={rows[number].id: part for number, part in frame.items()},
            feed=FEED,
            day=DAY,
            feed_events=[event],
        )
        with commits_refused(store, made=True), pytest.raises(StoreBusy):
            store.commit_frame(commit)
        with commits_refused(store), pytest.raises(StoreBusy):
            store.commit_frame(commit)
        brought = store.commit_frame(commit)
        assert set(brought.orders) == set(commit.journal)
    assert_ledgers(store, rows)
    with store.reading() as tables:
        assert len(tables.feed_events.read(FEED, DAY)) == len(some)


@pytest.mark.parametrize(("first", "found"), [(0, 0), (4, 4)])
def test_rows_twice_or_beyond_a_gap_are_refused(store: Store, first: int, found: int) -> None:
    [row] = fill(store)
    store.commit_frame(FrameCommit(journal={row.id: noted(0, 2)}))
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=f"expected journal row 2, found {found}"):
            store.commit_frame(FrameCommit(journal={row.id: noted(first, 2)}))
    store.commit_frame(FrameCommit(journal={row.id: noted(2, 2)}))
    with store.reading() as tables:
        assert len(tables.journals.read_rows(row.id)) == 4


def test_everything_of_a_frame_is_written_at_once(store: Store) -> None:
    one, other = fill(store, 2)
    made = CommandRow(
        session_id=one.id,
        number=1,
        due_ns=NOW,
        row=blob_of([0] * schema.COMMAND_WIDTH),
        origin="api",
        received_ns=NOW,
    )
    said = DecisionRow(session_id=one.id, number=1, ts=NOW, kind="log", level="info", text="a")
    event = FeedEvent(kind="gap", ts=NOW, count=2, detail="2 seconds")
    frame = FrameCommit(
        journal={one.id: noted(0, 3), other.id: noted(0, 0)},
        commands=[made],
        decisions=[said],
        states={other.id: "settling"},
        results={one.id: OUTCOME},
        feed=FEED,
        day=DAY,
        feed_events=[event],
    )
    assert not frame.is_empty
    brought = store.commit_frame(frame)
    assert brought.orders == {one.id: []}
    with store.reading() as tables:
        assert len(tables.journals.read_rows(one.id)) == 3
        assert list(tables.journals.read_commands(one.id)) == [made]
        assert list(tables.decisions.read(one.id)) == [said]
        assert tables.sessions.get(other.id).state == "settling"
        assert tables.sessions.get(one.id).state == "completed"
        assert tables.bots.get(one.bot_id).cash_balance == CASH + 5_000_000
        assert tables.bots.get(other.bot_id).cash_balance == CASH + 1
        assert [row.detail for row in tables.feed_events.read(FEED, DAY)] == ["2 seconds"]


def test_a_session_that_failed_without_any_cash_leaves_the_balance(store: Store) -> None:
    [row] = fill(store)
    failed = changed(OUTCOME, state="failed", final_cash=None, digest=None, reason="no settlement")
    store.commit_frame(FrameCommit(results={row.id: failed}))
    with store.reading() as tables:
        assert tables.bots.get(row.bot_id).cash_balance == CASH + 1
        assert tables.sessions.get(row.id).reason == "no settlement"
    with pytest.raises(StoreConflict):
        store.commit_frame(FrameCommit(results={row.id: OUTCOME}))
    with store.reading() as tables:
        assert tables.bots.get(row.bot_id).cash_balance == CASH + 1


def test_the_number_of_changes_rises_with_every_commit(store: Store) -> None:
    before = store.changes
    with store.transaction() as tables:
        tables.settings.put("a", 1)
        assert store.changes == before
    assert store.changes == before + 1
    with store.reading() as tables:
        tables.settings.get("a")
    assert store.changes == before + 1


def test_an_empty_frame_says_so() -> None:
    assert FrameCommit().is_empty
    assert FrameCommit(journal={"a": noted(0, 0)}, feed=FEED, day=DAY).is_empty


def test_events_need_their_feed_and_rows_their_session(store: Store) -> None:
    event = FeedEvent(kind="gap", ts=NOW, count=2, detail="")
    with pytest.raises(InvalidInput, match="the feed and the day"):
        store.commit_frame(FrameCommit(feed_events=[event]))
    with pytest.raises(NoSuchRow):
        store.commit_frame(FrameCommit(journal={"none": noted(0, 1)}))


def test_ledgers_are_made_anew_from_the_journal(store: Store) -> None:
    rows = fill(store, SESSIONS, listing())
    commit_all(store, rows, frames())
    assert all(store.rebuild_ledgers(row.id) for row in rows)
    with store.transaction() as tables:
        tables.connection.exec_driver_sql("delete from transactions")
        tables.connection.exec_driver_sql("update orders set document = '{}'")
    assert not any(store.rebuild_ledgers(row.id) for row in rows)
    assert_ledgers(store, rows)
    with pytest.raises(NoSuchRow):
        store.rebuild_ledgers("none")


def test_the_url_and_the_home_come_from_the_environment(
    forven_home: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url is not None:
        monkeypatch.setenv("FORVEN_DATABASE_URL", database_url)
    store = Store.open()
    assert store.home == forven_home
    assert store.database.is_sqlite == (database_url is None)
    assert (forven_home / "forven.db").exists() == (database_url is None)
    store.close()
