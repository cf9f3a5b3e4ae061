import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.engine import journal
from forven.engine.commands import cancel, stop
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.store.blobs import blob_of
from forven.store.errors import StoreConflict, StoreDamaged
from forven.store.journals import CommandRow
from forven.store.store import Store
from tests.store.made_journals import sessions
from tests.store.made_rows import NOW, fill, noted


def command(session_id: str, number: int, row: list[int]) -> CommandRow:
    return CommandRow(
        session_id=session_id,
        number=number,
        due_ns=row[schema.COMMAND_DUE],
        row=blob_of(row),
        origin="api",
        received_ns=NOW + number,
    )


def test_a_journal_comes_back_with_its_digest_however_it_was_cut(store: Store) -> None:
    one, other = fill(store, 2)
    rows = sessions()[5].rows
    with store.transaction() as tables:
        for first, last in ((0, 1), (1, 30), (30, len(rows))):
            tables.journals.append_many({one.id: rows[first:last]})
        tables.journals.append_many({other.id: rows})
    with store.reading() as tables:
        for session in (one, other):
            found = tables.journals.read_rows(session.id)
            assert found.dtype == np.int64
            assert_array_equal(found[:, 1:], rows[:, 1:])
            assert not found[:, schema.JOURNAL_BOT].any()
            assert journal.digest(found) == sessions()[5].digest
        assert tables.journals.read_rows("none").shape == (0, schema.JOURNAL_WIDTH)
        many = tables.journals.read_many([other.id, "none", one.id])
        assert list(many) == [other.id, "none", one.id]
        for name, found in many.items():
            assert_array_equal(found, tables.journals.read_rows(name))


def test_rows_that_do_not_follow_one_another_are_refused(store: Store) -> None:
    [session] = fill(store)
    with store.transaction() as tables:
        with pytest.raises(InvalidInput, match="one after another from 0"):
            tables.journals.append_many({session.id: noted(0, 3)[[0, 2]]})
        with pytest.raises(InvalidInput, match="expected journal rows"):
            tables.journals.append_many({session.id: noted(0, 3)[:, 1:]})
        tables.journals.append_many({session.id: noted(0, 0)})
        tables.journals.append_many({session.id: noted(0, 3)})
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.journals.append_many({session.id: noted(0, 2)})


@pytest.mark.parametrize("first", [2, 4])
def test_a_gap_or_an_overlap_is_damage(store: Store, first: int) -> None:
    [session] = fill(store)
    with store.transaction() as tables:
        tables.journals.append_many({session.id: noted(0, 3)})
        tables.journals.append_many({session.id: noted(first, 2)})
    with store.reading() as tables, pytest.raises(StoreDamaged, match="without a gap"):
        tables.journals.read_rows(session.id)


def test_a_blob_that_lost_bytes_is_damage(store: Store) -> None:
    [session] = fill(store)
    with store.transaction() as tables:
        tables.journals.append_many({session.id: noted(0, 3)})
        tables.connection.exec_driver_sql("update journal set rows_count = 2")
    with store.reading() as tables:
        for read in (tables.journals.read_rows, lambda name: tables.journals.read_many([name])):
            with pytest.raises(StoreDamaged, match="without a gap"):
                read(session.id)


def test_a_journal_needs_its_session(store: Store) -> None:
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.journals.append_many({"none": noted(0, 1)})


def test_commands_come_back_in_order_as_the_kernel_takes_them(store: Store) -> None:
    [session] = fill(store)
    rows = [cancel(NOW, 3), stop(NOW + 5)]
    made = [command(session.id, number, row) for number, row in enumerate(rows, start=1)]
    with store.transaction() as tables:
        tables.journals.append_commands(made)
        tables.journals.append_commands([])
    with store.reading() as tables:
        assert list(tables.journals.read_commands(session.id)) == made
        many = tables.journals.commands_of(["none", session.id])
        assert many == {"none": [], session.id: made}
        assert_array_equal(made[1].values, rows[1])
        assert_array_equal(tables.journals.command_array(session.id), np.array(rows))
        assert tables.journals.command_array("none").shape == (0, schema.COMMAND_WIDTH)


def test_a_command_number_is_taken_once_and_none_is_missing(store: Store) -> None:
    [session] = fill(store)
    row = stop(NOW)
    with store.transaction() as tables:
        tables.journals.append_commands([command(session.id, 2, row)])
    with store.reading() as tables:
        with pytest.raises(StoreDamaged, match="found a gap"):
            tables.journals.read_commands(session.id)
        with pytest.raises(StoreDamaged, match="found a gap"):
            tables.journals.commands_of([session.id])
    with pytest.raises(StoreConflict), store.transaction() as tables:
        tables.journals.append_commands([command(session.id, 2, row)])
