"""Runs worlds through a perpetual kernel: cut anywhere, in any company, with any buffer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.perpetual_arrays import PerpetualArrays
from tests.reference.perpetual.comparison import (
    FACTS,
    Outcome,
    difference,
    facts_of_order,
    outcome_of,
)
from tests.reference.perpetual.session import sessions_of
from tests.reference.perpetual.worlds import World, world_of


@dataclass(frozen=True)
class Kernel:
    """A kernel under judgement: its name and its part of the door."""

    name: str
    side: ModuleType

    def opened(self, world: World) -> Any:
        """Return its session over a world."""
        names = [field.name for field in fields(PerpetualArrays)]
        arrays = PerpetualArrays(**{name: getattr(world, name) for name in names})
        return self.side.PerpetualSession(arrays)


class Run:
    """One run of a kernel over a world, taken as far as it is told to."""

    def __init__(
        self, kernel: Kernel, world: World, journal_rows: int | None = None, threads: int = 1
    ) -> None:
        room = journal_rows or 4 * threads * least_journal_rows(kernel, world)
        self.session = kernel.opened(world)
        self.threads = threads
        self.state = new_states(world)
        self.buffer = np.zeros((room, schema.JOURNAL_WIDTH), dtype=np.int64)
        self.journals: list[list[tuple[int, ...]]] = [[] for _ in range(world.bots)]

    def advance(self, frame_to: int) -> None:
        """Take every bot to a frame, as often as the journal's buffer is full on the way."""
        while not is_done(self.state, frame_to):
            before = self.state[:, columns.STATE_FRAME].sum()
            written = self.session.advance(self.state, self.buffer, frame_to, self.threads)
            for row in self.buffer[:written].tolist():
                self.journals[row[schema.JOURNAL_BOT]].append(tuple(row))
            after = self.state[:, columns.STATE_FRAME].sum()
            assert after > before, "expected a frame to be taken, found none"

    def outcomes(self) -> list[Outcome]:
        return [
            Outcome(self.journals[bot], facts_of(row), orders_of(row))
            for bot, row in enumerate(self.state)
        ]


def kernel_outcomes(
    kernel: Kernel,
    world: World,
    cuts: Iterable[int] = (),
    journal_rows: int | None = None,
    threads: int = 1,
) -> list[Outcome]:
    """Run a kernel over a world and return every bot's outcome.

    cuts           frames at which the run is handed back and taken up again
    journal_rows   size of the journal buffer; None: ample
    """
    run = Run(kernel, world, journal_rows, threads)
    for frame_to in sorted({*cuts, world.frames}):
        run.advance(frame_to)
    return run.outcomes()


def new_states(world: World) -> np.ndarray:
    """Return the state rows of sessions that have not begun."""
    room = int(world.contract[columns.CONTRACT_ORDERS])
    width = columns.STATE_HEADER_WIDTH + room * columns.ORDER_WIDTH
    state = np.zeros((world.bots, width), dtype=np.int64)
    state[:, columns.STATE_CASH] = world.cash
    for column in (
        columns.STATE_OPENING_EQUITY,
        columns.STATE_EQUITY,
        columns.STATE_PEAK_EQUITY,
    ):
        state[:, column] = world.equity
    state[:, columns.STATE_NEXT_ORDER] = 1
    state[:, columns.STATE_LIQUIDATED_TS] = schema.MISSING
    state[:, columns.STATE_POSITION] = world.positions
    state[:, columns.STATE_COST] = world.costs
    return state


def least_journal_rows(kernel: Kernel, world: World) -> int:
    """Return the journal rows that suffice for any one frame of any bot of a world."""
    orders = int(world.contract[columns.CONTRACT_ORDERS])
    prints = int(np.diff(world.book[columns.BOOK_PRINTS], prepend=0).max(initial=0))
    commands = int(world.plans[:, columns.PLAN_COMMAND_COUNT].max(initial=0))
    return int(kernel.side.frame_rows_max(orders, commands, prints, len(world.fundings)))


def is_done(state: np.ndarray, frame_to: int) -> bool:
    """Whether every bot has taken its frames or ended."""
    ended = state[:, columns.STATE_STATUS] >= schema.STATUS_ENDED
    return bool(np.all(ended | (state[:, columns.STATE_FRAME] >= frame_to)))


def facts_of(row: np.ndarray) -> dict[str, int]:
    cells = row[: columns.STATE_HEADER_WIDTH].tolist()
    return {name: cells[getattr(columns, f"STATE_{name}")] for name in FACTS}


def orders_of(row: np.ndarray) -> list[dict[str, int]]:
    """Return what matters of the orders, in row order."""
    count = int(row[columns.STATE_ORDER_COUNT])
    flat = row[columns.STATE_HEADER_WIDTH :][: count * columns.ORDER_WIDTH]
    return [facts_of_order(cells) for cells in flat.reshape(count, columns.ORDER_WIDTH).tolist()]


def alone(world: World, bots: Iterable[int]) -> World:
    """Return the same world with some of its bots, in the order given."""
    chosen = list(bots)
    own = {
        name: getattr(world, name)[chosen]
        for name in ("plans", "cash", "equity", "positions", "costs")
    }
    return replace(world, **own)


def first_difference(kernels: Mapping[str, Kernel], seed: int) -> str:
    """Return where the oracle and kernels differ on the world of a seed, or nothing.

    Each kernel takes the world in one call, and again frame by frame, its whole state seen in each
    and compared with the oracle; kernels among each other are equal in every cell.
    """
    world = world_of(seed)
    sessions = sessions_of(world)
    runs = {name: Run(kernel, world) for name, kernel in kernels.items()}
    wanted = []
    for frame in range(1, world.frames + 1):
        for session in sessions:
            session.advance(frame)
        wanted = [outcome_of(session) for session in sessions]
        words = any_difference(runs, wanted, frame)
        if words:
            return f"seed {seed}, frame by frame, frame {frame - 1}, {words}"
    runs = {name: Run(kernel, world) for name, kernel in kernels.items()}
    words = any_difference(runs, wanted, world.frames)
    return f"seed {seed}, in one call, {words}" if words else ""


def any_difference(runs: Mapping[str, Run], wanted: list[Outcome], frame_to: int) -> str:
    """Take all runs to a frame and return the first difference, or nothing."""
    first = next(iter(runs))
    for name, run in runs.items():
        run.advance(frame_to)
        # A run that is the first one in every cell is judged with it.
        is_first = name == first
        words = words_between(run.outcomes(), wanted) if is_first else twins(runs[first], run)
        if words:
            return f"{name}, {words}"
    return ""


def twins(one: Run, other: Run) -> str:
    """Return in words where two kernels' journals and states differ in any cell, or nothing."""
    if one.journals != other.journals:
        return "the journals differ"
    if not np.array_equal(one.state, other.state):
        bot, column = (int(axis[0]) for axis in np.nonzero(one.state != other.state))
        mine, theirs = one.state[bot, column], other.state[bot, column]
        return f"state[{bot}, {column}] is {mine} and {theirs}"
    return ""


def words_between(found: list[Outcome], wanted: list[Outcome]) -> str:
    """Return the first bot that differs and how, or nothing."""
    for bot, (theirs, mine) in enumerate(zip(found, wanted, strict=True)):
        words = difference(theirs, mine)
        if words:
            return f"bot {bot}:\n{words}"
    return ""
