"""A running session as the host hands it to readers: copies in memory, made after the commit."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.kernels import backend, schema
from forven.market.pricing import time_to_expiry
from forven.store.sessions import SessionRow

_kernels = backend.part("pricing")


class FrameMarks:
    """The quotes of one frame: marks at once, deltas when somebody asks, then kept.

    One object a frame is shared by the views of all sessions of a host.
    quotes       int32 (3, N, 1) contiguous, as a window of one frame
    instruments  int64 (N, 2)
    """

    def __init__(
        self,
        ts: int,
        close_ns: int,
        quotes: NDArray[np.int32],
        instruments: NDArray[np.int64],
    ) -> None:
        self.ts = ts
        self._close_ns = close_ns
        self._quotes = quotes
        self._instruments = instruments
        self._lock = threading.Lock()
        self._deltas: NDArray[np.int64] | None = None

    def mark2(self, instrument: int) -> int | None:
        """Return bid + ask of the last uncrossed quote in half quanta; None where none was yet."""
        mark2 = int(self._quotes[schema.QUOTE_MARK2, instrument, 0])
        return None if mark2 == schema.MISSING else max(mark2, -2 - mark2)

    def delta(self, instrument: int) -> int | None:
        """Return the unsigned delta in 1e-6; None where the chain has none for the strike."""
        delta = int(self.deltas()[instrument])
        return None if delta == schema.MISSING else delta

    def deltas(self) -> NDArray[np.int64]:
        """Return the (N,) unsigned deltas of the chain in 1e-6, `MISSING` where there is none."""
        with self._lock:
            if self._deltas is None:
                self._deltas = self._solved()
            return self._deltas

    def _solved(self) -> NDArray[np.int64]:
        """Return the deltas of the frame, all `MISSING` at or after the close."""
        deltas = np.full(len(self._instruments), schema.MISSING, np.int64)
        if self.ts < self._close_ns:
            years = time_to_expiry(self.ts, self._close_ns, "calendar").years
            _kernels.deltas_at(self._quotes, self._instruments, 0, years, deltas)
        return deltas


def no_history() -> NDArray[np.int64]:
    """Return the financials of a session without frames."""
    return np.zeros((0, schema.FINANCIAL_WIDTH), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveView:
    """One session after its last committed frame; nothing in it changes any more.

    row           as it was when the host took the session in; of a session that is not over nothing
                  but its state changes
    ts            of that frame, nanoseconds UTC; `MISSING` before the first
    state         (STATE_HEADER_WIDTH,) the head of the session's state row
    state_name    scheduled, registering, waiting_for_data, running, settling, killing, ...
    symbols       (N,) OSI, the listing of the day
    multiplier    micros that one quantum of one lot is worth
    rows          (n, JOURNAL_WIDTH) the journal so far
    orders, transactions   documents as the store projects them
    margin        micros, of what is held, at the last mark
    history       makes the (m, FINANCIAL_WIDTH) rows of `financials`, as of any later moment
    marks         the frame's quotes; None before the first frame
    """

    session_id: str
    row: SessionRow
    ts: int
    state: NDArray[np.int64]
    state_name: str
    symbols: tuple[str, ...]
    multiplier: int
    rows: NDArray[np.int64]
    orders: list[dict[str, Any]] = field(default_factory=list)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    margin: int = 0
    history: Callable[[], NDArray[np.int64]] = no_history
    marks: FrameMarks | None = None

    @property
    def financials(self) -> NDArray[np.int64]:
        """(m, FINANCIAL_WIDTH): one row a frame, as the kernel writes them; made when asked for."""
        return self.history()
