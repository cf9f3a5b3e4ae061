//! The risk step: daily loss, error budget, and flattening until nothing sellable is held.
//!
//! Twin of `forven/kernels/jit/risk.py`.

use crate::arrival::{arrive, draft_leg, draft_order, Intent};
use crate::desk::{Day, Desk};
use crate::holdings::{holding_at, holding_count, holdings};
use crate::marking::end_session;
use crate::matching::match_all;
use crate::orders::cancel_all;
use crate::power::{order_count, pending};
use crate::schema::*;

/// Journal a halt, cancel all orders and begin to flatten.
fn halt(day: &Day, desk: &mut Desk, row: &mut [i64], reason: i64, status: i64) {
    let nlv = row[STATE_NLV];
    let loss = row[STATE_OPENING_CASH] - nlv;
    desk.write(row, EVENT_HALT, MISSING, [reason, loss, nlv, 0, 0, 0]);
    cancel_all(day, desk, row, REASON_RISK);
    row[STATE_STATUS] = status;
}

/// Halt at the daily loss; beyond the error budget pause the entries, once, or fail.
fn check_limits(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let status = row[STATE_STATUS];
    if status != STATUS_RUNNING && status != STATUS_STOPPING {
        return;
    }
    if row[STATE_OPENING_CASH] - row[STATE_NLV] >= plan[PLAN_HALT_LOSS] {
        halt(day, desk, row, REASON_DAILY_LOSS, STATUS_HALTING);
    } else if status == STATUS_RUNNING && row[STATE_ERRORS] > plan[PLAN_ERROR_BUDGET] {
        if plan[PLAN_AUTO_PAUSE] == 0 {
            halt(day, desk, row, REASON_ERROR_BUDGET, STATUS_FAILING);
        } else if row[STATE_PAUSED] == 0 {
            row[STATE_PAUSED] = 1;
            let errors = row[STATE_ERRORS];
            desk.write(row, EVENT_ENTRIES_PAUSED, MISSING, [errors, 0, 0, 0, 0, 0]);
        }
    }
}

/// Return whether all holdings are longs without a bid.
fn holds_only_unsellable(day: &Day, row: &[i64], frame: usize) -> bool {
    holdings(row).all(|holding| {
        holding[HOLDING_QUANTITY] >= 0 && day.bid(holding[HOLDING_INSTRUMENT], frame) <= 0
    })
}

/// Return whether a flatten order of an instrument is pending.
fn has_flatten_order(day: &Day, row: &[i64], instrument: i64) -> bool {
    (0..order_count(row)).any(|slot| {
        let order = pending(day, row, slot);
        order[ORDER_ORIGIN] == ORIGIN_FLATTEN && order[ORDER_LEGS] == instrument
    })
}

/// Place a market order over each holding of one side that has none yet.
fn flatten_side(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], is_short: bool) {
    for i in 0..holding_count(row) {
        let at = holding_at(i);
        let instrument = row[at + HOLDING_INSTRUMENT];
        let quantity = row[at + HOLDING_QUANTITY];
        if (quantity < 0) != is_short || has_flatten_order(day, row, instrument) {
            continue;
        }
        if order_count(row) < day.shape.orders {
            let intent = Intent {
                kind: ORDER_MARKET,
                price: 0,
                quantity: quantity.abs(),
                repriced: 0,
                origin: ORIGIN_FLATTEN,
                structure: MISSING,
            };
            draft_order(desk, &intent);
            draft_leg(
                desk,
                0,
                instrument,
                if is_short { -1 } else { 1 },
                EFFECT_CLOSE,
            );
            arrive(day, desk, plan, row);
        }
    }
}

/// End or set aside a session that has nothing left to sell; return whether that was so.
fn finish_flattening(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    financials: &mut [i64],
) -> bool {
    let is_halting = row[STATE_STATUS] == STATUS_HALTING;
    if holding_count(row) == 0 {
        let status = if is_halting {
            STATUS_HALTED
        } else {
            STATUS_FAILED
        };
        end_session(day, desk, plan, row, financials, status);
        return true;
    }
    if holds_only_unsellable(day, row, desk.now.frame) {
        cancel_all(day, desk, row, REASON_UNSELLABLE);
        row[STATE_STATUS] = if is_halting {
            STATUS_UNSELLABLE
        } else {
            STATUS_FAILED_UNSELLABLE
        };
        return true;
    }
    false
}

/// Do the risk step of a frame.
pub fn control_risk(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    financials: &mut [i64],
) {
    check_limits(day, desk, plan, row);
    let status = row[STATE_STATUS];
    if status == STATUS_STOPPING && holding_count(row) == 0 {
        end_session(day, desk, plan, row, financials, STATUS_KILLED);
        return;
    }
    if status != STATUS_HALTING && status != STATUS_FAILING {
        return;
    }
    if finish_flattening(day, desk, plan, row, financials) {
        return;
    }
    flatten_side(day, desk, plan, row, true);
    flatten_side(day, desk, plan, row, false);
    if plan[PLAN_SAME_TICK] == 1 && desk.now.is_fresh {
        match_all(day, desk, plan, row);
        finish_flattening(day, desk, plan, row, financials);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{kinds, World, CASH, MULTIPLIER};

    #[test]
    fn a_daily_loss_halts_and_flattens() {
        let mut world = World::new(8);
        world.quote(1, 3..8, 40, 50);
        let plan = world.add_bot();
        plan[PLAN_HALT_LOSS] = 30 * MULTIPLIER;
        world.place(0, ORDER_MARKET, 0, &[(1, -1, EFFECT_OPEN)]);
        let rows = world.run(8, 1);
        let halt = rows
            .iter()
            .position(|row| row[JOURNAL_KIND] == EVENT_HALT)
            .unwrap();
        assert_eq!(rows[halt][JOURNAL_TS], world.clock[3]);
        let after = [
            EVENT_ORDER_PLACED,
            EVENT_ORDER_LEG,
            EVENT_ORDER_FILLED,
            EVENT_LEG_FILLED,
        ];
        assert_eq!(kinds(&rows[halt + 1..halt + 5]), after);
        assert_eq!(world.state[STATE_STATUS], STATUS_HALTED);
        assert_eq!(world.state[STATE_CASH], CASH - 70 * MULTIPLIER);
    }

    #[test]
    fn longs_without_a_bid_are_set_aside_until_they_settle() {
        let mut world = World::new(8);
        world.quote(3, 3..8, 0, 5);
        world.add_bot()[PLAN_HALT_LOSS] = 30 * MULTIPLIER;
        world.place(0, ORDER_MARKET, 0, &[(3, -1, EFFECT_OPEN)]);
        world.run(7, 1);
        assert_eq!(world.state[STATE_STATUS], STATUS_UNSELLABLE);
        let rows = world.run(8, 1);
        assert_eq!(kinds(&rows), [EVENT_SETTLED, EVENT_SESSION_ENDED]);
        assert_eq!(world.state[STATE_STATUS], STATUS_HALTED);
    }
}
