"""A coarse synthetic day and plans to run on it, shared by the tests of the session's host."""

from datetime import date, time

import numpy as np
import pytest

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.market.bounds import SessionBounds
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.time import exchange_time
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy

CASH = 100_000_000_000
DAY = date(2024, 1, 2)


def spread_document(delta: str, target: str = "50") -> dict[str, object]:
    """A put spread entered twice a day."""
    return {
        "name": f"put spread {delta}",
        "legs": [
            {"side": "sell", "right": "put", "strike": {"method": "delta", "value": delta}},
            {
                "side": "buy",
                "right": "put",
                "strike": {"method": "relative", "leg": 0, "value": "-20"},
            },
        ],
        "entry": {"times": ["09:45", "11:00"], "max_entries": 2},
        "exit": {"profit_target_pct": target, "stop_loss_pct": "100", "time": "15:30"},
    }


@pytest.fixture(scope="session")
def coarse_day() -> MarketDay:
    bounds = SessionBounds(
        day=DAY,
        open_ns=exchange_time(DAY, time(9, 30)),
        close_ns=exchange_time(DAY, time(16)),
        early_close=False,
    )
    return build_day(synthetic_day(SyntheticSpec(seed=7, frame_seconds=30), 0, bounds), bounds)


@pytest.fixture(scope="session")
def many_plans(coarse_day) -> np.ndarray:
    """Plans of twelve bots: other deltas, targets and presets."""
    rows = []
    for number, preset in enumerate(("live", "backtest", "half", "natural") * 3):
        row = SessionPolicy(fills=FillModel.preset(preset)).plan_row(CASH)
        document = spread_document(f"0.{10 + 2 * number}", str(30 + 5 * number))
        compile_strategy(parse_strategy(document), coarse_day.bounds, row)
        rows.append(row)
    return np.stack(rows)


@pytest.fixture(scope="session")
def bare_plan() -> np.ndarray:
    """The plan of a bot without a strategy: it does what commands say, with natural fills."""
    return SessionPolicy(fills=FillModel.preset("natural")).plan_row(CASH)
