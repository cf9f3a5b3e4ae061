"""Migrations: from nothing to the tables that the code names, and never backwards."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from forven.store.errors import NewerDatabase, StoreDamaged
from forven.store.migrate import HEAD, revision_of
from forven.store.schema import metadata
from forven.store.store import Store
from forven.store.upgrade import scripts
from tests.store.made_rows import fill


def test_an_empty_database_becomes_exactly_the_tables_of_the_schema(store: Store) -> None:
    with store.reading() as tables:
        assert revision_of(tables.connection, "it") == HEAD
        context = MigrationContext.configure(tables.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_script_is_the_one_the_code_knows() -> None:
    assert scripts().get_heads() == [HEAD]
    assert [script.down_revision for script in scripts().walk_revisions()][-1] is None


def test_migrations_need_no_file_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Store.open(tmp_path / "home").close()
    assert not list(tmp_path.glob("alembic*"))


def test_a_second_opening_keeps_what_is_there(store: Store, database_url: str | None) -> None:
    [session] = fill(store)
    again = Store.open(store.home, database_url)
    with again.reading() as tables:
        assert tables.sessions.get(session.id) == session
    again.close()


def test_a_newer_database_is_refused_and_left_alone(store: Store, database_url) -> None:
    with store.transaction() as tables:
        tables.connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(NewerDatabase, match=f"revision {HEAD} or older, found 9999; .*update"):
        Store.open(store.home, database_url)
    with store.reading() as tables:
        assert revision_of(tables.connection, "it") == "9999"


def test_two_revisions_at_once_are_damage(store: Store, database_url) -> None:
    with store.transaction() as tables:
        tables.connection.exec_driver_sql("insert into alembic_version values ('9999')")
    with pytest.raises(StoreDamaged, match="expected one revision"):
        Store.open(store.home, database_url)


def test_many_may_open_a_new_home_at_once(tmp_path: Path, database_url: str | None) -> None:
    def start(_: int) -> None:
        Store.open(tmp_path / "home", database_url, busy_timeout_ms=30_000).close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))


def test_a_migration_that_fails_leaves_an_empty_database(
    tmp_path, database_url, monkeypatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        with pytest.raises(KeyboardInterrupt):
            Store.open(tmp_path, database_url)
    opened = Store.open(tmp_path, database_url)
    with opened.reading() as tables:
        assert revision_of(tables.connection, "it") == HEAD
    opened.close()
