"""Order of rows: a file runs by time, or contract by contract; anything else is refused."""

import numpy as np

from forven.primitives.errors import UntrustedData
from forven.primitives.time import rfc3339


class OrderCheck:
    """Watches the rows of one file go by and refuses the first where the time goes backwards.

    A file may be sorted by time, or hold one contract after the other, each sorted by time (LEAN
    and vendor files are like that). With `sort` every order is accepted and counted.
    """

    def __init__(self, *, sort: bool) -> None:
        self.backward_rows = 0
        self._sort = sort
        self._last: tuple[int, int] | None = None
        self._step: str | None = None
        self._runs = 0
        self._contracts: set[int] = set()

    @property
    def is_by_time(self) -> bool:
        """Whether the rows so far are certainly sorted by time, not contract by contract."""
        return self._step is None and self._runs > len(self._contracts) and not self.backward_rows

    def take(self, ts: np.ndarray, contract: np.ndarray, row: np.ndarray, place: str) -> None:
        """Check the next good rows: stamps, contract keys, row numbers, and where they stand."""
        if not ts.size:
            return
        before_ts, before_contract = self._last or (int(ts[0]), int(contract[0]) - 1)
        backward = np.diff(ts, prepend=before_ts) < 0
        changes = np.diff(contract, prepend=before_contract) != 0
        self._last = (int(ts[-1]), int(contract[-1]))
        if self._sort:
            self.backward_rows += int(backward.sum())
            return
        within = np.flatnonzero(backward & ~changes)
        if within.size:
            raise UntrustedData(self._message(ts, row, place, int(within[0]), before_ts))
        self._runs += int(changes.sum())
        self._contracts.update(np.unique(contract[changes]).tolist())
        steps = np.flatnonzero(backward)
        if self._step is None and steps.size:
            self._step = self._message(ts, row, place, int(steps[0]), before_ts)
        if self._step is not None and self._runs > len(self._contracts):
            raise UntrustedData(self._step)

    def _message(self, ts: np.ndarray, row: np.ndarray, place: str, at: int, before_ts: int) -> str:
        previous = int(ts[at - 1]) if at else before_ts
        return (
            f"{place}, row {int(row[at])}: expected rows sorted by time, or contract by contract;"
            f" found {rfc3339(int(ts[at]))} after {rfc3339(previous)}."
            " Sort the file, or give --sort to have it sorted here"
        )
