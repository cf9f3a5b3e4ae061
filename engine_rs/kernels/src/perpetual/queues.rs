//! The queue ahead of a resting order, as the displayed size of its price tells of it.
//!
//! Twin of `forven/kernels/jit/perpetual/queues.py`.

use super::desk::{own_side, Desk, Market};
use super::orders::{is_resting, order_count, order_of_mut};
use crate::perpetual_schema::*;
use crate::schema::MISSING;

/// Return the lots of flat rows of prints that hit a side at exactly a price.
fn traded_lots(prints: &[i64], side: i64, price: i64) -> i64 {
    prints
        .chunks_exact(PRINT_WIDTH)
        .filter(|print| print[PRINT_PRICE] == price && print[PRINT_AGGRESSOR] != -side)
        .map(|print| print[PRINT_SIZE])
        .sum()
}

/// Return the queue ahead once `gone` lots have left it, shared between front and back.
fn left_ahead(ahead: i64, behind: i64, gone: i64, power: i64) -> i64 {
    let (front, back) = (ahead as f64, behind as f64);
    let (mut weight, mut other) = (front, back);
    for _ in 1..power {
        weight *= front;
        other *= back;
    }
    if weight + other > 0.0 {
        ahead - (gone as f64 * (weight / (weight + other))) as i64
    } else {
        ahead
    }
}

/// The best price of a side and what is displayed there.
#[derive(Clone, Copy)]
pub struct Best {
    /// +1 for the ask, -1 for the bid.
    pub side: i64,
    /// Quanta.
    pub price: i64,
    /// Lots.
    pub size: i64,
}

/// Return (ahead, level) of an order at a price once it has taken in what a frame displays.
///
/// `prints` are the frame's, flat: they tell how much of what is gone was traded.
#[inline]
pub fn queued(
    plan: &[i64],
    prints: &[i64],
    price: i64,
    queue: (i64, i64),
    best: Best,
) -> (i64, i64) {
    let (mut ahead, level) = queue;
    if best.side * best.price < best.side * price {
        return (ahead, MISSING);
    }
    let displayed = if best.price == price { best.size } else { 0 };
    let is_shared = plan[PLAN_FILL_MODEL] == FILL_QUEUE_PROBABILISTIC;
    if is_shared && ahead != UNKNOWN_AHEAD && level != MISSING {
        let traded = traded_lots(prints, best.side, price);
        let gone = level - traded - displayed;
        if gone > 0 {
            let behind = (level - traded - ahead).max(0);
            ahead = left_ahead(ahead, behind, gone, plan[PLAN_QUEUE_POWER]).max(0);
        }
    }
    (ahead.min(displayed), displayed)
}

/// Take in what a frame displays at the price of every resting order.
pub fn update_queues(market: &Market, desk: &Desk, plan: &[i64], row: &mut [i64]) {
    if plan[PLAN_FILL_MODEL] == FILL_TOUCH {
        return;
    }
    let (first, end) = desk.now.prints;
    let prints = market.prints_of(first, end);
    for slot in 0..order_count(row) {
        let order = order_of_mut(row, slot);
        if !is_resting(order) {
            continue;
        }
        let side = order[ORDER_SIDE];
        let own = own_side(side);
        let best = Best {
            side,
            price: desk.now.book.best[own],
            size: desk.now.book.size[own],
        };
        let queue = (order[ORDER_AHEAD], order[ORDER_LEVEL]);
        (order[ORDER_AHEAD], order[ORDER_LEVEL]) =
            queued(plan, prints, order[ORDER_PRICE], queue, best);
    }
}
