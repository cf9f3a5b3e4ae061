"""Section 4 of docs/BARS.md: what share of the equity is staked, in ppm."""

import math

from forven.kernels import bars_schema as schema
from tests.reference.bars.plan import Plan


def floored(size: float) -> int:
    """Return the floor from 0 to 1,000,000; not positive or not finite counts as 0."""
    if not math.isfinite(size) or size <= 0.0:
        return 0
    return min(math.floor(size), schema.UNIT_PPM)


def wanted(plan: Plan, entry: int, stop: int | None, equity: float, returns: list[float]) -> float:
    """Return what a sizing asks for in ppm, before it is floored.

    stop      the fixed stop of the entry
    returns   price returns of the segment's trades so far, in the order of their closing
    """
    if plan.sizing == schema.SIZING_FULL:
        return 1_000_000.0
    if plan.sizing == schema.SIZING_FIXED:
        return (plan.fixed_size_micros / 1e6) / equity * 1e6
    if plan.sizing == schema.SIZING_KELLY:
        return kelly(plan, returns)
    assert stop is not None
    leverage = plan.leverage_ppm / 1e6
    return (plan.risk_ppm * entry) / (abs(entry - stop) * leverage)


def kelly(plan: Plan, returns: list[float]) -> float:
    last = returns[-plan.kelly_lookback :]
    gains = [g for g in last if g > 0.0]
    losses = [-g for g in last if g < 0.0]
    if not gains or not losses:
        return 0.0
    W = len(gains) / len(last)
    R = (summed(gains) / len(gains)) / (summed(losses) / len(losses))
    return (plan.kelly_milli / 1000.0) * (W - (1.0 - W) / R) * 1e6


def summed(numbers: list[float]) -> float:
    """Add from the first to the last, one rounding each: what `sum` does differs by version."""
    total = 0.0
    for number in numbers:
        total = total + number
    return total


def beside(size: int, other: int) -> int:
    """Return a size that leaves room for the position held in the other direction."""
    return min(size, schema.UNIT_PPM - other)


def shared(sizes: list[int]) -> list[int]:
    """Return the sizes of two entries in one bar, scaled where they are too much together."""
    total = sum(sizes)
    if total <= schema.UNIT_PPM:
        return sizes
    return [size * 1_000_000 // total for size in sizes]
