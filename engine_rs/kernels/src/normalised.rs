//! The normalised Black function, without cancellation wherever the strike and the clock are.
//!
//! Twin of `forven/kernels/jit/normalised.py`. x = -|ln(F/K)|, price b = p / sqrt(F K) of the
//! out-of-the-money option, deviation s = sigma sqrt(T); h = x/s, t = s/2. b = vega x ratio with
//! ratio = Y(h+t) - Y(h-t), Y = N/n. Near expiry t is minute and the difference would lose every
//! digit, so it is summed from the moments of exp(hu - u^2/2). The normalisation and the choice of
//! a form by region follow P. Jaeckel, "Let's Be Rational" (2013).

use crate::normal::{mills, normal_cdf, SQRT_TWO_PI};

const SERIES_T_MAX: f64 = 0.21;
const SHORT_SERIES_T_MAX: f64 = 0.02;
const FRACTION_H: f64 = -10.0;
const FRACTION_PAIRS: i32 = 12;

/// Return ln(F/K) to full relative accuracy also next to the money.
#[inline]
pub fn log_moneyness(forward: f64, strike: f64) -> f64 {
    let gap = forward - strike;
    if gap.abs() < 0.5 * strike {
        return (gap / strike).ln_1p();
    }
    (forward / strike).ln()
}

/// Return Y(h+t) - Y(h-t) for small t: odd moments of exp(hu - u^2/2), by forward recursion.
#[inline]
fn ratio_by_series(h: f64, t: f64) -> f64 {
    let q = t * t;
    let m0 = mills(h);
    let m1 = 1.0 + h * m0;
    let m2 = h * m1 + m0;
    let m3 = h * m2 + 2.0 * m1;
    let m4 = h * m3 + 3.0 * m2;
    let m5 = h * m4 + 4.0 * m3;
    let m6 = h * m5 + 5.0 * m4;
    let m7 = h * m6 + 6.0 * m5;
    let mut rest = m7;
    if t > SHORT_SERIES_T_MAX {
        let m8 = h * m7 + 7.0 * m6;
        let m9 = h * m8 + 8.0 * m7;
        let m10 = h * m9 + 9.0 * m8;
        let m11 = h * m10 + 10.0 * m9;
        let m12 = h * m11 + 11.0 * m10;
        let m13 = h * m12 + 12.0 * m11;
        let m14 = h * m13 + 13.0 * m12;
        let m15 = h * m14 + 14.0 * m13;
        let m17 = h * (h * m15 + 15.0 * m14) + 16.0 * m15;
        rest = m13 + q * (1.0 / 210.0) * (m15 + q * (1.0 / 272.0) * m17);
        rest = m9 + q * (1.0 / 110.0) * (m11 + q * (1.0 / 156.0) * rest);
        rest = m7 + q * (1.0 / 72.0) * rest;
    }
    rest = m3 + q * (1.0 / 20.0) * (m5 + q * (1.0 / 42.0) * rest);
    2.0 * t * (m1 + q * (1.0 / 6.0) * rest)
}

/// Return the same far out of the money: the moments' continued fraction, all terms positive.
#[inline]
fn ratio_by_fraction(h: f64, t: f64) -> f64 {
    let square = t * t;
    let mut quotient = 0.0;
    let mut nested = 1.0;
    for pair in (1..=FRACTION_PAIRS).rev() {
        let even = 2 * pair;
        let upper = f64::from(even + 1) / (quotient - h);
        quotient = f64::from(even) / (upper - h);
        nested = 1.0 + square / f64::from(even * (even + 1)) * (quotient * upper) * nested;
    }
    2.0 * t * mills(h) * (1.0 / (quotient - h)) * nested
}

/// Return d(normalised Black price)/ds; 0 where it underflows.
#[inline]
pub fn normalised_vega(x: f64, s: f64) -> f64 {
    let h = x / s;
    let t = 0.5 * s;
    (-0.5 * (h * h + t * t)).exp() / SQRT_TWO_PI
}

/// Return the normalised price where the option is all but worth its maximum.
#[inline]
fn price_by_cumulatives(x: f64, h: f64, t: f64) -> f64 {
    normal_cdf(h + t) * (0.5 * x).exp() - normal_cdf(h - t) * (-0.5 * x).exp()
}

/// Return whether the price is a good part of its maximum, where Y(h+t) would overflow.
#[inline]
fn is_wide(h: f64, t: f64) -> bool {
    t >= SERIES_T_MAX && h + t > 0.85
}

/// Return normalised Black price over its vega, for x <= 0 and s > 0.
///
/// Infinite where the vega underflows. Source: Jaeckel (2013), section 6.
#[inline]
pub fn black_ratio(x: f64, s: f64) -> f64 {
    let h = x / s;
    let t = 0.5 * s;
    if t < SERIES_T_MAX {
        return if h > FRACTION_H {
            ratio_by_series(h, t)
        } else {
            ratio_by_fraction(h, t)
        };
    }
    if is_wide(h, t) {
        let vega = normalised_vega(x, s);
        return if vega > 0.0 {
            price_by_cumulatives(x, h, t) / vega
        } else {
            f64::INFINITY
        };
    }
    mills(h + t) - mills(h - t)
}

/// Return the normalised Black price of the out-of-the-money option, for x <= 0 and s > 0.
///
/// Source: Jaeckel (2013), section 6.
#[inline]
pub fn normalised_price(x: f64, s: f64) -> f64 {
    let h = x / s;
    let t = 0.5 * s;
    if is_wide(h, t) {
        return price_by_cumulatives(x, h, t);
    }
    black_ratio(x, s) * normalised_vega(x, s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_meet_where_one_gives_way_to_the_other() {
        let close = |one: f64, other: f64, relative: f64| {
            assert!(
                (one / other - 1.0).abs() < relative,
                "{one} against {other}"
            );
        };
        close(
            ratio_by_series(-10.0, 0.01),
            ratio_by_fraction(-10.0, 0.01),
            1e-11,
        );
        let (h, t) = (-0.4, SERIES_T_MAX);
        close(ratio_by_series(h, t), mills(h + t) - mills(h - t), 1e-13);
    }

    #[test]
    fn a_price_tends_to_its_maximum_and_stays_finite() {
        let price = normalised_price(-1.0, 100.0);
        assert!((price / (-0.5_f64).exp() - 1.0).abs() < 1e-15);
        assert_eq!(black_ratio(-1.0, 1e3), f64::INFINITY);
    }

    #[test]
    fn log_moneyness_keeps_its_digits_next_to_the_money() {
        let gap = 6000.0 * 1e-13;
        let forward = 6000.0 + gap;
        let exact = (forward - 6000.0) / 6000.0;
        assert!((log_moneyness(forward, 6000.0) / exact - 1.0).abs() < 1e-12);
        assert_eq!(log_moneyness(4.0, 1.0), 4.0_f64.ln());
    }
}
