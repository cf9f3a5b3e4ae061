"""The session kernel by Rust: the arrays are checked once, when a session is opened."""

import forven_engine
import numpy as np
import numpy.typing as npt

from forven.kernels.schema import StateShape
from forven.kernels.session_arrays import SessionArrays
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]


def frame_rows_max(shape: StateShape, commands: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot taking `commands` commands."""
    return forven_engine.frame_rows_max(shape.holdings, shape.structures, shape.orders, commands)


class Session:
    """Bots on one market day, whose arrays the caller keeps as they are; errors: InvalidInput."""

    def __init__(self, arrays: SessionArrays) -> None:
        try:
            self._session = forven_engine.Session(
                arrays.quotes,
                arrays.clock,
                arrays.instruments,
                arrays.session,
                arrays.plans,
                arrays.commands,
            )
        except forven_engine.BadArgument as refused:
            raise InvalidInput(str(refused)) from None

    def advance(
        self,
        state: Integers,
        journal: Integers,
        financials: Integers,
        frame_to: int,
        threads: int = 1,
    ) -> int:
        """Take every bot up to `frame_to`; return the journal rows written.

        As `numba_side.session.Session.advance`.
        """
        try:
            return self._session.advance(state, journal, financials, frame_to, threads)
        except forven_engine.BadArgument as refused:
            raise InvalidInput(str(refused)) from None
