"""What is frozen when a session opens: its policy and the integers that the kernel runs."""

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forven.bots.errors import RegisterFailed
from forven.engine.policy import SessionPolicy
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.primitives.identifiers import canonical_json
from forven.store.bots import BotRow
from forven.store.strategies import StrategyRow
from forven.strategies.compiler import compile_strategy
from forven.strategies.saved import Strategy, read_program
from forven.strategies.structured import StructuredStrategy

Integers = NDArray[np.int64]


def policy_of(bot: BotRow) -> SessionPolicy:
    """Return a bot's policy as of now, with `live` fills."""
    return _policy(canonical_json(bot.risk), canonical_json(bot.reprice))


@lru_cache(maxsize=1_024)
def _policy(risk: str, reprice: str) -> SessionPolicy:
    """Return the policy of two documents; most bots share a few."""
    return SessionPolicy(
        risk=RiskPolicy.from_json(json.loads(risk)),
        reprice=RepricePolicy.from_json(json.loads(reprice)),
    )


def strategy_of(program: StrategyRow) -> Strategy:
    """Return a kept program as the strategy it was kept from."""
    return read_program(program.kind, program.program)


def frozen_plan(
    strategy: Strategy,
    policy: SessionPolicy,
    bounds: SessionBounds,
    opening_cash: int,
    opened_ns: int,
) -> Integers:
    """Return the (PLAN_WIDTH,) plan of a session; a script's holds its policy alone.

    opened_ns  by the feed's clock; entry times before it are dropped, windows begin at it, so that
               the whole day run again gives what the session did from its opening on
    errors     RegisterFailed for a balance with which nothing can be traded
    """
    if opening_cash < 1:
        raise RegisterFailed(
            f"cash_balance: expected more than 0 to open a session, found {opening_cash} micros; "
            "clone the bot to begin anew"
        )
    plan = policy.plan_row(opening_cash)
    if isinstance(strategy, StructuredStrategy):
        compile_strategy(strategy, bounds, plan)
        cut_entries(plan, opened_ns)
    return plan


def cut_entries(plan: Integers, opened_ns: int) -> None:
    """Leave out of a plan the entries that were due before a moment, in place."""
    count = int(plan[schema.PLAN_ENTRY_COUNT])
    entries = plan[schema.PLAN_ENTRIES :].reshape(schema.MAX_ENTRIES, schema.ENTRY_WIDTH)
    given = entries[:count].copy()
    starts, ends = given[:, schema.ENTRY_FROM], given[:, schema.ENTRY_TO]
    is_time = ends == schema.MISSING
    kept = given[np.where(is_time, starts >= opened_ns, ends > opened_ns)]
    starts = kept[:, schema.ENTRY_FROM]
    np.maximum(starts, opened_ns, out=starts)
    entries[:] = 0
    entries[: len(kept)] = kept
    plan[schema.PLAN_ENTRY_COUNT] = len(kept)
    if not len(kept):
        plan[schema.PLAN_MAX_ENTRIES] = 0
