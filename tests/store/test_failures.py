"""What drivers raise becomes what forven raises, without statements or values in the text."""

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from forven.primitives.errors import CannotWrite, ForvenError, InvalidInput
from forven.store.errors import StoreBusy, StoreConflict, StoreDamaged, StoreUnreachable
from forven.store.failures import refusal_of


class ServerError(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("first line\nDETAIL: secret")
        self.sqlstate = sqlstate


class FileError(sqlite3.OperationalError):
    def __init__(self, code: int) -> None:
        super().__init__("it failed")
        self.sqlite_errorcode = code


def refused(cause: Exception, is_writing: bool = True) -> ForvenError:
    error = OperationalError("select secret", {"password": "secret"}, cause)
    return refusal_of(error, "the database", is_writing)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("55P03", StoreBusy),
        ("40001", StoreBusy),
        ("53100", CannotWrite),
        ("58030", CannotWrite),
        ("25006", CannotWrite),
        ("XX001", StoreDamaged),
        ("08006", StoreUnreachable),
        ("57P01", StoreUnreachable),
        ("28P01", StoreUnreachable),
        ("22003", InvalidInput),
        (None, StoreUnreachable),
        ("42P01", ForvenError),
    ],
)
def test_a_state_of_the_server_has_its_error(state: str | None, kind: type) -> None:
    found = refused(ServerError(state))
    assert type(found) is kind
    assert "secret" not in str(found)
    assert "first line" in str(found)


@pytest.mark.parametrize(
    ("code", "is_writing", "kind"),
    [
        (sqlite3.SQLITE_BUSY, True, StoreBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True, StoreBusy),
        (sqlite3.SQLITE_LOCKED, False, StoreBusy),
        (sqlite3.SQLITE_FULL, True, CannotWrite),
        (sqlite3.SQLITE_IOERR_WRITE, True, CannotWrite),
        (sqlite3.SQLITE_IOERR_FSYNC, True, CannotWrite),
        (sqlite3.SQLITE_READONLY, False, CannotWrite),
        (sqlite3.SQLITE_CANTOPEN, False, StoreUnreachable),
        (sqlite3.SQLITE_IOERR_READ, True, StoreDamaged),
        (sqlite3.SQLITE_CORRUPT, False, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, True, StoreDamaged),
        (sqlite3.SQLITE_ERROR, True, ForvenError),
    ],
)
def test_a_result_code_has_its_error(code: int, is_writing: bool, kind: type) -> None:
    found = refused(FileError(code), is_writing)
    assert type(found) is kind
    assert "secret" not in str(found)


def test_what_nobody_foresaw_asks_to_be_reported() -> None:
    assert "report it" in str(refusal_of(SQLAlchemyError("odd"), "the database", True))
    unforeseen = DBAPIError("select 1", {}, sqlite3.ProgrammingError("odd"))
    assert type(refusal_of(unforeseen, "the database", True)) is ForvenError
    assert not isinstance(refusal_of(unforeseen, "the database", True), StoreConflict)
