"""What a frame's steps pass around: the stream's arrays, and the scratch space of one call."""

from typing import NamedTuple

import numpy as np

from forven.kernels.jit.compile import inner
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    BOOK_ARRIVAL,
    BOOK_ASK,
    BOOK_ASK_SIZE,
    BOOK_BID,
    BOOK_BID_SIZE,
    BOOK_MARK2,
    BOOK_PRINTS,
    BOOK_TS,
    CONTRACT_FIGURES,
    ORDER_WIDTH,
    PLAN_FEED_LATENCY_NS,
    PLAN_ORDER_LATENCY_NS,
    PLAN_STALENESS_NS,
    STATE_SEQUENCE,
)
from forven.kernels.schema import (
    JOURNAL_A,
    JOURNAL_B,
    JOURNAL_BOT,
    JOURNAL_C,
    JOURNAL_D,
    JOURNAL_E,
    JOURNAL_F,
    JOURNAL_KIND,
    JOURNAL_ORDER,
    JOURNAL_SEQUENCE,
    JOURNAL_TS,
    MISSING,
)

# one book on the desk
SHOWN_BID = 0
SHOWN_ASK = 1  # the side after the bid, so that a side's place is worked out
SHOWN_BID_SIZE = 2
SHOWN_ASK_SIZE = 3
SHOWN_MARK2 = 4
SHOWN_REGULAR = 5  # 1 unless the book is blocked
SHOWN_WIDTH = 6

# `Desk.now`: where the call stands
NOW_BOT = 0
NOW_FRAME = 1
NOW_TS = 2
NOW_LANDING = 3  # when what is sent in this frame lands
NOW_OPEN = 4  # 1 if the frame is neither blocked nor stale
NOW_PRINT_FROM = 5  # the frame's prints
NOW_PRINT_TO = 6
NOW_ROWS = 7  # journal rows written in this call
NOW_FIGURES_END = 8  # the first price with more than the significant figures; 0: only the tick
NOW_BOOK = 9  # the frame's book
NOW_STANDING = NOW_BOOK + SHOWN_WIDTH  # the book before it
NOW_DRAFT = NOW_STANDING + SHOWN_WIDTH  # ORDER_WIDTH: an order that has no row yet
NOW_WIDTH = NOW_DRAFT + ORDER_WIDTH


class Stream(NamedTuple):
    """The arrays of one instrument's session that its steps read."""

    book: np.ndarray
    prints: np.ndarray
    fundings: np.ndarray
    tiers: np.ndarray
    contract: np.ndarray


class Desk(NamedTuple):
    """The arrays a call writes: the journal, and its scratch space, allocated once per call."""

    journal: np.ndarray
    now: np.ndarray


@inner
def new_desk(journal, contract):
    """Return the scratch space of one call."""
    now = np.zeros(NOW_WIDTH, np.int64)
    if contract[CONTRACT_FIGURES] > 0:
        now[NOW_FIGURES_END] = 1
        for _ in range(contract[CONTRACT_FIGURES]):
            now[NOW_FIGURES_END] *= 10
    return Desk(journal, now)


@step
def show(book, now, base, frame):
    """Put the book of one frame on the desk."""
    bid = book[BOOK_BID, frame]
    ask = book[BOOK_ASK, frame]
    now[base + SHOWN_BID] = bid
    now[base + SHOWN_ASK] = ask
    now[base + SHOWN_BID_SIZE] = book[BOOK_BID_SIZE, frame]
    now[base + SHOWN_ASK_SIZE] = book[BOOK_ASK_SIZE, frame]
    mark2 = book[BOOK_MARK2, frame]
    now[base + SHOWN_MARK2] = mark2
    now[base + SHOWN_REGULAR] = 1 if bid != MISSING and bid <= ask and mark2 != MISSING else 0


@part
def show_nothing(now, base):
    """Put the book before the first frame on the desk."""
    now[base + SHOWN_BID] = MISSING
    now[base + SHOWN_ASK] = MISSING
    now[base + SHOWN_BID_SIZE] = 0
    now[base + SHOWN_ASK_SIZE] = 0
    now[base + SHOWN_MARK2] = MISSING
    now[base + SHOWN_REGULAR] = 0


@part
def turn_to(book, desk, plan, bot, frame):
    """Set the desk to one frame of one bot."""
    now = desk.now
    ts = book[BOOK_TS, frame]
    arrival = book[BOOK_ARRIVAL, frame]
    now[NOW_BOT] = bot
    now[NOW_FRAME] = frame
    now[NOW_TS] = ts
    now[NOW_LANDING] = arrival + plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS]
    show(book, now, NOW_BOOK, frame)
    now[NOW_PRINT_FROM] = 0
    now[NOW_PRINT_TO] = book[BOOK_PRINTS, frame]
    if frame == 0:
        show_nothing(now, NOW_STANDING)
    else:
        show(book, now, NOW_STANDING, frame - 1)
        now[NOW_PRINT_FROM] = book[BOOK_PRINTS, frame - 1]
    is_fresh = arrival - ts <= plan[PLAN_STALENESS_NS]
    now[NOW_OPEN] = now[NOW_BOOK + SHOWN_REGULAR] if is_fresh else 0


@step
def own_side(side):
    """Return where on a book the orders of a side rest: sells at the ask."""
    return (side + 1) // 2


@step
def other_side(side):
    """Return where on a book the orders of a side take: sells at the bid."""
    return (1 - side) // 2


@step
def crosses(now, base, side, price):
    """Return whether a limit price crosses a book: a buy at its ask or above, a sell mirrored."""
    return side * price <= side * now[base + other_side(side)]


@step
def write(desk, row, kind, order, a, b, c):
    """Write the next journal row of a bot, its last three columns 0."""
    at = desk.now[NOW_ROWS]
    desk.now[NOW_ROWS] = at + 1
    journal = desk.journal
    journal[at, JOURNAL_BOT] = desk.now[NOW_BOT]
    journal[at, JOURNAL_SEQUENCE] = row[STATE_SEQUENCE]
    journal[at, JOURNAL_TS] = desk.now[NOW_TS]
    journal[at, JOURNAL_KIND] = kind
    journal[at, JOURNAL_ORDER] = order
    journal[at, JOURNAL_A] = a
    journal[at, JOURNAL_B] = b
    journal[at, JOURNAL_C] = c
    journal[at, JOURNAL_D] = 0
    journal[at, JOURNAL_E] = 0
    journal[at, JOURNAL_F] = 0
    row[STATE_SEQUENCE] += 1


@step
def write_rest(desk, d, e, f):
    """Complete the last three columns of the journal row just written."""
    at = desk.now[NOW_ROWS] - 1
    desk.journal[at, JOURNAL_D] = d
    desk.journal[at, JOURNAL_E] = e
    desk.journal[at, JOURNAL_F] = f
