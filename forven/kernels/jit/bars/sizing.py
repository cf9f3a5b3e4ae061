"""How much of the account an entry takes, in ppm."""

import math

from forven.kernels.bars_schema import (
    PLAN_FIXED_SIZE_MICROS,
    PLAN_KELLY_LOOKBACK,
    PLAN_KELLY_MILLI,
    PLAN_LEVERAGE_PPM,
    PLAN_RISK_PPM,
    PLAN_SIZING,
    SIZING_FIXED,
    SIZING_FULL,
    SIZING_KELLY,
    UNIT_PPM,
)
from forven.kernels.jit.bars.scratch import inlined
from forven.kernels.jit.steps import step


@inlined
def size_of(plan, price, distance, equity, closed, returns):
    """Return the size of an entry before what the other direction holds is looked at.

    distance   from the price to the fixed stop, in quanta
    closed     trades closed in the segment so far; `returns` is the ring of their price returns
    """
    sizing = plan[PLAN_SIZING]
    if sizing == SIZING_FULL:
        return UNIT_PPM
    if sizing == SIZING_FIXED:
        return floor_ppm((plan[PLAN_FIXED_SIZE_MICROS] / 1e6) / equity * 1e6)
    if sizing == SIZING_KELLY:
        return floor_ppm(kelly_ppm(plan, closed, returns))
    leverage = plan[PLAN_LEVERAGE_PPM] / 1e6
    return floor_ppm(float(plan[PLAN_RISK_PPM] * price) / (float(distance) * leverage))


@inlined
def floor_ppm(size):
    """Return a size as whole ppm from 0 to 1,000,000; what is not positive or not finite is 0."""
    if not size > 0.0 or size == math.inf:
        return 0
    if size >= 1e6:
        return UNIT_PPM
    return int(size)


@step
def kelly_ppm(plan, closed, returns):
    """Return Kelly's share of the last trades in ppm; 0.0 without a gain or without a loss."""
    count = min(closed, plan[PLAN_KELLY_LOOKBACK])
    wins = 0
    losses = 0
    gained = 0.0
    lost = 0.0
    at = (closed - count) % returns.size
    for _ in range(count):
        one = returns[at]
        wins += 1 if one > 0.0 else 0
        losses += 1 if one < 0.0 else 0
        gained += one if one > 0.0 else 0.0
        lost += -one if one < 0.0 else 0.0
        at += 1
        if at == returns.size:
            at = 0
    if wins == 0 or losses == 0:
        return 0.0
    share = wins / count
    ratio = (gained / wins) / (lost / losses)
    return (plan[PLAN_KELLY_MILLI] / 1000.0) * (share - (1.0 - share) / ratio) * 1e6


@inlined
def shared_out(first, second):
    """Return two sizes entered in one bar, cut to the whole account together."""
    total = first + second
    if total <= UNIT_PPM:
        return first, second
    return first * UNIT_PPM // total, second * UNIT_PPM // total
