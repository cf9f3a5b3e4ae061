"""Run sessions on a perpetual: one stream, many bots, their plans in; journals and accounts out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forven.engine.checks import check_threads
from forven.engine.perpetual.result import PerpetualResult
from forven.kernels import backend, schema
from forven.kernels import perpetual_schema as layout
from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.kernels.perpetual_states import new_states
from forven.market.perpetual.stream import PerpetualStream
from forven.primitives.errors import ForvenError, InvalidInput

_kernels = backend.part("perpetual")

_JOURNAL_ROWS = 16_384
_QUOTES_IN_FLIGHT = 2
"""Rows beyond the most orders, so that a bot's quotes in flight never crowd out a command."""
NO_COMMANDS = np.zeros((0, layout.COMMAND_WIDTH), dtype=np.int64)


class PerpetualRun:
    """Bots on one stream, taken forward frame by frame or all at once.

    plans         (B, PLAN_WIDTH) int64: the policy of each bot
    opening_cash  (B,) int64 micros; every bot begins without a position
    commands      (C, COMMAND_WIDTH) int64; the plans say which rows are whose
    threads       bots are shared out among them; nothing in the results depends on it
    Plans, commands and the stream's arrays are checked once, here, and must not change afterwards.
    """

    def __init__(
        self,
        stream: PerpetualStream,
        plans: NDArray[np.int64],
        opening_cash: Sequence[int] | NDArray[np.int64],
        commands: NDArray[np.int64] = NO_COMMANDS,
        threads: int = 1,
    ) -> None:
        cash = np.asarray(opening_cash, dtype=np.int64)
        if plans.ndim != 2 or plans.shape[1] != layout.PLAN_WIDTH or len(plans) != len(cash):
            raise InvalidInput(
                f"expected plans of shape ({len(cash)}, {layout.PLAN_WIDTH}), one per opening "
                f"cash; found {plans.shape}"
            )
        check_threads(threads)
        _check_commands(plans, commands)
        self.stream = stream
        self.plans = np.ascontiguousarray(plans, dtype=np.int64)
        self.commands = np.ascontiguousarray(commands, dtype=np.int64)
        orders = int(self.plans[:, layout.PLAN_MAX_ORDERS].max(initial=1)) + _QUOTES_IN_FLIGHT
        arrays = PerpetualArrays(
            book=stream.book,
            prints=stream.prints,
            fundings=stream.fundings,
            tiers=stream.contract.tier_rows(),
            contract=stream.contract_row(orders),
            plans=self.plans,
            commands=self.commands,
        )
        self.states = new_states(orders, cash)
        self._threads = threads
        self._kernel = _kernels.PerpetualSession(arrays)
        frame_rows = int(
            _kernels.frame_rows_max(
                orders, arrays.commands_max, arrays.prints_max, len(arrays.fundings)
            )
        )
        depth = max(_JOURNAL_ROWS, 2 * frame_rows * threads)
        self._journal = np.zeros((depth, schema.JOURNAL_WIDTH), np.int64)
        self._parts: list[NDArray[np.int64]] = []

    def advance(self, frame_to: int) -> NDArray[np.int64]:
        """Take every bot up to, not including, frame `frame_to`; return the new journal rows.

        They come bot after bot, whatever the number of threads.
        errors: InvalidInput beyond the stream's frames
        """
        frames = self.stream.frame_count
        if not 0 <= frame_to <= frames:
            raise InvalidInput(f"frame_to: expected 0 to {frames}, found {frame_to}")
        fresh = [self._advance(frame_to)]
        while self._is_behind(frame_to):
            before = self.states[:, layout.STATE_FRAME].sum()
            fresh.append(self._advance(frame_to))
            if self.states[:, layout.STATE_FRAME].sum() == before:
                raise ForvenError(
                    f"{self.stream.contract.symbol}: expected room in the journal for every "
                    "frame, found none; this is a defect of forven: report it with the data"
                )
        is_in_order = len(fresh) == 1 and self._threads == 1
        return fresh[0] if is_in_order else _by_bot(np.concatenate(fresh))

    def results(self) -> list[PerpetualResult]:
        """Return what each bot has done so far, in the order of the plans."""
        rows = np.concatenate(self._parts) if self._parts else self._journal[:0]
        ordered = _by_bot(rows)
        bots = np.arange(len(self.states) + 1)
        bounds = np.searchsorted(ordered[:, schema.JOURNAL_BOT], bots)
        return [
            PerpetualResult(
                contract=self.stream.contract,
                rows=ordered[bounds[bot] : bounds[bot + 1]].copy(),
                state=self.states[bot].copy(),
            )
            for bot in range(len(self.states))
        ]

    def _advance(self, frame_to: int) -> NDArray[np.int64]:
        """Call the kernel once; a bot stops short only if the journal had no room for a frame."""
        rows = self._kernel.advance(self.states, self._journal, frame_to, self._threads)
        fresh = self._journal[:rows].copy()
        self._parts.append(fresh)
        return fresh

    def _is_behind(self, frame_to: int) -> bool:
        """Return whether a bot that has not ended has frames left to take."""
        running = self.states[:, layout.STATE_STATUS] < schema.STATUS_ENDED
        return bool(np.any(running & (self.states[:, layout.STATE_FRAME] < frame_to)))


def _by_bot(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return journal rows bot after bot, each bot's in their order."""
    return rows[np.argsort(rows[:, schema.JOURNAL_BOT], kind="stable")]


def run_stream(
    stream: PerpetualStream,
    plans: NDArray[np.int64],
    opening_cash: Sequence[int] | NDArray[np.int64],
    commands: NDArray[np.int64] = NO_COMMANDS,
    threads: int = 1,
) -> list[PerpetualResult]:
    """Run every plan over the whole stream and return the results in that order."""
    run = PerpetualRun(stream, plans, opening_cash, commands, threads)
    run.advance(stream.frame_count)
    return run.results()


def _check_commands(plans: NDArray[np.int64], commands: NDArray[np.int64]) -> None:
    """Refuse commands of another shape, and plans that name rows beyond them."""
    if commands.ndim != 2 or commands.shape[1] != layout.COMMAND_WIDTH:
        raise InvalidInput(
            f"expected commands of shape (n, {layout.COMMAND_WIDTH}), found {commands.shape}"
        )
    first, count = plans[:, layout.PLAN_COMMAND_FROM], plans[:, layout.PLAN_COMMAND_COUNT]
    if np.any((first < 0) | (count < 0) | (first + count > len(commands))):
        raise InvalidInput(
            f"expected every plan's commands among the {len(commands)} given, found rows beyond"
        )
