"""Run sessions: one market day, many bots, their plans in; their journals and accounts out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine import journal
from forven.engine.checks import check_threads
from forven.kernels import backend, schema
from forven.kernels.session_arrays import SessionArrays
from forven.kernels.states import new_states, shape_for
from forven.market.day import MarketDay
from forven.primitives.errors import ForvenError, InvalidInput

_kernels = backend.part("session")

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


class SessionRun:
    """Bots on one market day, taken forward frame by frame or all at once.

    plans         (B, PLAN_WIDTH) int64: policy and compiled strategy of each bot
    opening_cash  (B,) int64 micros
    commands      (C, COMMAND_WIDTH) int64; the plans say which rows are whose
    threads       bots are shared out among them; nothing in the results depends on it
    Plans, commands and the day's arrays are checked once, here, and must not change afterwards.
    """

    def __init__(
        self,
        day: MarketDay,
        plans: NDArray[np.int64],
        opening_cash: Sequence[int] | NDArray[np.int64],
        commands: NDArray[np.int64] = NO_COMMANDS,
        financials: bool = False,
        threads: int = 1,
    ) -> None:
        cash = np.asarray(opening_cash, dtype=np.int64)
        if plans.ndim != 2 or plans.shape[1] != schema.PLAN_WIDTH or len(plans) != len(cash):
            raise InvalidInput(
                f"expected plans of shape ({len(cash)}, {schema.PLAN_WIDTH}), one per opening "
                f"cash; found {plans.shape}"
            )
        check_threads(threads)
        _check_commands(plans, commands)
        self.day = day
        self.plans = np.ascontiguousarray(plans, dtype=np.int64)
        self.commands = np.ascontiguousarray(commands, dtype=np.int64)
        shape = shape_for(self.plans)
        self.session = day.session_row(shape)
        self.states = new_states(shape, cash)
        arrays = SessionArrays(
            quotes=day.quotes,
            clock=day.clock,
            instruments=day.instruments,
            session=self.session,
            plans=self.plans,
            commands=self.commands,
        )
        self._threads = threads
        self._kernel = _kernels.Session(arrays)
        frame_rows = int(_kernels.frame_rows_max(shape, arrays.commands_max))
        depth = max(_JOURNAL_ROWS, 2 * frame_rows * threads)
        self._rows_certain = depth // threads - frame_rows  # with no more no bot lacked room
        self._journal = np.zeros((depth, schema.JOURNAL_WIDTH), np.int64)
        depth = day.clock.shape[1] + _FINANCIAL_ROWS_SPARE if financials else 0
        self._financials = np.zeros((len(cash), depth, schema.FINANCIAL_WIDTH), np.int64)
        self._parts: list[NDArray[np.int64]] = []

    def advance(self, frame_to: int) -> NDArray[np.int64]:
        """Take every bot up to, not including, frame `frame_to`; return the new journal rows.

        They come bot after bot, whatever the number of threads.
        errors: InvalidInput beyond the day's frames
        """
        frames = self.day.clock.shape[1]
        if not 0 <= frame_to <= frames:
            raise InvalidInput(f"frame_to: expected 0 to {frames}, found {frame_to}")
        parts, is_left = [], True
        while is_left:
            rows = self._kernel.advance(
                self.states, self._journal, self._financials, frame_to, self._threads
            )
            parts.append(self._journal[:rows].copy())
            is_left = rows > self._rows_certain and self._is_before(frame_to)
        self._parts.extend(parts)
        is_in_order = len(parts) == 1 and self._threads == 1
        return parts[0] if is_in_order else _by_bot(np.concatenate(parts))

    @property
    def is_short(self) -> bool:
        """Whether a bot that has not ended has frames of the day left to take."""
        return self._is_before(self.day.clock.shape[1])

    def _is_before(self, frame: int) -> bool:
        """Return whether a bot that has not ended has yet to come to a frame."""
        running = self.states[:, schema.STATE_STATUS] < schema.STATUS_ENDED
        return bool(np.any(running & (self.states[:, schema.STATE_FRAME] < frame)))

    def results(self) -> list[SessionResult]:
        """Return what each bot has done so far, in the order of the plans."""
        rows = np.concatenate(self._parts) if self._parts else self._journal[:0]
        ordered = _by_bot(rows)
        bots = np.arange(len(self.states) + 1)
        bounds = np.searchsorted(ordered[:, schema.JOURNAL_BOT], bots)
        return [
            SessionResult(
                rows=ordered[bounds[bot] : bounds[bot + 1]].copy(),
                state=self.states[bot].copy(),
                financials=self._financials[
                    bot, : self.states[bot, schema.STATE_FINANCIALS]
                ].copy(),
            )
            for bot in range(len(self.states))
        ]


def _by_bot(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return journal rows bot after bot, each bot's in their order."""
    return rows[np.argsort(rows[:, schema.JOURNAL_BOT], kind="stable")]


def _check_commands(plans: NDArray[np.int64], commands: NDArray[np.int64]) -> None:
    """Refuse commands of another shape, and plans that name rows beyond them."""
    if commands.ndim != 2 or commands.shape[1] != schema.COMMAND_WIDTH:
        raise InvalidInput(
            f"expected commands of shape (n, {schema.COMMAND_WIDTH}), found {commands.shape}"
        )
    first, count = plans[:, schema.PLAN_COMMAND_FROM], plans[:, schema.PLAN_COMMAND_COUNT]
    if np.any((first < 0) | (count < 0) | (first + count > len(commands))):
        raise InvalidInput(
            f"expected every plan's commands among the {len(commands)} given, found rows beyond"
        )


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
    if run.is_short:
        raise ForvenError(
            f"{day.day}: expected room in the journal for every frame, found none; "
            "this is a defect of forven: report it with the strategy and the data"
        )
    return run.results()
