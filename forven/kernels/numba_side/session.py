"""The session kernel by numba, over chunks of bots if several threads are asked for."""

import numpy as np
import numpy.typing as npt

from forven.kernels.jit import session as kernel
from forven.kernels.numba_side.chunks import advance_in_chunks
from forven.kernels.numba_side.exposure import check_exposure
from forven.kernels.schema import (
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

        def advance_chunk(of_chunk: slice, mine: Integers) -> int:
            return self._advance(state, mine, financials, frame_to, of_chunk)

        return advance_in_chunks(advance_chunk, len(state), journal, threads, self._frame_rows)

    def _advance(
        self,
        state: Integers,
        journal: Integers,
        financials: Integers,
        frame_to: int,
        of_chunk: slice,
    ) -> int:
        """Call the kernel for some of the bots."""
        arrays = self.arrays
        rows: int = kernel.advance(
            arrays.quotes,
            arrays.clock,
            arrays.instruments,
            arrays.session,
            arrays.plans[of_chunk],
            arrays.commands,
            state[of_chunk],
            journal,
            financials[of_chunk],
            frame_to,
        )
        return rows
