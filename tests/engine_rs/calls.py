"""Good calls of every function of the extension, and what is done to their arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from forven.kernels import perpetual_schema, schema
from forven.kernels.numba_side.session import frame_rows_max
from forven.kernels.perpetual_states import new_states as new_perpetual_states
from forven.kernels.pricing_schema import VALUE_WIDTH
from forven.kernels.states import new_states
from forven.market.columns import rows_table
from forven.market.schema import PRINTS, QUOTES
from tests.engine_rs.bar_calls import evaluate_arguments, sweep_arguments, trace_arguments
from tests.reference.perpetual.worlds import World as PerpetualWorld
from tests.reference.perpetual.worlds import world_of as perpetual_world_of
from tests.reference.scenarios import World, world_of

SEED = 3  # two bots, commands and strategies
PERPETUAL_SEED = 515
"""Two bots, a quoter among them, with commands, prints, fundings and tiers."""


@dataclass(frozen=True)
class Call:
    """A function of the extension with arguments that it accepts.

    arrays   the arguments that are arrays, by name      written  those that are written
    """

    function: str
    arguments: Callable[[], dict[str, object]]
    written: tuple[str, ...] = ()

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of the arguments that are arrays."""
        given = self.arguments()
        return tuple(name for name in given if isinstance(given[name], np.ndarray))


@cache
def small_world() -> World:
    """Return the small random day of these calls."""
    return world_of(SEED)


def session_arguments() -> dict[str, object]:
    """Return the arguments of `advance` for a small random day."""
    world = small_world()
    rows = 4 * frame_rows_max(world.shape, len(world.commands))
    return {
        "quotes": world.quotes.copy(),
        "clock": world.clock.copy(),
        "instruments": world.instruments.copy(),
        "session": world.session.copy(),
        "plans": world.plans.copy(),
        "commands": world.commands.copy(),
        "state": new_states(world.shape, world.opening_cash),
        "journal": np.zeros((rows, schema.JOURNAL_WIDTH), np.int64),
        "financials": np.zeros((world.bots, world.frames + 4, schema.FINANCIAL_WIDTH), np.int64),
        "frame_to": world.frames,
        "threads": 1,
    }


@cache
def small_perpetual_world() -> PerpetualWorld:
    """Return the small random stream of these calls."""
    return perpetual_world_of(PERPETUAL_SEED)


def perpetual_arguments() -> dict[str, object]:
    """Return the arguments of `perpetual_advance` for a small random stream."""
    world = small_perpetual_world()
    orders = int(world.contract[perpetual_schema.CONTRACT_ORDERS])
    rows = 4 * (orders * (6 + len(world.prints)) + 3 * len(world.commands) + 8)
    opened = world.cash, world.positions, world.costs, world.equity
    return {
        "book": world.book.copy(),
        "prints": world.prints.copy(),
        "fundings": world.fundings.copy(),
        "tiers": world.tiers.copy(),
        "contract": world.contract.copy(),
        "plans": world.plans.copy(),
        "commands": world.commands.copy(),
        "state": new_perpetual_states(orders, *opened),
        "journal": np.zeros((rows, schema.JOURNAL_WIDTH), np.int64),
        "frame_to": world.frames,
        "threads": 1,
    }


def _deltas_arguments() -> dict[str, object]:
    world = small_world()
    return {
        "quotes": world.quotes.copy(),
        "instruments": world.instruments.copy(),
        "frame": world.frames - 1,
        "years": 1e-3,
        "deltas": np.zeros(len(world.instruments), np.int64),
    }


def _volatility_arguments() -> dict[str, object]:
    return {
        "prices": np.array([10.0, 12.0, 1.0]),
        "forwards": np.full(3, 100.0),
        "strikes": np.array([100.0, 95.0, 110.0]),
        "years": np.full(3, 0.25),
        "rights": np.array([0, 1, 0]),
        "sigmas": np.zeros(3),
        "statuses": np.zeros(3, np.int64),
        "threads": 1,
    }


def _forward_arguments() -> dict[str, object]:
    return {
        "forwards": np.full(3, 100.0),
        "strikes": np.array([100.0, 95.0, 110.0]),
        "years": np.full(3, 0.25),
        "sigmas": np.full(3, 0.2),
        "rates": np.full(3, 0.01),
        "rights": np.array([0, 1, 0]),
        "values": np.zeros((3, VALUE_WIDTH)),
    }


def _spot_arguments() -> dict[str, object]:
    given = _forward_arguments()
    values, rights = given.pop("values"), given.pop("rights")
    spots = given.pop("forwards")
    return {"spots": spots, **given, "yields": np.zeros(3), "rights": rights, "values": values}


CALLS = (
    Call("advance", session_arguments, ("state", "journal", "financials")),
    Call("perpetual_advance", perpetual_arguments, ("state", "journal")),
    Call("bars_sweep", sweep_arguments, ("counts", "sums")),
    Call(
        "bars_trace",
        trace_arguments,
        ("counts", "sums", "trades", "trade_values", "values", "signals"),
    ),
    Call("bars_evaluate", evaluate_arguments, ("registers",)),
    Call("deltas_at", _deltas_arguments, ("deltas",)),
    Call("implied_volatilities", _volatility_arguments, ("sigmas", "statuses")),
    Call("black76_values", _forward_arguments, ("values",)),
    Call("black_scholes_values", _spot_arguments, ("values",)),
)


def tick_tables():
    """Return quotes of two instruments and prints of an index, as Arrow tables."""
    quotes = {
        "ts": np.array([10, 10, 20, 30, 30]),
        "instrument": ["B", "A", "A", "B", "A"],
        "bid": np.array([5, 0, -1, 7, 8]),
        "ask": np.array([6, 3, 4, 6, -1]),
        "bid_size": np.array([1, 1, 1, 1, 1]),
        "ask_size": np.array([1, 1, 1, 1, 1]),
    }
    prints = {
        "ts": np.array([5, 20]),
        "instrument": ["SPX", "SPX"],
        "last": np.array([600, 610]),
        "last_size": np.array([-1, -1]),
        "aggressor": np.array([0, 0]),
    }
    return rows_table(quotes, QUOTES), rows_table(prints, PRINTS)
