"""Random plans of a bot, and the money and position it opens with."""

from dataclasses import dataclass
from random import Random

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels.schema import INT64_MAX
from tests.reference.perpetual.account import worth
from tests.reference.perpetual.generated_stream import Market


@dataclass(frozen=True)
class Opening:
    """What a bot opens with; equity is cash and the worth of the position carried."""

    cash: int
    equity: int
    position: int
    cost: int


def plan(chance: Random, market: Market, quotes: bool) -> np.ndarray:
    """Return one plan without its commands."""
    row = np.zeros(columns.PLAN_WIDTH, dtype=np.int64)
    for name, cell in {
        **execution(chance, market),
        **limits(chance, market),
        **repricing(chance, market),
        **liquidation(chance, market),
        **(quoter(chance, market) if quotes else {}),
    }.items():
        row[getattr(columns, f"PLAN_{name}")] = cell
    return row


def execution(chance: Random, market: Market) -> dict[str, int]:
    pace = market.pace
    models = (
        columns.FILL_TOUCH,
        columns.FILL_QUEUE_RISK_AVERSE,
        columns.FILL_QUEUE_PROBABILISTIC,
        columns.FILL_QUEUE_PROBABILISTIC,
    )
    return {
        "FILL_MODEL": chance.choice(models),
        "QUEUE_POWER": chance.choice([1, 2, 3]),
        "FEED_LATENCY_NS": chance.choice([0, 0, pace // 10, pace]),
        "ORDER_LATENCY_NS": chance.choice([0, 0, pace // 5, pace, 5 * pace // 2]),
        "MAKER_PPM": chance.choice([150, 0, -30, -2_000, 333]),
        "TAKER_PPM": chance.choice([450, 450, 0, 1_234, 9_999]),
        "REQUOTE_ROWS": chance.choice([1, 1, 0]),
        "STALENESS_NS": chance.choice([pace // 2, pace // 2, 3 * pace, 0]),
    }


def limits(chance: Random, market: Market) -> dict[str, int]:
    return {
        "LEVERAGE": chance.choice([1, 2, 5, 10, 20, 50, 50]),
        "HALT_LOSS": chance.choice([INT64_MAX] * 4 + [market.unit // 8, market.unit]),
        "MAX_ORDERS": chance.choice([1, 3, 20, 20, 20]),
    }


def repricing(chance: Random, market: Market) -> dict[str, int]:
    pace, step = market.pace, market.tick
    return {
        "OPENING_ENABLED": int(chance.random() < 0.8),
        "OPENING_NUDGE_NS": chance.choice([pace, 3 * pace, 1, INT64_MAX]),
        "OPENING_INTERVAL_NS": chance.choice([0, 0, pace, 3 * pace]),
        "OPENING_TOLERANCE_TICKS": chance.choice([0, 1, 3]),
        "MAX_CONCESSION": chance.choice([INT64_MAX, 0, step, 3 * step, 3 * step + 1]),
        "CLOSING_ENABLED": int(chance.random() < 0.8),
        "CLOSING_NUDGE_NS": chance.choice([pace, 2 * pace, 1, INT64_MAX]),
        "CLOSING_INTERVAL_NS": chance.choice([0, 0, pace]),
    }


def liquidation(chance: Random, market: Market) -> dict[str, int]:
    return {
        "PARTIAL_FROM": chance.choice([0, 5, 10, 1_000]) * market.unit,
        "PARTIAL_PPM": chance.choice([200_000, 200_000, 1, 333_333, 1_000_000]),
        "COOLDOWN_NS": chance.choice([0, 2 * market.pace, 5 * market.pace]),
        "BACKSTOP_PPM": chance.choice([666_666, 666_666, 300_000, 0, 0, 1_000_000]),
    }


def quoter(chance: Random, market: Market) -> dict[str, int]:
    return {
        "QUOTE_LOTS": chance.choice([1, 4, 5, 10, 20]),
        "QUOTE_OFFSET_TICKS": chance.choice([0, 1, 1, 1, 2, 5]),
        "QUOTE_POSITION_MAX": chance.choice([0, 5, 10, 40, 1_000]),
        "QUOTE_RETRY_NS": chance.choice([0, market.pace, 4 * market.pace]),
    }


def opening(chance: Random, market: Market) -> Opening:
    """Ample or scarce money; sometimes a position near its liquidation."""
    unit = market.unit
    if chance.random() < 0.03:
        cash = columns.EQUITY_MAX + chance.choice([-1, 0, 1])
        return Opening(cash, cash, 0, 0)
    if chance.random() < 0.7:
        cash = unit * chance.choice([1, 5, 200, 200, 200, 200])
        return Opening(cash, cash, 0, 0)
    position = chance.choice([-1, 1]) * chance.choice([1, 7, 20, 60, 150])
    notional = abs(position) * unit
    floor = notional // (2 * market.tiers[-1][1])
    equity = floor * chance.choice([99, 101, 105, 120, 150, 300, 1_000]) // 100
    cost = position * unit + chance.randint(-unit // 9, unit // 9)
    cash = equity - worth(position, 2 * market.price, market.contract.value)
    return Opening(cash, equity, position, cost)
