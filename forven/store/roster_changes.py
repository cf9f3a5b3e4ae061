"""When a bot or a session was changed last, so that it may be kept in memory meanwhile.

Transactions of this process that do so are counted, with the ids that they wrote. Each also leaves
a mark in the database: one that this process did not leave there is another process's, which may
have changed anything.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from forven.store.settings import Settings

MARK = "roster_mark"
_MARK_BITS = 52
"""A JSON number is exact up to here."""


IDS_MAX = 65_536


class RosterChanges:
    """Counts the changes of bots and sessions; any thread may look.

    Journals, orders, transactions and decisions are none: a frame in which nothing but these grow
    changes no bot and no session.
    count       of changes so far        checked_ns  when other processes' were looked for last
    """

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.clock = clock
        self.count = 0
        self.checked_ns: int | None = None
        self._changed: dict[str, int] = {}
        self._all_changed = 0
        self._mark: Any = None
        self._lock = threading.Lock()

    def stands(self, count: int, *ids: str) -> bool:
        """Return whether none of these bots and sessions was changed since a count."""
        changed = self._changed
        return self._all_changed <= count and all(changed.get(each, 0) <= count for each in ids)

    def mark(self, settings: Settings) -> int:
        """Leave a mark of a change in its transaction, in place of whose ever was there."""
        self._see(settings.get(MARK))
        mark = secrets.randbits(_MARK_BITS)
        settings.put(MARK, mark)
        return mark

    def note(self, ids: Iterable[str], mark: int | None) -> None:
        """Count a change whose transaction has ended, before anybody is told of it.

        mark  what it left; None where it failed, though what it wrote may be there all the same
        """
        with self._lock:
            count = self.count + 1
            changed = dict.fromkeys(ids, count)
            if len(self._changed) + len(changed) > IDS_MAX:
                self._all_changed = count
                self._changed = {}
            self._changed.update(changed)
            self.count = count
            if mark is not None:
                self._mark = mark

    def compare(self, settings: Settings, begun_ns: int) -> None:
        """Count a change of everything if the mark is another one than was left or seen here last.

        begun_ns  a moment before the reading began: what was there by then is seen
        """
        self._see(settings.get(MARK))
        with self._lock:
            self.checked_ns = max(begun_ns, self.checked_ns or begun_ns)

    def _see(self, mark: Any) -> None:
        """Count a change of everything if a mark is another process's."""
        with self._lock:
            if mark != self._mark:
                self._all_changed = self.count = self.count + 1
                self._mark = mark
