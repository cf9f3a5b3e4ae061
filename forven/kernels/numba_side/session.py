"""The session kernel by numba, over chunks of bots if several threads are asked for."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import numpy.typing as npt

from forven.kernels.jit import session as kernel
from forven.kernels.numba_side.exposure import check_exposure
from forven.kernels.schema import (
    JOURNAL_BOT,
    SESSION_HOLDINGS,
    SESSION_ORDERS,
    SESSION_STRUCTURES,
    StateShape,
)
from forven.kernels.session_arrays import SessionArrays

Integers = npt.NDArray[np.int64]


def frame_rows_max(shape: StateShape, commands: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot taking `commands` commands."""
    return kernel.frame_rows_max(shape, commands)


class Session:
    """Bots on one market day, whose arrays the caller keeps as they are; errors: InvalidInput."""

    def __init__(self, arrays: SessionArrays) -> None:
        check_exposure(arrays)
        self.arrays = arrays
        shape = StateShape(
            holdings=int(arrays.session[SESSION_HOLDINGS]),
            structures=int(arrays.session[SESSION_STRUCTURES]),
            orders=int(arrays.session[SESSION_ORDERS]),
        )
        self._frame_rows = frame_rows_max(shape, arrays.commands_max)

    def advance(
        self,
        state: Integers,
        journal: Integers,
        financials: Integers,
        frame_to: int,
        threads: int = 1,
    ) -> int:
        """Take every bot up to `frame_to`; return the journal rows written.

        state, journal, financials   as for the kernel
        threads   bots are shared out among them, each with an equal part of the journal, whose rows
                  are then moved together in the order of the bots
        A bot without room for its next frame stays there, as in the kernel: call again.
        """
        bots = len(state)
        parts = max(1, min(threads, bots, len(journal) // self._frame_rows))
        bounds = [part * bots // parts for part in range(parts + 1)]
        places = [part * len(journal) // parts for part in range(parts + 1)]

        def advance_part(part: int) -> int:
            of_part = slice(bounds[part], bounds[part + 1])
            mine = journal[places[part] : places[part + 1]]
            rows = self._advance(state, mine, financials, frame_to, of_part)
            mine[:rows, JOURNAL_BOT] += bounds[part]
            return rows

        if parts == 1:
            written = [advance_part(0)]
        else:
            written = list(_pool(parts).map(advance_part, range(parts)))
        total = 0
        for part, rows in enumerate(written):
            begin = places[part]
            if begin != total:
                journal[total : total + rows] = journal[begin : begin + rows]
            total += rows
        return total

    def _advance(
        self,
        state: Integers,
        journal: Integers,
        financials: Integers,
        frame_to: int,
        of_part: slice,
    ) -> int:
        """Call the kernel for some of the bots."""
        arrays = self.arrays
        rows: int = kernel.advance(
            arrays.quotes,
            arrays.clock,
            arrays.instruments,
            arrays.session,
            arrays.plans[of_part],
            arrays.commands,
            state[of_part],
            journal,
            financials[of_part],
            frame_to,
        )
        return rows


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Return the threads that serve every session that asks for so many."""
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="forven-kernel")
