//! The way of a run without levels: from signal to signal, no bar in between looked at.
//!
//! What it returns equals what [`super::simulating::simulate`] would, bit for bit.

use super::account::Account;
use super::following::{Moment, Path};
use super::levels::Levels;
use super::market::{Market, Side};
use super::plan::Plan;
use super::profit::Position;
use super::simulating::{Segment, Signals};
use super::sizing::size_ppm;
use super::words::Cursor;
use crate::bars_schema::*;

/// The direction of a run that has one, no level, and no mark wanted.
pub fn jumps(plan: &Plan) -> Option<Side> {
    let sizing = plan.get(PLAN_SIZING);
    let has_levels = [PLAN_STOP_PPM, PLAN_TARGET_PPM, PLAN_TRAIL_PPM]
        .iter()
        .any(|&level| plan.get(level) > 0);
    let is_plain = (sizing == SIZING_FULL || sizing == SIZING_FIXED)
        && !has_levels
        && !plan.is_leveraged()
        && plan.get(PLAN_DETAIL) == 0;
    match plan.get(PLAN_MODE) {
        MODE_LONG if is_plain => Some(Side::Long),
        MODE_SHORT if is_plain => Some(Side::Short),
        _ => None,
    }
}

/// Take a run that [`jumps`] through a segment; return its rows of counts and sums.
pub fn jump(
    (market, plan): (Market, Plan),
    side: Side,
    signals: &[Signals; 2],
    segment: Segment,
) -> ([i64; COUNT_WIDTH], [f64; SUM_WIDTH]) {
    // Known when compiled, the direction leaves neither a sign nor a place to be looked up.
    match side {
        Side::Long => jump_to::<0>((market, plan), signals, segment),
        Side::Short => jump_to::<1>((market, plan), signals, segment),
    }
}

fn jump_to<const SIDE: usize>(
    (market, plan): (Market, Plan),
    signals: &[Signals; 2],
    (begin, end): Segment,
) -> ([i64; COUNT_WIDTH], [f64; SUM_WIDTH]) {
    let side = Side::BOTH[SIDE];
    let Signals { enter, exit } = signals[SIDE];
    let (mut entries, mut exits) = (Cursor::new(enter, exit), Cursor::new(exit, &[]));
    let path = Path {
        market,
        plan,
        side,
        end,
    };
    let opens = market.row(BAR_OPEN);
    let mut account = Account::new(plan.capital());
    let mut signal = entries.next(begin);
    while signal < end - 1 {
        let bar = signal + 1;
        let levels = Levels::none(side, side.sign() * opens[bar]);
        let position = Position {
            side,
            bar,
            price: opens[bar],
            size_ppm: size_ppm(&plan, &levels, account.equity, &[]),
            base: account.equity,
            closing: path.follow(bar, &levels, &mut exits),
        };
        account.book(&position.close(&market, &plan));
        let closing = position.closing;
        let is_last = closing.moment == Moment::End;
        if !position.is_shadow() {
            let bars = closing.bar - bar + usize::from(is_last);
            account.counts[COUNT_BARS_IN_MARKET] += bars as i64;
        }
        if is_last || account.is_ruined {
            break;
        }
        signal = entries.next(closing.bar - 1);
    }
    account.rows()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::fixture::World;

    /// A world in which prices and signals come and go at random; it compares trace and sweep.
    fn world(seed: u64) -> World {
        let mut random = seed;
        let mut next = |below: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let mut world = World::flat(300, 1_000);
        for bar in 0..world.bars {
            let prices = [900 + next(200), 900 + next(200)].map(|price| price as i64);
            let (low, high) = (prices[0].min(prices[1]), prices[0].max(prices[1]));
            for (row, price) in [prices[0], high, low, prices[1]].into_iter().enumerate() {
                world.prices[row * world.bars + bar] = price;
            }
        }
        let rarer = next(4) as usize + 1;
        for word in &mut world.masks {
            *word = (0..rarer).fold(u64::MAX, |bits, _| {
                bits & (next(1 << 31) << 33 ^ next(1 << 31))
            });
        }
        world.segments = vec![1, 150, 150, 300];
        world
    }

    #[test]
    fn what_jumps_ends_where_going_from_event_to_event_does() {
        let mut trades = 0;
        for seed in 0..200 {
            let mut world = world(seed);
            let mode = if seed % 2 == 0 { MODE_LONG } else { MODE_SHORT };
            world.set(PLAN_MODE, mode).set(PLAN_COST_PPM, 650);
            if seed % 3 == 0 {
                world.set(PLAN_TIME_STOP_BARS, 1 + seed as i64 % 7);
            }
            if seed % 5 == 0 {
                world.set(PLAN_SIZING, SIZING_FIXED);
                world.set(PLAN_FIXED_SIZE_MICROS, 1 + 777_000 * seed as i64);
            }
            if seed % 7 == 0 {
                world.set(PLAN_COST_PPM, 200_000); // ruins it
            }
            world.set(PLAN_DETAIL, 0);
            assert!(jumps(&Plan::new(&world.plan.clone())).is_some());
            trades += world.run().trades.len(); // asserts that both ways agree in every bit
        }
        assert!(trades > 2_000, "{trades}");
    }

    #[test]
    fn a_run_with_a_level_a_mark_or_both_directions_does_not_jump() {
        let side = |column: usize, value: i64| {
            let mut world = World::flat(4, 1_000);
            world.set(PLAN_MODE, MODE_SHORT).set(PLAN_DETAIL, 0);
            world.set(column, value);
            jumps(&Plan::new(&world.plan.clone()))
        };
        assert_eq!(side(PLAN_MODE, MODE_SHORT), Some(Side::Short));
        assert_eq!(side(PLAN_MODE, MODE_LONG), Some(Side::Long));
        for (column, value) in [
            (PLAN_MODE, MODE_BOTH),
            (PLAN_STOP_PPM, 1),
            (PLAN_TARGET_PPM, 1),
            (PLAN_TRAIL_PPM, 1),
            (PLAN_LEVERAGE_PPM, UNIT_PPM + 1),
            (PLAN_DETAIL, 1),
            (PLAN_SIZING, SIZING_KELLY),
        ] {
            assert_eq!(side(column, value), None, "{column}");
        }
    }
}
