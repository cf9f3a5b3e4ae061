"""The session kernel: advances many bots over the frames of one trading day."""

from numba import types

from forven.kernels.jit.commands import due_count, take_commands
from forven.kernels.jit.compile import kernel
from forven.kernels.jit.desk import NOW_FRESH, NOW_ROWS, NOW_TS, Day, new_desk, turn_to
from forven.kernels.jit.marking import mark
from forven.kernels.jit.matching import match_all
from forven.kernels.jit.quiet import skip_quiet
from forven.kernels.jit.repricing import reprice_all
from forven.kernels.jit.risk import control_risk
from forven.kernels.jit.settlement import close_session
from forven.kernels.jit.steps import part, step
from forven.kernels.jit.strategy import act
from forven.kernels.schema import (
    CLOCK_TS,
    MAX_ENTRIES,
    MAX_LEGS,
    PLAN_STALENESS_NS,
    SESSION_CLOSE,
    SESSION_HOLDINGS,
    SESSION_ORDERS,
    SESSION_STRUCTURES,
    STATE_FINANCIALS,
    STATE_FRAME,
    STATE_ORDER_COUNT,
    STATE_STATUS,
    STATUS_ENDED,
    STATUS_RUNNING,
    StateShape,
)

ARRIVAL_ROWS = 1 + MAX_LEGS
FILL_ROWS = 1 + MAX_LEGS
FINANCIAL_ROWS_MIN = 3
"""Free rows of financials a bot needs to take a frame."""


@step
def rows_bound(holdings, structures, orders, commands):
    """Return a bound of the journal rows of a frame that takes `commands` commands."""
    pending = orders * (1 + FILL_ROWS)
    placed = (commands + structures + MAX_ENTRIES + holdings) * (ARRIVAL_ROWS + FILL_ROWS)
    notes = commands + structures + MAX_ENTRIES + holdings + 4
    return pending + placed + notes


@part
def has_room(day, desk, plan, commands, row, financials, ts):
    """Return whether the outputs have room for the worst case of one frame of a bot."""
    if financials.shape[1] > 0:
        if financials.shape[1] - row[STATE_FINANCIALS] < FINANCIAL_ROWS_MIN:
            return False
    due = due_count(plan, commands, row, ts)
    session = day.session
    bound = rows_bound(
        session[SESSION_HOLDINGS], session[SESSION_STRUCTURES], session[SESSION_ORDERS], due
    )
    return desk.journal.shape[0] - desk.now[NOW_ROWS] >= bound


@part
def take_frame(day, desk, plan, commands, row, financials):
    """Take one frame of a bot in full, in the order of docs/ENGINE.md, section 5."""
    if desk.now[NOW_TS] >= day.session[SESSION_CLOSE]:
        close_session(day, desk, plan, row, financials)
        return
    take_commands(day, desk, plan, commands, row)
    if desk.now[NOW_FRESH] == 1 and row[STATE_ORDER_COUNT] > 0:
        match_all(day, desk, plan, row)
        reprice_all(day, desk, plan, row)
    mark(day, desk, plan, row, financials)
    control_risk(day, desk, plan, row, financials)
    if row[STATE_STATUS] == STATUS_RUNNING:
        act(day, desk, plan, row)


@step
def advance_bot(day, clock, desk, plan, commands, row, financials, bot, frame_to):
    """Advance one bot up to `frame_to`, or to the frame for which the outputs have no room."""
    frame = row[STATE_FRAME]
    while frame < frame_to:
        if row[STATE_STATUS] >= STATUS_ENDED:
            frame = frame_to
            break
        if financials.shape[1] == 0:
            frame = skip_quiet(day, clock, desk, plan, commands, row, frame, frame_to)
            if frame == frame_to:
                break
        if not has_room(day, desk, plan, commands, row, financials, clock[CLOCK_TS, frame]):
            break
        turn_to(clock, desk, bot, frame, plan[PLAN_STALENESS_NS])
        take_frame(day, desk, plan, commands, row, financials)
        frame += 1
    row[STATE_FRAME] = frame


def _read_only(dtype, dimensions):
    return types.Array(dtype, dimensions, "C", readonly=True)


@kernel(
    types.int64(
        _read_only(types.int32, 3),
        _read_only(types.int64, 2),
        _read_only(types.int64, 2),
        _read_only(types.int64, 1),
        _read_only(types.int64, 2),
        _read_only(types.int64, 2),
        types.int64[:, ::1],
        types.int64[:, ::1],
        types.int64[:, :, ::1],
        types.int64,
    )
)
def advance(
    quotes, clock, instruments, session, plans, commands, state, journal, financials, frame_to
):
    """Take the frames [state[b, STATE_FRAME], frame_to) of each bot b, bot after bot.

    quotes       int32 [3, N, T] quanta        clock       int64 [3, T]
    instruments  int64 [N, 2]                  session     int64 [SESSION_WIDTH]
    plans        int64 [B, PLAN_WIDTH]         commands    int64 [C, COMMAND_WIDTH]
    state        int64 [B, width], in and out  journal     int64 [J, JOURNAL_WIDTH], out
    financials   int64 [B, F, FINANCIAL_WIDTH], out; F = 0: not recorded
    returns      journal rows written
    errors       none: the caller checks       source      docs/ENGINE.md

    A bot for whose next frame the journal has fewer free rows than `frame_rows_max`, or its
    financials fewer than 3, stays there: drain them (STATE_FINANCIALS = 0) and call again. Where
    the frames are cut, and which bots share a call, changes nothing. With financials recorded
    every frame is taken in full; without, quiet frames are skipped, with the same result.
    """
    day = Day(quotes, instruments, session)
    desk = new_desk(journal, instruments, session)
    for bot in range(state.shape[0]):
        advance_bot(day, clock, desk, plans[bot], commands, state[bot], financials, bot, frame_to)
    return desk.now[NOW_ROWS]


def frame_rows_max(shape: StateShape, commands: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot taking `commands` commands."""
    bound: int = rows_bound.py_func(shape.holdings, shape.structures, shape.orders, commands)
    return bound
