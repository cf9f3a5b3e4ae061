"""Runs worlds through a perpetual kernel: cut anywhere, in any company, with any buffer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.comparison import (
    FACTS,
    Outcome,
    difference,
    facts_of_order,
    oracle_outcomes,
)
from tests.reference.perpetual.worlds import World, world_of


@dataclass(frozen=True)
class Kernel:
    """A kernel under judgement: its name and its two functions."""

    name: str
    advance: Callable[..., int]
    frame_rows_max: Callable[[int, int, int, int], int]


def kernel_outcomes(
    kernel: Kernel, world: World, cuts: Iterable[int] = (), journal_rows: int | None = None
) -> list[Outcome]:
    """Run a kernel over a world and return every bot's outcome.

    cuts           frames at which the run is handed back and taken up again
    journal_rows   size of the journal buffer; None: ample
    """
    state = new_states(world)
    room = 4 * least_journal_rows(kernel, world) if journal_rows is None else journal_rows
    buffer = np.zeros((room, schema.JOURNAL_WIDTH), dtype=np.int64)
    journals: list[list[tuple[int, ...]]] = [[] for _ in range(world.bots)]
    for frame_to in sorted({*cuts, world.frames}):
        while True:
            before = state[:, columns.STATE_FRAME].sum()
            written = kernel.advance(
                world.book,
                world.prints,
                world.fundings,
                world.tiers,
                world.contract,
                world.plans,
                world.commands,
                state,
                buffer,
                frame_to,
            )
            for row in buffer[:written].tolist():
                journals[row[schema.JOURNAL_BOT]].append(tuple(row))
            if is_done(state, frame_to):
                break
            assert state[:, columns.STATE_FRAME].sum() > before, "the kernel stands still"
    return [Outcome(journals[bot], facts_of(row), orders_of(row)) for bot, row in enumerate(state)]


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
    return int(kernel.frame_rows_max(orders, commands, prints, len(world.fundings)))


def is_done(state: np.ndarray, frame_to: int) -> bool:
    """Whether every bot has taken its frames or ended."""
    ended = state[:, columns.STATE_STATUS] >= schema.STATUS_ENDED
    return bool(np.all(ended | (state[:, columns.STATE_FRAME] >= frame_to)))


def facts_of(row: np.ndarray) -> dict[str, int]:
    return {name: int(row[getattr(columns, f"STATE_{name}")]) for name in FACTS}


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


def first_difference(kernel: Kernel, seed: int) -> str:
    """Return where a kernel and the oracle differ on the world of a seed, or nothing."""
    world = world_of(seed)
    for bot, (found, wanted) in enumerate(
        zip(kernel_outcomes(kernel, world), oracle_outcomes(world), strict=True)
    ):
        words = difference(found, wanted)
        if words:
            return f"seed {seed}, bot {bot}:\n{words}"
    return ""
