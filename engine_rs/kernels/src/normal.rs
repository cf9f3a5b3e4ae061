//! The normal distribution to full relative accuracy in both tails, and a quick quantile.
//!
//! Twin of `forven/kernels/jit/normal.py`. Written out rather than taken from the C library, so
//! that every backend gives the same bits from the same `exp`. The rational coefficients are those
//! of W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23
//! (1969), and of M. J. Wichura, "Algorithm AS 241: the percentage points of the normal
//! distribution", Appl. Statist. 37 (1988), PPND7.

// The coefficients keep the digits they were published with.
#![allow(clippy::excessive_precision)]

use std::f64::consts::FRAC_1_SQRT_2;

/// sqrt(2 pi).
pub const SQRT_TWO_PI: f64 = 2.5066282746310002;
/// ln(sqrt(2 pi)).
pub const LOG_SQRT_TWO_PI: f64 = 0.9189385332046727;
const SQRT_HALF_PI: f64 = 1.2533141373155003;
const ONE_OVER_SQRT_PI: f64 = 0.5641895835477563;
/// Cody's first boundary: below it the error function itself is approximated.
const SMALL: f64 = 0.46875;

/// Return erf(y) for |y| <= 0.46875.
#[inline]
fn erf_small(y: f64) -> f64 {
    let z = y * y;
    let mut top = 1.85777706184603153e-1 * z + 3.16112374387056560;
    top = top * z + 1.13864154151050156e2;
    top = top * z + 3.77485237685302021e2;
    top = top * z + 3.20937758913846947e3;
    let mut bottom = z + 2.36012909523441209e1;
    bottom = bottom * z + 2.44024637934444173e2;
    bottom = bottom * z + 1.28261652607737228e3;
    bottom = bottom * z + 2.84423683343917062e3;
    y * (top / bottom)
}

/// Return exp(y^2) erfc(y) for 0.46875 <= y <= 4.
#[inline]
fn erfcx_middle(y: f64) -> f64 {
    let mut top = 2.15311535474403846e-8 * y + 5.64188496988670089e-1;
    top = top * y + 8.88314979438837594;
    top = top * y + 6.61191906371416295e1;
    top = top * y + 2.98635138197400131e2;
    top = top * y + 8.81952221241769090e2;
    top = top * y + 1.71204761263407058e3;
    top = top * y + 2.05107837782607147e3;
    top = top * y + 1.23033935479799725e3;
    let mut bottom = y + 1.57449261107098347e1;
    bottom = bottom * y + 1.17693950891312499e2;
    bottom = bottom * y + 5.37181101862009858e2;
    bottom = bottom * y + 1.62138957456669019e3;
    bottom = bottom * y + 3.29079923573345963e3;
    bottom = bottom * y + 4.36261909014324716e3;
    bottom = bottom * y + 3.43936767414372164e3;
    bottom = bottom * y + 1.23033935480374942e3;
    top / bottom
}

/// Return exp(y^2) erfc(y) for y >= 4.
#[inline]
fn erfcx_large(y: f64) -> f64 {
    let z = 1.0 / (y * y);
    let mut top = 1.63153871373020978e-2 * z + 3.05326634961232344e-1;
    top = top * z + 3.60344899949804439e-1;
    top = top * z + 1.25781726111229246e-1;
    top = top * z + 1.60837851487422766e-2;
    top = top * z + 6.58749161529837803e-4;
    let mut bottom = z + 2.56852019228982242;
    bottom = bottom * z + 1.87295284992346725;
    bottom = bottom * z + 5.27905102951428412e-1;
    bottom = bottom * z + 6.05183413124413191e-2;
    bottom = bottom * z + 2.33520497626869185e-3;
    (ONE_OVER_SQRT_PI - z * (top / bottom)) / y
}

/// Return Y(z) = N(z) / n(z), the cumulative over the density; finite for z < 37.
///
/// Above 37 it overflows to infinity. Source: Cody (1969).
#[inline]
pub fn mills(z: f64) -> f64 {
    let y = -z * FRAC_1_SQRT_2;
    if y > 4.0 {
        return SQRT_HALF_PI * erfcx_large(y);
    }
    if y >= SMALL {
        return SQRT_HALF_PI * erfcx_middle(y);
    }
    if y >= -SMALL {
        return SQRT_HALF_PI * (y * y).exp() * (1.0 - erf_small(y));
    }
    let square = (0.5 * z * z).exp();
    if y >= -4.0 {
        return SQRT_HALF_PI * (2.0 * square - erfcx_middle(-y));
    }
    SQRT_HALF_PI * (2.0 * square - erfcx_large(-y))
}

/// Return N(-z) for z >= 0.66: the square is split so that its exponential keeps all digits.
#[inline]
fn lower_tail(z: f64) -> f64 {
    let y = z * FRAC_1_SQRT_2;
    let scaled = if y <= 4.0 {
        erfcx_middle(y)
    } else {
        erfcx_large(y)
    };
    let coarse = (16.0 * z).floor() * 0.0625;
    let rest = (z - coarse) * (z + coarse);
    0.5 * ((-0.5 * coarse * coarse).exp() * (-0.5 * rest).exp()) * scaled
}

/// Return N(z), relatively accurate in the lower tail, down to the least double.
///
/// 0 and 1 beyond the range of doubles. Source: Cody (1969).
#[inline]
pub fn normal_cdf(z: f64) -> f64 {
    let y = z * FRAC_1_SQRT_2;
    if (-SMALL..=SMALL).contains(&y) {
        return 0.5 + 0.5 * erf_small(y);
    }
    if z < 0.0 {
        return if z < -39.0 { 0.0 } else { lower_tail(-z) };
    }
    if z > 39.0 {
        1.0
    } else {
        1.0 - lower_tail(z)
    }
}

/// Return the normal density n(z).
#[inline]
pub fn normal_pdf(z: f64) -> f64 {
    (-0.5 * z * z).exp() / SQRT_TWO_PI
}

/// Return z with N(z) = p to about 7 digits, for 0 < p < 1: a start for an iteration.
///
/// The caller checks. Source: Wichura (1988), PPND7.
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let mut top = 5.9109374720e1 * r + 1.5929113202e2;
        top = top * r + 5.0434271938e1;
        top = top * r + 3.3871327179;
        let mut bottom = 6.7187563600e1 * r + 7.8757757664e1;
        bottom = bottom * r + 1.7895169469e1;
        bottom = bottom * r + 1.0;
        return q * top / bottom;
    }
    let mut r = (-(if q < 0.0 { p } else { 1.0 - p }).ln()).sqrt();
    let z = if r <= 5.0 {
        r -= 1.6;
        (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
            / ((1.2021132975e-1 * r + 7.3700164250e-1) * r + 1.0)
    } else {
        r -= 5.0;
        (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150)
            / ((1.2258202635e-2 * r + 2.4197894225e-1) * r + 1.0)
    };
    if q < 0.0 {
        -z
    } else {
        z
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found / expected - 1.0).abs() <= relative,
            "{found} against {expected}"
        );
    }

    #[test]
    fn the_cumulative_is_relatively_accurate_far_down() {
        // From mpmath at 50 digits.
        near(normal_cdf(-0.5), 0.308_537_538_725_986_9, 4e-16);
        near(normal_cdf(-5.0), 2.866_515_718_791_939e-7, 1e-15);
        near(normal_cdf(-38.0), 2.885_428_360_068_784e-316, 3e-7);
        assert_eq!(normal_cdf(40.0), 1.0);
        assert_eq!(normal_cdf(-40.0), 0.0);
    }

    #[test]
    fn the_mills_ratio_is_the_cumulative_over_the_density_on_every_branch() {
        for z in [-8.0, -3.0, -0.7, 0.2, 0.7, 3.0, 8.0] {
            near(mills(z), normal_cdf(z) / normal_pdf(z), 1e-14);
        }
    }

    #[test]
    fn the_quantile_has_seven_digits_in_its_middle_and_both_tails() {
        // From mpmath at 50 digits.
        near(normal_quantile(0.001), -3.090_232_306_167_813_5, 3e-7);
        near(normal_quantile(0.2), -0.841_621_233_572_914_2, 3e-7);
        near(normal_quantile(0.9), 1.281_551_565_544_600_5, 3e-7);
        near(normal_quantile(1e-20), -9.262_340_089_798_408, 1e-6);
    }
}
