//! Funding: what holders of a position pay one another at the venue's funding times.
//!
//! Twin of `forven/kernels/jit/perpetual/funding.py`.

use super::desk::{Desk, Market};
use super::margin::ceil_of;
use crate::perpetual_schema::*;
use crate::schema::{INT64_MAX, MISSING};

/// Return ceil(notional x rate / 10^10) without the product, which could overflow.
pub fn payment(notional: i64, rate: i64) -> i64 {
    let whole = notional.div_euclid(RATE_UNIT);
    whole * rate + ceil_of((notional - whole * RATE_UNIT) * rate, RATE_UNIT)
}

/// Return the rows of funding that a bot has not passed, flat.
fn fundings_left<'a>(market: &Market<'a>, row: &[i64]) -> &'a [i64] {
    &market.fundings[row[STATE_FUNDING_CURSOR] as usize * FUNDING_WIDTH..]
}

/// Return when the next funding of this session is due, or `INT64_MAX`.
pub fn next_funding(market: &Market, row: &[i64]) -> i64 {
    fundings_left(market, row)
        .chunks_exact(FUNDING_WIDTH)
        .map(|funding| funding[FUNDING_TS])
        .find(|&ts| ts > market.open)
        .filter(|&ts| ts <= market.end)
        .unwrap_or(INT64_MAX)
}

/// Return how many rows of funding a frame at `ts` passes.
pub fn fundings_due(market: &Market, row: &[i64], ts: i64) -> usize {
    let until = ts.min(market.end);
    fundings_left(market, row)
        .chunks_exact(FUNDING_WIDTH)
        .take_while(|funding| funding[FUNDING_TS] <= until)
        .count()
}

/// Pass the funding rows up to `ts` of a bot without a position.
pub fn pass_fundings(market: &Market, row: &mut [i64], ts: i64) {
    row[STATE_FUNDING_CURSOR] += fundings_due(market, row, ts) as i64;
}

/// Pay what has fallen due since the last frame, in order.
pub fn pay_fundings(market: &Market, desk: &mut Desk, row: &mut [i64]) {
    let count = fundings_due(market, row, desk.now.ts);
    let left = fundings_left(market, row);
    for funding in left.chunks_exact(FUNDING_WIDTH).take(count) {
        row[STATE_FUNDING_CURSOR] += 1;
        let position = row[STATE_POSITION];
        if position == 0 || funding[FUNDING_TS] <= market.open {
            continue;
        }
        let (rate, oracle) = (funding[FUNDING_RATE], funding[FUNDING_ORACLE]);
        let paid = payment(position * oracle * market.value, rate);
        row[STATE_CASH] -= paid;
        row[STATE_FUNDING] += paid;
        let rest = [rate, oracle, position, paid, row[STATE_CASH], 0];
        desk.write(row, EVENT_FUNDING, MISSING, rest);
    }
}
