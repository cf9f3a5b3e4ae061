"""Runs worlds through a session kernel: cut anywhere, in any company, with any buffer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from forven.kernels import backend, schema
from forven.kernels.numba_side.session import frame_rows_max
from forven.kernels.session_arrays import SessionArrays
from forven.kernels.states import new_states
from tests.reference.comparison import FACTS, PENDING, Outcome, difference, oracle_outcomes
from tests.reference.scenarios import World, world_of
from tests.reference.sides import installed_sides


@dataclass
class KernelRun:
    """What a kernel leaves behind, untouched."""

    journals: list[list[tuple[int, ...]]]
    state: np.ndarray
    financials: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a kernel is led over a world.

    cuts           frames at which the run is handed back and taken up again
    journal_rows   size of the journal buffer; None: ample
    records        whether financials rows are recorded
    first_session  the session row until the first cut, where it differs from the world's
    """

    cuts: Iterable[int] = ()
    journal_rows: int | None = None
    records: bool = True
    first_session: np.ndarray | None = None
    threads: int = 1


PLAINLY = Way()


def run_kernel(world: World, side: ModuleType, way: Way = PLAINLY) -> KernelRun:
    """Run one backend's kernel over a world."""
    state = new_states(world.shape, world.opening_cash)
    room = way.journal_rows or 4 * way.threads * least_journal_rows(world)
    buffer = np.zeros((room, schema.JOURNAL_WIDTH), dtype=np.int64)
    rows = 2 * world.frames + 3 if way.records else 0
    financials = np.zeros((world.bots, rows, schema.FINANCIAL_WIDTH), dtype=np.int64)
    journals: list[list[tuple[int, ...]]] = [[] for _ in range(world.bots)]
    stops = sorted({*way.cuts, world.frames})
    first = world.session if way.first_session is None else way.first_session
    session = opened(world, side, first)
    for frame_to in stops:
        if way.first_session is not None and frame_to != stops[0]:
            session = opened(world, side, world.session)
        while True:
            written = session.advance(state, buffer, financials, frame_to, way.threads)
            for row in buffer[:written].tolist():
                journals[row[schema.JOURNAL_BOT]].append(tuple(row))
            if is_done(state, frame_to):
                break
    return KernelRun(journals, state, financials)


def opened(world: World, side: ModuleType, session: np.ndarray):
    """Return a backend's session over a world, with a session row."""
    arrays = SessionArrays(
        quotes=world.quotes,
        clock=world.clock,
        instruments=world.instruments,
        session=session,
        plans=world.plans,
        commands=world.commands,
    )
    return side.Session(arrays)


def kernel_outcomes(world: World, cuts: Iterable[int] = (), **options) -> list[Outcome]:
    """Run the kernel in use over a world and return every bot's outcome; options as in `Way`."""
    way = Way(cuts=cuts, **options)
    return outcomes_of(world, run_kernel(world, backend.load("session"), way), way.records)


def outcomes_of(world: World, run: KernelRun, records: bool = True) -> list[Outcome]:
    """Return every bot's outcome of a run."""
    return [
        Outcome(
            journal=run.journals[bot],
            facts=facts_of(run.state[bot]),
            holdings=holdings_of(run.state[bot], world.shape),
            orders=orders_of(run.state[bot], world.shape),
            financials=financial_rows(run.state[bot], run.financials[bot]) if records else [],
        )
        for bot in range(world.bots)
    ]


def least_journal_rows(world: World) -> int:
    """Return the journal rows that suffice for any one frame of any bot of a world."""
    return int(frame_rows_max(world.shape, len(world.commands)))


def is_done(state: np.ndarray, frame_to: int) -> bool:
    """Whether every bot has taken its frames or ended."""
    ended = state[:, schema.STATE_STATUS] >= schema.STATUS_ENDED
    return bool(np.all(ended | (state[:, schema.STATE_FRAME] >= frame_to)))


def facts_of(row: np.ndarray) -> dict[str, int]:
    return {name: int(row[getattr(schema, f"STATE_{name}")]) for name in FACTS}


def holdings_of(row: np.ndarray, shape: schema.StateShape) -> list[tuple[int, ...]]:
    count = int(row[schema.STATE_HOLDING_COUNT])
    flat = row[shape.holdings_at :][: count * schema.HOLDING_WIDTH]
    return [tuple(cells) for cells in flat.reshape(count, schema.HOLDING_WIDTH).tolist()]


def orders_of(row: np.ndarray, shape: schema.StateShape) -> list[tuple[int, ...]]:
    """Return the pending limit orders, oldest first."""
    count = int(row[schema.STATE_ORDER_COUNT])
    flat = row[shape.orders_at :][: count * schema.ORDER_WIDTH]
    found = []
    for cells in flat.reshape(count, schema.ORDER_WIDTH).tolist():
        if cells[schema.ORDER_KIND] == schema.ORDER_LIMIT:
            values = tuple(cells[getattr(schema, f"ORDER_{name}")] for name in PENDING)
            legs = cells[schema.ORDER_LEGS :][: cells[schema.ORDER_LEG_COUNT] * 3]
            found.append((*values, *legs))
    return found


def financial_rows(row: np.ndarray, financials: np.ndarray) -> list[tuple[int, ...]]:
    count = int(row[schema.STATE_FINANCIALS])
    return [tuple(cells) for cells in financials[:count].tolist()]


def alone(world: World, bots: Iterable[int]) -> World:
    """Return the same world with some of its bots, in the order given."""
    chosen = list(bots)
    return replace(world, plans=world.plans[chosen], opening_cash=world.opening_cash[chosen])


def first_difference(seed: int) -> str:
    """Return where the oracle and every installed kernel differ on a seed's world, or nothing."""
    world = world_of(seed)
    wanted = oracle_outcomes(world)
    runs = {name: run_kernel(world, side) for name, side in installed_sides("session").items()}
    for name, run in runs.items():
        for bot, found in enumerate(outcomes_of(world, run)):
            words = difference(found, wanted[bot])
            if words:
                return f"seed {seed}, bot {bot}, {name}:\n{words}"
    first, *others = runs
    for name in others:
        words = twin_difference(runs[first], runs[name])
        if words:
            return f"seed {seed}, {first} and {name}: {words}"
    return ""


def twin_difference(one: KernelRun, other: KernelRun) -> str:
    """Return in words which of two kernels' arrays differ in any cell, or nothing."""
    if one.journals != other.journals:
        return "the journals differ"
    for name in ("state", "financials"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if not np.array_equal(mine, theirs):
            place = tuple(int(axis[0]) for axis in np.nonzero(mine != theirs))
            return f"{name}{list(place)} is {mine[place]} and {theirs[place]}"
    return ""
