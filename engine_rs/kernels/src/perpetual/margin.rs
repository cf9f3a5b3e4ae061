//! Money: what a position is worth, what it costs to trade, and the margin it needs.
//!
//! Twin of `forven/kernels/jit/perpetual/margin.py`.

use super::desk::Market;
use crate::perpetual_schema::*;

/// Return floor(lots x mark2 x value / 2) in micros.
pub fn worth(market: &Market, lots: i64, mark2: i64) -> i64 {
    (lots * mark2 * market.value) >> 1
}

/// Return cash plus the position at a mark, in micros.
pub fn equity_at(market: &Market, row: &[i64], mark2: i64) -> i64 {
    row[STATE_CASH] + worth(market, row[STATE_POSITION], mark2)
}

/// Return ceil(amount / unit).
pub fn ceil_of(amount: i64, unit: i64) -> i64 {
    -(-amount).div_euclid(unit)
}

/// Return ceil(notional x ppm / 10^6) without the product, which could overflow.
pub fn fee_of(notional: i64, ppm: i64) -> i64 {
    let whole = notional.div_euclid(PER_MILLION);
    whole * ppm + ceil_of((notional - whole * PER_MILLION) * ppm, PER_MILLION)
}

/// Return what each tier's part of a notional needs at the leverage that it allows, summed.
fn margin_of(market: &Market, notional: i64, leverage_of: impl Fn(i64) -> i64) -> i64 {
    let mut margin = 0;
    for (number, tier) in market.tiers.chunks_exact(TIER_WIDTH).enumerate() {
        let end = market.tiers.get((number + 1) * TIER_WIDTH + TIER_FROM);
        let within = end.map_or(notional, |&end| notional.min(end));
        let part = (within - tier[TIER_FROM]).max(0);
        margin += ceil_of(part, leverage_of(tier[TIER_LEVERAGE]));
    }
    margin
}

/// Return the micros an exposure of |lots| needs before it may be taken on.
pub fn initial_margin(market: &Market, plan: &[i64], lots: i64, mark2: i64) -> i64 {
    let notional = worth(market, lots.abs(), mark2);
    margin_of(market, notional, |most| most.min(plan[PLAN_LEVERAGE]))
}

/// Return the micros of equity below which a position of |lots| is liquidated.
pub fn maintenance_margin(market: &Market, lots: i64, mark2: i64) -> i64 {
    margin_of(market, worth(market, lots.abs(), mark2), |most| 2 * most)
}
