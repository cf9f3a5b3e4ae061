//! The rows of a bot's orders: found, made, and closed when an order leaves.
//!
//! Twin of `forven/kernels/jit/perpetual/orders.py`.

use super::desk::Desk;
use crate::perpetual_schema::*;
use crate::schema::{
    EVENT_ORDER_CANCELED, EVENT_ORDER_EXPIRED, INT64_MAX, MISSING, ORDER_LIMIT, ORDER_MARKET,
};

/// The columns of one order.
pub type Order = [i64; ORDER_WIDTH];

/// Return where the order of that number begins in a state row.
pub fn order_at(slot: usize) -> usize {
    STATE_HEADER_WIDTH + slot * ORDER_WIDTH
}

/// Return how many orders have rows, those in flight included.
pub fn order_count(row: &[i64]) -> usize {
    row[STATE_ORDER_COUNT] as usize
}

/// Return the orders of a bot, in row order.
pub fn orders_of(row: &[i64]) -> impl Iterator<Item = &Order> {
    let cells = &row[STATE_HEADER_WIDTH..order_at(order_count(row))];
    cells.as_chunks::<ORDER_WIDTH>().0.iter()
}

/// Return one order of a bot.
pub fn order_of(row: &[i64], slot: usize) -> &Order {
    &row[STATE_HEADER_WIDTH..].as_chunks::<ORDER_WIDTH>().0[slot]
}

/// Return one order of a bot, to be changed.
pub fn order_of_mut(row: &mut [i64], slot: usize) -> &mut Order {
    &mut row[STATE_HEADER_WIDTH..].as_chunks_mut::<ORDER_WIDTH>().0[slot]
}

/// Return whether an order is a landed limit order that takes nothing in this frame.
pub fn is_resting(order: &Order) -> bool {
    order[ORDER_KIND] == ORDER_LIMIT && order[ORDER_ID] != 0 && order[ORDER_AGGRESSIVE] == 0
}

/// Return how many orders have landed.
pub fn landed_count(row: &[i64]) -> usize {
    orders_of(row).filter(|order| order[ORDER_ID] != 0).count()
}

/// Return the number of the landed order with that id.
pub fn slot_of(row: &[i64], id: i64) -> Option<usize> {
    orders_of(row).position(|order| order[ORDER_ID] == id && id != 0)
}

/// Return an order's signed price, a market order's below all: the least is served first.
pub fn rank_of(order: &Order) -> i64 {
    if order[ORDER_KIND] == ORDER_MARKET {
        return -INT64_MAX;
    }
    order[ORDER_SIDE] * order[ORDER_PRICE]
}

/// Return the slot of the landed market or limit order of a side served after (rank, id).
pub fn next_in_line(row: &[i64], side: i64, rank: i64, id: i64) -> Option<usize> {
    let mut found = None;
    let mut best = (INT64_MAX, INT64_MAX);
    for (slot, order) in orders_of(row).enumerate() {
        let own = order[ORDER_ID];
        if own == 0 || order[ORDER_SIDE] != side || order[ORDER_KIND] > ORDER_LIMIT {
            continue;
        }
        let place = (rank_of(order), own);
        if place > (rank, id) && place < best {
            found = Some(slot);
            best = place;
        }
    }
    found
}

/// Return an order that has not been sent.
pub fn new_order() -> Order {
    let mut order = [0; ORDER_WIDTH];
    order[ORDER_LEVEL] = MISSING;
    order[ORDER_FLIGHT_TS] = INT64_MAX;
    order
}

/// Make the row of an order.
pub fn push_order(row: &mut [i64], order: &Order) {
    let slot = order_count(row);
    *order_of_mut(row, slot) = *order;
    row[STATE_ORDER_COUNT] += 1;
}

/// Return an order of these lots that goes in flight in this frame.
pub fn sent_order(desk: &Desk, kind: i64, side: i64, origin: i64, lots: i64) -> Order {
    let mut order = new_order();
    order[ORDER_KIND] = kind;
    order[ORDER_SIDE] = side;
    order[ORDER_ORIGIN] = origin;
    order[ORDER_LEFT] = lots;
    order[ORDER_FLIGHT_TS] = desk.now.landing;
    order
}

/// Close the row of an order: later ones move up, the emptied place is zeroed.
pub fn remove_order(row: &mut [i64], slot: usize) {
    let end = order_at(order_count(row));
    row.copy_within(order_at(slot + 1)..end, order_at(slot));
    row[end - ORDER_WIDTH..end].fill(0);
    row[STATE_ORDER_COUNT] -= 1;
}

/// Cancel the order of that number; one that has not landed leaves without a row.
pub fn cancel_order(desk: &mut Desk, row: &mut [i64], slot: usize, reason: i64) {
    let order = order_of(row, slot);
    let (id, left) = (order[ORDER_ID], order[ORDER_LEFT]);
    if id != 0 {
        desk.write(row, EVENT_ORDER_CANCELED, id, [reason, left, 0, 0, 0, 0]);
    }
    remove_order(row, slot);
}

/// Cancel every order, oldest first.
pub fn cancel_all(desk: &mut Desk, row: &mut [i64], reason: i64) {
    while order_count(row) > 0 {
        cancel_order(desk, row, 0, reason);
    }
}

/// Expire every order, oldest first; those that have not landed leave without a row.
pub fn expire_all(desk: &mut Desk, row: &mut [i64]) {
    while order_count(row) > 0 {
        let order = order_of(row, 0);
        let (id, left) = (order[ORDER_ID], order[ORDER_LEFT]);
        if id != 0 {
            desk.write(row, EVENT_ORDER_EXPIRED, id, [0, left, 0, 0, 0, 0]);
        }
        remove_order(row, 0);
    }
}
