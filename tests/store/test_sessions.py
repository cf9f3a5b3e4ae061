from datetime import date

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.engine.policy import SessionPolicy
from forven.store.errors import NoSuchRow, SessionIsThere, StoreConflict, StoreDamaged
from forven.store.store import Store
from tests.store.made_rows import CASH, LISTING, OUTCOME, SESSION, changed, fill, uuid_of


def test_a_session_comes_back_as_it_was_written(store: Store) -> None:
    [session] = fill(store)
    with store.reading() as tables:
        found = tables.sessions.get(session.id)
        assert found == session
        assert_array_equal(found.plan_row, SessionPolicy().plan_row(CASH))
        assert found.plan_row.dtype == np.int64
        assert tables.sessions.on_day(session.bot_id, session.day) == session
        assert tables.sessions.listing(session.symbols_hash) == LISTING
        assert tables.sessions.get("none") is None
        with pytest.raises(NoSuchRow):
            tables.sessions.listing("none")


def test_a_listing_is_kept_once_under_its_content(store: Store) -> None:
    with store.transaction() as tables:
        first = tables.sessions.keep_listing(LISTING)
        assert tables.sessions.keep_listing(LISTING) == first
        other = tables.sessions.keep_listing(changed(LISTING, symbols=LISTING.symbols[::-1]))
    assert first != other


def test_a_bot_has_one_session_a_day(store: Store) -> None:
    [session] = fill(store)
    again = changed(session, id=uuid_of(3, 9))
    with store.transaction() as tables, pytest.raises(SessionIsThere, match=session.id):
        tables.sessions.add(again)
    with store.transaction() as tables:
        tables.sessions.add(changed(again, day=date(2024, 1, 3)))


def test_sessions_are_found_by_bot_by_day_and_while_open(store: Store) -> None:
    rows = fill(store, 2)
    later = [changed(row, id=row.id[:-1] + "9", day=date(2024, 1, 3)) for row in rows[:1]]
    with store.transaction() as tables:
        tables.sessions.add(later[0])
        tables.sessions.finish(rows[0].id, OUTCOME)
    with store.reading() as tables:
        of_bot = tables.sessions.of_bot(rows[0].bot_id)
        assert [row.day for row in of_bot] == [date(2024, 1, 3), date(2024, 1, 2)]
        assert [row.day for row in tables.sessions.of_bot(rows[0].bot_id, 1)] == [later[0].day]
        assert [row.id for row in tables.sessions.open()] == [rows[1].id, later[0].id]
        assert list(tables.sessions.open("replay:demo")) == []
        assert tables.sessions.ids() == [rows[0].id, rows[1].id, later[0].id]
        over = tables.sessions.last_by_bot()
        assert {bot: row.id for bot, row in over.items()} == {rows[0].bot_id: rows[0].id}


def test_a_session_ends_once(store: Store) -> None:
    [session] = fill(store)
    assert not session.is_over
    with store.transaction() as tables:
        tables.sessions.set_state(session.id, "settling", "feed is late")
        tables.sessions.finish(session.id, OUTCOME)
    with store.reading() as tables:
        found = tables.sessions.get(session.id)
    assert found.is_over
    assert (found.state, found.final_cash, found.digest) == (
        "completed",
        CASH + 5_000_000,
        "d" * 64,
    )
    with store.transaction() as tables:
        with pytest.raises(StoreConflict, match="found it completed"):
            tables.sessions.finish(session.id, OUTCOME)
        with pytest.raises(StoreConflict):
            tables.sessions.set_state(session.id, "running")
        with pytest.raises(NoSuchRow):
            tables.sessions.set_state("none", "running")


def test_a_plan_of_another_length_is_damage() -> None:
    with pytest.raises(StoreDamaged):
        _ = changed(SESSION, plan=SESSION.plan[:-8]).plan_row
    with pytest.raises(StoreDamaged, match="found 2"):
        _ = changed(SESSION, plan=SESSION.plan * 2).plan_row


def test_the_newest_sessions_of_many_bots_are_those_of_each(store: Store) -> None:
    first, second, _ = fill(store, 3)
    with store.transaction() as tables:
        for number in range(4):
            tables.sessions.finish(uuid_of(3, 10 * number), OUTCOME)
            day = first.day.replace(day=first.day.day + 1 + number)
            tables.sessions.add(changed(first, id=uuid_of(3, 10 * (number + 1)), day=day))
    with store.reading() as tables:
        found = tables.sessions.newest_of([first.bot_id, second.bot_id, "none"], 3)
        assert found == {
            bot_id: list(tables.sessions.of_bot(bot_id, 3))
            for bot_id in (first.bot_id, second.bot_id)
        }
        assert [row.id for row in found[first.bot_id]] == [uuid_of(3, n) for n in (40, 30, 20)]


def test_bots_with_a_session_that_is_not_over_are_named_once(store: Store) -> None:
    first, second = fill(store, 2)
    with store.transaction() as tables:
        tables.sessions.finish(second.id, OUTCOME)
    with store.reading() as tables:
        assert tables.sessions.open_bots() == [first.bot_id]
