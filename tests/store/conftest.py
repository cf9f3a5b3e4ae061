"""Stores to write in: the same tests on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from forven.store.store import Store
from tests.store import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    found = postgres.start_cluster()
    yield found
    found.stop()


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Return the URL of an empty database: None is SQLite in the home."""
    if request.param == SQLITE:
        return None
    found: postgres.Cluster = request.getfixturevalue("cluster")
    return found.empty_database()


@pytest.fixture
def store(tmp_path: Path, database_url: str | None) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home", database_url, busy_timeout_ms=1_000)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home", busy_timeout_ms=300)
    yield opened
    opened.close()
