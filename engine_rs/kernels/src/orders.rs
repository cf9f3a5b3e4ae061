//! Pending orders: how they leave the book, and what that does to the structure they serve.
//!
//! Twin of `forven/kernels/jit/orders.py`.

use crate::desk::{Day, Desk, Now};
use crate::power::{order_at, order_count, pending};
use crate::prices::order_measures;
use crate::schema::*;
use crate::structures::{free_structure, reopen_structure};

/// Set an order's price, times and reference to those of a new intent in this frame.
pub fn begin_intent(day: &Day, now: &Now, order: &mut [i64], price: i64) {
    let measures = order_measures(day, now.frame, order);
    order[ORDER_PRICE] = price;
    order[ORDER_INTENDED] = price;
    order[ORDER_CONCESSION] = 0;
    order[ORDER_HAS_REFERENCE] = i64::from(measures.is_measurable);
    order[ORDER_REFERENCE2] = measures.middle;
    order[ORDER_FLAT_SINCE] = now.ts;
    order[ORDER_LAST_NUDGE] = now.ts;
    order[ORDER_LAST_REPLACE] = now.ts;
    order[ORDER_PLACED_TS] = now.ts;
}

/// Take a pending order out of the book; younger ones move up, the emptied place is zeroed.
pub fn remove_order(day: &Day, row: &mut [i64], slot: usize) {
    let at = order_at(day, slot);
    let end = order_at(day, order_count(row));
    row.copy_within(at + ORDER_WIDTH..end, at);
    row[end - ORDER_WIDTH..end].fill(0);
    row[STATE_ORDER_COUNT] -= 1;
}

/// Take out an order that was not filled: an entry frees its structure, an exit re-opens it.
fn drop_order(day: &Day, row: &mut [i64], slot: usize) {
    let order = pending(day, row, slot);
    let (origin, structure) = (order[ORDER_ORIGIN], order[ORDER_STRUCTURE]);
    if origin == ORIGIN_ENTRY {
        free_structure(day, row, structure as usize);
    } else if origin == ORIGIN_EXIT {
        reopen_structure(day, row, structure as usize);
    }
    remove_order(day, row, slot);
}

/// Cancel the pending order of that number.
pub fn cancel_order(day: &Day, desk: &mut Desk, row: &mut [i64], slot: usize, reason: i64) {
    let order = pending(day, row, slot)[ORDER_ID];
    desk.write(row, EVENT_ORDER_CANCELED, order, [reason, 0, 0, 0, 0, 0]);
    drop_order(day, row, slot);
}

/// Cancel every pending order, oldest first.
pub fn cancel_all(day: &Day, desk: &mut Desk, row: &mut [i64], reason: i64) {
    while order_count(row) > 0 {
        cancel_order(day, desk, row, 0, reason);
    }
}

/// Cancel every pending entry order, oldest first.
pub fn cancel_entries(day: &Day, desk: &mut Desk, row: &mut [i64], reason: i64) {
    let mut slot = 0;
    while slot < order_count(row) {
        if pending(day, row, slot)[ORDER_ORIGIN] == ORIGIN_ENTRY {
            cancel_order(day, desk, row, slot, reason);
        } else {
            slot += 1;
        }
    }
}

/// Expire every pending order, oldest first.
pub fn expire_all(day: &Day, desk: &mut Desk, row: &mut [i64]) {
    while order_count(row) > 0 {
        let order = pending(day, row, 0)[ORDER_ID];
        desk.write(row, EVENT_ORDER_EXPIRED, order, [0; 6]);
        drop_order(day, row, 0);
    }
}

/// Return the number of the pending order with that id, if there is one.
pub fn slot_of(day: &Day, row: &[i64], order: i64) -> Option<usize> {
    (0..order_count(row)).find(|&slot| pending(day, row, slot)[ORDER_ID] == order)
}
