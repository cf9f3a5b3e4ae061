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
#[inline]
pub fn is_blocked(day: &Day, instrument: i64, frame: usize) -> bool {
    let bid = day.bid(instrument, frame);
    bid == MISSING || bid > day.ask(instrument, frame)
}

/// Return the mark in half quanta: the last uncrossed bid + ask; 0 before there was one.
#[inline]
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
#[inline]
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

/// Return what the order that closes a structure measures, by its marks where they tell.
///
/// A mark that is not negative is the bid + ask of a quote with a bid. Natural is not measured.
pub fn closing_middle(day: &Day, structure: &[i64], count: usize, frame: usize) -> Measures {
    let mut middle = 0;
    for leg in structure[STRUCTURE_LEGS..].chunks_exact(2).take(count) {
        let mark = day.quote(QUOTE_MARK2, leg[0], frame);
        if mark < 0 {
            return closing_measures(day, structure, count, frame);
        }
        middle -= leg[1] * mark;
    }
    Measures {
        is_measurable: true,
        middle,
        ..Measures::default()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;

    fn order(legs: &[(i64, i64)], block: i64) -> Vec<i64> {
        let mut cells = vec![0; ORDER_WIDTH];
        cells[ORDER_LEG_COUNT] = legs.len() as i64;
        cells[ORDER_BLOCK] = block;
        for (leg, &(instrument, ratio)) in cells[ORDER_LEGS..].chunks_exact_mut(3).zip(legs) {
            leg[..2].copy_from_slice(&[instrument, ratio]);
        }
        cells
    }

    #[test]
    fn natural_sells_at_bids_and_buys_at_asks() {
        let world = World::new(3);
        let vertical = order(&[(0, 2), (1, -1)], BLOCK_OPENING);
        let measures = order_measures(&world.day(), 0, &vertical);
        assert_eq!(
            (measures.middle, measures.natural),
            (2 * 210 - 210, 200 - 110)
        );
    }

    #[test]
    fn only_a_closing_order_of_several_legs_gives_a_leg_away() {
        let mut world = World::new(3);
        world.quote(0, 0..3, 0, 10);
        let legs = [(0, 1), (1, -1)];
        let closing = order_measures(&world.day(), 0, &order(&legs, BLOCK_CLOSING));
        assert_eq!(
            (closing.middle, closing.natural, closing.is_starved),
            (-210, -110, false)
        );
        let opening = order_measures(&world.day(), 0, &order(&legs, BLOCK_OPENING));
        assert_eq!((opening.middle, opening.is_starved), (10 - 210, true));
        let alone = order_measures(&world.day(), 0, &order(&legs[..1], BLOCK_CLOSING));
        assert!(alone.is_starved);
    }

    #[test]
    fn a_crossed_leg_blocks_and_keeps_its_mark() {
        let mut world = World::new(3);
        world.quote(0, 1..3, 120, 110);
        let cells = order(&[(0, 1)], BLOCK_OPENING);
        assert_eq!(order_measures(&world.day(), 1, &cells), Measures::default());
        assert_eq!(mark2(&world.day(), 0, 1), 210);
    }

    #[test]
    fn shares_of_the_way_are_counted_in_whole_increments_downwards() {
        let mut plan = vec![0; PLAN_WIDTH];
        plan[PLAN_LAMBDA_BPS] = 5_000;
        assert_eq!(fair_price(&plan, 2, 2 * 117, 100), 105);
        assert_eq!(fair_price(&plan, 2, -2 * 83, -100), -95);
        plan[PLAN_CONCEDED_TICKS] = 9;
        assert_eq!(executable_price(&plan, 2, 2 * 117, 100), 100);
    }
}
