"""Money: what a position is worth, what it costs to trade, and the margin it needs."""

from forven.kernels.jit.perpetual.desk import NOW_CONTRACT, NOW_TIER_COUNT, NOW_TIERS
from forven.kernels.jit.steps import step
from forven.kernels.perpetual_schema import (
    CONTRACT_VALUE,
    PER_MILLION,
    PLAN_LEVERAGE,
    STATE_CASH,
    STATE_POSITION,
    TIER_FROM,
    TIER_LEVERAGE,
    TIER_WIDTH,
)


@step
def worth(now, lots, mark2):
    """Return floor(lots x mark2 x value / 2) in micros."""
    return (lots * mark2 * now[NOW_CONTRACT + CONTRACT_VALUE]) >> 1


@step
def equity_at(now, row, mark2):
    """Return cash plus the position at a mark, in micros."""
    return row[STATE_CASH] + worth(now, row[STATE_POSITION], mark2)


@step
def fee_of(notional, ppm):
    """Return ceil(notional x ppm / 10^6) without the product, which could overflow."""
    whole = notional // PER_MILLION
    return whole * ppm - (-((notional - whole * PER_MILLION) * ppm) // PER_MILLION)


@step
def part_of_tier(now, tier, notional):
    """Return how much of a notional lies in a tier."""
    at = NOW_TIERS + tier * TIER_WIDTH
    if tier + 1 < now[NOW_TIER_COUNT]:
        notional = min(notional, now[at + TIER_WIDTH + TIER_FROM])
    return max(0, notional - now[at + TIER_FROM])


@step
def initial_margin(now, plan, lots, mark2):
    """Return the micros an exposure of |lots| needs before it may be taken on."""
    notional = worth(now, abs(lots), mark2)
    margin = 0
    for tier in range(now[NOW_TIER_COUNT]):
        leverage = min(plan[PLAN_LEVERAGE], now[NOW_TIERS + tier * TIER_WIDTH + TIER_LEVERAGE])
        margin -= -part_of_tier(now, tier, notional) // leverage
    return margin


@step
def maintenance_margin(now, lots, mark2):
    """Return the micros of equity below which a position of |lots| is liquidated."""
    notional = worth(now, abs(lots), mark2)
    margin = 0
    for tier in range(now[NOW_TIER_COUNT]):
        leverage = 2 * now[NOW_TIERS + tier * TIER_WIDTH + TIER_LEVERAGE]
        margin -= -part_of_tier(now, tier, notional) // leverage
    return margin
