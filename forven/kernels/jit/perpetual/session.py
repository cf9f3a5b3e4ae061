"""The perpetual kernel: advances many bots over the frames of one instrument's session."""

from numba import types

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.perpetual.commands import due_count, take_commands
from forven.kernels.jit.perpetual.desk import (
    NOW_BOOK,
    NOW_FRAME,
    NOW_OPEN,
    NOW_ROWS,
    NOW_STANDING,
    NOW_TS,
    SHOWN_ASK,
    SHOWN_ASK_SIZE,
    SHOWN_BID,
    SHOWN_BID_SIZE,
    SHOWN_REGULAR,
    Stream,
    new_desk,
    turn_to,
)
from forven.kernels.jit.perpetual.funding import fundings_due, pay_fundings
from forven.kernels.jit.perpetual.landing import land_all
from forven.kernels.jit.perpetual.matching import match_quote, trigger_stops
from forven.kernels.jit.perpetual.prints import hit_orders
from forven.kernels.jit.perpetual.queues import update_queues
from forven.kernels.jit.perpetual.quiet import skip_quiet
from forven.kernels.jit.perpetual.quoter import quote
from forven.kernels.jit.perpetual.repricing import reprice_all
from forven.kernels.jit.perpetual.risk import close_session, control_risk, mark
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    BOOK_PRINTS,
    BOOK_TS,
    CONTRACT_END,
    CONTRACT_ORDERS,
    PLAN_QUOTE_LOTS,
    STATE_FRAME,
    STATE_ORDER_COUNT,
    STATE_STATUS,
    STATE_TAKEN_ASK,
    STATE_TAKEN_BID,
)
from forven.kernels.schema import STATUS_ENDED, STATUS_RUNNING


@step
def rows_bound(orders, commands, prints, fundings):
    """Return a bound of the journal rows of a frame, each order hit by every print.

    An order: 2 rows when it lands, 1 when the quote fills it, 2 as a stop, 1 when it leaves.
    A command: 2 rows, and 1 when its order leaves. Risk: halt, liquidation (4), end.
    """
    return orders * (6 + prints) + 3 * commands + fundings + 8


@part
def has_room(stream, desk, plan, commands, row, frame):
    """Return whether the journal has room for the worst case of one frame of a bot."""
    ts = stream.book[BOOK_TS, frame]
    prints = stream.book[BOOK_PRINTS, frame]
    if frame > 0:
        prints -= stream.book[BOOK_PRINTS, frame - 1]
    due = due_count(plan, commands, row, ts)
    fundings = fundings_due(stream, row, ts)
    bound = rows_bound(stream.contract[CONTRACT_ORDERS], due, prints, fundings)
    return desk.journal.shape[0] - desk.now[NOW_ROWS] >= bound


@part
def renew_displayed(now, row):
    """Forget what the bot took from a side whose price or size has changed."""
    book = NOW_BOOK
    former = NOW_STANDING
    is_first = now[NOW_FRAME] == 0
    is_same = now[book + SHOWN_BID] == now[former + SHOWN_BID]
    if is_first or not is_same or now[book + SHOWN_BID_SIZE] != now[former + SHOWN_BID_SIZE]:
        row[STATE_TAKEN_BID] = 0
    is_same = now[book + SHOWN_ASK] == now[former + SHOWN_ASK]
    if is_first or not is_same or now[book + SHOWN_ASK_SIZE] != now[former + SHOWN_ASK_SIZE]:
        row[STATE_TAKEN_ASK] = 0


@part
def take_frame(stream, desk, plan, commands, row):
    """Take one frame of a bot in full, in the order of docs/PERPETUALS.md, section 4."""
    now = desk.now
    pay_fundings(stream, desk, row)
    if now[NOW_TS] >= stream.contract[CONTRACT_END]:
        close_session(stream, desk, row)
        return
    if row[STATE_ORDER_COUNT] > 0 and now[NOW_STANDING + SHOWN_REGULAR] == 1:
        land_all(stream, desk, plan, row)
    take_commands(stream, desk, plan, commands, row)
    renew_displayed(now, row)
    is_open = now[NOW_OPEN] == 1
    if is_open and row[STATE_ORDER_COUNT] > 0:
        hit_orders(stream, desk, plan, row)
        match_quote(stream, desk, plan, row)
        update_queues(stream, desk, plan, row)
        trigger_stops(stream, desk, plan, row)
        reprice_all(stream, desk, plan, row)
    mark(stream, desk, row)
    control_risk(stream, desk, plan, row)
    if is_open and plan[PLAN_QUOTE_LOTS] > 0 and row[STATE_STATUS] == STATUS_RUNNING:
        quote(stream, desk, plan, row)


@step
def advance_bot(stream, desk, plan, commands, row, bot, frame_to):
    """Advance one bot up to `frame_to`, or to the frame for which the journal has no room."""
    frame = row[STATE_FRAME]
    first = frame
    while frame < frame_to and row[STATE_STATUS] < STATUS_ENDED:
        if frame > first:
            frame = skip_quiet(stream, desk, plan, commands, row, frame, frame_to)
            if frame == frame_to:
                break
        if not has_room(stream, desk, plan, commands, row, frame):
            break
        turn_to(stream.book, desk, plan, bot, frame)
        take_frame(stream, desk, plan, commands, row)
        frame += 1
    row[STATE_FRAME] = frame


def _read_only(dimensions):
    return types.Array(types.int64, dimensions, "C", readonly=True)


@kernel(
    types.int64(
        _read_only(2),
        _read_only(2),
        _read_only(2),
        _read_only(2),
        _read_only(1),
        _read_only(2),
        _read_only(2),
        types.int64[:, ::1],
        types.int64[:, ::1],
        types.int64,
    ),
    room="perpetual",
)
def advance(book, prints, fundings, tiers, contract, plans, commands, state, journal, frame_to):
    """Take the frames [state[b, STATE_FRAME], frame_to) of each bot b, bot after bot.

    book      [BOOK_ROWS, T]        prints    [P, PRINT_WIDTH]     fundings  [F, FUNDING_WIDTH]
    tiers     [K, TIER_WIDTH]       contract  [CONTRACT_WIDTH]     plans     [B, PLAN_WIDTH]
    commands  [C, COMMAND_WIDTH]    state     [B, width], in and out
    journal   [J, JOURNAL_WIDTH], out         all int64
    returns   journal rows written  errors    none: the caller checks (perpetual_checks.py)
    source    docs/PERPETUALS.md

    A bot for whose next frame the journal has fewer free rows than `frame_rows_max` stays there:
    drain it and call again. Where the frames are cut, and which bots share a call, changes
    nothing. The first frame of a call is taken in full; later ones in which nothing can happen are
    skipped, with the same result.
    """
    stream = Stream(book, prints, fundings, tiers, contract)
    desk = new_desk(journal, contract)
    for bot in range(state.shape[0]):
        advance_bot(stream, desk, plans[bot], commands, state[bot], bot, frame_to)
    return desk.now[NOW_ROWS]


def frame_rows_max(orders: int, commands: int = 0, prints: int = 0, fundings: int = 0) -> int:
    """Return the journal rows that suffice for a frame of one bot with these arrivals."""
    bound: int = rows_bound.py_func(orders, commands, prints, fundings)
    return bound
