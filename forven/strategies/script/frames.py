"""What a script session is told of its day and of each frame, as arrays; what it answers."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.market.instruments import place_in


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScriptDay:
    """A session's day: fixed before its first frame.

    symbols       OSI, in instrument order     instruments   (N, 2) int64 strike, right
    opening_cash  micros                       multiplier    micros one quantum is worth
    plan_row      (PLAN_WIDTH,) the session's policy, as frozen at its start
    seed          of the script's `random`: the same text, day and seed give the same run
    """

    bounds: SessionBounds
    symbols: tuple[str, ...]
    instruments: NDArray[np.int64]
    root: str
    underlying: str
    multiplier: int
    opening_cash: int
    plan_row: NDArray[np.int64]
    seed: int = 0

    @property
    def error_budget(self) -> int:
        """Strategy errors that are forgiven."""
        return int(self.plan_row[schema.PLAN_ERROR_BUDGET])

    @property
    def staleness_ns(self) -> int:
        """The age of a frame that makes it stale."""
        return int(self.plan_row[schema.PLAN_STALENESS_NS])

    def index_of(self, symbol: str) -> int:
        """Return an OSI symbol's instrument number; InvalidInput if the day does not list it."""
        return place_in(self.symbols, symbol, f"{self.root} chain of {self.bounds.day}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakenCommand:
    """A command that the kernel took in a frame: its row, and whether this script gave it."""

    row: list[int]
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScriptFrame:
    """A frame after the kernel's step.

    quotes  int32 [3, N, W], this frame's in column `column`     spot  quanta, or MISSING
    rows    (n, JOURNAL_WIDTH) what the session journaled in this frame
    taken   the commands the kernel took in this frame, in order
    status, cash, net_liquidation_value  the session's, after the step; money in micros
    """

    ts: int
    arrival: int
    spot: int
    quotes: NDArray[np.int32]
    column: int
    rows: NDArray[np.int64]
    taken: tuple[TakenCommand, ...]
    status: int
    cash: int
    net_liquidation_value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One entry of the decision log.

    kind  `log`, `signal` or `error`     level  `debug`, `info`, `warning` or `error`
    text  the line, or the signal's name  data  plain JSON values; None: none
    """

    ts: int
    kind: str
    level: str
    text: str
    data: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptOutcome:
    """What a script decided in a frame, both in the order in which it did.

    commands   kernel command rows, due one nanosecond after the frame
    """

    commands: list[list[int]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
