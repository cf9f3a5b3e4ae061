"""Bring a database to the revision that this forven knows; a newer one is refused."""

import importlib

from sqlalchemy import Connection, inspect, text

from forven.store.database import Database
from forven.store.errors import StoreDamaged

HEAD = "0001"
"""The newest revision in `migrations/versions`."""
VERSION_TABLE = "alembic_version"
_UPGRADE = "forven.store.upgrade"
"""Not imported above: Alembic takes a third of a second, and few starts have to migrate."""


def migrate(database: Database) -> None:
    """Take a database from whatever revision it has to `HEAD`, in one transaction.

    errors  NewerDatabase if its revision is not known here; StoreDamaged if it has several
    """
    with database.reading() as connection:
        if revision_of(connection, database.name) == HEAD:
            return
    with database.writing() as connection:
        found = revision_of(connection, database.name)  # another process may have done it meanwhile
        importlib.import_module(_UPGRADE).upgrade(connection, found, HEAD, database.name)


def revision_of(connection: Connection, name: str) -> str | None:
    """Return a database's revision, None if it is empty."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    heads = connection.execute(text(f"select version_num from {VERSION_TABLE}")).scalars().all()
    if len(heads) > 1:
        raise StoreDamaged(f"{name}: expected one revision, found {sorted(heads)}")
    return heads[0] if heads else None
