"""The connection to the database: SQLite beside the data, or PostgreSQL by its URL.

One writer at a time, in this process by a lock and among processes by the database; readers see
whole transactions only and never wait for the writer.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from forven.primitives.errors import CannotWrite, ForvenError, InvalidInput
from forven.store.errors import StoreBusy
from forven.store.failures import refusal_of

DATABASE_FILE = "forven.db"
BUSY_TIMEOUT_MS = 5_000
WRITER_LOCK = 0x666F7276656E01
"""The advisory lock that a writing transaction holds on PostgreSQL."""
HOST_LOCK = 0x666F7276656E02
"""The advisory lock that the host of a PostgreSQL database holds."""
_READERS_MAX = 40


class Database:
    """The engine of one database: `writing` and `reading` are its two ways in.

    url              SQLAlchemy URL; None: `HOME/forven.db`
    busy_timeout_ms  how long to wait for another writer before StoreBusy
    """

    def __init__(self, home: Path, url: str | None, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.busy_timeout_ms = busy_timeout_ms
        self._lock = threading.Lock()
        self._owner: int | None = None
        self.commits = 0
        if url is None:
            _make_folder(home)
            url = f"sqlite:///{(home / DATABASE_FILE).absolute()}"
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.name = self.url.render_as_string(hide_password=True)
        self._writer = self._engine(is_writer=True)
        self._reader = self._engine(is_writer=False)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that alone may write; it commits on leaving well.

        errors  StoreBusy after the timeout; CannotWrite, StoreDamaged, StoreUnreachable
        """
        self._take_turn()
        try:
            with self._told(is_writing=True), self._writer.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text(f"select pg_advisory_xact_lock({WRITER_LOCK})"))
                yield connection
            self.commits += 1
        finally:
            self._owner = None
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that reads one unchanging state and cannot write."""
        with self._told(is_writing=False), self._reader.begin() as connection:
            yield connection

    def held_connection(self) -> Connection:
        """Return a connection outside any transaction and pool: closing it ends its session."""
        with self._told(is_writing=True):
            connection = self._reader.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            return connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._writer.dispose()
        self._reader.dispose()

    def _take_turn(self) -> None:
        """Take this process's turn to write, waiting no longer than for another process."""
        if self._owner == threading.get_ident():
            raise InvalidInput(
                "expected one writing transaction at a time, found a second one inside the first"
            )
        if not self._lock.acquire(timeout=self.busy_timeout_ms / 1_000):
            raise StoreBusy(
                f"{self.name}: another thread has been writing for {self.busy_timeout_ms} ms; "
                "nothing was written, try again"
            )
        self._owner = threading.get_ident()

    @contextmanager
    def _told(self, is_writing: bool) -> Iterator[None]:
        """Turn what is raised without a statement, as at connecting, into errors of forven."""
        try:
            yield
        except SQLAlchemyError as error:
            raise refusal_of(error, self.name, is_writing) from error

    def _engine(self, is_writer: bool) -> Engine:
        """Return an engine whose connections are set up for writing or for reading."""
        pool: dict[str, Any] = {"pool_size": 1 if is_writer else 8, "pool_timeout": 30}
        pool["max_overflow"] = 0 if is_writer else _READERS_MAX
        try:
            engine = create_engine(self.url, connect_args=self._arguments(is_writer), **pool)
        except ImportError as error:
            raise InvalidInput(
                f"{self.name}: its driver is not installed ({error.name}); "
                "install forven[postgres] for PostgreSQL"
            ) from error
        if self.is_sqlite:
            _set_up_sqlite(engine, is_writer)

        @event.listens_for(engine, "handle_error", retval=True)
        def _refused(context: ExceptionContext) -> ForvenError | None:
            error = context.sqlalchemy_exception
            return None if error is None else refusal_of(error, self.name, is_writer)

        return engine

    def _arguments(self, is_writer: bool) -> dict[str, Any]:
        """Return what the driver is told at connecting."""
        if self.is_sqlite:
            return {"timeout": self.busy_timeout_ms / 1_000, "check_same_thread": False}
        options = f"-c lock_timeout={self.busy_timeout_ms}"
        if not is_writer:
            options += " -c default_transaction_isolation=repeatable\\ read"
            options += " -c default_transaction_read_only=on"
        return {"options": options, "connect_timeout": 10, "application_name": "forven"}


def _parsed(url: str) -> Any:
    """Return a database URL; InvalidInput if it is none of SQLite and PostgreSQL."""
    expected = "expected a database URL as postgresql://user@host/name or sqlite:////path/to/file"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidInput(f"{expected}, found a text that is no URL") from None
    backend = parsed.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise InvalidInput(f"{expected}, found {parsed.render_as_string(hide_password=True)}")
    return parsed


def _make_folder(home: Path) -> None:
    """Make the data root if it is not there."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"{home}: the data root could not be made ({error.strerror}); set FORVEN_HOME"
        ) from error


def _set_up_sqlite(engine: Engine, is_writer: bool) -> None:
    """Give every SQLite connection its pragmas, and begin transactions as asked."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        pragmas = ["foreign_keys=ON", "synchronous=FULL"]
        pragmas += ["journal_mode=WAL"] if is_writer else ["query_only=ON"]
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
