//! What an order is worth in a frame: natural, mid, fair and executable price of its legs.
//!
//! Twin of `forven/kernels/jit/prices.py`. Ratios are at most 1,000 and prices int32, so a sum
//! over eight legs stays below 2**45.

use crate::desk::Day;
use crate::grid::increment;
use crate::schema::*;

/// What an order or a structure measures in a frame; all 0 where a leg is blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// Whether no leg is blocked.
    pub is_measurable: bool,
    /// The exact mid in half quanta.
    pub middle: i64,
    /// The natural price in quanta.
    pub natural: i64,
    /// Whether a leg it sells has no bid, unless that leg is given away.
    pub is_starved: bool,
}

/// Return whether a leg has no quote or a crossed one.
pub fn is_blocked(day: &Day, instrument: i64, frame: usize) -> bool {
    let bid = day.bid(instrument, frame);
    bid == MISSING || bid > day.ask(instrument, frame)
}

/// Return the mark in half quanta: the last uncrossed bid + ask; 0 before there was one.
pub fn mark2(day: &Day, instrument: i64, frame: usize) -> i64 {
    let mark = day.quote(QUOTE_MARK2, instrument, frame);
    if mark >= 0 {
        mark
    } else if mark == MISSING {
        0
    } else {
        -2 - mark
    }
}

/// Return (mid2, natural) of one unblocked leg; a sale at zero bid counts 0/0 if given away.
pub fn leg_measures(
    day: &Day,
    instrument: i64,
    ratio: i64,
    frame: usize,
    gives_away: bool,
) -> (i64, i64) {
    let bid = day.bid(instrument, frame);
    let ask = day.ask(instrument, frame);
    if ratio > 0 {
        if bid == 0 && gives_away {
            return (0, 0);
        }
        return (ratio * (bid + ask), ratio * bid);
    }
    (ratio * (bid + ask), ratio * ask)
}

/// Return whether an order gives legs away that it cannot sell: closing, with several legs.
pub fn gives_away(order: &[i64]) -> bool {
    order[ORDER_LEG_COUNT] > 1 && order[ORDER_BLOCK] == BLOCK_CLOSING
}

/// Return what an order measures in a frame.
pub fn order_measures(day: &Day, frame: usize, order: &[i64]) -> Measures {
    let gives_away = gives_away(order);
    let mut measures = Measures {
        is_measurable: true,
        ..Measures::default()
    };
    for i in 0..order[ORDER_LEG_COUNT] as usize {
        let leg = ORDER_LEGS + i * COMMAND_LEG_WIDTH;
        let (instrument, ratio) = (order[leg], order[leg + COMMAND_LEG_RATIO]);
        if is_blocked(day, instrument, frame) {
            return Measures::default();
        }
        if ratio > 0 && !gives_away && day.bid(instrument, frame) == 0 {
            measures.is_starved = true;
        }
        let (middle, natural) = leg_measures(day, instrument, ratio, frame, gives_away);
        measures.middle += middle;
        measures.natural += natural;
    }
    measures
}

/// Return what the order that closes a structure of `count` legs measures in a frame.
pub fn closing_measures(day: &Day, structure: &[i64], count: usize, frame: usize) -> Measures {
    let mut measures = Measures {
        is_measurable: true,
        ..Measures::default()
    };
    for i in 0..count {
        let leg = STRUCTURE_LEGS + 2 * i;
        let instrument = structure[leg];
        if is_blocked(day, instrument, frame) {
            return Measures::default();
        }
        let ratio = -structure[leg + 1];
        let (middle, natural) = leg_measures(day, instrument, ratio, frame, count > 1);
        measures.middle += middle;
        measures.natural += natural;
    }
    measures
}

/// Return the mid in quanta, down to the increment, from the exact mid in half quanta.
pub fn floored_mid(middle: i64, step: i64) -> i64 {
    middle.div_euclid(2 * step) * step
}

/// Return the plan's share of the way from natural to mid, counted in whole increments.
pub fn fair_price(plan: &[i64], leg_count: i64, middle: i64, natural: i64) -> i64 {
    let step = increment(leg_count, middle);
    let way = plan[PLAN_LAMBDA_BPS] * (floored_mid(middle, step) - natural);
    natural + way.div_euclid(10_000 * step) * step
}

/// Return the price at which an order would fill: fair less k ticks, natural at worst.
pub fn executable_price(plan: &[i64], leg_count: i64, middle: i64, natural: i64) -> i64 {
    let conceded = plan[PLAN_CONCEDED_TICKS] * increment(leg_count, middle);
    natural.max(fair_price(plan, leg_count, middle, natural) - conceded)
}
