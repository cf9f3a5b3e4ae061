//! Re-pricing of pegged limit orders: they follow the mid and concede ticks as time passes.
//!
//! Twin of `forven/kernels/jit/perpetual/repricing.py`.

use super::desk::{other_side, Desk, Market, Now, ASK, BID};
use super::grid::{snap_down, snap_up, tick_at};
use super::orders::{order_count, order_of_mut, Order};
use crate::perpetual_schema::*;
use crate::schema::{INT64_MAX, ORDER_LIMIT};

/// Return twice the mid of the frame's quote.
fn both_of(now: &Now) -> i64 {
    now.book.best[BID] + now.book.best[ASK]
}

/// Return the signed mid of the frame's quote, floored to a multiple of the tick.
pub fn floored_mid(now: &Now, side: i64, tick: i64) -> i64 {
    (side * both_of(now)).div_euclid(2 * tick) * tick
}

/// Return the tick around the mid of the frame's quote.
pub fn mid_tick(market: &Market, now: &Now) -> i64 {
    tick_at(market, both_of(now) / 2)
}

/// Set the reference where none has been taken; return whether that was so.
fn set_missing_reference(order: &mut Order, mid2: i64, ts: i64) -> bool {
    if order[ORDER_HAS_REFERENCE] == 1 {
        return false;
    }
    order[ORDER_HAS_REFERENCE] = 1;
    order[ORDER_REFERENCE2] = mid2;
    order[ORDER_FLAT_SINCE] = ts;
    true
}

/// Give up one more tick.
fn concede(order: &mut Order, ts: i64) {
    order[ORDER_CONCESSION] += 1;
    order[ORDER_LAST_NUDGE] = ts;
}

/// Return whether one more tick would concede more than an opening order may.
fn is_capped(plan: &[i64], order: &Order, mid: i64, tick: i64) -> bool {
    let most = plan[PLAN_MAX_CONCESSION];
    if most == INT64_MAX {
        return false;
    }
    let steps = order[ORDER_OFFSET_TICKS] - order[ORDER_CONCESSION] - 1;
    mid + steps * tick < order[ORDER_INTENDED] - most
}

/// Return the signed price an opening order should have: the peg, capped.
fn opening_target(market: &Market, now: &Now, plan: &[i64], order: &mut Order, tick: i64) -> i64 {
    let ts = now.ts;
    let side = order[ORDER_SIDE];
    let mid2 = side * both_of(now);
    let mid = floored_mid(now, side, tick);
    if !set_missing_reference(order, mid2, ts) {
        let tolerance2 = 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * tick;
        let quiet_since = order[ORDER_FLAT_SINCE].max(order[ORDER_LAST_NUDGE]);
        if (mid2 - order[ORDER_REFERENCE2]).abs() > tolerance2 {
            order[ORDER_REFERENCE2] = mid2;
            order[ORDER_FLAT_SINCE] = ts;
        } else if ts - quiet_since >= plan[PLAN_OPENING_NUDGE_NS]
            && !is_capped(plan, order, mid, tick)
        {
            concede(order, ts);
        }
    }
    let steps = order[ORDER_OFFSET_TICKS] - order[ORDER_CONCESSION];
    let peg = snap_down(market, mid + steps * tick);
    if plan[PLAN_MAX_CONCESSION] == INT64_MAX {
        return peg;
    }
    let cap = order[ORDER_INTENDED] - plan[PLAN_MAX_CONCESSION];
    peg.max(snap_up(market, cap))
}

/// Return the signed price a reduce-only order should have: the peg, or natural.
fn closing_target(market: &Market, now: &Now, plan: &[i64], order: &mut Order, tick: i64) -> i64 {
    let ts = now.ts;
    let side = order[ORDER_SIDE];
    if !set_missing_reference(order, side * both_of(now), ts)
        && ts - order[ORDER_LAST_NUDGE] >= plan[PLAN_CLOSING_NUDGE_NS]
    {
        concede(order, ts);
    }
    let steps = order[ORDER_OFFSET_TICKS] - order[ORDER_CONCESSION];
    let peg = snap_down(market, floored_mid(now, side, tick) + steps * tick);
    let natural = side * now.book.best[other_side(side)];
    peg.max(snap_down(market, natural))
}

/// Re-price one landed pegged order, where its block allows it in this frame.
fn reprice_order(market: &Market, now: &Now, plan: &[i64], order: &mut Order) {
    let tick = mid_tick(market, now);
    let (target, interval) = if order[ORDER_REDUCE_ONLY] == 1 {
        if plan[PLAN_CLOSING_ENABLED] == 0 {
            return;
        }
        let target = closing_target(market, now, plan, order, tick);
        (target, plan[PLAN_CLOSING_INTERVAL_NS])
    } else {
        if plan[PLAN_OPENING_ENABLED] == 0 {
            return;
        }
        let target = opening_target(market, now, plan, order, tick);
        (target, plan[PLAN_OPENING_INTERVAL_NS])
    };
    let price = order[ORDER_SIDE] * target;
    if !(1..=PRICE_MAX).contains(&price) || price == order[ORDER_PRICE] {
        return;
    }
    if now.ts - order[ORDER_LAST_REPLACE] < interval {
        return;
    }
    order[ORDER_LAST_REPLACE] = now.ts;
    order[ORDER_FLIGHT_TS] = now.landing;
    order[ORDER_FLIGHT_PRICE] = price;
}

/// Return whether an order is a landed pegged limit with nothing in flight, not of this frame.
fn is_repriced(order: &Order, ts: i64) -> bool {
    order[ORDER_ID] != 0
        && order[ORDER_PEGGED] != 0
        && order[ORDER_KIND] == ORDER_LIMIT
        && order[ORDER_PLACED_TS] < ts
        && order[ORDER_FLIGHT_TS] == INT64_MAX
}

/// Re-price every pegged order, oldest first.
pub fn reprice_all(market: &Market, desk: &Desk, plan: &[i64], row: &mut [i64]) {
    for slot in 0..order_count(row) {
        let order = order_of_mut(row, slot);
        if is_repriced(order, desk.now.ts) {
            reprice_order(market, &desk.now, plan, order);
        }
    }
}
