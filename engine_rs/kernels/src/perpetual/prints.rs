//! Prints: the trades of a frame that reach resting orders, through the queue ahead of them.
//!
//! Twin of `forven/kernels/jit/perpetual/prints.py`.

use super::desk::{Desk, Market};
use super::matching::{fill_order, Offer};
use super::orders::{
    is_resting, next_in_line, order_count, order_of, order_of_mut, rank_of, Order,
};
use crate::perpetual_schema::*;
use crate::schema::INT64_MAX;

/// Return how many lots of a print at its price an order fills, once the queue is served.
fn reached_lots(plan: &[i64], order: &mut Order, size: i64) -> i64 {
    let left = order[ORDER_LEFT];
    if plan[PLAN_FILL_MODEL] == FILL_TOUCH {
        return left.min(size);
    }
    let ahead = order[ORDER_AHEAD];
    if ahead == UNKNOWN_AHEAD {
        return 0;
    }
    order[ORDER_AHEAD] = (ahead - size).max(0);
    left.min((size - ahead).max(0))
}

/// Let one print hit the resting orders of a side, by priority.
fn hit_side(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    side: i64,
    print: &[i64],
) {
    let signed = side * print[PRINT_PRICE];
    let mut size = print[PRINT_SIZE];
    let (mut rank, mut id) = (-INT64_MAX, 0);
    while let Some(slot) = next_in_line(row, side, rank, id) {
        let order = order_of_mut(row, slot);
        (rank, id) = (rank_of(order), order[ORDER_ID]);
        if !is_resting(order) {
            continue;
        }
        if signed < rank {
            return;
        }
        let is_through = signed > rank;
        let price = order[ORDER_PRICE];
        let lots = if is_through {
            order[ORDER_LEFT]
        } else {
            reached_lots(plan, order, size)
        };
        if lots > 0 {
            let offer = Offer {
                lots,
                price,
                is_taker: false,
            };
            let filled = fill_order(market, desk, plan, row, slot, &offer);
            size -= if is_through { 0 } else { filled };
        }
    }
}

/// Return whether a print may reach a resting order.
fn is_reached(row: &[i64], print: &[i64]) -> bool {
    (0..order_count(row)).any(|slot| {
        let order = order_of(row, slot);
        let side = order[ORDER_SIDE];
        print[PRINT_AGGRESSOR] != -side && side * print[PRINT_PRICE] >= side * order[ORDER_PRICE]
    })
}

/// Let the frame's prints hit the resting orders, in their order: buys, then sells.
pub fn hit_orders(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let (first, end) = desk.now.prints;
    for print in market.prints_of(first, end).chunks_exact(PRINT_WIDTH) {
        if !is_reached(row, print) {
            continue;
        }
        for side in [-1, 1] {
            if print[PRINT_AGGRESSOR] != -side {
                hit_side(market, desk, plan, row, side, print);
            }
        }
    }
}
