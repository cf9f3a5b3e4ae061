"""Run sessions: one market day, many bots, their plans in; their journals and accounts out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine import journal
from forven.kernels import backend, schema
from forven.kernels.states import new_states
from forven.market.day import MarketDay
from forven.primitives.errors import InvalidInput

_JOURNAL_ROWS = 16_384
_FINANCIAL_ROWS_SPARE = 4
NO_COMMANDS = np.zeros((0, schema.COMMAND_WIDTH), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What one bot did in one session.

    rows        (n, JOURNAL_WIDTH) int64: its journal
    state       (width,) int64: its account at the end; columns in `kernels/schema.py`
    financials  (m, FINANCIAL_WIDTH) int64: one row a frame, none if not recorded
    """

    rows: NDArray[np.int64]
    state: NDArray[np.int64]
    financials: NDArray[np.int64]

    @property
    def digest(self) -> str:
        """SHA-256 of the journal."""
        return journal.digest(self.rows)

    @property
    def profit(self) -> int:
        """Final cash less opening cash, in micros; the session must have ended."""
        return int(self.state[schema.STATE_CASH] - self.state[schema.STATE_OPENING_CASH])


def shape_for(plans: NDArray[np.int64]) -> schema.StateShape:
    """Return the capacities of a state row that suffice for every one of these plans.

    A bot without commands holds no more than its strategy's entries can bring.
    """
    structures = np.minimum(plans[:, schema.PLAN_MAX_ENTRIES], schema.MAX_ENTRIES)
    positions = plans[:, schema.PLAN_MAX_POSITIONS]
    orders = plans[:, schema.PLAN_MAX_ORDERS]
    own_legs = structures * plans[:, schema.PLAN_LEG_COUNT]
    commanded = plans[:, schema.PLAN_COMMAND_COUNT] > 0
    holdings = np.where(commanded, positions, np.minimum(positions, own_legs))
    pending = np.where(commanded, orders, np.minimum(orders, structures))
    most = max(1, int(holdings.max(initial=1)))
    return schema.StateShape(
        holdings=most,
        structures=max(1, int(structures.max(initial=1))),
        orders=max(most, int(pending.max(initial=1))),
    )


class SessionRun:
    """Bots on one market day, taken forward frame by frame or all at once.

    plans         (B, PLAN_WIDTH) int64: policy and compiled strategy of each bot
    opening_cash  (B,) int64 micros
    commands      (C, COMMAND_WIDTH) int64; the plans say which rows are whose
    """

    def __init__(
        self,
        day: MarketDay,
        plans: NDArray[np.int64],
        opening_cash: Sequence[int] | NDArray[np.int64],
        commands: NDArray[np.int64] = NO_COMMANDS,
        financials: bool = False,
    ) -> None:
        cash = np.asarray(opening_cash, dtype=np.int64)
        if plans.ndim != 2 or plans.shape[1] != schema.PLAN_WIDTH or len(plans) != len(cash):
            raise InvalidInput(
                f"expected plans of shape ({len(cash)}, {schema.PLAN_WIDTH}), one per opening "
                f"cash; found {plans.shape}"
            )
        self.day = day
        self.plans = np.ascontiguousarray(plans)
        self.commands = np.ascontiguousarray(commands)
        shape = shape_for(self.plans)
        self.session = day.session_row(shape)
        self.states = new_states(shape, cash)
        commands_max = int(self.plans[:, schema.PLAN_COMMAND_COUNT].max(initial=0))
        frame_rows = 2 * int(backend.frame_rows_max(shape, commands_max))
        self._journal = np.zeros((max(_JOURNAL_ROWS, frame_rows), schema.JOURNAL_WIDTH), np.int64)
        depth = day.clock.shape[1] + _FINANCIAL_ROWS_SPARE if financials else 0
        self._financials = np.zeros((len(cash), depth, schema.FINANCIAL_WIDTH), np.int64)
        self._parts: list[NDArray[np.int64]] = []

    def advance(self, frame_to: int) -> NDArray[np.int64]:
        """Take every bot up to, not including, frame `frame_to`; return the new journal rows."""
        parts = [np.zeros((0, schema.JOURNAL_WIDTH), np.int64)]
        while True:
            rows = backend.advance(
                self.day.quotes,
                self.day.clock,
                self.day.instruments,
                self.session,
                self.plans,
                self.commands,
                self.states,
                self._journal,
                self._financials,
                frame_to,
            )
            parts.append(self._journal[:rows].copy())
            if rows == 0 or not self._unfinished(frame_to):
                break
        fresh = np.concatenate(parts) if len(parts) > 2 else parts[-1]
        self._parts.append(fresh)
        return fresh

    def results(self) -> list[SessionResult]:
        """Return what each bot has done so far, in the order of the plans."""
        rows = np.concatenate(self._parts) if self._parts else self._journal[:0]
        ordered = rows[np.argsort(rows[:, schema.JOURNAL_BOT], kind="stable")]
        bots = np.arange(len(self.states) + 1)
        bounds = np.searchsorted(ordered[:, schema.JOURNAL_BOT], bots)
        return [
            SessionResult(
                rows=ordered[bounds[bot] : bounds[bot + 1]],
                state=self.states[bot],
                financials=self._financials[bot, : self.states[bot, schema.STATE_FINANCIALS]],
            )
            for bot in range(len(self.states))
        ]

    def _unfinished(self, frame_to: int) -> bool:
        """Whether any bot stopped short of `frame_to` because the journal was full."""
        waiting = self.states[:, schema.STATE_FRAME] < frame_to
        running = self.states[:, schema.STATE_STATUS] < schema.STATUS_ENDED
        return bool(np.any(waiting & running))


def run_day(
    day: MarketDay,
    plans: NDArray[np.int64],
    opening_cash: Sequence[int] | NDArray[np.int64],
    commands: NDArray[np.int64] = NO_COMMANDS,
    financials: bool = False,
) -> list[SessionResult]:
    """Run every plan over the whole day, bot after bot, and return the results in that order."""
    run = SessionRun(day, plans, opening_cash, commands, financials)
    run.advance(day.clock.shape[1])
    return run.results()
