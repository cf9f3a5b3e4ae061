"""The account of a session that is over, frame by frame: computed again from what it saw.

What a session saw stands in its feed's tape, what reached it in its commands; both through the
kernel give the same journal again, and with it one financials row a frame.
"""

import threading
from collections import OrderedDict
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.bots.verify import replayed
from forven.engine.journal import digest
from forven.kernels import schema
from forven.store.errors import StoreDamaged
from forven.store.sessions import SessionRow
from forven.store.store import Store
from forven.store.tapes import Tape

_KEPT_MAX = 32
_NOTHING = np.zeros((0, schema.FINANCIAL_WIDTH), np.int64)


class Replays:
    """Replays sessions that are over; the last ones asked for are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, NDArray[np.int64]] = OrderedDict()
        self._tape: tuple[tuple[str, date], Tape] | None = None

    def financials(self, row: SessionRow) -> NDArray[np.int64]:
        """Return a session's (m, FINANCIAL_WIDTH) rows; none of one that has no results.

        errors  NoSuchTape; StoreDamaged where the tape does not give the journal again
        """
        if not row.is_over or row.digest is None:
            return _NOTHING
        with self._lock:
            if row.id not in self._kept:
                self._kept[row.id] = self._replayed(row)
                if len(self._kept) > _KEPT_MAX:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(row.id)
            return self._kept[row.id]

    def _replayed(self, row: SessionRow) -> NDArray[np.int64]:
        """Return the financials of one session, run again over its whole day."""
        with self._store.reading() as work:
            commands = work.journals.command_array(row.id)
        journal, financials = replayed(self._tape_of(row), row, commands)
        found = digest(journal)
        if found != row.digest:
            raise StoreDamaged(
                f"session {row.id}: expected its tape to give the journal {row.digest} again, "
                f"found {found}; `forven journal verify {row.id}` says where they differ"
            )
        return financials

    def _tape_of(self, row: SessionRow) -> Tape:
        """Return the tape of a session's day; the last one read is kept."""
        key = (row.feed, row.day)
        if self._tape is None or self._tape[0] != key:
            self._tape = (key, self._store.read_tape(row.feed, row.day))
        return self._tape[1]
