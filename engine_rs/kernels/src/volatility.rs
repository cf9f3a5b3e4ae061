//! Implied volatility by "Let's Be Rational": a rational first guess, then Householder steps.
//!
//! Twin of `forven/kernels/jit/volatility.py`. The algorithm is Peter Jaeckel's, "Let's Be
//! Rational" (2013; Wilmott, January 2015, pp 40-53): normalised Black function, four regions with
//! a rational first guess each, third-order Householder steps on an objective that suits the
//! region. Copyright 2013-2014 Peter Jaeckel. Permission to use, copy, modify, and distribute this
//! software is freely granted, provided that this notice is preserved. It comes "as is", without
//! warranty of any kind.

use rayon::prelude::*;

use crate::first_guess::{bachelier_guess, rational_guess, Region};
use crate::normal::LOG_SQRT_TWO_PI;
use crate::normalised::{black_ratio, log_moneyness, normalised_vega};
use crate::schema::CALL;

/// There is a volatility.
pub const VOLATILITY_OK: i64 = 0;
/// The price is less than exercise at the forward is worth.
pub const VOLATILITY_BELOW_INTRINSIC: i64 = 1;
/// No time value: every small enough volatility explains the price.
pub const VOLATILITY_AT_INTRINSIC: i64 = 2;
/// A call at or above the forward, a put at or above the strike.
pub const VOLATILITY_ABOVE_MAXIMUM: i64 = 3;
/// The option has expired.
pub const VOLATILITY_NO_TIME: i64 = 4;
/// An input is not finite, or forward or strike is not positive.
pub const VOLATILITY_INVALID: i64 = 5;

const STEPS_MAX: usize = 4;
/// A fourth-order step that small leaves nothing behind that a double could hold.
const STEP_LAST: f64 = 3e-5;
const BACHELIER_S_MAX: f64 = 0.3;
/// Solves below which another thread costs more than it brings.
const SOLVES_PER_THREAD_MIN: usize = 512;

/// A normalised price to be solved: its logarithm where the objective needs it, its bound, region.
struct Target {
    price: f64,
    log_price: f64,
    x: f64,
    price_max: f64,
    region: Region,
}

/// Return the Householder step from `s` on the objective of its region.
///
/// The objective is 1/ln b in the lowest region, b in the middle and -ln(b_max - b) above.
#[inline]
fn step(target: &Target, s: f64) -> f64 {
    let &Target {
        price,
        log_price,
        x,
        price_max,
        region,
    } = target;
    let ratio = black_ratio(x, s);
    let h = x / s;
    let mut halley = h * h / s - 0.25 * s;
    let mut third = halley * halley - 3.0 * (h / s) * (h / s) - 0.25;
    let mut newton;
    if region == Region::Lowest {
        let log_now = ratio.ln() - 0.5 * (h * h + 0.25 * s * s) - LOG_SQRT_TWO_PI;
        let inverse = 1.0 / log_now;
        let slope = 1.0 / ratio;
        newton = (log_price - log_now) * log_now / log_price * ratio;
        let twice = 1.0 + 2.0 * inverse;
        third +=
            slope * (2.0 * slope * (1.0 + 3.0 * inverse * (1.0 + inverse)) - 3.0 * halley * twice);
        halley -= slope * twice;
    } else {
        let vega = normalised_vega(x, s);
        newton = price / vega - ratio;
        if region == Region::Upper {
            let left = price_max - ratio * vega;
            if left > 0.0 {
                let slope = vega / left;
                newton = (left / (price_max - price)).ln() / slope;
                third += slope * (2.0 * slope + 3.0 * halley);
                halley += slope;
            }
        }
    }
    newton * (1.0 + 0.5 * halley * newton)
        / (1.0 + newton * (halley + third * newton * (1.0 / 6.0)))
}

/// Return s with normalised Black price `price`, for x <= 0 and 0 < price < exp(x/2).
///
/// The caller checks. Source: Jaeckel (2013).
#[inline]
pub fn normalised_deviation(price: f64, x: f64) -> f64 {
    let mut s = f64::INFINITY;
    let mut region = Region::Lowest;
    let mut price_max = 1.0;
    if x < 0.0 {
        (s, region) = bachelier_guess(price, x);
    }
    if s > BACHELIER_S_MAX {
        price_max = (0.5 * x).exp();
        (s, region) = rational_guess(price, x, price_max);
    }
    let log_price = if region == Region::Lowest {
        price.ln()
    } else {
        0.0
    };
    let target = Target {
        price,
        log_price,
        x,
        price_max,
        region,
    };
    for _ in 0..STEPS_MAX {
        let step = step(&target, s);
        if !step.is_finite() {
            break;
        }
        s = if s + step > 0.0 { s + step } else { 0.5 * s };
        if step.abs() <= STEP_LAST * s {
            break;
        }
    }
    s
}

/// Return (sigma x sqrt(T), status) of an undiscounted option price; (0, status) if none.
///
/// Price, forward and strike in one unit, whichever; `right` is CALL, or a put. The status says
/// why there is none. Source: Jaeckel (2013).
#[inline]
pub fn implied_deviation(price: f64, forward: f64, strike: f64, right: i64) -> (f64, i64) {
    let is_usable = |value: f64| value > 0.0 && value < f64::INFINITY;
    if !is_usable(forward) || !is_usable(strike) || !price.is_finite() {
        return (0.0, VOLATILITY_INVALID);
    }
    let (intrinsic, bound) = if right == CALL {
        (forward - strike, forward)
    } else {
        (strike - forward, strike)
    };
    if price >= bound {
        return (0.0, VOLATILITY_ABOVE_MAXIMUM);
    }
    let value = if intrinsic > 0.0 {
        price - intrinsic
    } else {
        price
    };
    if value < 0.0 {
        return (0.0, VOLATILITY_BELOW_INTRINSIC);
    }
    let x = -log_moneyness(forward, strike).abs();
    let normalised = value / (forward.sqrt() * strike.sqrt());
    if normalised <= 0.0 {
        return (0.0, VOLATILITY_AT_INTRINSIC);
    }
    if normalised >= (0.5 * x).exp() {
        return (0.0, VOLATILITY_ABOVE_MAXIMUM);
    }
    (normalised_deviation(normalised, x), VOLATILITY_OK)
}

/// Return (sigma per square root year, status) of an undiscounted price; (0, status) if none.
///
/// `years` is the time to expiry on the caller's clock; otherwise as [`implied_deviation`].
#[inline]
pub fn implied_volatility(
    price: f64,
    forward: f64,
    strike: f64,
    years: f64,
    right: i64,
) -> (f64, i64) {
    if years <= 0.0 {
        return (0.0, VOLATILITY_NO_TIME);
    }
    if !years.is_finite() {
        return (0.0, VOLATILITY_INVALID);
    }
    let (deviation, status) = implied_deviation(price, forward, strike, right);
    (deviation / years.sqrt(), status)
}

/// Write the volatility and the status of each undiscounted option price, on up to `threads`.
///
/// All slices have one length: prices, forwards and strikes in one unit, years to expiry, rights
/// CALL or PUT; sigmas per square root year, 0 where the status says there is none. The outcome
/// does not depend on `threads`. Checked by [`crate::pricing_checks::check_solves`]; panics on
/// lengths that differ. Source: Jaeckel (2013).
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn implied_volatilities(
    prices: &[f64],
    forwards: &[f64],
    strikes: &[f64],
    years: &[f64],
    rights: &[i64],
    sigmas: &mut [f64],
    statuses: &mut [i64],
    threads: usize,
) {
    let count = prices.len();
    let (forwards, strikes) = (&forwards[..count], &strikes[..count]);
    let (years, rights) = (&years[..count], &rights[..count]);
    let (sigmas, statuses) = (&mut sigmas[..count], &mut statuses[..count]);
    let solve = |first: usize, sigmas: &mut [f64], statuses: &mut [i64]| {
        for (place, (sigma, status)) in sigmas.iter_mut().zip(statuses).enumerate() {
            let i = first + place;
            (*sigma, *status) =
                implied_volatility(prices[i], forwards[i], strikes[i], years[i], rights[i]);
        }
    };
    let share = count.div_ceil(threads.max(1)).max(SOLVES_PER_THREAD_MIN);
    if share >= count {
        solve(0, sigmas, statuses);
        return;
    }
    sigmas
        .par_chunks_mut(share)
        .zip(statuses.par_chunks_mut(share))
        .enumerate()
        .for_each(|(part, (sigmas, statuses))| solve(part * share, sigmas, statuses));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::black::black_price;
    use crate::schema::PUT;

    const YEARS: f64 = 1.0 / 525_600.0;

    #[test]
    fn a_price_gives_back_the_deviation_it_was_made_from() {
        for deviation in [1e-6, 1e-4, 1e-2, 0.3, 2.0] {
            for width in [-6.0, -2.0, -0.3, 0.0, 0.3, 2.0, 6.0] {
                let strike = 6000.0 * f64::exp(width * deviation);
                let right = if strike >= 6000.0 { CALL } else { PUT };
                let price = black_price(6000.0, strike, deviation, right);
                let (found, status) = implied_deviation(price, 6000.0, strike, right);
                assert_eq!(status, VOLATILITY_OK);
                assert!(
                    (found / deviation - 1.0).abs() < 4e-15,
                    "{found} for {deviation}"
                );
            }
        }
    }

    #[test]
    fn a_price_without_a_volatility_says_why() {
        let status = |price, forward, years| implied_volatility(price, forward, 90.0, years, CALL);
        assert_eq!(status(9.0, 100.0, YEARS), (0.0, VOLATILITY_BELOW_INTRINSIC));
        assert_eq!(status(10.0, 100.0, YEARS), (0.0, VOLATILITY_AT_INTRINSIC));
        assert_eq!(status(100.0, 100.0, YEARS), (0.0, VOLATILITY_ABOVE_MAXIMUM));
        assert_eq!(status(11.0, 100.0, 0.0), (0.0, VOLATILITY_NO_TIME));
        assert_eq!(status(11.0, -1.0, YEARS), (0.0, VOLATILITY_INVALID));
        assert_eq!(status(f64::NAN, 100.0, YEARS), (0.0, VOLATILITY_INVALID));
        assert_eq!(status(11.0, 100.0, f64::NAN), (0.0, VOLATILITY_INVALID));
    }

    #[test]
    fn how_many_threads_solve_changes_nothing() {
        let count = 4 * SOLVES_PER_THREAD_MIN + 7;
        let prices: Vec<f64> = (0..count).map(|i| 0.05 + 0.01 * i as f64).collect();
        let (forwards, strikes) = (vec![6000.0; count], vec![6010.0; count]);
        let (years, rights) = (vec![YEARS; count], vec![CALL; count]);
        let solved = |threads| {
            let (mut sigmas, mut statuses) = (vec![0.0; count], vec![-1; count]);
            implied_volatilities(
                &prices,
                &forwards,
                &strikes,
                &years,
                &rights,
                &mut sigmas,
                &mut statuses,
                threads,
            );
            (sigmas, statuses)
        };
        let (alone, statuses) = solved(1);
        assert!(statuses.iter().all(|&status| status == VOLATILITY_OK));
        assert!(alone.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(solved(3), (alone, statuses));
    }
}
