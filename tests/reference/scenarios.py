"""Random small worlds for the session kernel: one code path for property tests and the soak.

`world_of(seed)` is the whole address of a scenario; hypothesis draws the seed and may make the
world smaller, which is how it shrinks.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from hypothesis import strategies as st

from forven.kernels import schema
from tests.reference.generated_commands import commands
from tests.reference.generated_market import market
from tests.reference.generated_plans import plan

CAPACITIES = (24, 20, 40)
"""Holdings, structures and orders of a state row: more than any plan drawn here may use."""


@dataclass(frozen=True)
class Size:
    """How large a world is."""

    strikes: int
    frames: int
    bots: int
    commands: int


@dataclass
class World:
    """The arrays of `advance`, by the names of its arguments."""

    seed: int
    quotes: np.ndarray
    clock: np.ndarray
    instruments: np.ndarray
    session: np.ndarray
    plans: np.ndarray
    commands: np.ndarray
    opening_cash: np.ndarray
    shape: schema.StateShape

    @property
    def frames(self) -> int:
        return int(self.clock.shape[1])

    @property
    def bots(self) -> int:
        return int(self.plans.shape[0])


def drawn_size(chance: Random) -> Size:
    """Mostly small: a difference shows in a small world as well as in a large one."""
    return Size(
        strikes=chance.choice([2, 3, 4, 4, 5, 6, 10]),
        frames=chance.choice([5, 10, 15, 20, 20, 30, 40, 60]),
        bots=chance.choice([1, 1, 2, 3]),
        commands=chance.choice([0, 4, 8, 12, 20]),
    )


def world_of(seed: int, size: Size | None = None) -> World:
    """Return the world of a seed; the same seed and size give the same arrays."""
    chance = Random(seed)
    drawn = drawn_size(chance)
    size = size or drawn
    day = market(chance, size.strikes, size.frames)
    plans, rows, cash = [], [], []
    for _ in range(size.bots):
        acts = chance.choice(["commands", "strategy", "both"])
        row = plan(chance, day, acts != "commands")
        own = commands(chance, day, size.commands) if acts != "strategy" else []
        row[schema.PLAN_COMMAND_FROM] = len(rows)
        row[schema.PLAN_COMMAND_COUNT] = len(own)
        plans.append(row)
        rows += own
        quanta = chance.choice([300, 3_000, 20_000, 200_000, 10**6, 10**6, 10**7, 10**9])
        cash.append(quanta * day.multiplier)
    return World(
        seed=seed,
        quotes=day.quote_planes(),
        clock=day.clock(),
        instruments=day.instrument_rows(),
        session=day.session_row(CAPACITIES),
        plans=np.array(plans),
        commands=np.array(rows, dtype=np.int64).reshape(-1, schema.COMMAND_WIDTH),
        opening_cash=np.array(cash, dtype=np.int64),
        shape=schema.StateShape(*CAPACITIES),
    )


def sizes() -> st.SearchStrategy[Size]:
    """Sizes that shrink towards one bot, few frames and few commands."""
    return st.builds(
        Size,
        strikes=st.integers(2, 10),
        frames=st.integers(5, 40),
        bots=st.integers(1, 3),
        commands=st.integers(0, 20),
    )


def worlds() -> st.SearchStrategy[World]:
    """Worlds of any seed and size."""
    return st.builds(world_of, st.integers(0, 2**48), sizes())
