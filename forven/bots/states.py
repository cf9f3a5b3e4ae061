"""The states of a session, and which one the kernel's status means."""

from forven.kernels import schema
from forven.store.bots import ARCHIVED

SCHEDULED = "scheduled"
REGISTERING = "registering"
WAITING_FOR_DATA = "waiting_for_data"
RUNNING = "running"
SETTLING = "settling"
KILLING = "killing"
COMPLETED = "completed"
HALTED = "halted"
KILLED = "killed"
FAILED = "failed"

BEFORE_DATA = (SCHEDULED, REGISTERING, WAITING_FOR_DATA)
AT_WORK = (RUNNING, SETTLING, KILLING)
TERMINAL = (COMPLETED, HALTED, KILLED, FAILED)
"""No command is taken in these; one that holds what nobody buys still settles at the close."""

_BY_STATUS = {
    schema.STATUS_STOPPING: KILLING,
    schema.STATUS_UNSELLABLE: HALTED,
    schema.STATUS_FAILED_UNSELLABLE: FAILED,
    schema.STATUS_COMPLETED: COMPLETED,
    schema.STATUS_HALTED: HALTED,
    schema.STATUS_KILLED: KILLED,
    schema.STATUS_FAILED: FAILED,
}


def is_terminal(state: str) -> bool:
    """Return whether a session takes no more commands."""
    return state in TERMINAL


def state_after(before: str, status: int, *, is_closed: bool) -> str:
    """Return the state of a session that has taken a frame.

    before     its state before the frame     status  the kernel's, after it
    is_closed  the frame was the one at the close, or later
    A session that was told to stop is `killing` from the telling on, before the kernel knows.
    """
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    if before == KILLING:
        return KILLING
    return SETTLING if is_closed else RUNNING


def runtime_status(bot_status: str, open_state: str | None, last_state: str | None) -> str:
    """Return what a bot is doing: idle, scheduled, running, archived, or how today ended.

    open_state  state of its session that is not over, None if there is none
    last_state  state in which its session of the feed's day ended, None if there is none
    """
    if bot_status == ARCHIVED:
        return ARCHIVED
    if open_state in BEFORE_DATA:
        return "scheduled"
    if open_state in AT_WORK:
        return "running"
    return open_state or last_state or "idle"
