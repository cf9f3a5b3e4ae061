"""The perpetual kernel by Rust: the arrays are checked once, when a session is opened."""

import forven_engine
import numpy as np
import numpy.typing as npt

from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]


def frame_rows_max(orders: int, commands: int = 0, prints: int = 0, fundings: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot with these arrivals."""
    return forven_engine.perpetual_frame_rows_max(orders, commands, prints, fundings)


class PerpetualSession:
    """Bots on one stream, whose arrays the caller keeps as they are; errors: InvalidInput."""

    def __init__(self, arrays: PerpetualArrays) -> None:
        try:
            self._session = forven_engine.PerpetualSession(
                arrays.book,
                arrays.prints,
                arrays.fundings,
                arrays.tiers,
                arrays.contract,
                arrays.plans,
                arrays.commands,
            )
        except forven_engine.BadArgument as refused:
            raise InvalidInput(str(refused)) from None

    def advance(self, state: Integers, journal: Integers, frame_to: int, threads: int = 1) -> int:
        """Take every bot up to `frame_to`; return the journal rows written.

        As `numba_side.perpetual.PerpetualSession.advance`.
        """
        try:
            return self._session.advance(state, journal, frame_to, threads)
        except forven_engine.BadArgument as refused:
            raise InvalidInput(str(refused)) from None
