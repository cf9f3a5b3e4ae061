//! First guesses of an implied volatility: by region for every price, and at once near expiry.
//!
//! Twin of `forven/kernels/jit/first_guess.py`. The algorithm is Peter Jaeckel's, "Let's Be
//! Rational" (2013; Wilmott, January 2015, pp 40-53). Copyright 2013-2014 Peter Jaeckel. Permission
//! to use, copy, modify, and distribute this software is freely granted, provided that this notice
//! is preserved. It comes "as is", without warranty.
//!
//! Near expiry Black's price tends to Bachelier's, where price / |x| is a function of h = x/s
//! alone: n(h)/|h| - N(h). Its inverse is fitted here by two rational functions to 6e-6, which
//! leaves one step where the four regions leave two.

use std::f64::consts::PI;

use crate::normal::{mills, normal_cdf, normal_quantile, SQRT_TWO_PI};
use crate::normalised::{black_ratio, normalised_vega};
use crate::rational::{
    larger, rational_cubic, shape_for_left_curvature, shape_for_right_curvature, Stretch,
};

/// Where a price lies, which decides the objective that is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Far below: the logarithm of the price is the objective.
    Lowest,
    /// Around the centre: the price itself.
    Middle,
    /// The upper half of prices: what is left of the maximum.
    Upper,
}

const SQRT_THREE: f64 = 1.7320508075688772;
const LOWER_SCALE: f64 = 1.2091995761561452; // 2 pi / (3 sqrt 3)
const TINIEST: f64 = f64::MIN_POSITIVE;
const NEAR_PRICE: f64 = 0.075; // of price / |x|: above it h is within about 1
const FAR_PRICE: f64 = 1e-17; // below it h is beyond 8, where the fit ends

/// Return (s, region) as if prices were normal, for x < 0; s is infinite beyond the fit.
#[inline]
pub fn bachelier_guess(price: f64, x: f64) -> (f64, Region) {
    let part = price / -x;
    if part >= NEAR_PRICE {
        let c = 1.0 / (part + 0.5);
        let top = ((0.0117902758 * c - 0.0328385594) * c - 0.167406561) * c + 0.398944546;
        let bottom = ((0.0646861853 * c - 0.162821674) * c - 0.41944858) * c + 1.0;
        return (-x * bottom / (c * top), Region::Middle);
    }
    if part <= FAR_PRICE {
        return (f64::INFINITY, Region::Lowest);
    }
    let v = (-part.ln()).sqrt();
    let top = ((0.591086476 * v - 1.25869835) * v + 1.36665889) * v - 0.288801544;
    let bottom = ((0.000824240753 * v + 0.39546787) * v - 0.591684927) * v + 1.0;
    (-x * bottom / top, Region::Lowest)
}

/// Return the first guess in the lowest region, through the map 2 pi|x|/sqrt(27) N(z)^3.
#[inline]
fn guess_lowest(price: f64, x: f64, s_low: f64, price_low: f64) -> f64 {
    let size = -x;
    let z = size / (SQRT_THREE * s_low);
    let y = z * z;
    let square = s_low * s_low;
    let ratio = mills(-z);
    let density = (-0.5 * y).exp() / SQRT_TWO_PI;
    let tail = ratio * density;
    let grown = (0.125 * square).exp();
    let mapped = LOWER_SCALE * size * tail * tail * tail;
    let slope = y * ratio * ratio * grown;
    let mut bracket = 8.0 * SQRT_THREE * s_low * size;
    bracket += (3.0 * square * (square - 8.0) - 8.0 * x * x) * ratio;
    let mut curvature = y * ratio * bracket * grown * grown;
    curvature /= 24.0 * PI * square * s_low * density * density * density;
    let shape = shape_for_right_curvature(price_low, mapped, 1.0, slope, curvature, true);
    let stretch = Stretch {
        x0: 0.0,
        x1: price_low,
        y0: 0.0,
        y1: mapped,
        slope0: 1.0,
        slope1: slope,
    };
    let mut guess = rational_cubic(price, &stretch, shape);
    if guess.is_nan() || guess <= 0.0 {
        let part = price / price_low;
        guess = (mapped * part + price_low * (1.0 - part)) * part;
    }
    let cube = (guess / (LOWER_SCALE * size)).powf(1.0 / 3.0);
    size / (SQRT_THREE * normal_quantile(cube).abs())
}

/// Return the first guess in the highest region, through the map N(-s/2).
#[inline]
fn guess_highest(price: f64, x: f64, s_high: f64, price_high: f64, price_max: f64) -> f64 {
    let w = (x / s_high) * (x / s_high);
    let mapped = normal_cdf(-0.5 * s_high);
    let slope = -0.5 * (0.5 * w).exp();
    let curvature = SQRT_TWO_PI * 0.5 * (w + 0.125 * s_high * s_high).exp() * w / s_high;
    let width = price_max - price_high;
    let mut guess = -1.0;
    if width > 0.0 {
        let shape = shape_for_left_curvature(width, -mapped, slope, -0.5, curvature, true);
        let stretch = Stretch {
            x0: price_high,
            x1: price_max,
            y0: mapped,
            y1: 0.0,
            slope0: slope,
            slope1: -0.5,
        };
        guess = rational_cubic(price, &stretch, shape);
    }
    if guess.is_nan() || guess <= 0.0 {
        let part = if width > 0.0 {
            (price - price_high) / width
        } else {
            0.5
        };
        guess = mapped * (1.0 - part);
    }
    -2.0 * normal_quantile(larger(guess, TINIEST))
}

/// Return the first guess at x = 0, where the price is 1 - 2 N(-s/2).
#[inline]
fn guess_at_the_money(price: f64) -> f64 {
    if price > 0.5 {
        return -2.0 * normal_quantile(0.5 * (1.0 - price));
    }
    let square = price * price;
    let fifth = PI / 12.0 + square * (7.0 * PI * PI / 480.0);
    SQRT_TWO_PI * price * (1.0 + square * fifth)
}

/// Return the first guess and the region of its objective.
#[inline]
pub fn rational_guess(price: f64, x: f64, price_max: f64) -> (f64, Region) {
    let region = if price > 0.5 * price_max {
        Region::Upper
    } else {
        Region::Middle
    };
    if x == 0.0 {
        return (guess_at_the_money(price), region);
    }
    let s_centre = (-2.0 * x).sqrt();
    let vega_centre = normalised_vega(x, s_centre);
    let price_centre = black_ratio(x, s_centre) * vega_centre;
    if price < price_centre {
        return guess_below_centre(price, x, s_centre, vega_centre, price_centre);
    }
    let mut s_high = s_centre;
    if vega_centre > TINIEST {
        s_high = s_centre + (price_max - price_centre) / vega_centre;
    }
    let vega_high = normalised_vega(x, s_high);
    let price_high = if vega_high > 0.0 {
        black_ratio(x, s_high) * vega_high
    } else {
        price_max
    };
    if price <= price_high && vega_high > 0.0 && s_high > s_centre {
        let stretch = Stretch {
            x0: price_centre,
            x1: price_high,
            y0: s_centre,
            y1: s_high,
            slope0: 1.0 / vega_centre,
            slope1: 1.0 / vega_high,
        };
        let (width, rise) = (price_high - price_centre, s_high - s_centre);
        let Stretch { slope0, slope1, .. } = stretch;
        let shape = shape_for_left_curvature(width, rise, slope0, slope1, 0.0, false);
        return (rational_cubic(price, &stretch, shape), region);
    }
    (
        guess_highest(price, x, s_high, price_high, price_max),
        region,
    )
}

/// Return the first guess and its region for a price below the inflexion's.
#[inline]
fn guess_below_centre(
    price: f64,
    x: f64,
    s_centre: f64,
    vega_centre: f64,
    price_centre: f64,
) -> (f64, Region) {
    let s_low = s_centre - price_centre / vega_centre;
    let vega_low = normalised_vega(x, s_low);
    let price_low = black_ratio(x, s_low) * vega_low;
    if price < price_low {
        return (guess_lowest(price, x, s_low, price_low), Region::Lowest);
    }
    let stretch = Stretch {
        x0: price_low,
        x1: price_centre,
        y0: s_low,
        y1: s_centre,
        slope0: 1.0 / vega_low,
        slope1: 1.0 / vega_centre,
    };
    let (width, rise) = (price_centre - price_low, s_centre - s_low);
    let Stretch { slope0, slope1, .. } = stretch;
    let shape = shape_for_right_curvature(width, rise, slope0, slope1, 0.0, false);
    (rational_cubic(price, &stretch, shape), Region::Middle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalised::normalised_price;

    #[test]
    fn every_region_guesses_within_a_tenth() {
        let x = -0.3_f64;
        let mut seen = Vec::new();
        for s in [0.06, 0.2, 0.5, 0.9, 1.4, 2.5, 4.0] {
            let (guess, region) = rational_guess(normalised_price(x, s), x, (0.5 * x).exp());
            assert!((guess / s - 1.0).abs() < 0.1, "{guess} for {s}");
            seen.push(region);
        }
        for region in [Region::Lowest, Region::Middle, Region::Upper] {
            assert!(seen.contains(&region));
        }
    }

    #[test]
    fn near_expiry_the_normal_guess_is_within_its_fit() {
        let s = 1e-4;
        for h in [-7.5, -3.0, -1.0, -0.1] {
            let x = h * s;
            let (guess, _) = bachelier_guess(normalised_price(x, s), x);
            assert!((guess / s - 1.0).abs() < 1e-5, "{guess} at {h}");
        }
        assert_eq!(bachelier_guess(1e-30, -1.0).0, f64::INFINITY);
    }
}
