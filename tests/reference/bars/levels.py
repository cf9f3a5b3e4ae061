"""Section 3 of docs/BARS.md: the prices at which a position is closed inside a bar."""

from forven.kernels.bars_schema import (
    MAINTENANCE_KEPT_PPM,
    SIZING_ATR,
    SIZING_FRACTION,
    UNIT_PPM,
)
from tests.reference.bars.plan import LONG, Market, Plan


def nearest(product: int) -> int:
    """Return millionths as units, half up."""
    return (product + 500_000) // 1_000_000


def beyond(sign: int, level: int, price: int) -> int:
    """Return a level on the losing side of a price, at least one quantum from it."""
    return min(level, price - 1) if sign == LONG else max(level, price + 1)


def tighter(sign: int, levels: list[int]) -> int:
    """Return the level that a falling (short: rising) price meets first."""
    return max(levels) if sign == LONG else min(levels)


def is_reached(sign: int, price: int, level: int) -> bool:
    """Return whether a price is at a level or beyond it, on the losing side."""
    return price <= level if sign == LONG else price >= level


def worse(sign: int, one: int, other: int) -> int:
    """Return the price at which a side would rather not sell (short: buy)."""
    return min(one, other) if sign == LONG else max(one, other)


def percent_stop(sign: int, entry: int, ppm: int) -> int:
    return beyond(sign, nearest(entry * (UNIT_PPM - sign * ppm)), entry)


def atr_distance(market: Market, plan: Plan, entry_bar: int) -> int | None:
    """Return the distance in quanta that ATR sizing stops at; None where ATR says nothing."""
    if plan.sizing != SIZING_ATR:
        return None
    atr = market.rows[plan.atr_row][entry_bar - 1]
    if atr < 1:
        return None
    distance = (atr * plan.atr_stop_milli + 500) // 1000
    return distance if distance >= 1 else None


def fixed_stop(market: Market, plan: Plan, sign: int, bar: int) -> int | None:
    """Return the fixed stop of a position that is entered at the open of a bar."""
    entry = market.open[bar]
    levels = []
    if plan.stop_ppm > 0:
        levels.append(percent_stop(sign, entry, plan.stop_ppm))
    distance = atr_distance(market, plan, bar)
    if distance is not None:
        levels.append(entry - sign * distance)
    if levels:
        return tighter(sign, levels)
    if plan.sizing in (SIZING_FRACTION, SIZING_ATR):
        return percent_stop(sign, entry, plan.fallback_stop_ppm)
    return None


def trailing_stop(plan: Plan, sign: int, extreme: int) -> int | None:
    if plan.trail_ppm == 0:
        return None
    return beyond(sign, nearest(extreme * (UNIT_PPM - sign * plan.trail_ppm)), extreme)


def target(plan: Plan, sign: int, entry: int) -> int | None:
    if plan.target_ppm == 0:
        return None
    return beyond(-sign, nearest(entry * (UNIT_PPM + sign * plan.target_ppm)), entry)


def liquidation(plan: Plan, sign: int, entry: int) -> int | None:
    if plan.leverage_ppm <= UNIT_PPM:
        return None
    share = MAINTENANCE_KEPT_PPM * 1_000_000 // plan.leverage_ppm
    return nearest(entry * (UNIT_PPM - sign * share))
