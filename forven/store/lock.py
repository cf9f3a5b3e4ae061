"""The lock of a home: one process at a time runs sessions on it."""

import json
import os
import sys
from io import FileIO
from pathlib import Path

from sqlalchemy import Connection, text

from forven.primitives.errors import CannotWrite
from forven.store.database import HOST_LOCK, Database
from forven.store.errors import HomeInUse

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_FILE = "forven.lock"
_HOLDER_BYTES_MAX = 4_096
_LOCKED_BYTE = 1 << 30
"""Where Windows locks one byte: beyond the text, which others must be able to read."""


class HomeLock:
    """Held from `take` until `release`, or until the process ends, however it ends.

    The file's text says who holds it; the lock is the operating system's, so that a file left
    behind by a killed process holds nothing.
    """

    def __init__(self, path: Path, stream: FileIO, connection: Connection | None) -> None:
        self.path = path
        self._stream: FileIO | None = stream
        self._connection = connection

    @classmethod
    def take(cls, home: Path, database: Database, owner: str) -> "HomeLock":
        """Take the lock for an owner, words that a refused process will read.

        errors  HomeInUse, naming the holder; CannotWrite
        """
        path = home / LOCK_FILE
        stream = _opened(path)
        if not _locked(stream):
            holder = _holder(stream)
            stream.close()
            raise HomeInUse(
                f"{home}: expected a home that no other process runs sessions on, found it held "
                f"by {holder}; stop that one, or name another FORVEN_HOME"
            )
        _write_holder(path, stream, owner)
        try:
            connection = None if database.is_sqlite else _hold_server(database)
        except BaseException:
            stream.close()
            raise
        return cls(path, stream, connection)

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._stream is None:
            return
        self._stream.truncate(0)
        self._stream.close()
        self._stream = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _opened(path: Path) -> FileIO:
    """Return the lock file, made if it is not there; children do not inherit it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+")
    except OSError as error:
        raise CannotWrite(
            f"{path}: the lock of this home could not be opened ({error.strerror})"
        ) from error


def _locked(stream: FileIO) -> bool:
    """Return whether the operating system gave the lock, without waiting."""
    try:
        if sys.platform == "win32":
            stream.seek(_LOCKED_BYTE)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_holder(path: Path, stream: FileIO, owner: str) -> None:
    """Write who holds the lock."""
    try:
        stream.seek(0)
        stream.truncate(0)
        stream.write(json.dumps({"pid": os.getpid(), "owner": owner}).encode("ascii"))
        os.fsync(stream.fileno())
    except OSError as error:
        stream.close()
        raise CannotWrite(f"{path}: could not be written ({error.strerror})") from error


def _holder(stream: FileIO) -> str:
    """Return who holds the lock, as far as the file says."""
    stream.seek(0)
    try:
        found = json.loads(stream.read(_HOLDER_BYTES_MAX) or b"null")
        return f"{found['owner']} (process {found['pid']})"
    except (ValueError, TypeError, KeyError):  # it is between taking the lock and saying so
        return "a process that has not yet said its name"


def _hold_server(database: Database) -> Connection:
    """Return a connection that holds the host's lock on a database server."""
    connection = database.held_connection()
    if connection.execute(text(f"select pg_try_advisory_lock({HOST_LOCK})")).scalar_one():
        return connection
    other = connection.execute(
        text(
            "select a.application_name || ' (server process ' || a.pid || ')' from pg_locks l "
            "join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted "
            "and l.classid = :high and l.objid = :low"
        ),
        {"high": HOST_LOCK >> 32, "low": HOST_LOCK & 0xFFFFFFFF},
    ).scalar()
    connection.close()
    raise HomeInUse(
        f"{database.name}: expected a database that no other host runs sessions on, found it held "
        f"by {other or 'another connection'}; stop that one, or name another FORVEN_DATABASE_URL"
    )
