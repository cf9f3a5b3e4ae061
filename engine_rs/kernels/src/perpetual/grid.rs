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

/// The tick, and the prices `low..high` around which it holds and which an order may carry.
#[derive(Clone, Copy)]
pub struct Ruler {
    /// Quanta between order prices.
    pub tick: i64,
    /// The first price.
    pub low: i64,
    /// The one after the last.
    pub high: i64,
    /// `2^62 / (2 x tick)` floored, plus one: a product with it stands for a division.
    reciprocal: u64,
}

impl Ruler {
    /// A ruler that holds around no price.
    pub const NONE: Self = Self {
        tick: 1,
        low: 0,
        high: 0,
        reciprocal: 0,
    };

    /// Return the ruler around a price > 0.
    pub fn around(market: &Market, price: i64) -> Self {
        let tick = tick_at(market, price);
        let (mut low, mut high) = (1, PRICE_MAX + 1);
        if market.figures_end > 0 {
            let mut end = market.figures_end;
            while end <= price {
                low = end;
                end *= 10;
            }
            high = high.min(end);
        }
        Self {
            tick,
            low,
            high,
            reciprocal: (1 << 62) / (2 * tick) as u64 + 1,
        }
    }

    /// Return whether the tick holds around a price.
    #[inline(always)]
    pub fn holds(&self, price: i64) -> bool {
        self.low <= price && price < self.high
    }

    /// Return the mid in ticks for a buy, rounded up, and for a sell, rounded down.
    ///
    /// `both` is bid + ask: like `2 x tick` it is below 2^31 (checked). The reciprocal is too large
    /// by at most one, so the quotient by at most `both / 2^62`: less than what it lacks to the
    /// next whole one, `1 / (2 x tick)` at least. The product of two `u64` fits into `u128`.
    #[inline(always)]
    pub fn mid_ticks(&self, both: i64) -> [i64; 2] {
        let product = u128::from(both as u64).wrapping_mul(u128::from(self.reciprocal));
        let floor = (product >> 62) as i64;
        [floor + i64::from(2 * self.tick * floor != both), floor]
    }
}

#[cfg(test)]
mod tests {
    use super::super::desk::Market;
    use super::super::fixture::World;
    use super::*;

    #[test]
    fn mids_in_ticks_are_those_of_a_division() {
        let world = World::new(1);
        let stream = world.stream();
        let mut market = Market::new(&stream);
        for tick in [1, 2, 3, 7, 10, 1_000, 999_983, PRICE_MAX - 1, PRICE_MAX] {
            market.tick = tick;
            let ruler = Ruler::around(&market, PRICE_MAX);
            let near = |center: i64| center - 2..=center + 2;
            let top = 2 * PRICE_MAX;
            let last = top / (2 * tick) * 2 * tick;
            let centers = [2, 2 * tick, 600_001, last, last - 2 * tick, top - 2];
            for both in centers.into_iter().flat_map(near) {
                if (0..=top).contains(&both) {
                    let (floor, rest) = (both / (2 * tick), both % (2 * tick));
                    let expected = [floor + i64::from(rest > 0), floor];
                    assert_eq!(ruler.mid_ticks(both), expected, "{both} by {tick}");
                }
            }
        }
    }
}
