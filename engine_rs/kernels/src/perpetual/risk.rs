//! Marking and risk: equity, liquidation, the daily loss, flattening, and how a session ends.
//!
//! Twin of `forven/kernels/jit/perpetual/risk.py`.

use super::desk::{Desk, Market};
use super::landing::write_placed;
use super::margin::{ceil_of, equity_at, maintenance_margin, worth};
use super::matching::take_at_once;
use super::orders::{cancel_all, expire_all, order_count, push_order, sent_order};
use crate::perpetual_schema::*;
use crate::schema::{
    EVENT_HALT, EVENT_SESSION_ENDED, MISSING, ORDER_MARKET, ORIGIN_FLATTEN, REASON_DAILY_LOSS,
    REASON_RISK, STATUS_COMPLETED, STATUS_FAILED, STATUS_HALTED, STATUS_HALTING, STATUS_KILLED,
    STATUS_RUNNING, STATUS_STOPPING,
};

/// Take in an equity: the last, the peak and the largest drawdown.
pub fn take_in(row: &mut [i64], equity: i64) {
    row[STATE_EQUITY] = equity;
    let peak = row[STATE_PEAK_EQUITY].max(equity);
    row[STATE_PEAK_EQUITY] = peak;
    row[STATE_MAX_DRAWDOWN] = row[STATE_MAX_DRAWDOWN].max(peak - equity);
}

/// Mark the position, where a mark is known.
pub fn mark(market: &Market, desk: &Desk, row: &mut [i64]) {
    let mark2 = desk.now.book.mark2;
    if mark2 != MISSING {
        take_in(row, equity_at(market, row, mark2));
    }
}

/// End the session.
fn end_session(desk: &mut Desk, row: &mut [i64], status: i64) {
    row[STATE_STATUS] = status;
    let rest = [
        status,
        row[STATE_EQUITY],
        row[STATE_MAX_DRAWDOWN],
        row[STATE_FEES],
        row[STATE_FUNDING],
        row[STATE_FILLS],
    ];
    desk.write(row, EVENT_SESSION_ENDED, MISSING, rest);
}

/// Expire the orders, mark and end: the session's end has come, the position is carried.
pub fn close_session(market: &Market, desk: &mut Desk, row: &mut [i64]) {
    expire_all(desk, row);
    mark(market, desk, row);
    let status = match row[STATE_STATUS] {
        STATUS_STOPPING => STATUS_KILLED,
        STATUS_HALTING => STATUS_HALTED,
        _ => STATUS_COMPLETED,
    };
    end_session(desk, row, status);
}

/// Journal a halt and cancel all orders.
fn write_halt(desk: &mut Desk, row: &mut [i64], reason: i64) {
    let equity = row[STATE_EQUITY];
    let loss = row[STATE_OPENING_EQUITY] - equity;
    desk.write(row, EVENT_HALT, MISSING, [reason, loss, equity, 0, 0, 0]);
    cancel_all(desk, row, REASON_RISK);
}

/// Journal a stage of a liquidation.
fn write_liquidation(desk: &mut Desk, row: &mut [i64], maintenance: i64, lots: i64, stage: i64) {
    let (equity, position) = (row[STATE_EQUITY], row[STATE_POSITION]);
    let mark2 = desk.now.book.mark2;
    let rest = [equity, maintenance, position, mark2, lots, stage];
    desk.write(row, EVENT_LIQUIDATION, MISSING, rest);
}

/// Let the backstop take the position and all equity; the session ends.
fn take_over(desk: &mut Desk, row: &mut [i64], maintenance: i64) {
    write_liquidation(desk, row, maintenance, 0, STAGE_BACKSTOP);
    row[STATE_POSITION] = 0;
    row[STATE_COST] = 0;
    row[STATE_CASH] = 0;
    take_in(row, 0);
    end_session(desk, row, STATUS_LIQUIDATED);
}

/// Order a part of the position out, or all of it, and mark anew.
fn liquidate(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64], maintenance: i64) {
    let held = row[STATE_POSITION].abs();
    let mut lots = held;
    let mut stage = STAGE_WHOLE;
    let notional = worth(market, held, desk.now.book.mark2);
    if row[STATE_LIQUIDATED_TS] == MISSING && notional > plan[PLAN_PARTIAL_FROM] {
        lots = ceil_of(held * plan[PLAN_PARTIAL_PPM], PER_MILLION);
        stage = STAGE_PART;
        row[STATE_LIQUIDATED_TS] = desk.now.ts;
    }
    write_liquidation(desk, row, maintenance, lots, stage);
    let side = row[STATE_POSITION].signum();
    let mut order = sent_order(desk, ORDER_MARKET, side, ORIGIN_LIQUIDATION, lots);
    order[ORDER_REDUCE_ONLY] = 1;
    order[ORDER_ID] = write_placed(desk, row, &order);
    let slot = order_count(row);
    push_order(row, &order);
    take_at_once(market, desk, plan, row, slot);
    mark(market, desk, row);
}

/// Liquidate where the equity is below maintenance; return whether the session ended.
fn watch_margin(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) -> bool {
    let mark2 = desk.now.book.mark2;
    if row[STATE_POSITION] == 0 {
        row[STATE_LIQUIDATED_TS] = MISSING;
        return false;
    }
    if mark2 == MISSING {
        return false;
    }
    let maintenance = maintenance_margin(market, row[STATE_POSITION], mark2);
    let equity = row[STATE_EQUITY];
    if equity >= maintenance {
        row[STATE_LIQUIDATED_TS] = MISSING;
        return false;
    }
    cancel_all(desk, row, REASON_LIQUIDATION);
    let backstop_ppm = plan[PLAN_BACKSTOP_PPM];
    let whole = maintenance / PER_MILLION;
    let rest = (maintenance - whole * PER_MILLION) * backstop_ppm / PER_MILLION;
    if equity < whole * backstop_ppm + rest {
        take_over(desk, row, maintenance);
        return true;
    }
    let since = row[STATE_LIQUIDATED_TS];
    let is_due = since == MISSING || desk.now.ts >= since + plan[PLAN_COOLDOWN_NS];
    if desk.now.is_open && is_due {
        liquidate(market, desk, plan, row, maintenance);
    }
    false
}

/// End a halting session that is flat; else send a market order if none is on its way.
fn flatten(desk: &mut Desk, row: &mut [i64]) {
    let position = row[STATE_POSITION];
    if position == 0 {
        end_session(desk, row, STATUS_HALTED);
    } else if order_count(row) == 0 {
        let (side, lots) = (position.signum(), position.abs());
        let mut order = sent_order(desk, ORDER_MARKET, side, ORIGIN_FLATTEN, lots);
        order[ORDER_REDUCE_ONLY] = 1;
        push_order(row, &order);
    }
}

/// Do the risk step of a frame.
pub fn control_risk(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    if row[STATE_EQUITY].abs() > EQUITY_MAX {
        write_halt(desk, row, REASON_OUT_OF_RANGE);
        end_session(desk, row, STATUS_FAILED);
        return;
    }
    if watch_margin(market, desk, plan, row) {
        return;
    }
    let status = row[STATE_STATUS];
    if status == STATUS_RUNNING || status == STATUS_STOPPING {
        let loss = row[STATE_OPENING_EQUITY] - row[STATE_EQUITY];
        if loss >= plan[PLAN_HALT_LOSS] {
            write_halt(desk, row, REASON_DAILY_LOSS);
            row[STATE_STATUS] = STATUS_HALTING;
        }
    }
    if row[STATE_STATUS] == STATUS_HALTING {
        flatten(desk, row);
    } else if row[STATE_STATUS] == STATUS_STOPPING && row[STATE_POSITION] == 0 {
        end_session(desk, row, STATUS_KILLED);
    }
}
