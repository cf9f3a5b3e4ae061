"""Whether the kernel would take a bot, told before it joins the others in one call."""

import numpy as np
from numpy.typing import NDArray

from forven.kernels import backend, schema
from forven.kernels.schema import StateShape
from forven.kernels.session_arrays import SessionArrays
from forven.kernels.states import new_states
from forven.market.bounds import SessionBounds
from forven.primitives.errors import InvalidInput

_kernels = backend.part("session")

_FRAMES = schema.MAX_ENTRIES
"""As many frames as a strategy has tries at most: what a whole day would be held to."""
_SHAPE = StateShape(holdings=1, structures=1, orders=1)
NO_JOURNAL = np.zeros((1, schema.JOURNAL_WIDTH), np.int64)


def session_row(
    bounds: SessionBounds, multiplier: int, settlement: int, shape: StateShape
) -> NDArray[np.int64]:
    """Return the int64 [SESSION_WIDTH] row of a trading day."""
    row = np.zeros(schema.SESSION_WIDTH, np.int64)
    row[schema.SESSION_OPEN] = bounds.open_ns
    row[schema.SESSION_CLOSE] = bounds.close_ns
    row[schema.SESSION_SETTLEMENT] = settlement
    row[schema.SESSION_MULTIPLIER] = multiplier
    row[schema.SESSION_HOLDINGS] = shape.holdings
    row[schema.SESSION_STRUCTURES] = shape.structures
    row[schema.SESSION_ORDERS] = shape.orders
    return row


class Probe:
    """A made-up day at the highest prices of a chain: each contract worth its greatest strike.

    What the kernel takes on it, it takes on the day itself, whole or in windows, unless a quote
    goes beyond every strike. So a bot is refused when it comes, with the reason, and not later.
    """

    def __init__(
        self, bounds: SessionBounds, multiplier: int, instruments: NDArray[np.int64]
    ) -> None:
        level = max(1, int(instruments[:, schema.INSTRUMENT_STRIKE].max(initial=0)))
        quotes = np.full((3, len(instruments), _FRAMES), level, np.int32)
        quotes[schema.QUOTE_MARK2] = 2 * level
        clock = np.full((3, _FRAMES), bounds.open_ns, np.int64)
        clock[schema.CLOCK_SPOT] = level
        self._quotes, self._clock, self._instruments = quotes, clock, instruments
        self._session = session_row(bounds, multiplier, schema.MISSING, _SHAPE)

    def refusal(
        self, plan: NDArray[np.int64], opening_cash: int, commands: NDArray[np.int64]
    ) -> str | None:
        """Return why the kernel does not take a plan with these commands; None if it does."""
        row = plan.copy()
        row[schema.PLAN_COMMAND_FROM], row[schema.PLAN_COMMAND_COUNT] = 0, len(commands)
        arrays = SessionArrays(
            quotes=self._quotes,
            clock=self._clock,
            instruments=self._instruments,
            session=self._session,
            plans=row[None],
            commands=commands,
        )
        return refusal_of(arrays, new_states(_SHAPE, np.array([opening_cash], np.int64)))


def refusal_of(arrays: SessionArrays, states: NDArray[np.int64]) -> str | None:
    """Return why the kernel does not take these arrays and states; None if it does; none moves."""
    financials = np.zeros((len(states), 0, schema.FINANCIAL_WIDTH), np.int64)
    try:
        _kernels.Session(arrays).advance(states.copy(), NO_JOURNAL.copy(), financials, 0)
    except InvalidInput as refused:
        return str(refused)
    return None
