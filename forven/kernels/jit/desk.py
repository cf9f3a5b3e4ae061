"""What a session's steps pass around: the day's arrays, and the scratch space of one call."""

from typing import NamedTuple

import numpy as np

from forven.kernels.jit.compile import inner
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CLOCK_ARRIVAL,
    CLOCK_SPOT,
    CLOCK_TS,
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
    MAX_LEGS,
    MISSING,
    ORDER_WIDTH,
    SESSION_HOLDINGS,
    SESSION_ORDERS,
    STATE_SEQUENCE,
)

CHUNK = 512
"""Frames that the quiet path looks at together: its buffers stay in the first cache."""

# `Desk.now`: where the call stands
NOW_BOT = 0
NOW_FRAME = 1
NOW_TS = 2
NOW_SPOT = 3  # the underlying in quanta, or MISSING
NOW_FRESH = 4  # 1 unless the frame is stale
NOW_ROWS = 5  # journal rows written in this call
NOW_LEG_VALUES = 6  # MAX_LEGS: the values of a fill's legs
NOW_PICKED = NOW_LEG_VALUES + MAX_LEGS  # MAX_LEGS: the instruments of an entry
NOW_DRAFT = NOW_PICKED + MAX_LEGS  # ORDER_WIDTH: the order that is arriving
NOW_WORTHS = NOW_DRAFT + ORDER_WIDTH  # CHUNK: worths of the holdings, half quanta times lots
NOW_PROFITS = NOW_WORTHS + CHUNK  # CHUNK: exact mids of a structure's closing order
NOW_WIDTH = NOW_PROFITS + CHUNK

# `Desk.pool`: positions whose margin is asked for, in instrument order
POOL_INSTRUMENT = 0
POOL_QUANTITY = 1  # + long, - short, in lots
POOL_NAKED = 2  # micros of one naked short contract
POOL_PREMIUM = 3  # micros of premium of one contract
POOL_LEFT = 4  # contracts not paired yet
POOL_SAVED = 5  # micros of margin that the best path ending here saves
POOL_SPARED = 6  # micros of naked premium that it spares, between paths that save the same
POOL_FORMER = 7  # the position before it on that path
POOL_FLOWS = 8  # a row per position: contracts of a short paired with those of a long

CHAIN_SLOTS = 32
"""Frames whose deltas a call remembers, so that bots entering together share one computation."""
CHAIN_FRAME = 0
CHAIN_FORWARD2 = 1
CHAIN_MOVE2 = 2
CHAIN_DELTAS = 3  # one per instrument


class Day(NamedTuple):
    """The arrays of one trading day that its steps read; the clock's frame is on the desk."""

    quotes: np.ndarray
    instruments: np.ndarray
    session: np.ndarray


class Desk(NamedTuple):
    """The arrays a call writes: its outputs and its scratch space, allocated once per call."""

    journal: np.ndarray
    now: np.ndarray
    pool: np.ndarray
    chains: np.ndarray


@inner
def new_desk(journal, instruments, session):
    """Return the scratch space for sessions of these capacities."""
    count = instruments.shape[0]
    positions = session[SESSION_HOLDINGS] + MAX_LEGS * (session[SESSION_ORDERS] + 1)
    positions = min(positions, count)
    chains = np.empty((CHAIN_SLOTS, CHAIN_DELTAS + count), np.int64)
    chains[:, CHAIN_FRAME] = MISSING
    pool = np.empty((POOL_FLOWS + positions, positions), np.int64)
    return Desk(journal, np.zeros(NOW_WIDTH, np.int64), pool, chains)


@part
def turn_to(clock, desk, bot, frame, staleness_ns):
    """Set the desk to one frame of one bot."""
    now = desk.now
    ts = clock[CLOCK_TS, frame]
    now[NOW_BOT] = bot
    now[NOW_FRAME] = frame
    now[NOW_TS] = ts
    now[NOW_SPOT] = clock[CLOCK_SPOT, frame]
    now[NOW_FRESH] = 1 if clock[CLOCK_ARRIVAL, frame] - ts <= staleness_ns else 0


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
