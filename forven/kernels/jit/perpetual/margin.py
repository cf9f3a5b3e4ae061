"""Money: what a position is worth, what it costs to trade, and the margin it needs."""

from forven.kernels.jit.steps import step
from forven.kernels.perpetual_schema import (
    CONTRACT_VALUE,
    PER_MILLION,
    PLAN_LEVERAGE,
    STATE_CASH,
    STATE_POSITION,
    TIER_FROM,
    TIER_LEVERAGE,
)


@step
def worth(contract, lots, mark2):
    """Return floor(lots x mark2 x value / 2) in micros."""
    return (lots * mark2 * contract[CONTRACT_VALUE]) >> 1


@step
def equity_at(contract, row, mark2):
    """Return cash plus the position at a mark, in micros."""
    return row[STATE_CASH] + worth(contract, row[STATE_POSITION], mark2)


@step
def fee_of(notional, ppm):
    """Return ceil(notional x ppm / 10^6) without the product, which could overflow."""
    whole = notional // PER_MILLION
    return whole * ppm - (-((notional - whole * PER_MILLION) * ppm) // PER_MILLION)


@step
def part_of_tier(tiers, tier, notional):
    """Return how much of a notional lies in a tier."""
    if tier + 1 < tiers.shape[0]:
        notional = min(notional, tiers[tier + 1, TIER_FROM])
    return max(0, notional - tiers[tier, TIER_FROM])


@step
def initial_margin(stream, plan, lots, mark2):
    """Return the micros an exposure of |lots| needs before it may be taken on."""
    notional = worth(stream.contract, abs(lots), mark2)
    margin = 0
    for tier in range(stream.tiers.shape[0]):
        leverage = min(plan[PLAN_LEVERAGE], stream.tiers[tier, TIER_LEVERAGE])
        margin -= -part_of_tier(stream.tiers, tier, notional) // leverage
    return margin


@step
def maintenance_margin(stream, lots, mark2):
    """Return the micros of equity below which a position of |lots| is liquidated."""
    notional = worth(stream.contract, abs(lots), mark2)
    margin = 0
    for tier in range(stream.tiers.shape[0]):
        leverage = 2 * stream.tiers[tier, TIER_LEVERAGE]
        margin -= -part_of_tier(stream.tiers, tier, notional) // leverage
    return margin
