//! Prices and greeks of European options: Black-76 on a forward, Black-Scholes-Merton on a spot.
//!
//! Twin of `forven/kernels/jit/black.py`. F. Black, "The pricing of commodity contracts" (1976);
//! E. Haug, "The Complete Guide to Option Pricing Formulas" (1998), chapter 1. Everything is a
//! derivative per unit: a year, 1.00 of volatility, 1.00 of rate.

use crate::normal::{normal_cdf, normal_pdf};
use crate::normalised::{log_moneyness, normalised_price};
use crate::rational::larger;
use crate::schema::CALL;

/// Below this sigma x sqrt(T) an option is its intrinsic value, and its delta 0, 1/2 or 1.
pub const DEVIATION_MIN: f64 = 1e-8;

/// Column of the price.
pub const VALUE_PRICE: usize = 0;
/// Column of the delta.
pub const VALUE_DELTA: usize = 1;
/// Column of the gamma.
pub const VALUE_GAMMA: usize = 2;
/// Column of the theta: a year of time passing.
pub const VALUE_THETA: usize = 3;
/// Column of the vega: 1.00 of volatility.
pub const VALUE_VEGA: usize = 4;
/// Column of the rho: 1.00 of interest rate.
pub const VALUE_RHO: usize = 5;
/// Column of the yield rho: 1.00 of dividend yield.
pub const VALUE_YIELD_RHO: usize = 6;
/// Columns of an option's values.
pub const VALUE_WIDTH: usize = 7;

/// Return the undiscounted Black-76 price at sigma x sqrt(T) = `deviation`.
///
/// Forward and strike > 0 in one unit, `deviation` >= 0; the caller checks. In the money by parity.
#[inline]
pub fn black_price(forward: f64, strike: f64, deviation: f64, right: i64) -> f64 {
    let exercise = if right == CALL {
        forward - strike
    } else {
        strike - forward
    };
    let intrinsic = larger(0.0, exercise);
    if deviation < DEVIATION_MIN {
        return intrinsic;
    }
    let x = -log_moneyness(forward, strike).abs();
    let scale = forward.sqrt() * strike.sqrt();
    intrinsic + scale * normalised_price(x, deviation)
}

/// Return N(d1) and N(d2) of a call, N(-d1) and N(-d2) of a put, and the density n(d1).
///
/// Without deviation the first two are 0, 1/2 or 1 and the density is 0.
#[inline]
pub fn black_terms(forward: f64, strike: f64, deviation: f64, right: i64) -> (f64, f64, f64) {
    if deviation < DEVIATION_MIN {
        let ahead = if right == CALL {
            forward - strike
        } else {
            strike - forward
        };
        let part = if ahead == 0.0 {
            0.5
        } else if ahead > 0.0 {
            1.0
        } else {
            0.0
        };
        return (part, part, 0.0);
    }
    let first = log_moneyness(forward, strike) / deviation + 0.5 * deviation;
    let second = first - deviation;
    if right == CALL {
        return (normal_cdf(first), normal_cdf(second), normal_pdf(first));
    }
    (normal_cdf(-first), normal_cdf(-second), normal_pdf(first))
}

/// Write price and greeks of options on a forward; the delta is with respect to the forward.
///
/// Columns of one length n: forwards and strikes > 0 in one unit, years and sigmas >= 0, rates
/// continuous a year, rights CALL or PUT. `values` is `[n, VALUE_WIDTH]`; the yield rho is 0.
/// Checked by [`crate::pricing_checks::check_values`]. Source: Black (1976).
pub fn black76_values(
    forwards: &[f64],
    strikes: &[f64],
    years: &[f64],
    sigmas: &[f64],
    rates: &[f64],
    rights: &[i64],
    values: &mut [f64],
) {
    assert_eq!(values.len(), forwards.len() * VALUE_WIDTH);
    for (i, value) in values.chunks_exact_mut(VALUE_WIDTH).enumerate() {
        let (forward, strike, right) = (forwards[i], strikes[i], rights[i]);
        let root = years[i].sqrt();
        let deviation = sigmas[i] * root;
        let sign = if right == CALL { 1.0 } else { -1.0 };
        let discount = (-rates[i] * years[i]).exp();
        let (ahead, _, density) = black_terms(forward, strike, deviation, right);
        let price = discount * black_price(forward, strike, deviation, right);
        let mut decay = 0.0;
        let mut gamma = 0.0;
        if deviation >= DEVIATION_MIN {
            gamma = discount * density / (forward * deviation);
            decay = discount * forward * density * sigmas[i] / (2.0 * root);
        }
        value[VALUE_PRICE] = price;
        value[VALUE_DELTA] = sign * discount * ahead;
        value[VALUE_GAMMA] = gamma;
        value[VALUE_THETA] = rates[i] * price - decay;
        value[VALUE_VEGA] = discount * forward * density * root;
        value[VALUE_RHO] = -years[i] * price;
        value[VALUE_YIELD_RHO] = 0.0;
    }
}

/// Write price and greeks of options on a spot that pays a continuous yield.
///
/// Columns of one length n: spots and strikes > 0 in one unit, years and sigmas >= 0, rates and
/// yields continuous a year, rights CALL or PUT. `values` is `[n, VALUE_WIDTH]`. Checked by
/// [`crate::pricing_checks::check_values`]. Source: Haug (1998), chapter 1, Merton (1973).
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn black_scholes_values(
    spots: &[f64],
    strikes: &[f64],
    years: &[f64],
    sigmas: &[f64],
    rates: &[f64],
    yields: &[f64],
    rights: &[i64],
    values: &mut [f64],
) {
    assert_eq!(values.len(), spots.len() * VALUE_WIDTH);
    for (i, value) in values.chunks_exact_mut(VALUE_WIDTH).enumerate() {
        let (spot, strike, right) = (spots[i], strikes[i], rights[i]);
        let time = years[i];
        let root = time.sqrt();
        let deviation = sigmas[i] * root;
        let sign = if right == CALL { 1.0 } else { -1.0 };
        let discount = (-rates[i] * time).exp();
        let paid = (-yields[i] * time).exp();
        let forward = spot * ((rates[i] - yields[i]) * time).exp();
        let (ahead, exercised, density) = black_terms(forward, strike, deviation, right);
        let asset = sign * spot * paid * ahead;
        let cash = sign * strike * discount * exercised;
        let mut decay = 0.0;
        let mut gamma = 0.0;
        if deviation >= DEVIATION_MIN {
            gamma = paid * density / (spot * deviation);
            decay = spot * paid * density * sigmas[i] / (2.0 * root);
        }
        value[VALUE_PRICE] = discount * black_price(forward, strike, deviation, right);
        value[VALUE_DELTA] = sign * paid * ahead;
        value[VALUE_GAMMA] = gamma;
        value[VALUE_THETA] = yields[i] * asset - rates[i] * cash - decay;
        value[VALUE_VEGA] = spot * paid * density * root;
        value[VALUE_RHO] = time * cash;
        value[VALUE_YIELD_RHO] = -time * asset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::PUT;

    fn on_spot(right: i64) -> [f64; VALUE_WIDTH] {
        let mut values = [f64::NAN; VALUE_WIDTH];
        black_scholes_values(
            &[100.0],
            &[105.0],
            &[0.5],
            &[0.36],
            &[0.10],
            &[0.10],
            &[right],
            &mut values,
        );
        values
    }

    #[test]
    fn call_and_put_differ_by_the_discounted_distance_to_the_strike() {
        let (call, put) = (on_spot(CALL), on_spot(PUT));
        let discount = (-0.05_f64).exp();
        let parity = call[VALUE_PRICE] - put[VALUE_PRICE] + 5.0 * discount;
        assert!(parity.abs() < 1e-13, "{parity}");
        let ahead = call[VALUE_DELTA] - put[VALUE_DELTA] - discount;
        assert!(ahead.abs() < 1e-15, "{ahead}");
        assert_eq!(call[VALUE_GAMMA], put[VALUE_GAMMA]);
    }

    #[test]
    fn vega_and_gamma_are_the_slopes_of_price_and_delta() {
        let at = |forward: f64, sigma: f64| {
            let mut values = [f64::NAN; VALUE_WIDTH];
            black76_values(
                &[forward],
                &[6010.0],
                &[1e-3],
                &[sigma],
                &[0.05],
                &[CALL],
                &mut values,
            );
            values
        };
        let middle = at(6000.0, 0.2);
        let slope = (at(6000.0, 0.2001)[VALUE_PRICE] - at(6000.0, 0.1999)[VALUE_PRICE]) / 2e-4;
        assert!((middle[VALUE_VEGA] / slope - 1.0).abs() < 1e-5);
        let bend = (at(6000.1, 0.2)[VALUE_DELTA] - at(5999.9, 0.2)[VALUE_DELTA]) / 0.2;
        assert!((middle[VALUE_GAMMA] / bend - 1.0).abs() < 1e-5);
        assert_eq!(middle[VALUE_RHO], -1e-3 * middle[VALUE_PRICE]);
    }

    #[test]
    fn without_deviation_an_option_is_its_intrinsic() {
        assert_eq!(black_price(6000.0, 5990.0, 0.0, CALL), 10.0);
        assert_eq!(black_price(6000.0, 5990.0, 0.0, PUT), 0.0);
        assert_eq!(black_terms(6000.0, 6000.0, 9e-9, PUT), (0.5, 0.5, 0.0));
        assert_eq!(black_terms(6000.0, 5990.0, 9e-9, CALL), (1.0, 1.0, 0.0));
    }
}
