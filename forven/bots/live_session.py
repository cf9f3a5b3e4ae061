"""One running session as the host keeps it between frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.store.sessions import SessionRow
from forven.strategies.script.driver import ScriptSession
from forven.strategies.script.frames import TakenCommand

Integers = NDArray[np.int64]
Document = dict[str, Any]
_ROWS_MIN = 32


class RowBuffer:
    """A session's journal so far; a view of it stays valid, since rows never change."""

    def __init__(self) -> None:
        self._room = np.zeros((_ROWS_MIN, schema.JOURNAL_WIDTH), np.int64)
        self.count = 0

    @property
    def rows(self) -> Integers:
        """(n, JOURNAL_WIDTH), bot column 0."""
        return self._room[: self.count]

    def extend(self, rows: Integers) -> None:
        """Add the next rows."""
        count = self.count + len(rows)
        if count > len(self._room):
            grown = np.zeros((max(count, 2 * len(self._room)), schema.JOURNAL_WIDTH), np.int64)
            grown[: self.count] = self.rows
            self._room = grown
        self._room[self.count : count] = rows
        self._room[self.count : count, schema.JOURNAL_BOT] = 0
        self.count = count


@dataclass(slots=True, eq=False, kw_only=True)
class LiveSession:
    """A session of the day that is not over; the host's thread alone changes it.

    number          of its bot in the `LiveRun`
    orders, transactions  documents; lists are replaced by new ones, never changed
    commands        those not yet taken, oldest first; kept for scripts only
    command_count   commands stored so far          decision_count  likewise
    due_ns          of the last command: the next one is not due before it
    """

    row: SessionRow
    number: int
    state: str
    journal: RowBuffer = field(default_factory=RowBuffer)
    orders: list[Document] = field(default_factory=list)
    transactions: list[Document] = field(default_factory=list)
    commands: list[TakenCommand] = field(default_factory=list)
    command_count: int = 0
    due_ns: int = 0
    decision_count: int = 0
    script: ScriptSession | None = None

    @property
    def id(self) -> str:
        """The session's id."""
        return self.row.id

    def take_documents(self, orders: Sequence[Document], transactions: Sequence[Document]) -> None:
        """Put changed orders in their places, and add transactions."""
        if orders:
            known = list(self.orders)
            for order in orders:
                number = order["number"]
                known[number - 1 : number] = [order]
            self.orders = known
        if transactions:
            self.transactions = [*self.transactions, *transactions]

    def taken_by(self, ts: int) -> tuple[TakenCommand, ...]:
        """Return, and let go, the commands that the kernel took in the frame of `ts`."""
        count = 0
        while count < len(self.commands) and self.commands[count].row[schema.COMMAND_DUE] <= ts:
            count += 1
        taken, self.commands = tuple(self.commands[:count]), self.commands[count:]
        return taken
