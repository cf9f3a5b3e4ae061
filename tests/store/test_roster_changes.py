"""Changes of bots and sessions are counted before anybody is told of them; other rows are none."""

from collections.abc import Callable

import pytest

from forven.primitives.errors import InvalidInput
from forven.store import roster_changes
from forven.store.decisions import DecisionRow
from forven.store.frame_commit import FrameCommit
from forven.store.roster_changes import RosterChanges
from forven.store.store import Store, Tables
from tests.store import other_process
from tests.store.made_rows import BOT, NOW, OUTCOME, changed, fill, noted, uuid_of

FIRST, SECOND = uuid_of(2, 0), uuid_of(2, 1)
RENAMING = """
import sys
from pathlib import Path
from forven.store.store import Store
store = Store.open(Path(sys.argv[1]), sys.argv[2] or None)
with store.transaction() as tables:
    tables.bots.change(sys.argv[3], name="renamed")
print("ready", flush=True)
sys.stdin.read()
"""

WRITES: dict[str, Callable[[Store], object]] = {
    "a bot added": lambda store: _in(store, lambda t: t.bots.add(changed(BOT, id=uuid_of(2, 7)))),
    "a bot changed": lambda store: _in(store, lambda t: t.bots.change(FIRST, name="other")),
    "a balance": lambda store: _in(store, lambda t: t.bots.settle(FIRST, 7)),
    "a state": lambda store: store.commit_frame(FrameCommit(states={uuid_of(3, 0): "killing"})),
    "an end": lambda store: store.commit_frame(FrameCommit(results={uuid_of(3, 0): OUTCOME})),
}
WRITTEN = {
    "a bot added": {uuid_of(2, 7)},
    "a bot changed": {FIRST},
    "a balance": {FIRST},
    "a state": {uuid_of(3, 0)},
    "an end": {uuid_of(3, 0), FIRST},
}


def _in(store: Store, write: Callable[..., object]) -> None:
    with store.transaction() as tables:
        write(tables)


def _fail(store: Store) -> None:
    """Change a bot in a transaction that is given up."""

    def write(tables: Tables) -> None:
        tables.bots.change(FIRST, name="given up")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _in(store, write)


@pytest.mark.parametrize("name", WRITES)
def test_what_was_written_stands_no_more_and_all_else_does(store: Store, name: str) -> None:
    fill(store, 2)
    count = store.roster.count
    WRITES[name](store)
    assert store.roster.count > count
    for each in (FIRST, SECOND, uuid_of(2, 7), uuid_of(3, 0), uuid_of(3, 1)):
        assert store.roster.stands(count, each) is (each not in WRITTEN[name])
        assert store.roster.stands(store.roster.count, each)


def test_a_session_opened_changes_its_bot(store: Store) -> None:
    [first] = fill(store)
    count = store.roster.count
    with store.transaction() as tables:
        tables.sessions.finish(first.id, OUTCOME)
        tables.sessions.add(
            changed(first, id=uuid_of(3, 9), day=first.day.replace(day=first.day.day + 1))
        )
    assert not store.roster.stands(count, FIRST)


def test_frames_that_only_grow_lists_change_nothing(store: Store) -> None:
    [session] = fill(store)
    count, changes = store.roster.count, store.changes
    said = DecisionRow(
        session_id=session.id, number=1, ts=NOW, kind="log", level="info", text="a", data={}
    )
    store.commit_frame(FrameCommit(journal={session.id: noted(0, 3)}, decisions=[said]))
    assert store.changes == changes + 1
    assert store.roster.count == count


def test_a_transaction_that_failed_is_counted_as_well(store: Store) -> None:
    fill(store)
    count = store.roster.count
    _fail(store)
    assert not store.roster.stands(count, FIRST)


def test_a_refused_change_of_a_column_counts_nothing(store: Store) -> None:
    fill(store)
    count = store.roster.count
    with store.transaction() as tables, pytest.raises(InvalidInput):
        tables.bots.change(FIRST, id="other")
    assert store.roster.count == count


def test_a_look_finds_what_another_process_did_and_nothing_else(store: Store) -> None:
    fill(store)
    store.check_roster()
    count = store.roster.count
    store.check_roster()
    assert store.roster.count == count
    url = "" if store.database.is_sqlite else store.database.url.render_as_string(False)
    with other_process.running(RENAMING, store.home, url, FIRST):
        assert store.roster.stands(count, FIRST)
        store.check_roster()
        assert not store.roster.stands(count, FIRST)
        assert not store.roster.stands(count, SECOND)
        later = store.roster.count
        store.check_roster()
        assert store.roster.count == later


def test_a_change_of_its_own_does_not_hide_another_process_s(store: Store) -> None:
    fill(store, 2)
    store.check_roster()
    url = "" if store.database.is_sqlite else store.database.url.render_as_string(False)
    with other_process.running(RENAMING, store.home, url, FIRST):
        count = store.roster.count
        with store.transaction() as tables:
            tables.bots.change(SECOND, name="mine")
        store.check_roster()
        assert not store.roster.stands(count, FIRST)


def test_looks_beside_own_changes_find_no_other_process(store: Store) -> None:
    fill(store, 2)
    store.check_roster()
    count = store.roster.count
    for name in ("one", "two"):
        with store.transaction() as tables:
            tables.bots.change(FIRST, name=name)
            store.check_roster()
        store.check_roster()
    assert store.roster.stands(count, SECOND)
    _fail(store)
    store.check_roster()
    assert store.roster.stands(count, SECOND)


def test_ids_forgotten_count_as_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_changes, "IDS_MAX", 3)
    changes = RosterChanges()
    changes.note(["a", "b"], None)
    count = changes.count
    changes.note(["c"], None)
    assert changes.stands(count, "a", "b")
    changes.note(["d"], None)
    assert not changes.stands(count, "a")
    assert changes.stands(changes.count, "a", "b", "c", "d")
