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
