"""Small hand-made order books for the perpetual kernel: few frames, small numbers."""

from dataclasses import dataclass, field

import numpy as np

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from forven.kernels.jit.perpetual.session import advance, frame_rows_max
from forven.kernels.perpetual_states import new_states
from forven.primitives.time import NANOSECONDS_PER_SECOND as SECOND

OPEN_TS = 1_700_000_000 * SECOND
CASH = 10_000_000_000
BUY, SELL = -1, 1
ORDERS = 8


def at(frame: int) -> int:
    """Return the time of a frame: one a second from the open."""
    return OPEN_TS + frame * SECOND


def base_plan(**columns: int) -> np.ndarray:
    """Return a plan without latency, fees or re-pricing, that fills at a touch."""
    plan = np.zeros(p.PLAN_WIDTH, np.int64)
    values = {
        "QUEUE_POWER": 1,
        "LEVERAGE": 10,
        "HALT_LOSS": s.INT64_MAX,
        "MAX_ORDERS": ORDERS,
        "STALENESS_NS": SECOND,
        "OPENING_NUDGE_NS": s.INT64_MAX,
        "CLOSING_NUDGE_NS": s.INT64_MAX,
        "MAX_CONCESSION": s.INT64_MAX,
        "PARTIAL_FROM": s.INT64_MAX,
        "PARTIAL_PPM": 200_000,
        "COOLDOWN_NS": 30 * SECOND,
        "BACKSTOP_PPM": 666_667,
        "QUOTE_OFFSET_TICKS": 1,
    }
    for name, value in (values | columns).items():
        plan[getattr(p, f"PLAN_{name}")] = value
    return plan


def command(frame: int, kind: int = s.COMMAND_PLACE, **columns: int) -> np.ndarray:
    """Return a command due at a frame: unless told otherwise a limit order of one lot."""
    row = np.zeros(p.COMMAND_WIDTH, np.int64)
    row[p.COMMAND_DUE] = at(frame)
    row[p.COMMAND_KIND] = kind
    for name, value in ({"TYPE": s.ORDER_LIMIT, "SIDE": BUY, "LOTS": 1} | columns).items():
        row[getattr(p, f"COMMAND_{name}")] = value
    return row


@dataclass
class Outcome:
    """What a run leaves: journal rows and state."""

    journal: np.ndarray
    state: np.ndarray

    def rows(self, kind: int, bot: int = 0) -> list[list[int]]:
        """Return [frame, order, A, ..., F] of one bot's rows of a kind."""
        found = self.journal[
            (self.journal[:, s.JOURNAL_KIND] == kind) & (self.journal[:, s.JOURNAL_BOT] == bot)
        ]
        return [
            [(int(row[s.JOURNAL_TS]) - OPEN_TS) // SECOND, *map(int, row[s.JOURNAL_ORDER :])]
            for row in found
        ]

    def __getitem__(self, column: int) -> int:
        """Return a column of the first bot's state."""
        return int(self.state[0, column])


@dataclass
class Scene:
    """One book, 100 at 102 with 10 lots on either side until it is set; one lot's quantum is 1."""

    frames: int = 6
    plans: list[np.ndarray] = field(default_factory=lambda: [base_plan()])
    commands: list[np.ndarray] = field(default_factory=list)
    fundings: list[tuple[int, int, int]] = field(default_factory=list)
    tiers: tuple[tuple[int, int], ...] = ((0, 10),)
    cash: int = CASH
    position: int = 0

    def __post_init__(self) -> None:
        self.book = np.zeros((p.BOOK_ROWS, self.frames), np.int64)
        self.book[p.BOOK_TS] = self.book[p.BOOK_ARRIVAL] = OPEN_TS + SECOND * np.arange(self.frames)
        self.trades: list[tuple[int, int, int, int]] = []
        self.contract = np.zeros(p.CONTRACT_WIDTH, np.int64)
        self.contract[[p.CONTRACT_VALUE, p.CONTRACT_WHOLE, p.CONTRACT_TICK]] = 1
        self.contract[p.CONTRACT_OPEN] = OPEN_TS
        self.contract[p.CONTRACT_END] = s.INT64_MAX
        self.contract[p.CONTRACT_ORDERS] = ORDERS
        self.quote(0, 100, 102)

    def quote(self, frame: int, bid: int, ask: int, sizes: tuple[int, int] = (10, 10)) -> "Scene":
        """Set the quote from a frame on, and the mark with it where it is regular."""
        self.book[p.BOOK_BID, frame:] = bid
        self.book[p.BOOK_ASK, frame:] = ask
        self.book[[p.BOOK_BID_SIZE, p.BOOK_ASK_SIZE], frame:] = np.array(sizes)[:, None]
        if s.MISSING not in (bid, ask) and bid <= ask:
            self.book[p.BOOK_MARK2, frame:] = bid + ask
        return self

    def trade(self, frame: int, price: int, lots: int, aggressor: int) -> "Scene":
        """Add a print to a frame; frames in order."""
        self.trades.append((price, lots, aggressor, frame))
        self.book[p.BOOK_PRINTS, frame:] += 1
        return self

    def run(self, every_frame: bool = False, spare_rows: int = 200) -> Outcome:
        """Run all frames, in calls of one frame or as the journal allows."""
        plans = np.stack(self.plans)
        plans[:, p.PLAN_COMMAND_COUNT] = len(self.commands)
        commands = np.array(self.commands, np.int64).reshape(-1, p.COMMAND_WIDTH)
        prints = np.array([row[:3] for row in self.trades], np.int64).reshape(-1, p.PRINT_WIDTH)
        fundings = np.array(self.fundings, np.int64).reshape(-1, p.FUNDING_WIDTH)
        stream = (self.book, prints, fundings, np.array(self.tiers, np.int64), self.contract)
        cash = np.full(len(plans), self.cash)
        cost = self.position * int(self.book[p.BOOK_MARK2, 0]) // 2
        held = np.full(len(plans), self.position)
        state = new_states(ORDERS, cash, held, np.full(len(plans), cost))
        room = frame_rows_max(ORDERS, len(commands), len(prints), len(fundings)) + spare_rows
        journal = np.zeros((room, s.JOURNAL_WIDTH), np.int64)
        kept = []
        for frame_to in range(1, self.frames + 1) if every_frame else (self.frames,):
            while np.any(unfinished(state, frame_to)):
                count = advance(*stream, plans, commands, state, journal, frame_to)
                kept.append(journal[:count].copy())
        return Outcome(np.concatenate(kept), state)


def unfinished(state: np.ndarray, frame_to: int) -> np.ndarray:
    """Return which bots have frames left before `frame_to`."""
    is_running = state[:, p.STATE_STATUS] < s.STATUS_ENDED
    return is_running & (state[:, p.STATE_FRAME] < frame_to)
