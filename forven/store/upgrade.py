"""Runs the migrations that a database lacks, by Alembic; loaded only where some are lacking."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from forven.store.errors import NewerDatabase
from forven.store.schema import metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    """Return the revisions that are shipped."""
    return ScriptDirectory(str(MIGRATIONS))


def upgrade(connection: Connection, found: str | None, head: str, name: str) -> None:
    """Take the database `name` from revision `found` (None: it is empty) to `head`.

    errors  NewerDatabase if its revision is not known here
    """
    directory = scripts()
    known = {script.revision for script in directory.walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabase(
            f"{name}: expected a database of revision {head} or older, found {found}; it was "
            "written by a newer forven: update forven, or name another FORVEN_HOME"
        )

    def steps(revision: Any, _context: MigrationContext) -> Any:
        return directory._upgrade_revs(head, revision)  # noqa: SLF001 - as alembic's own env.py

    with EnvironmentContext(Config(), directory, fn=steps, destination_rev=head) as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, transactional_ddl=True
        )
        environment.run_migrations()
