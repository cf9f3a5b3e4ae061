"""Real journals: the engine's on a synthetic day under commands, the kernel's on random worlds."""

from functools import cache

import numpy as np

from forven.engine.commands import (
    Leg,
    Order,
    cancel,
    cancel_all,
    command_rows,
    place,
    replace,
    stop,
    strategy_error,
)
from forven.engine.fills import FILL_PRESETS, FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.risk import RiskPolicy
from forven.engine.session import SessionResult, run_day
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy
from tests.engine.conftest import spread_document
from tests.reference.kernel_run import kernel_outcomes
from tests.reference.scenarios import world_of
from tests.store.made_rows import BOUNDS, CASH

SESSIONS = 16
"""How many `sessions()` there are, said here so that collecting tests runs none."""


@cache
def market_day() -> MarketDay:
    spec = SyntheticSpec(seed=7, frame_seconds=30)
    return build_day(synthetic_day(spec, 0, BOUNDS), BOUNDS)


def condor(delta: str) -> dict[str, object]:
    """Both wings, two contracts short against three long, entered three times."""
    legs = []
    for right, sign in (("put", "-25"), ("call", "25")):
        strike = {"method": "delta", "value": delta}
        legs.append({"side": "sell", "right": right, "quantity": 2, "strike": strike})
        wing = {"method": "relative", "leg": len(legs) - 1, "value": sign}
        legs.append({"side": "buy", "right": right, "quantity": 3, "strike": wing})
    return {
        "name": f"condor {delta}",
        "legs": legs,
        "entry": {"times": ["09:40", "10:30", "13:00"], "max_entries": 3},
        "exit": {"profit_target_pct": "30", "stop_loss_pct": "80"},
    }


def commands_of(day: MarketDay) -> np.ndarray:
    """What a restless trader sends: orders of every kind, changed, cancelled, impossible ones."""
    calls = [s for s, right in zip(day.symbols, day.rights, strict=True) if right == schema.CALL]
    near, far = calls[len(calls) // 2], calls[len(calls) // 2 + 4]
    at = [int(ts) for ts in day.ts]
    buy = Leg(instrument=near, quantity=2, action="buy to open")
    sell = Leg(instrument=far, quantity=4, action="sell to open")
    spread = Order(kind="limit", legs=(buy, sell), price="90.00", effect="credit")
    patient = Order(kind="limit", legs=(buy,), price="0.05", effect="debit")
    rows = [
        place(at[5], Order(kind="market", legs=(buy,)), day),
        place(at[6], spread, day, repriced=False),
        replace(at[9], 2, -3_000),
        place(at[12], patient, day),
        replace(at[14], 3, -7),  # off the grid
        replace(at[15], 3, -10),
        place(at[20], Order(kind="stop", legs=(sell,), price="900.00"), day),
        place(at[21], Order(kind="stop", legs=(sell,), price="0.05"), day),  # would trigger
        cancel(at[25], 3),
        cancel(at[26], 3),
        strategy_error(at[30]),
        place(
            at[40],
            Order(kind="market", legs=(Leg(instrument=near, quantity=1, action="sell to close"),)),
            day,
        ),
        place(
            at[41],
            Order(kind="market", legs=(Leg(instrument=near, quantity=9, action="sell to close"),)),
            day,
        ),
        place(at[50], patient, day),
        place(at[51], patient, day),
        cancel_all(at[60]),
        place(at[70], patient, day),
    ]
    return command_rows(rows)


@cache
def sessions() -> tuple[SessionResult, ...]:
    """Every preset with a spread and a condor; commands beside them, one stop, one daily loss."""
    day, plans, commands = market_day(), [], []
    documents = [spread_document("0.20"), spread_document("0.35", "20"), condor("0.25"), None]
    for preset in FILL_PRESETS:
        for document in documents:
            loss = "0.0050" if document is documents[2] else None
            risk = RiskPolicy(max_daily_loss_pct=loss, error_budget=3)
            policy = SessionPolicy(fills=FillModel.preset(preset), risk=risk)
            row = policy.plan_row(CASH // (5 if loss else 1))
            if document is not None:
                compile_strategy(parse_strategy(document), day.bounds, row)
            if document is None or document is documents[1]:
                own = commands_of(day)
                if preset == "half":
                    own = np.concatenate([own, [stop(int(day.ts[400]))]])
                row[schema.PLAN_COMMAND_FROM] = len(commands)
                row[schema.PLAN_COMMAND_COUNT] = len(own)
                commands.extend(own.tolist())
            plans.append(row)
    cash = [CASH // 5 if row[schema.PLAN_HALT_LOSS] != schema.INT64_MAX else CASH for row in plans]
    return tuple(run_day(day, np.stack(plans), cash, np.array(commands, np.int64)))


@cache
def random_journals(seed: int) -> tuple[tuple[np.ndarray, ...], int, int]:
    """Return the journals of a random world's bots, its multiplier and its instruments."""
    world = world_of(seed)
    rows = tuple(
        np.array(outcome.journal, np.int64).reshape(-1, schema.JOURNAL_WIDTH)
        for outcome in kernel_outcomes(world)
    )
    return rows, int(world.session[schema.SESSION_MULTIPLIER]), len(world.instruments)
