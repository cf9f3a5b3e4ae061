"""The way into the database: one writer, readers beside it, and what happens when it refuses."""

import threading
import time
from pathlib import Path

import pytest

from forven.primitives.errors import CannotWrite, InvalidInput
from forven.store.database import Database
from forven.store.errors import StoreBusy, StoreDamaged, StoreUnreachable
from forven.store.store import Store
from tests.store.full_disk import file_bytes_max
from tests.store.made_rows import fill, noted
from tests.store.other_process import running

HOLD_STORE = """
import sys
from pathlib import Path
from forven.store.store import Store
store = Store.open(Path(sys.argv[1]), sys.argv[2] or None)
with store.transaction() as tables:
    tables.settings.put("by", "the other process")
    print("ready", flush=True)
    sys.stdin.read()
"""
HOLD_SQLITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_store_held_by_another_process_is_busy_and_then_works(store, database_url) -> None:
    with running(HOLD_STORE, store.home, database_url or ""):
        began = time.monotonic()
        with pytest.raises(StoreBusy, match="nothing was written"), store.transaction():
            pass
        assert 0.9 < time.monotonic() - began < 10
        with store.reading() as tables:
            assert tables.settings.get("by") is None
    with store.transaction() as tables:
        assert tables.settings.get("by") == "the other process"
        tables.settings.put("by", "this one")
    with store.reading() as tables:
        assert tables.settings.get("by") == "this one"


def test_a_database_locked_from_outside_is_busy_and_then_works(sqlite_store: Store) -> None:
    [session] = fill(sqlite_store)
    with running(HOLD_SQLITE, sqlite_store.home / "forven.db"):
        with pytest.raises(StoreBusy, match="locked"), sqlite_store.transaction():
            pass
        with sqlite_store.reading() as tables:
            assert tables.sessions.get(session.id) == session
    with sqlite_store.transaction() as tables:
        tables.sessions.set_state(session.id, "settling")


def test_a_writer_waits_for_another_thread_and_not_for_ever(sqlite_store: Store) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with sqlite_store.transaction():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(30)
    with pytest.raises(StoreBusy, match="another thread"), sqlite_store.transaction():
        pass
    leave.set()
    thread.join()
    with sqlite_store.transaction() as tables:
        tables.settings.put("a", 1)


def test_many_threads_write_one_after_another(store: Store) -> None:
    def count() -> None:
        for _ in range(5):
            with store.transaction() as tables:
                tables.settings.put("n", tables.settings.get("n", 0) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tables:
        assert tables.settings.get("n") == 20


def test_a_transaction_inside_a_transaction_is_refused(store: Store) -> None:
    inner = store.transaction()
    with store.transaction(), pytest.raises(InvalidInput, match="inside the first"):
        inner.__enter__()
    with store.transaction() as tables:
        tables.settings.put("a", 1)


def test_a_reader_sees_one_moment_and_no_half_written_one(store: Store) -> None:
    with store.transaction() as tables:
        tables.settings.put("a", 1)
    with store.reading() as before:
        assert before.settings.get("a") == 1
        with store.transaction() as tables:
            tables.settings.put("a", 2)
            with store.reading() as beside:
                assert beside.settings.get("a") == 1
        assert before.settings.get("a") == 1
    with store.reading() as after:
        assert after.settings.get("a") == 2


def test_a_reader_cannot_write(store: Store) -> None:
    with store.reading() as tables, pytest.raises(CannotWrite):
        tables.settings.put("a", 1)


def test_whatever_is_raised_inside_undoes_everything(store: Store) -> None:
    def half() -> None:
        with store.transaction() as tables:
            tables.settings.put("a", 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    with store.reading() as tables:
        assert tables.settings.get("a") is None


def test_a_full_disk_writes_nothing_half_and_works_once_there_is_room(sqlite_store: Store) -> None:
    [session] = fill(sqlite_store)
    wal = sqlite_store.home / "forven.db-wal"

    def write() -> None:
        with sqlite_store.transaction() as tables:
            tables.sessions.set_state(session.id, "settling")
            tables.journals.append_many({session.id: noted(0, 3_000)})

    with file_bytes_max(wal.stat().st_size + 10_000), pytest.raises(CannotWrite, match="make room"):
        write()
    with sqlite_store.reading() as tables:
        assert len(tables.journals.read_rows(session.id)) == 0
        assert tables.sessions.get(session.id).state == "running"
    write()
    with sqlite_store.reading() as tables:
        assert len(tables.journals.read_rows(session.id)) == 3_000


def test_durability_is_switched_on_for_every_connection(sqlite_store: Store) -> None:
    def pragmas(tables, *names: str) -> list[object]:
        run = tables.connection.exec_driver_sql
        return [run(f"PRAGMA {name}").scalar_one() for name in names]

    with sqlite_store.transaction() as tables:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert pragmas(tables, *names) == ["wal", 2, 1, 300]
    with sqlite_store.reading() as tables:
        assert pragmas(tables, "query_only", "foreign_keys") == [1, 1]


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "forven.db").write_bytes(b"this is no database" * 400)
    with pytest.raises(StoreDamaged, match=r"forven\.db"):
        Store.open(tmp_path)


def test_a_page_overwritten_in_the_middle_is_damage(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    [session] = fill(store)
    with store.transaction() as tables:
        tables.journals.append_many({session.id: noted(0, 20_000)})
    with store.database._writer.connect() as connection:
        connection.commit()
    store.close()
    path = tmp_path / "forven.db"
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xee" * 64
    path.write_bytes(content)

    def read() -> None:
        with Store.open(tmp_path).reading() as tables:
            tables.journals.read_rows(session.id)

    with pytest.raises(StoreDamaged, match="restore a copy"):
        read()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="set FORVEN_HOME"):
        Store.open(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_of_no_known_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidInput, match="expected a database URL"):
        Database(tmp_path, url)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://forven:secret@/name?host={tmp_path}"
    with pytest.raises(StoreUnreachable, match="mend FORVEN_DATABASE_URL") as found:
        Store.open(tmp_path, url)
    assert "secret" not in str(found.value)
    assert Database(tmp_path, url).name.startswith("postgresql+psycopg://forven:***@")


def test_numbers_beyond_64_bits_are_refused_on_either_database(store: Store) -> None:
    fill(store, 1)
    with store.transaction() as tables, pytest.raises(InvalidInput, match="64 bits"):
        tables.bots.settle("x", 2**63)
