"""The authority of a session: the kernel's rows and the commands that reached it, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from forven.kernels.schema import (
    COMMAND_WIDTH,
    JOURNAL_SEQUENCE,
    JOURNAL_TS,
    JOURNAL_WIDTH,
)
from forven.primitives.errors import InvalidInput
from forven.store.blobs import blob_of, rows_of
from forven.store.errors import StoreDamaged
from forven.store.schema import commands, journal
from forven.store.values import batched

_Stored = tuple[bytes, int]
"""The rows of one commit as they are stored, and how many there were."""
_STORED_WIDTH = JOURNAL_WIDTH - 1
"""The bot column is not stored: it is a place in arrays, not a fact about the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """A command as a session got it.

    number  from 1, in arrival order     row     the kernel's row, little-endian int64
    origin  `api` or `script`            due_ns  its frame is the first one at or after it
    """

    session_id: str
    number: int
    due_ns: int
    row: bytes
    origin: str
    received_ns: int

    @property
    def values(self) -> NDArray[np.int64]:
        """The (COMMAND_WIDTH,) int64 row, a new array."""
        return rows_of(self.row, COMMAND_WIDTH)[0]


class Journals:
    """The rows of `journal` and `commands`; they are added and read, never changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append_many(self, journals: dict[str, NDArray[np.int64]]) -> None:
        """Add the next rows of sessions; a session's numbers follow one another.

        journals  (n, JOURNAL_WIDTH) int64 by session, the bot column of no account
        """
        values = [_piece(session_id, rows) for session_id, rows in journals.items() if len(rows)]
        if values:
            self._connection.execute(insert(journal), values)

    def read_rows(self, session_id: str) -> NDArray[np.int64]:
        """Return a session's journal, (n, JOURNAL_WIDTH) int64 with bot column 0.

        errors  StoreDamaged if a row is missing
        """
        query = (
            select(journal.c.rows, journal.c.rows_count)
            .where(journal.c.session_id == session_id)
            .order_by(journal.c.sequence_from)
        )
        return _whole(session_id, [(*piece,) for piece in self._connection.execute(query)])

    def read_many(self, session_ids: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        """Return the journals of many sessions, as `read_rows` does, in few statements."""
        pieces: dict[str, list[_Stored]] = {session_id: [] for session_id in session_ids}
        for some in batched(session_ids):
            query = (
                select(journal.c.session_id, journal.c.rows, journal.c.rows_count)
                .where(journal.c.session_id.in_(some))
                .order_by(journal.c.session_id, journal.c.sequence_from)
            )
            for session_id, rows, count in self._connection.execute(query):
                pieces[session_id].append((rows, count))
        return {name: _whole(name, parts) for name, parts in pieces.items()}

    def append_commands(self, rows: Sequence[CommandRow]) -> None:
        """Add commands; each session's numbers go on where they stand."""
        values = [
            {
                "session_id": row.session_id,
                "number": row.number,
                "due_ns": row.due_ns,
                "row": row.row,
                "origin": row.origin,
                "received_ns": row.received_ns,
            }
            for row in rows
        ]
        if values:
            self._connection.execute(insert(commands), values)

    def read_commands(self, session_id: str) -> Sequence[CommandRow]:
        """Return a session's commands in arrival order; StoreDamaged if one is missing."""
        query = select(commands).where(commands.c.session_id == session_id)
        rows = self._connection.execute(query.order_by(commands.c.number)).mappings()
        found = [CommandRow(**row) for row in rows]
        _check_numbers(session_id, found)
        return found

    def commands_of(self, session_ids: Sequence[str]) -> dict[str, list[CommandRow]]:
        """Return the commands of many sessions, as `read_commands` does, in few statements."""
        found: dict[str, list[CommandRow]] = {session_id: [] for session_id in session_ids}
        for some in batched(session_ids):
            query = select(commands).where(commands.c.session_id.in_(some))
            ordered = query.order_by(commands.c.session_id, commands.c.number)
            for row in self._connection.execute(ordered).mappings():
                found[row["session_id"]].append(CommandRow(**row))
        for session_id, rows in found.items():
            _check_numbers(session_id, rows)
        return found

    def command_array(self, session_id: str) -> NDArray[np.int64]:
        """Return a session's commands as the kernel's (C, COMMAND_WIDTH) int64 array."""
        blob = b"".join(row.row for row in self.read_commands(session_id))
        return rows_of(blob, COMMAND_WIDTH)


def _whole(session_id: str, pieces: Sequence[_Stored]) -> NDArray[np.int64]:
    """Return the rows of a session's pieces, bot column 0; StoreDamaged if one is missing."""
    rows = rows_of(b"".join(blob for blob, _ in pieces), _STORED_WIDTH)
    is_short = sum(count for _, count in pieces) != len(rows)
    if is_short or np.any(rows[:, JOURNAL_SEQUENCE - 1] != np.arange(len(rows))):
        raise StoreDamaged(
            f"session {session_id}: expected journal rows 0, 1, 2, ... without a gap, "
            f"found {len(rows)} rows in {len(pieces)} pieces that are not"
        )
    return np.insert(rows, 0, 0, axis=1)


def _check_numbers(session_id: str, rows: Sequence[CommandRow]) -> None:
    """Refuse commands of which one is missing."""
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        raise StoreDamaged(f"session {session_id}: expected commands 1, 2, 3, ..., found a gap")


def _piece(session_id: str, rows: NDArray[np.int64]) -> dict[str, object]:
    """Return the values of one journal row of the database; InvalidInput if rows are missing."""
    if rows.ndim != 2 or rows.shape[1] != JOURNAL_WIDTH or not len(rows):
        raise InvalidInput(
            f"session {session_id}: expected journal rows (n > 0, {JOURNAL_WIDTH}), "
            f"found {rows.shape}"
        )
    sequence = rows[:, JOURNAL_SEQUENCE]
    if np.any(np.diff(sequence) != 1):
        raise InvalidInput(
            f"session {session_id}: expected journal rows numbered one after another from "
            f"{int(sequence[0])}, found {sequence.tolist()[:20]}"
        )
    return {
        "session_id": session_id,
        "sequence_from": int(sequence[0]),
        "rows_count": len(rows),
        "ts": int(rows[-1, JOURNAL_TS]),
        "rows": blob_of(rows[:, 1:]),
    }
