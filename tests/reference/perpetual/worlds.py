"""Random small worlds for the perpetual kernel: one code path for property tests and the soak.

`world_of(seed)` is the whole address of a scenario; hypothesis draws the seed and may make the
world smaller, which is how it shrinks.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from hypothesis import strategies as st

from forven.kernels import perpetual_schema as columns
from tests.reference.perpetual.generated_commands import commands
from tests.reference.perpetual.generated_plans import Opening, opening, plan
from tests.reference.perpetual.generated_stream import Market, market, table


@dataclass(frozen=True)
class Size:
    """How large a world is."""

    frames: int
    bots: int
    commands: int


@dataclass
class World:
    """The arrays of `advance` by the names of its arguments, and what each bot opens with."""

    seed: int
    book: np.ndarray
    prints: np.ndarray
    fundings: np.ndarray
    tiers: np.ndarray
    contract: np.ndarray
    plans: np.ndarray
    commands: np.ndarray
    cash: np.ndarray
    equity: np.ndarray
    positions: np.ndarray
    costs: np.ndarray

    @property
    def frames(self) -> int:
        return int(self.book.shape[1])

    @property
    def bots(self) -> int:
        return int(self.plans.shape[0])


def drawn_size(chance: Random) -> Size:
    """Mostly small: a difference shows in a small world as well as in a large one."""
    return Size(
        frames=chance.choice([5, 10, 20, 30, 30, 40, 60, 120]),
        bots=chance.choice([1, 1, 2, 3, 4]),
        commands=chance.choice([0, 4, 8, 15, 30]),
    )


def world_of(seed: int, size: Size | None = None) -> World:
    """Return the world of a seed; the same seed and size give the same arrays."""
    chance = Random(seed)
    drawn = drawn_size(chance)
    size = size or drawn
    stream = market(chance, size.frames)
    plans, rows, openings = [], [], []
    for _ in range(size.bots):
        acts = chance.choice(["commands", "commands", "quotes", "both", "queues", "queues"])
        row = plan(chance, stream, acts in ("quotes", "both"))
        count = 0 if acts == "quotes" else size.commands
        own = commands(chance, stream, count, acts == "queues")
        row[columns.PLAN_COMMAND_FROM] = len(rows)
        row[columns.PLAN_COMMAND_COUNT] = len(own)
        plans.append(row)
        rows += own
        openings.append(opening(chance, stream))
    return assembled(seed, stream, np.array(plans), rows, openings)


def assembled(
    seed: int,
    stream: Market,
    plans: np.ndarray,
    rows: list[np.ndarray],
    openings: list[Opening],
) -> World:
    """Return the arrays of a market and its bots."""
    return World(
        seed=seed,
        book=stream.book_rows(),
        prints=stream.print_rows(),
        fundings=table(stream.fundings, columns.FUNDING_WIDTH),
        tiers=table(stream.tiers, columns.TIER_WIDTH),
        contract=stream.contract_row(),
        plans=plans,
        commands=np.array(rows, dtype=np.int64).reshape(-1, columns.COMMAND_WIDTH),
        cash=np.array([each.cash for each in openings], dtype=np.int64),
        equity=np.array([each.equity for each in openings], dtype=np.int64),
        positions=np.array([each.position for each in openings], dtype=np.int64),
        costs=np.array([each.cost for each in openings], dtype=np.int64),
    )


def sizes() -> st.SearchStrategy[Size]:
    """Sizes that shrink towards one bot, few frames and few commands."""
    return st.builds(
        Size, frames=st.integers(5, 60), bots=st.integers(1, 4), commands=st.integers(0, 30)
    )


def worlds() -> st.SearchStrategy[World]:
    """Worlds of any seed and size."""
    return st.builds(world_of, st.integers(0, 2**48), sizes())
