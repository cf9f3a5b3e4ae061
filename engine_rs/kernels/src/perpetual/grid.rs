//! The price grid of perpetuals: significant figures, whole numbers, or one tick everywhere.
//!
//! Twin of `forven/kernels/jit/perpetual/grid.py`.

use super::desk::Market;
use crate::perpetual_schema::PRICE_MAX;

/// Return the quanta between order prices around a price >= 0.
pub fn tick_at(market: &Market, price: i64) -> i64 {
    let mut end = market.figures_end;
    if end == 0 {
        return market.tick;
    }
    let mut tick = 1;
    while price >= end && tick < market.whole {
        end *= 10;
        tick *= 10;
    }
    tick.min(market.whole)
}

/// Return the largest multiple of the tick around a signed price that is at most it.
pub fn snap_down(market: &Market, price: i64) -> i64 {
    let tick = tick_at(market, price.abs());
    price.div_euclid(tick) * tick
}

/// Return the smallest multiple of the tick around a signed price that is at least it.
pub fn snap_up(market: &Market, price: i64) -> i64 {
    -snap_down(market, -price)
}

/// Return whether an order may carry this price.
pub fn is_on_grid(market: &Market, price: i64) -> bool {
    (1..=PRICE_MAX).contains(&price) && price % tick_at(market, price) == 0
}
