"""The perpetual kernel by numba, over chunks of bots if several threads are asked for."""

import numpy as np
import numpy.typing as npt

from forven.kernels.jit.perpetual import session as kernel
from forven.kernels.numba_side.chunks import advance_in_chunks
from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.kernels.perpetual_checks import check_call, check_states, check_stream

Integers = npt.NDArray[np.int64]


def frame_rows_max(orders: int, commands: int = 0, prints: int = 0, fundings: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot with these arrivals."""
    return kernel.frame_rows_max(orders, commands, prints, fundings)


class PerpetualSession:
    """Bots on one stream, whose arrays the caller keeps as they are; errors: InvalidInput."""

    def __init__(self, arrays: PerpetualArrays) -> None:
        check_stream(arrays)
        self.arrays = arrays
        self._frame_rows = frame_rows_max(
            arrays.orders, arrays.commands_max, arrays.prints_max, len(arrays.fundings)
        )
        # The state that was checked when it first came; held, so that no other can lie there.
        self._checked: Integers | None = None

    def advance(self, state: Integers, journal: Integers, frame_to: int, threads: int = 1) -> int:
        """Take every bot up to `frame_to`; return the journal rows written.

        state     checked when it first comes; after that nobody else writes to it
        journal   as for the kernel
        threads   bots are shared out among them, each with an equal part of the journal, whose rows
                  are then moved together in the order of the bots
        A bot without room for its next frame stays there, as in the kernel: call again.
        """
        check_call(self.arrays, state, journal, frame_to)
        if self._checked is not state:
            check_states(self.arrays, state)
            self._checked = state

        def advance_chunk(of_chunk: slice, mine: Integers) -> int:
            return self._advance(state, mine, frame_to, of_chunk)

        return advance_in_chunks(advance_chunk, len(state), journal, threads, self._frame_rows)

    def _advance(self, state: Integers, journal: Integers, frame_to: int, of_chunk: slice) -> int:
        """Call the kernel for some of the bots."""
        arrays = self.arrays
        rows: int = kernel.advance(
            arrays.book,
            arrays.prints,
            arrays.fundings,
            arrays.tiers,
            arrays.contract,
            arrays.plans[of_chunk],
            arrays.commands,
            state[of_chunk],
            journal,
            frame_to,
        )
        return rows
