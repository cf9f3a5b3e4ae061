"""Worlds written by hand, a line a frame: for cases whose numbers a reader can check."""

from dataclasses import dataclass, field

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import INT64_MAX, MISSING
from tests.reference.perpetual.comparison import Outcome
from tests.reference.perpetual.generated_commands import row_of
from tests.reference.perpetual.generated_stream import OPEN_TS, SECOND_NS, table
from tests.reference.perpetual.worlds import World

VALUE = 1_000
"""Micros that one quantum of one lot is worth in these worlds."""
TOUCH = columns.FILL_TOUCH
RISK_AVERSE = columns.FILL_QUEUE_RISK_AVERSE
PROBABILISTIC = columns.FILL_QUEUE_PROBABILISTIC
BUY, SELL = -1, 1

_CONTRACT = {"VALUE": VALUE, "TICK": 1, "WHOLE": 1, "OPEN": OPEN_TS, "END": INT64_MAX, "ORDERS": 16}
_PLAN = {
    "FILL_MODEL": RISK_AVERSE,
    "QUEUE_POWER": 1,
    "LEVERAGE": 10,
    "HALT_LOSS": INT64_MAX,
    "MAX_ORDERS": 16,
    "STALENESS_NS": SECOND_NS,
    "MAX_CONCESSION": INT64_MAX,
    "OPENING_NUDGE_NS": INT64_MAX,
    "CLOSING_NUDGE_NS": INT64_MAX,
    "PARTIAL_FROM": INT64_MAX,
    "PARTIAL_PPM": 200_000,
    "COOLDOWN_NS": 30 * SECOND_NS,
    "QUOTE_POSITION_MAX": 1_000,
    "REQUOTE_ROWS": 1,
}


@dataclass
class Script:
    """One bot's session by hand: one frame a second, the mark the mid unless it is given.

    A command of frame t lands in frame t on the book of frame t - 1, where there is no latency.
    """

    cash: int = 10**12
    position: int = 0
    cost: int = 0
    equity: int | None = None
    tiers: list[tuple[int, int]] = field(default_factory=lambda: [(0, 50)])
    fundings: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contract = dict(_CONTRACT)
        self.plan = dict(_PLAN)
        self.book: list[list[int]] = []
        self.prints: list[tuple[int, int, int]] = []
        self.rows: list[dict[str, int]] = []

    def set(self, **cells: int) -> None:
        """Set plan columns by name: `set(MAX_ORDERS=2)`."""
        self.plan |= cells

    def agree(self, **cells: int) -> None:
        """Set contract columns by name: `agree(VALUE_MIN=5)`."""
        self.contract |= cells

    def at(self, frame: int) -> int:
        return OPEN_TS + frame * SECOND_NS

    def frame(self, bid: int, ask: int, sizes=(10, 10), prints=(), **more: int) -> None:
        """Append a frame; `prints` are (price, size, aggressor); `more`: mark2, delay_ns."""
        self.prints += prints
        is_regular = bid != MISSING and ask != MISSING and bid <= ask
        last = self.book[-1][columns.BOOK_MARK2] if self.book else MISSING
        mark2 = more.get("mark2", bid + ask if is_regular else last)
        ts = self.at(len(self.book))
        arrival = ts + more.get("delay_ns", 0)
        self.book.append([ts, arrival, bid, ask, *sizes, mark2, len(self.prints)])

    def frames(self, count: int, bid: int, ask: int, sizes=(10, 10)) -> None:
        """Append the same frame several times."""
        for _ in range(count):
            self.frame(bid, ask, sizes)

    def command(self, frame: int, kind: int, **cells: int) -> None:
        self.rows.append({"DUE": self.at(frame), "KIND": kind, **cells})

    def limit(self, frame: int, side: int, price: int, lots: int, **cells: int) -> None:
        cells = {"TYPE": schema.ORDER_LIMIT, "SIDE": side, "PRICE": price, "LOTS": lots, **cells}
        self.command(frame, schema.COMMAND_PLACE, **cells)

    def market(self, frame: int, side: int, lots: int, **cells: int) -> None:
        cells = {"TYPE": schema.ORDER_MARKET, "SIDE": side, "LOTS": lots, **cells}
        self.command(frame, schema.COMMAND_PLACE, **cells)

    def stop(self, frame: int, side: int, trigger: int, lots: int, **cells: int) -> None:
        cells = {"TYPE": schema.ORDER_STOP, "SIDE": side, "PRICE": trigger, "LOTS": lots, **cells}
        self.command(frame, schema.COMMAND_PLACE, **cells)

    def world(self) -> World:
        plan = named_row("PLAN_", columns.PLAN_WIDTH, self.plan)
        plan[columns.PLAN_COMMAND_COUNT] = len(self.rows)
        first = self.book[0][columns.BOOK_MARK2] if self.book else 0
        equity = self.equity
        if equity is None:
            equity = self.cash + self.position * first * self.contract["VALUE"] // 2
        return World(
            seed=0,
            book=np.ascontiguousarray(np.array(self.book, dtype=np.int64).T),
            prints=table(self.prints, columns.PRINT_WIDTH),
            fundings=table(self.fundings, columns.FUNDING_WIDTH),
            tiers=table(self.tiers, columns.TIER_WIDTH),
            contract=named_row("CONTRACT_", columns.CONTRACT_WIDTH, self.contract),
            plans=plan.reshape(1, -1),
            commands=np.array([row_of(row) for row in self.rows], dtype=np.int64).reshape(
                -1, columns.COMMAND_WIDTH
            ),
            cash=np.array([self.cash], dtype=np.int64),
            equity=np.array([equity], dtype=np.int64),
            positions=np.array([self.position], dtype=np.int64),
            costs=np.array([self.cost], dtype=np.int64),
        )


def named_row(prefix: str, width: int, cells: dict[str, int]) -> np.ndarray:
    row = np.zeros(width, dtype=np.int64)
    for name, cell in cells.items():
        row[getattr(columns, prefix + name)] = cell
    return row


def told(outcome: Outcome, kind: int) -> list[tuple[int, ...]]:
    """Return (frame, order, A to F) of every row of one kind of event."""
    return [
        ((row[schema.JOURNAL_TS] - OPEN_TS) // SECOND_NS, *row[schema.JOURNAL_ORDER :])
        for row in outcome.journal
        if row[schema.JOURNAL_KIND] == kind
    ]


def fills(outcome: Outcome) -> list[tuple[int, ...]]:
    """Return (frame, order, price, lots) of every fill."""
    return [row[:4] for row in told(outcome, schema.EVENT_ORDER_FILLED)]


def reasons(outcome: Outcome, kind: int) -> list[int]:
    """Return the reasons of the rejections, cancellations or refusals."""
    column = 3 if kind == schema.EVENT_COMMAND_REFUSED else 2
    return [row[column] for row in told(outcome, kind)]
