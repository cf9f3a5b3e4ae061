"""Runs worlds through a session kernel: cut anywhere, in any company, with any buffer."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from forven.kernels import schema
from forven.kernels.jit.session import advance, frame_rows_max
from forven.kernels.states import new_states
from tests.reference.comparison import FACTS, PENDING, Outcome, difference, oracle_outcomes
from tests.reference.scenarios import World, world_of


def kernel_outcomes(
    world: World,
    cuts: Iterable[int] = (),
    journal_rows: int | None = None,
    records: bool = True,
    first_session: np.ndarray | None = None,
) -> list[Outcome]:
    """Run the kernel over a world and return every bot's outcome.

    cuts           frames at which the run is handed back and taken up again
    journal_rows   size of the journal buffer; None: ample
    records        whether financials rows are recorded
    first_session  the session row until the first cut, where it differs from the world's
    """
    bots = world.bots
    state = new_states(world.shape, world.opening_cash)
    room = 4 * least_journal_rows(world) if journal_rows is None else journal_rows
    buffer = np.zeros((room, schema.JOURNAL_WIDTH), dtype=np.int64)
    rows = 2 * world.frames + 3 if records else 0
    financials = np.zeros((bots, rows, schema.FINANCIAL_WIDTH), dtype=np.int64)
    journals: list[list[tuple[int, ...]]] = [[] for _ in range(bots)]
    stops = sorted({*cuts, world.frames})
    for frame_to in stops:
        is_first = first_session is not None and frame_to == stops[0]
        session = first_session if is_first else world.session
        while True:
            written = advance(
                world.quotes,
                world.clock,
                world.instruments,
                session,
                world.plans,
                world.commands,
                state,
                buffer,
                financials,
                frame_to,
            )
            for row in buffer[:written].tolist():
                journals[row[schema.JOURNAL_BOT]].append(tuple(row))
            if is_done(state, frame_to):
                break
    return [
        Outcome(
            journal=journals[bot],
            facts=facts_of(state[bot]),
            holdings=holdings_of(state[bot], world.shape),
            orders=orders_of(state[bot], world.shape),
            financials=financial_rows(state[bot], financials[bot]) if records else [],
        )
        for bot in range(bots)
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
    """Return where kernel and oracle differ on the world of a seed, or nothing."""
    world = world_of(seed)
    for bot, (found, wanted) in enumerate(
        zip(kernel_outcomes(world), oracle_outcomes(world), strict=True)
    ):
        words = difference(found, wanted)
        if words:
            return f"seed {seed}, bot {bot}:\n{words}"
    return ""
