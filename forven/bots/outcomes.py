"""What a session came to, from the kernel's state and the whole of its journal."""

import numpy as np
from numpy.typing import NDArray

from forven.bots.states import FAILED, state_after
from forven.engine.journal import digest
from forven.kernels import schema
from forven.store.sessions import SessionOutcome

REASONS = {
    schema.REASON_DAILY_LOSS: "the daily loss reached its limit",
    schema.REASON_ERROR_BUDGET: "the strategy made more errors than its budget forgives",
}
_STOPPED = "stopped on command"
UNSETTLED = "feed ended before settlement"


def outcome_of(rows: NDArray[np.int64], state: NDArray[np.int64], before: str) -> SessionOutcome:
    """Return the outcome of a session that the kernel has ended.

    rows    (n, JOURNAL_WIDTH) its whole journal      state  its state row at the end
    before  the session's state until now
    `realized_pl` is what its positions made, `total_pl` that less fees and slippage.
    """
    cash, opening = int(state[schema.STATE_CASH]), int(state[schema.STATE_OPENING_CASH])
    fees, slippage = int(state[schema.STATE_FEES]), int(state[schema.STATE_SLIPPAGE])
    return SessionOutcome(
        state=state_after(before, int(state[schema.STATE_STATUS]), is_closed=True),
        ended_ns=int(rows[-1, schema.JOURNAL_TS]),
        final_cash=cash,
        final_nlv=int(state[schema.STATE_NLV]),
        realized_pl=cash - opening + fees + slippage,
        total_pl=cash - opening,
        max_intraday_dd=int(state[schema.STATE_MAX_DRAWDOWN]),
        fees=fees,
        slippage=slippage,
        fills=int(state[schema.STATE_FILLS]),
        digest=digest(rows),
        reason=reason_of(rows),
    )


def failed(reason: str, ended_ns: int) -> SessionOutcome:
    """Return the outcome of a session that cannot be brought to an end: it has no figures."""
    return SessionOutcome(
        state=FAILED,
        ended_ns=ended_ns,
        final_cash=None,
        final_nlv=None,
        realized_pl=None,
        total_pl=None,
        max_intraday_dd=None,
        fees=None,
        slippage=None,
        fills=None,
        digest=None,
        reason=reason,
    )


def reason_of(rows: NDArray[np.int64]) -> str | None:
    """Return why a session ended before its close; None where it ran to the close."""
    kinds = rows[:, schema.JOURNAL_KIND]
    halts = rows[kinds == schema.EVENT_HALT]
    if len(halts):
        return REASONS[int(halts[-1, schema.JOURNAL_A])]
    return _STOPPED if np.any(kinds == schema.EVENT_STOPPED) else None
