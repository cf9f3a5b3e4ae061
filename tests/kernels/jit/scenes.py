"""Small hand-made trading days for the session kernel: few strikes, few frames."""

from dataclasses import dataclass, field

import numpy as np

from forven.kernels import schema as s
from forven.kernels.jit.session import advance, frame_rows_max
from forven.kernels.states import new_states
from forven.primitives.time import NANOSECONDS_PER_SECOND as SECOND

OPEN_TS = 1_700_000_000 * SECOND
CASH = 100_000_000_000  # 100,000.00
MULTIPLIER = 1_000_000  # one quantum (0.01) of one contract is 1.00
SHAPE = s.StateShape(holdings=8, structures=4, orders=8)
CALLS = {5900: 0, 5950: 1, 6000: 2, 6050: 3}
PUTS = {5900: 4, 5950: 5, 6000: 6, 6050: 7}


def at(frame: int) -> int:
    """Return the time of a frame: one a second from the open."""
    return OPEN_TS + frame * SECOND


def base_plan(**columns: int) -> np.ndarray:
    """Return a plan that re-prices nothing, fills in the next frame and limits nothing."""
    plan = np.zeros(s.PLAN_WIDTH, np.int64)
    values = {
        "LAMBDA_BPS": 10_000,
        "FEE_SPLIT": 100,
        "FEE_OPEN_BELOW": 1_500_000,
        "FEE_OPEN_FROM": 1_720_000,
        "FEE_CLOSE_BELOW": 500_000,
        "FEE_CLOSE_FROM": 720_000,
        "FEE_SETTLEMENT": 5_000_000,
        "MARGIN_RATE_BPS": 2_000,
        "HALT_LOSS": s.INT64_MAX,
        "MAX_POSITIONS": 8,
        "MAX_ORDERS": 8,
        "STALENESS_NS": SECOND,
        "ERROR_BUDGET": 3,
        "EXIT_TS": s.INT64_MAX,
    }
    for name, value in (values | columns).items():
        plan[getattr(s, f"PLAN_{name}")] = value
    return plan


def with_strategy(
    plan: np.ndarray, legs: list[tuple[int, ...]], entries: list[tuple[int, int]], **columns: int
) -> np.ndarray:
    """Return the plan with legs (side, right, ratio, method, value, anchor) and entry times."""
    plan = plan.copy()
    plan[s.PLAN_LEG_COUNT] = len(legs)
    plan[s.PLAN_QUANTITY] = 1
    plan[s.PLAN_ENTRY_COUNT] = len(entries)
    plan[s.PLAN_MAX_ENTRIES] = len(entries)
    for i, leg in enumerate(legs):
        begin = s.PLAN_LEGS + i * s.LEG_WIDTH
        plan[begin : begin + s.LEG_WIDTH] = leg
    for i, entry in enumerate(entries):
        begin = s.PLAN_ENTRIES + i * s.ENTRY_WIDTH
        plan[begin : begin + s.ENTRY_WIDTH] = entry
    for name, value in columns.items():
        plan[getattr(s, f"PLAN_{name}")] = value
    return plan


def command(frame: int, kind: int, legs: list[tuple[int, int, int]] = (), **columns: int):
    """Return a command due at a frame; legs are (instrument, signed ratio, effect)."""
    row = np.zeros(s.COMMAND_WIDTH, np.int64)
    row[s.COMMAND_DUE] = at(frame)
    row[s.COMMAND_KIND] = kind
    row[s.COMMAND_QUANTITY] = 1
    row[s.COMMAND_TYPE] = s.ORDER_LIMIT
    row[s.COMMAND_LEG_COUNT] = len(legs)
    for i, leg in enumerate(legs[: s.MAX_LEGS]):
        begin = s.COMMAND_LEGS + i * s.COMMAND_LEG_WIDTH
        row[begin : begin + s.COMMAND_LEG_WIDTH] = leg
    for name, value in columns.items():
        row[getattr(s, f"COMMAND_{name}")] = value
    return row


def mark2_of(quotes: np.ndarray) -> None:
    """Fill the mark row of quotes from their bids and asks, as the schema says."""
    bids, asks, marks = quotes
    for instrument in range(bids.shape[0]):
        last = s.MISSING
        for frame in range(bids.shape[1]):
            bid, ask = int(bids[instrument, frame]), int(asks[instrument, frame])
            if bid != s.MISSING and bid <= ask:
                last = bid + ask
            is_plain = bid > 0 and bid <= ask
            marks[instrument, frame] = last if is_plain or last == s.MISSING else -2 - last


@dataclass
class Outcome:
    """What a run leaves: journal rows, the state's rows, the rows of financials."""

    journal: np.ndarray
    state: np.ndarray
    financials: np.ndarray

    def rows(self, kind: int, bot: int = 0) -> list[list[int]]:
        """Return [frame, order, A, ..., F] of one bot's rows of a kind."""
        found = self.journal[
            (self.journal[:, s.JOURNAL_KIND] == kind) & (self.journal[:, s.JOURNAL_BOT] == bot)
        ]
        return [
            [(int(row[s.JOURNAL_TS]) - OPEN_TS) // SECOND, *map(int, row[s.JOURNAL_ORDER :])]
            for row in found
        ]


@dataclass
class Scene:
    """One day of eight instruments; every quote is regular, 5.00 at 5.20, until it is set."""

    frames: int = 6
    spot: int = 600_000
    settlement: int = s.MISSING
    plans: list[np.ndarray] = field(default_factory=lambda: [base_plan()])
    commands: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        strikes = [strike * 100 for strike in CALLS]
        self.instruments = np.array([[k, 0] for k in strikes] + [[k, 1] for k in strikes])
        self.quotes = np.zeros((3, 8, self.frames), np.int32)
        self.quotes[0] = 500
        self.quotes[1] = 520
        ts = OPEN_TS + SECOND * np.arange(self.frames)
        self.clock = np.stack([ts, ts, np.full(self.frames, self.spot)])

    def quote(self, instrument: int, frame: int, bid: int, ask: int) -> "Scene":
        """Set a quote from a frame on."""
        self.quotes[0, instrument, frame:] = bid
        self.quotes[1, instrument, frame:] = ask
        return self

    def session(self, shape: s.StateShape) -> np.ndarray:
        """Return the session row; the close is the last frame."""
        close = int(self.clock[0, -1])
        capacities = (shape.holdings, shape.structures, shape.orders)
        return np.array([OPEN_TS, close, self.settlement, MULTIPLIER, *capacities])

    def run(
        self,
        cuts: tuple[int, ...] = (),
        records: int = 0,
        spare_rows: int = 400,
        cash: int = CASH,
        shape: s.StateShape = SHAPE,
    ) -> Outcome:
        """Run all frames, handing back at the cuts and whenever an output is full."""
        mark2_of(self.quotes)
        plans = np.stack(self.plans)
        plans[:, s.PLAN_COMMAND_COUNT] = len(self.commands)
        commands = np.array(self.commands, np.int64).reshape(-1, s.COMMAND_WIDTH)
        state = new_states(shape, np.full(len(plans), cash))
        room = frame_rows_max(shape, len(commands)) + spare_rows
        journal = np.zeros((room, s.JOURNAL_WIDTH), np.int64)
        financials = np.zeros((len(plans), records, s.FINANCIAL_WIDTH), np.int64)
        kept, drained = [], []
        for frame_to in (*cuts, self.frames):
            while True:
                count = advance(
                    self.quotes,
                    self.clock,
                    self.instruments,
                    self.session(shape),
                    plans,
                    commands,
                    state,
                    journal,
                    financials,
                    frame_to,
                )
                kept.append(journal[:count].copy())
                for bot in range(len(plans)):
                    drained.append(financials[bot, : state[bot, s.STATE_FINANCIALS]].copy())
                state[:, s.STATE_FINANCIALS] = 0
                if (state[:, s.STATE_FRAME] >= frame_to).all():
                    break
        return Outcome(np.concatenate(kept), state, np.concatenate(drained))
