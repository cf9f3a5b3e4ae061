//! Matching: fills, the frame's quote, and stops that the mark reaches.
//!
//! Twin of `forven/kernels/jit/perpetual/matching.py`.

use super::desk::{other_side, Desk, Market};
use super::landing::{is_triggered, join_queue};
use super::margin::{fee_of, initial_margin, worth};
use super::orders::{
    cancel_order, next_in_line, order_count, order_of, order_of_mut, rank_of, remove_order, Order,
};
use crate::perpetual_schema::*;
use crate::schema::{
    EVENT_ORDER_FILLED, INT64_MAX, ORDER_MARKET, ORDER_STOP, ORIGIN_FLATTEN, REASON_BUYING_POWER,
    REASON_NOT_HELD, REASON_UNFILLED,
};

/// Return floor(cost x closed / held) without the product, which could overflow.
fn share_of_cost(cost: i64, closed: i64, held: i64) -> i64 {
    let whole = cost.div_euclid(held);
    whole * closed + ((cost - whole * held) * closed).div_euclid(held)
}

/// Add `change` lots to the position, `paid` micros (+ for a purchase) to its cost.
fn change_position(row: &mut [i64], change: i64, paid: i64) {
    let position = row[STATE_POSITION];
    let after = position + change;
    if position * change >= 0 {
        row[STATE_COST] += paid;
    } else if change.abs() >= position.abs() {
        row[STATE_COST] = after * (paid / change);
    } else {
        row[STATE_COST] -= share_of_cost(row[STATE_COST], change.abs(), position.abs());
    }
    row[STATE_POSITION] = after;
}

/// A fill about to happen: its lots, and the cash that it brings.
struct Fill {
    lots: i64,
    cash: i64,
}

/// Return why an order about to fill is cancelled instead.
fn fill_refusal(
    market: &Market,
    desk: &Desk,
    plan: &[i64],
    row: &[i64],
    order: &Order,
    fill: &Fill,
) -> Option<i64> {
    let side = order[ORDER_SIDE];
    let position = row[STATE_POSITION];
    if order[ORDER_REDUCE_ONLY] == 1 && side * position <= 0 {
        return Some(REASON_NOT_HELD);
    }
    let after = position - side * fill.lots;
    let is_forced = [ORIGIN_FLATTEN, ORIGIN_LIQUIDATION].contains(&order[ORDER_ORIGIN]);
    if is_forced || after.abs() <= position.abs() {
        return None;
    }
    let mark2 = desk.now.book.mark2;
    let equity = row[STATE_CASH] + fill.cash + worth(market, after, mark2);
    (equity < initial_margin(market, plan, after, mark2)).then_some(REASON_BUYING_POWER)
}

/// How much of an order is to fill, and at what.
pub struct Offer {
    /// Lots.
    pub lots: i64,
    /// Quanta.
    pub price: i64,
    /// Whether the order takes, which decides the fee.
    pub is_taker: bool,
}

/// Fill lots of an order, or cancel it; return what filled. With nothing left it leaves.
pub fn fill_order(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    slot: usize,
    offer: &Offer,
) -> i64 {
    let order = order_of(row, slot);
    let (id, side) = (order[ORDER_ID], order[ORDER_SIDE]);
    let mut lots = offer.lots;
    if order[ORDER_REDUCE_ONLY] == 1 && side * row[STATE_POSITION] > 0 {
        lots = lots.min(row[STATE_POSITION].abs());
    }
    let notional = lots * offer.price * market.value;
    let ppm = plan[if offer.is_taker {
        PLAN_TAKER_PPM
    } else {
        PLAN_MAKER_PPM
    }];
    let fee = fee_of(notional, ppm);
    let cash = side * notional - fee;
    if let Some(reason) = fill_refusal(market, desk, plan, row, order, &Fill { lots, cash }) {
        cancel_order(desk, row, slot, reason);
        return 0;
    }
    row[STATE_CASH] += cash;
    // the sum of a session's fees and rebates has no bound but how often it trades
    row[STATE_FEES] = row[STATE_FEES].wrapping_add(fee);
    row[STATE_FILLS] += 1;
    change_position(row, -side * lots, -side * notional);
    let taker = i64::from(offer.is_taker);
    let rest = [
        offer.price,
        lots,
        fee,
        taker,
        row[STATE_CASH],
        row[STATE_POSITION],
    ];
    desk.write(row, EVENT_ORDER_FILLED, id, rest);
    let left = &mut order_of_mut(row, slot)[ORDER_LEFT];
    *left -= lots;
    if *left == 0 {
        remove_order(row, slot);
    }
    lots
}

/// Fill an order that crosses the frame's quote with what is left of its other side.
fn take_displayed(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    slot: usize,
    is_taker: bool,
) {
    let order = order_of(row, slot);
    let other = other_side(order[ORDER_SIDE]);
    let displayed = desk.now.book.size[other];
    let lots = order[ORDER_LEFT].min(displayed - row[STATE_TAKEN_BID + other]);
    if lots <= 0 {
        return;
    }
    let price = if is_taker {
        desk.now.book.best[other]
    } else {
        order[ORDER_PRICE]
    };
    let offer = Offer {
        lots,
        price,
        is_taker,
    };
    let filled = fill_order(market, desk, plan, row, slot, &offer);
    row[STATE_TAKEN_BID + other] += filled;
}

/// Fill the orders of a side that cross the frame's quote, by priority.
fn match_side(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64], side: i64) {
    let limit = side * desk.now.book.best[other_side(side)];
    let (mut rank, mut id) = (-INT64_MAX, 0);
    while let Some(slot) = next_in_line(row, side, rank, id) {
        let order = order_of(row, slot);
        (rank, id) = (rank_of(order), order[ORDER_ID]);
        if rank > limit {
            return;
        }
        let is_taker = order[ORDER_AGGRESSIVE] == 1;
        take_displayed(market, desk, plan, row, slot, is_taker);
    }
}

/// Cancel what had to fill at once, and let what was aggressive join the frame's queue.
fn settle_takers(desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let mut slot = 0;
    while slot < order_count(row) {
        let order = order_of_mut(row, slot);
        if order[ORDER_ID] != 0 && order[ORDER_AGGRESSIVE] == 1 {
            if order[ORDER_KIND] == ORDER_MARKET || order[ORDER_IMMEDIATE] == 1 {
                cancel_order(desk, row, slot, REASON_UNFILLED);
                continue;
            }
            order[ORDER_AGGRESSIVE] = 0;
            join_queue(&desk.now.book, plan, order);
        }
        slot += 1;
    }
}

/// Match every order with the frame's quote: buys, then sells.
pub fn match_quote(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    match_side(market, desk, plan, row, -1);
    match_side(market, desk, plan, row, 1);
    settle_takers(desk, plan, row);
}

/// Let a market order take what is displayed; what is left of it is cancelled.
pub fn take_at_once(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize) {
    let id = order_of(row, slot)[ORDER_ID];
    take_displayed(market, desk, plan, row, slot, true);
    if order_of(row, slot)[ORDER_ID] == id {
        cancel_order(desk, row, slot, REASON_UNFILLED);
    }
}

/// Turn the stops that the mark reaches into market orders, in row order.
pub fn trigger_stops(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let mark2 = desk.now.book.mark2;
    let mut slot = 0;
    while slot < order_count(row) {
        let order = order_of_mut(row, slot);
        let (id, trigger) = (order[ORDER_ID], order[ORDER_PRICE]);
        let is_stop = order[ORDER_KIND] == ORDER_STOP;
        if !is_stop || !is_triggered(order[ORDER_SIDE], trigger, mark2) {
            slot += 1;
            continue;
        }
        order[ORDER_KIND] = ORDER_MARKET;
        order[ORDER_PRICE] = 0;
        desk.write(row, EVENT_TRIGGERED, id, [mark2, trigger, 0, 0, 0, 0]);
        take_at_once(market, desk, plan, row, slot);
    }
}
