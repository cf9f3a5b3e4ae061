//! The chain at a frame: parity forward, at-the-money straddle, and each contract's delta.
//!
//! Twin of `forven/kernels/jit/chain.py`.

use crate::normal::normal_cdf;
use crate::normalised::log_moneyness;
use crate::schema::{
    CALL, INSTRUMENT_RIGHT, INSTRUMENT_STRIKE, MISSING, PUT, QUOTE_ASK, QUOTE_BID,
};
use crate::volatility::{implied_deviation, VOLATILITY_OK};

/// Columns of `instruments`.
const INSTRUMENT_WIDTH: usize = 2;

/// One frame of a day's quotes, and its instruments `[N, 2]`.
#[derive(Clone, Copy)]
struct Frame<'a> {
    bids: &'a [i32],
    asks: &'a [i32],
    instruments: &'a [i64],
    frames: usize,
}

impl<'a> Frame<'a> {
    #[inline]
    fn of(quotes: &'a [i32], frames: usize, instruments: &'a [i64], frame: usize) -> Self {
        let plane = instruments.len() / INSTRUMENT_WIDTH * frames;
        // Without instruments there are no quotes, whichever frame is meant.
        let from = |side: usize| quotes[side * plane..][..plane].get(frame..).unwrap_or(&[]);
        Self {
            bids: from(QUOTE_BID),
            asks: from(QUOTE_ASK),
            instruments,
            frames,
        }
    }

    #[inline]
    fn count(&self) -> usize {
        self.instruments.len() / INSTRUMENT_WIDTH
    }

    #[inline]
    fn strike(&self, instrument: usize) -> i64 {
        self.instruments[instrument * INSTRUMENT_WIDTH + INSTRUMENT_STRIKE]
    }

    /// Return how many instruments are calls: they come first.
    #[inline]
    fn call_count(&self) -> usize {
        let rights = self.instruments.chunks_exact(INSTRUMENT_WIDTH);
        rights
            .take_while(|one| one[INSTRUMENT_RIGHT] == CALL)
            .count()
    }

    /// Return bid + ask where there is a bid and the quote is not crossed; else MISSING.
    #[inline]
    fn two_sided_sum(&self, instrument: usize) -> i64 {
        let place = instrument * self.frames;
        let (bid, ask) = (i64::from(self.bids[place]), i64::from(self.asks[place]));
        if bid <= 0 || bid > ask {
            return MISSING;
        }
        bid + ask
    }

    /// Return twice the parity forward and twice the straddle at its strike; MISSING if none.
    #[inline]
    fn parity_forward(&self, calls: usize) -> (i64, i64) {
        let count = self.count();
        let (mut call, mut put) = (0, calls);
        let (mut least, mut forward2, mut move2) = (MISSING, MISSING, MISSING);
        while call < calls && put < count {
            let strike = self.strike(call);
            let put_strike = self.strike(put);
            if strike < put_strike {
                call += 1;
                continue;
            }
            if strike > put_strike {
                put += 1;
                continue;
            }
            let call_sum = self.two_sided_sum(call);
            let put_sum = self.two_sided_sum(put);
            if call_sum != MISSING && put_sum != MISSING {
                let difference = (call_sum - put_sum).abs();
                if least == MISSING || difference < least {
                    least = difference;
                    forward2 = 2 * strike + call_sum - put_sum;
                    move2 = call_sum + put_sum;
                }
            }
            call += 1;
            put += 1;
        }
        (forward2, move2)
    }
}

/// Return twice the parity forward and twice the straddle at its strike; MISSING if none.
///
/// Arguments as in [`chain_deltas`].
pub fn parity_forward(
    quotes: &[i32],
    frames: usize,
    instruments: &[i64],
    frame: usize,
) -> (i64, i64) {
    let chain = Frame::of(quotes, frames, instruments, frame);
    chain.parity_forward(chain.call_count())
}

/// Return N(d1) from the out-of-the-money option's bid + ask; negative if there is none.
///
/// The volatility's clock cancels: only sigma sqrt(T) enters, which the price gives directly.
#[inline]
fn call_delta(price_sum: i64, forward2: i64, strike: i64, right: i64) -> f64 {
    let forward = forward2 as f64;
    let doubled = 2.0 * strike as f64;
    let (deviation, status) = implied_deviation(price_sum as f64, forward, doubled, right);
    if status != VOLATILITY_OK || deviation <= 0.0 {
        return -1.0;
    }
    normal_cdf(log_moneyness(forward, doubled) / deviation + 0.5 * deviation)
}

/// Return a delta as integer 1e-6 units, rounded half up.
#[inline]
pub fn rounded_delta(delta: f64) -> i64 {
    (delta * 1e6 + 0.5).floor() as i64
}

/// Write each contract's unsigned delta; return twice the forward and twice the straddle.
///
/// - `quotes` `[3, N, T]` quanta, flat in C order; `frames` is T and `frame` the column meant
/// - `instruments` `[N, 2]` flat, by right, then strike
/// - `years` time to the close, in years
/// - `deltas` `[N]` written: 1e-6 units; MISSING: none
///
/// Returns (forward2, move2) in half quanta; (MISSING, MISSING) without a forward: ask move2, for
/// nonsense quotes can put the forward at or below 0, where nothing has a delta. Checked by
/// [`crate::pricing_checks::check_chain`]. Source: docs/ENGINE.md, section 8.
pub fn chain_deltas(
    quotes: &[i32],
    frames: usize,
    instruments: &[i64],
    frame: usize,
    years: f64,
    deltas: &mut [i64],
) -> (i64, i64) {
    deltas.fill(MISSING);
    let chain = Frame::of(quotes, frames, instruments, frame);
    let (count, calls) = (chain.count(), chain.call_count());
    let (forward2, move2) = chain.parity_forward(calls);
    if move2 == MISSING || forward2 <= 0 || years <= 0.0 {
        return (forward2, move2);
    }
    let (mut call, mut put) = (0, calls);
    while call < calls || put < count {
        let (mut has_call, mut has_put) = (call < calls, put < count);
        let mut strike = chain.strike(if has_call { call } else { put });
        if has_call && has_put {
            let put_strike = chain.strike(put);
            has_call = strike <= put_strike;
            has_put = put_strike <= strike;
            strike = strike.min(put_strike);
        }
        let right = if 2 * strike >= forward2 { CALL } else { PUT };
        let mut price_sum = MISSING;
        if right == CALL && has_call {
            price_sum = chain.two_sided_sum(call);
        } else if right == PUT && has_put {
            price_sum = chain.two_sided_sum(put);
        }
        let delta = if price_sum == MISSING {
            -1.0
        } else {
            call_delta(price_sum, forward2, strike, right)
        };
        if has_call {
            deltas[call] = if delta >= 0.0 {
                rounded_delta(delta)
            } else {
                MISSING
            };
            call += 1;
        }
        if has_put {
            deltas[put] = if delta >= 0.0 {
                rounded_delta(1.0 - delta)
            } else {
                MISSING
            };
            put += 1;
        }
    }
    (forward2, move2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIKES: [i64; 3] = [599_000, 600_000, 601_000];
    /// Bids and asks of three calls, then three puts, in quanta.
    const BIDS: [i32; 6] = [1_500, 780, 300, 320, 800, 1_480];
    const ASKS: [i32; 6] = [1_520, 800, 320, 340, 820, 1_500];

    fn instruments() -> Vec<i64> {
        let of = |right| STRIKES.iter().flat_map(move |&strike| [strike, right]);
        of(CALL).chain(of(PUT)).collect()
    }

    /// Two frames: an empty one, then the given quotes.
    fn quotes(bids: &[i32; 6], asks: &[i32; 6]) -> Vec<i32> {
        let marks = [-1; 6];
        let lines = [bids, asks, &marks];
        lines
            .iter()
            .flat_map(|line| line.iter().flat_map(|&price| [-1, price]))
            .collect()
    }

    fn deltas_of(bids: &[i32; 6], asks: &[i32; 6], years: f64) -> ((i64, i64), [i64; 6]) {
        let mut deltas = [0; 6];
        let found = chain_deltas(
            &quotes(bids, asks),
            2,
            &instruments(),
            1,
            years,
            &mut deltas,
        );
        (found, deltas)
    }

    #[test]
    fn the_forward_stands_where_call_and_put_are_nearest_and_deltas_fall_from_it() {
        let (found, deltas) = deltas_of(&BIDS, &ASKS, 1e-4);
        assert_eq!(found, (1_200_000 + 1_580 - 1_620, 1_580 + 1_620));
        assert!(deltas[0] > deltas[1] && deltas[1] > deltas[2] && deltas[2] > 0);
        // mpmath at 50 digits: forward 1,199,960, strike 1,200,000, price 1,580 give 0.49668761.
        assert_eq!(deltas[1], 496_688);
        for strike in 0..3 {
            assert_eq!(deltas[strike] + deltas[strike + 3], 1_000_000);
        }
    }

    #[test]
    fn a_zero_bid_and_a_crossed_quote_have_no_delta() {
        let (mut bids, mut asks) = (BIDS, ASKS);
        bids[2] = 0;
        asks[3] = bids[3] - 1;
        let (_, deltas) = deltas_of(&bids, &asks, 1e-4);
        assert_eq!([deltas[2], deltas[5], deltas[0], deltas[3]], [MISSING; 4]);
        assert!(deltas[1] > 0 && deltas[4] > 0);
    }

    #[test]
    fn without_time_there_is_a_forward_and_without_quotes_there_is_nothing() {
        let (found, deltas) = deltas_of(&BIDS, &ASKS, 0.0);
        assert_eq!((found.1, deltas), (3_200, [MISSING; 6]));
        let (found, deltas) = deltas_of(&[-1; 6], &[-1; 6], 1e-4);
        assert_eq!((found, deltas), ((MISSING, MISSING), [MISSING; 6]));
    }

    #[test]
    fn a_delta_is_rounded_half_up() {
        assert_eq!(rounded_delta(0.000_000_5), 1);
        assert_eq!(rounded_delta(0.300_000_4), 300_000);
    }
}
