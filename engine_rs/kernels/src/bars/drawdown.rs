//! The greatest fall from a peak.

/// Follows an equity; a fall is divided by its peak only when the peak is left, since for one peak
/// the lowest equity falls furthest, rounded or not.
#[derive(Debug, Clone, Copy)]
pub struct Drawdown {
    peak: f64,
    lowest: f64,
    greatest: f64,
}

impl Drawdown {
    /// Start at a peak, which is above zero.
    pub fn new(peak: f64) -> Self {
        Self {
            peak,
            lowest: peak,
            greatest: 0.0,
        }
    }

    /// Hold an equity against the peak so far.
    #[inline]
    pub fn see(&mut self, equity: f64) {
        if equity < self.lowest {
            self.lowest = equity;
        }
    }

    /// Let an equity be the peak, if it is above it.
    #[inline]
    pub fn raise(&mut self, equity: f64) {
        if equity > self.peak {
            if self.lowest < self.peak {
                self.greatest = self.value();
            }
            (self.peak, self.lowest) = (equity, equity);
        }
    }

    /// The greatest fall so far, as a fraction of its peak.
    #[inline]
    pub fn value(&self) -> f64 {
        let fall = (self.peak - self.lowest) / self.peak;
        if fall > self.greatest {
            fall
        } else {
            self.greatest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_fall_is_that_of_every_step_looked_at() {
        let mut random = 7u64;
        let mut followed = Drawdown::new(100.0);
        let (mut peak, mut greatest, mut equity) = (100.0f64, 0.0f64, 100.0f64);
        for _ in 0..2_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            equity *= 1.0 + ((random >> 33) as f64 / 2f64.powi(31) - 0.49) / 10.0;
            greatest = greatest.max((peak - equity) / peak);
            peak = peak.max(equity);
            followed.see(equity);
            followed.raise(equity);
            assert_eq!(followed.value(), greatest);
        }
        assert!(greatest > 0.1);
    }

    #[test]
    fn a_fall_below_zero_is_more_than_the_whole() {
        let mut followed = Drawdown::new(50.0);
        followed.see(-25.0);
        assert_eq!(followed.value(), 1.5);
    }
}
