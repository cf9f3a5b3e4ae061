//! The bars that runs read, and the two directions of a position.

use crate::bars_schema::*;

/// Bars beyond which no index or count of them is taken.
pub const BARS_MAX: usize = 1 << 31;
/// Millionths: what fractions are counted in.
const UNIT: i64 = UNIT_PPM;

/// Return a price times a fraction in ppm, to the nearest quantum, half up.
#[inline]
pub fn nearest(product: i64) -> i64 {
    (product + UNIT / 2).div_euclid(UNIT)
}

/// Bars and funding, as the arrays lay them out.
#[derive(Clone, Copy)]
pub struct Market<'a> {
    /// How many bars there are.
    pub bars: usize,
    /// `[4 + A, bars]`, flat.
    pub prices: &'a [i64],
    /// `[2, bars + 1]`, flat.
    pub funding: &'a [f64],
}

impl<'a> Market<'a> {
    /// A row of prices or of ATR.
    #[inline]
    pub fn row(&self, number: usize) -> &'a [i64] {
        &self.prices[number * self.bars..(number + 1) * self.bars]
    }

    /// A row of what funding adds up to before each bar.
    #[inline]
    fn funding_row(&self, number: usize) -> &'a [f64] {
        let width = self.bars + 1;
        &self.funding[number * width..(number + 1) * width]
    }

    /// What rates add up to before each bar.
    #[inline]
    pub fn rates(&self) -> &'a [f64] {
        self.funding_row(FUNDING_SUM)
    }

    /// How many rates are missing before each bar.
    #[inline]
    pub fn missing(&self) -> &'a [f64] {
        self.funding_row(FUNDING_MISSING)
    }
}

/// A direction. Prices times its sign rise with a position's profit: levels have one rule for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Bought first.
    Long,
    /// Sold first.
    Short,
}

impl Side {
    /// Both, in the order in which they act.
    pub const BOTH: [Self; 2] = [Self::Long, Self::Short];

    /// +1 or -1.
    #[inline]
    pub fn sign(self) -> i64 {
        match self {
            Self::Long => 1,
            Self::Short => -1,
        }
    }

    /// The row of the worst prices of a bar.
    #[inline]
    pub fn adverse(self) -> usize {
        match self {
            Self::Long => BAR_LOW,
            Self::Short => BAR_HIGH,
        }
    }

    /// The row of the best prices of a bar.
    #[inline]
    pub fn favorable(self) -> usize {
        match self {
            Self::Long => BAR_HIGH,
            Self::Short => BAR_LOW,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_quantum_is_half_up() {
        let found = [499_999, 500_000, 1_499_999, 1_500_000, -500_000, -500_001].map(nearest);
        assert_eq!(found, [0, 1, 1, 2, 0, -1]);
    }
}
