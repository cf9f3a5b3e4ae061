//! The two-sided quoter: it keeps one buy and one sell of its plan resting.
//!
//! Twin of `forven/kernels/jit/perpetual/quoter.py`.

use super::desk::{own_side, Desk, Market};
use super::grid::snap_down;
use super::orders::{orders_of, push_order, sent_order};
use super::repricing::{floored_mid, mid_tick};
use crate::perpetual_schema::*;
use crate::schema::ORDER_LIMIT;

/// Return whether a quote of that side is landed or in flight.
pub fn has_quote(row: &[i64], side: i64) -> bool {
    orders_of(row).any(|order| order[ORDER_ORIGIN] == ORIGIN_QUOTE && order[ORDER_SIDE] == side)
}

/// Return whether room and position allow one more quote of a side.
pub fn may_quote(market: &Market, plan: &[i64], row: &[i64], side: i64) -> bool {
    let count = row[STATE_ORDER_COUNT];
    if count >= market.orders as i64 || count >= plan[PLAN_MAX_ORDERS] {
        return false;
    }
    let position = row[STATE_POSITION];
    let after = (position - side * plan[PLAN_QUOTE_LOTS]).abs();
    after <= plan[PLAN_QUOTE_POSITION_MAX] || after < position.abs()
}

/// Send the quote of a side that has none, where the plan allows it.
fn quote_side(market: &Market, desk: &Desk, plan: &[i64], row: &mut [i64], side: i64) {
    if has_quote(row, side) || !may_quote(market, plan, row, side) {
        return;
    }
    if desk.now.ts < row[STATE_RETRY_BUY_TS + own_side(side)] {
        return;
    }
    let tick = mid_tick(market, &desk.now);
    let offset = plan[PLAN_QUOTE_OFFSET_TICKS];
    let peg = snap_down(market, floored_mid(&desk.now, side, tick) + offset * tick);
    let price = side * peg;
    if !(1..=PRICE_MAX).contains(&price) {
        return;
    }
    let lots = plan[PLAN_QUOTE_LOTS];
    let mut order = sent_order(desk, ORDER_LIMIT, side, ORIGIN_QUOTE, lots);
    order[ORDER_PRICE] = price;
    order[ORDER_FLIGHT_PRICE] = price;
    order[ORDER_POST_ONLY] = 1;
    order[ORDER_PEGGED] = 1;
    order[ORDER_OFFSET_TICKS] = offset;
    push_order(row, &order);
}

/// Do the quoter's step of a frame: the buy, then the sell.
pub fn quote(market: &Market, desk: &Desk, plan: &[i64], row: &mut [i64]) {
    quote_side(market, desk, plan, row, -1);
    quote_side(market, desk, plan, row, 1);
}
