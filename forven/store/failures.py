"""What a database refuses, in forven's errors: SQLite's result codes, PostgreSQL's SQLSTATE."""

import sqlite3

from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forven.primitives.errors import CannotWrite, ForvenError, InvalidInput
from forven.store.errors import StoreBusy, StoreConflict, StoreDamaged, StoreUnreachable

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_SQLITE_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
}
_SQLITE_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SQLITE_READ_FAILED = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
}
_PRIMARY = 0xFF
"""The part of an extended SQLite code that names its family."""
_SQLSTATES = {
    "55P03": StoreBusy,  # lock_timeout
    "40001": StoreBusy,  # serialization failure
    "40P01": StoreBusy,  # deadlock
    "57014": StoreBusy,  # statement_timeout
    "25006": CannotWrite,  # a standby that only reads
    "42501": CannotWrite,  # no privilege
    "53": CannotWrite,  # disk full, out of memory, too many connections
    "58": CannotWrite,  # the server's own input and output
    "XX": StoreDamaged,
    "08": StoreUnreachable,
    "57": StoreUnreachable,  # shutting down, starting up
    "28": StoreUnreachable,  # wrong name or password
    "3D": StoreUnreachable,  # no such database
    "22": InvalidInput,
}
_MENDING = {
    StoreBusy: "another process is writing; nothing was written, try again",
    CannotWrite: "nothing was written; make room on the disk or allow writing there",
    StoreDamaged: "restore a copy; the tapes and the other sessions are not concerned",
    StoreUnreachable: "start the database or mend FORVEN_DATABASE_URL",
    InvalidInput: "a value does not fit its column",
}


def refusal_of(error: SQLAlchemyError, name: str, is_writing: bool) -> ForvenError:
    """Return the error to raise for what a database raised.

    name  the database as the user knows it, without a password
    """
    if isinstance(error, StatementError) and isinstance(error.orig, ForvenError):
        return error.orig  # a value was refused before it reached the database
    if isinstance(error, PoolTimeout):
        return StoreBusy(f"{name}: expected a free connection, found all of them in use; try again")
    if isinstance(error, IntegrityError):
        return StoreConflict(f"{name}: nothing was written ({_first_line(error)})")
    kind = _kind_of(error, is_writing)
    if kind is None:
        return ForvenError(
            f"{name}: {_first_line(error)}; this is a defect of forven: report it with this text"
        )
    return kind(f"{name}: {_first_line(error)}; {_MENDING[kind]}")


def _kind_of(error: SQLAlchemyError, is_writing: bool) -> type[ForvenError] | None:
    """Return the class of error that a driver's error is; None if it is not foreseen."""
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _sqlite_kind(code, is_writing)
    state = getattr(cause, "sqlstate", None)
    if state:
        return _SQLSTATES.get(state) or _SQLSTATES.get(state[:2])
    is_silent = isinstance(error, OperationalError | InterfaceError)  # it never gave a state
    return StoreUnreachable if is_silent and not isinstance(cause, sqlite3.Error) else None


def _sqlite_kind(code: int, is_writing: bool) -> type[ForvenError] | None:
    """Return the class of error for an extended SQLite result code."""
    family = code & _PRIMARY
    if family in _SQLITE_BUSY:
        return StoreBusy
    if family in _SQLITE_DAMAGED or code in _SQLITE_READ_FAILED:
        return StoreDamaged
    if family in _SQLITE_FULL:
        is_refusal = is_writing or family == sqlite3.SQLITE_READONLY
        return CannotWrite if is_refusal else StoreUnreachable
    return None


def _first_line(error: SQLAlchemyError) -> str:
    """Return what the driver said, without statement and values: they may hold secrets."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
