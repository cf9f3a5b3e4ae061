//! The close of a session: pending orders expire and holdings settle in cash.
//!
//! Twin of `forven/kernels/jit/settlement.py`.

use crate::desk::{Day, Desk};
use crate::holdings::{holding_at, holding_count, remove_holding};
use crate::marking::end_session;
use crate::orders::expire_all;
use crate::schema::*;

/// Settle the first holding in cash.
fn settle_first(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let at = holding_at(0);
    let instrument = row[at + HOLDING_INSTRUMENT];
    let quantity = row[at + HOLDING_QUANTITY];
    let above = day.settlement - day.strike(instrument);
    let is_call = day.right(instrument) == CALL;
    let intrinsic = if is_call { above } else { -above }.max(0);
    let cash = quantity * intrinsic * day.multiplier;
    let fee = if intrinsic > 0 {
        plan[PLAN_FEE_SETTLEMENT]
    } else {
        0
    };
    row[STATE_CASH] += cash - fee;
    row[STATE_FEES] += fee;
    let rest = [instrument, quantity, intrinsic, cash, fee, 0];
    desk.write(row, EVENT_SETTLED, MISSING, rest);
    remove_holding(row, 0);
}

/// Return how a session that reaches its close ends.
fn final_status(status: i64) -> i64 {
    match status {
        STATUS_STOPPING => STATUS_KILLED,
        STATUS_HALTING | STATUS_UNSELLABLE => STATUS_HALTED,
        STATUS_FAILING | STATUS_FAILED_UNSELLABLE => STATUS_FAILED,
        _ => STATUS_COMPLETED,
    }
}

/// Expire the orders, and once the settlement value is known settle and end.
pub fn close_session(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    financials: &mut [i64],
) {
    expire_all(day, desk, row);
    if day.settlement == MISSING {
        return;
    }
    while holding_count(row) > 0 {
        settle_first(day, desk, plan, row);
    }
    let status = final_status(row[STATE_STATUS]);
    end_session(day, desk, plan, row, financials, status);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_as_its_status_says() {
        let ends = [
            (STATUS_RUNNING, STATUS_COMPLETED),
            (STATUS_STOPPING, STATUS_KILLED),
            (STATUS_HALTING, STATUS_HALTED),
            (STATUS_UNSELLABLE, STATUS_HALTED),
            (STATUS_FAILING, STATUS_FAILED),
            (STATUS_FAILED_UNSELLABLE, STATUS_FAILED),
        ];
        for (status, end) in ends {
            assert_eq!(final_status(status), end);
        }
    }
}
