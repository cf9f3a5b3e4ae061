"""What readers see of the running sessions: as of the last commit, never half a frame."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.bots.history import AccountHistory
from forven.bots.live_session import LiveSession
from forven.bots.live_view import FrameMarks, LiveView
from forven.kernels import schema
from forven.market.feeds.frame import FeedDay
from forven.store.sessions import SessionRow

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A session as of its last change; nothing in it changes any more."""

    row: SessionRow
    number: int
    state: str
    rows: Integers
    orders: list[dict[str, Any]]
    transactions: list[dict[str, Any]]

    @classmethod
    def of(cls, session: LiveSession) -> "Shown":
        """Return a session as it stands."""
        return cls(
            row=session.row,
            number=session.number,
            state=session.state,
            rows=session.journal.rows,
            orders=session.orders,
            transactions=session.transactions,
        )


class Showroom:
    """The sessions of one day for readers of any thread; the host's thread alone sets them out."""

    def __init__(self, day: FeedDay, history: AccountHistory) -> None:
        self.day = day
        self.history = history
        self._lock = threading.Lock()
        self._sessions: dict[str, Shown] = {}
        self._bots: Integers = np.zeros(0, np.int64)
        self._states: Integers = np.zeros((0, schema.STATE_HEADER_WIDTH), np.int64)
        self._margins: Integers = np.zeros(0, np.int64)
        self._ts = schema.MISSING
        self._marks: FrameMarks | None = None

    @property
    def ts(self) -> int | None:
        """The last frame that was shown; None before the first."""
        ts = self._ts
        return None if ts == schema.MISSING else ts

    def states(self) -> list[str]:
        """Return the state of every session."""
        with self._lock:
            return [shown.state for shown in self._sessions.values()]

    def show(
        self,
        bots: Integers,
        states: Integers,
        changed: Iterable[Shown],
        gone: Iterable[str] = (),
        marks: FrameMarks | None = None,
    ) -> None:
        """Set out the bots, the heads of their states (copied) and the sessions that changed.

        marks  of the frame that these are of; None: it is still the one shown before
        """
        margins = self.history.margins(bots)
        with self._lock:
            self._margins = margins
            if marks is not None:
                self._ts, self._marks = marks.ts, marks
            heads = states[:, : schema.STATE_HEADER_WIDTH]
            if self._states.shape != heads.shape:
                self._states = np.empty(heads.shape, np.int64)
            np.copyto(self._states, heads)
            if not np.array_equal(self._bots, bots):
                self._bots = bots.copy()
            for shown in changed:
                self._sessions[shown.row.id] = shown
            for session_id in gone:
                self._sessions.pop(session_id, None)

    def set_state(self, session_id: str, state: str) -> None:
        """Show a session in another state."""
        with self._lock:
            self._sessions[session_id] = replace(self._sessions[session_id], state=state)

    def view(self, session_id: str) -> LiveView | None:
        """Return one session; None if it is not among those that run."""
        with self._lock:
            shown = self._sessions.get(session_id)
            if shown is None:
                return None
            place = int(np.searchsorted(self._bots, shown.number))
            if place == len(self._bots) or self._bots[place] != shown.number:
                return None
            state, margin = self._states[place].copy(), int(self._margins[place])
            ts, marks = self._ts, self._marks
        row, history = shown.row, self.history
        return LiveView(
            session_id=session_id,
            row=row,
            ts=ts,
            state=state,
            state_name=shown.state,
            symbols=self.day.symbols,
            multiplier=self.day.multiplier,
            rows=shown.rows,
            orders=shown.orders,
            transactions=shown.transactions,
            margin=margin,
            history=lambda: history.rows(shown.number, row.opened_ns, row.opening_cash),
            marks=marks,
        )
