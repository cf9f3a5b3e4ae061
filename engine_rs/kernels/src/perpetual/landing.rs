//! Landings: how orders and re-quotes reach the venue, and why it may turn them away.
//!
//! Twin of `forven/kernels/jit/perpetual/landing.py`.

use super::desk::{own_side, Desk, Market, Now, Shown};
use super::grid::is_on_grid;
use super::margin::{equity_at, initial_margin, worth};
use super::orders::{
    landed_count, order_count, order_of, order_of_mut, orders_of, remove_order, Order,
};
use crate::perpetual_schema::*;
use crate::schema::{
    COMMAND_REPLACE, EVENT_COMMAND_REFUSED, EVENT_ORDER_PLACED, EVENT_ORDER_REJECTED,
    EVENT_ORDER_REPLACED, INT64_MAX, MISSING, ORDER_LIMIT, ORDER_MARKET, ORDER_STOP,
    ORIGIN_FLATTEN, REASON_BAD_QUANTITY, REASON_BUYING_POWER, REASON_MAX_ORDERS, REASON_NOT_HELD,
    REASON_OFF_GRID, REASON_REPRICED, REASON_WOULD_TRIGGER,
};

/// The most ticks that a pegged order may stand away from the mid.
pub const OFFSET_TICKS_MAX: i64 = 1_000;

/// Return the queue ahead and the level displayed that a limit order joins on a regular book.
pub fn queue_at(model: i64, side: i64, price: i64, best: i64, size: i64) -> (i64, i64) {
    if model == FILL_TOUCH {
        (0, MISSING)
    } else if price == best {
        (size, size)
    } else if side * price < side * best {
        (0, 0)
    } else {
        (UNKNOWN_AHEAD, MISSING)
    }
}

/// Let a limit order join the queue at its price on its own side of a regular book.
pub fn join_queue(shown: &Shown, plan: &[i64], order: &mut Order) {
    let (side, price) = (order[ORDER_SIDE], order[ORDER_PRICE]);
    let own = own_side(side);
    let (best, size) = (shown.best[own], shown.size[own]);
    (order[ORDER_AHEAD], order[ORDER_LEVEL]) =
        queue_at(plan[PLAN_FILL_MODEL], side, price, best, size);
}

/// Let an order with a new price take in this frame if it may, or join its queue.
pub fn take_place(now: &Now, plan: &[i64], order: &mut Order) {
    order[ORDER_AHEAD] = 0;
    order[ORDER_LEVEL] = MISSING;
    let kind = order[ORDER_KIND];
    let mut takes = kind == ORDER_MARKET || order[ORDER_IMMEDIATE] == 1;
    if kind == ORDER_LIMIT && !takes {
        takes = now
            .standing
            .is_crossed(order[ORDER_SIDE], order[ORDER_PRICE]);
        if !takes {
            join_queue(&now.standing, plan, order);
        }
    }
    order[ORDER_AGGRESSIVE] = i64::from(takes);
}

/// Set what re-pricing knows of an order to that of a new intent.
pub fn begin_intent(order: &mut Order, ts: i64) {
    order[ORDER_INTENDED] = order[ORDER_SIDE] * order[ORDER_PRICE];
    order[ORDER_CONCESSION] = 0;
    order[ORDER_HAS_REFERENCE] = 0;
    order[ORDER_REFERENCE2] = 0;
    order[ORDER_FLAT_SINCE] = ts;
    order[ORDER_LAST_NUDGE] = ts;
    order[ORDER_LAST_REPLACE] = ts;
    order[ORDER_FLIGHT_TS] = INT64_MAX;
    order[ORDER_FLIGHT_PRICE] = 0;
}

/// Return whether no venue would understand an order.
fn is_malformed(order: &Order) -> bool {
    let kind = order[ORDER_KIND];
    let flags = [
        ORDER_POST_ONLY,
        ORDER_REDUCE_ONLY,
        ORDER_IMMEDIATE,
        ORDER_PEGGED,
    ];
    let [post_only, _, immediate, pegged] = flags.map(|flag| order[flag] == 1);
    ![ORDER_MARKET, ORDER_LIMIT, ORDER_STOP].contains(&kind)
        || ![1, -1].contains(&order[ORDER_SIDE])
        || flags.iter().any(|&flag| ![0, 1].contains(&order[flag]))
        || !(0..=OFFSET_TICKS_MAX).contains(&order[ORDER_OFFSET_TICKS])
        || (kind != ORDER_LIMIT && (post_only || pegged))
        || (immediate && (post_only || kind == ORDER_STOP))
}

/// Return whether an order's lots are none, or more than sums can hold.
fn is_oversized(market: &Market, row: &[i64], order: &Order) -> bool {
    let lots = order[ORDER_LEFT];
    if !(1..=EXPOSURE_MAX).contains(&lots) {
        return true;
    }
    let landed = orders_of(row).filter(|pending| pending[ORDER_ID] != 0);
    let pending: i64 = landed.map(|pending| pending[ORDER_LEFT]).sum();
    (row[STATE_POSITION].abs() + pending + lots) * market.value > EXPOSURE_MAX
}

/// Return whether an order that does more than reduce is worth too little at a price.
pub fn is_below_minimum(market: &Market, desk: &Desk, order: &Order, price: i64) -> bool {
    if order[ORDER_REDUCE_ONLY] == 1 {
        return false;
    }
    let lots = order[ORDER_LEFT];
    let value = if order[ORDER_KIND] == ORDER_MARKET {
        worth(market, lots, desk.now.standing.mark2)
    } else {
        lots * price * market.value
    };
    value < market.value_min
}

/// Return whether the equity is too small for the exposure that an order adds to.
fn lacks_power(market: &Market, desk: &Desk, plan: &[i64], row: &[i64], order: &Order) -> bool {
    if order[ORDER_REDUCE_ONLY] == 1 {
        return false;
    }
    let mut lots = [0; 2];
    lots[own_side(order[ORDER_SIDE])] = order[ORDER_LEFT];
    for pending in orders_of(row) {
        if pending[ORDER_ID] != 0 && pending[ORDER_REDUCE_ONLY] != 1 {
            lots[own_side(pending[ORDER_SIDE])] += pending[ORDER_LEFT];
        }
    }
    let position = row[STATE_POSITION];
    let exposure = (position + lots[0]).abs().max((position - lots[1]).abs());
    if exposure <= position.abs() {
        return false;
    }
    let mark2 = desk.now.standing.mark2;
    equity_at(market, row, mark2) < initial_margin(market, plan, exposure, mark2)
}

/// Return why the venue turns a new order away.
fn placing_refusal(
    market: &Market,
    desk: &Desk,
    plan: &[i64],
    row: &[i64],
    order: &Order,
    has_row: bool,
) -> Option<i64> {
    if is_malformed(order) {
        return Some(REASON_BAD_ORDER);
    }
    if is_oversized(market, row, order) {
        return Some(REASON_BAD_QUANTITY);
    }
    let (kind, side, price) = (order[ORDER_KIND], order[ORDER_SIDE], order[ORDER_PRICE]);
    let standing = &desk.now.standing;
    if kind != ORDER_MARKET && !is_on_grid(market, price) {
        Some(REASON_OFF_GRID)
    } else if landed_count(row) as i64 >= plan[PLAN_MAX_ORDERS] || !has_row {
        Some(REASON_MAX_ORDERS)
    } else if order[ORDER_REDUCE_ONLY] == 1 && side * row[STATE_POSITION] <= 0 {
        Some(REASON_NOT_HELD)
    } else if is_below_minimum(market, desk, order, price) {
        Some(REASON_BELOW_MINIMUM)
    } else if order[ORDER_POST_ONLY] == 1 && standing.is_crossed(side, price) {
        Some(REASON_WOULD_CROSS)
    } else if kind == ORDER_STOP && is_triggered(side, price, standing.mark2) {
        Some(REASON_WOULD_TRIGGER)
    } else if lacks_power(market, desk, plan, row, order) {
        Some(REASON_BUYING_POWER)
    } else {
        None
    }
}

/// Return whether a mark has reached the trigger of a stop.
pub fn is_triggered(side: i64, trigger: i64, mark2: i64) -> bool {
    side * mark2 <= 2 * side * trigger
}

/// Give an order the next id and journal it; return the id.
pub fn write_placed(desk: &mut Desk, row: &mut [i64], order: &Order) -> i64 {
    let id = row[STATE_NEXT_ORDER];
    row[STATE_NEXT_ORDER] += 1;
    let flags: i64 = [
        (ORDER_POST_ONLY, FLAG_POST_ONLY),
        (ORDER_REDUCE_ONLY, FLAG_REDUCE_ONLY),
        (ORDER_IMMEDIATE, FLAG_IMMEDIATE),
        (ORDER_PEGGED, FLAG_PEGGED),
    ]
    .iter()
    .filter(|(column, _)| order[*column] != 0)
    .map(|(_, flag)| flag)
    .sum();
    let kind = order[ORDER_KIND];
    let price = if kind == ORDER_MARKET {
        0
    } else {
        order[ORDER_PRICE]
    };
    let (lots, side, origin) = (order[ORDER_LEFT], order[ORDER_SIDE], order[ORDER_ORIGIN]);
    let rest = [kind, price, lots, side, flags, origin];
    desk.write(row, EVENT_ORDER_PLACED, id, rest);
    id
}

/// Let a new order land; return whether the venue accepts it.
pub fn place_order(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    order: &mut Order,
    has_row: bool,
) -> bool {
    let id = write_placed(desk, row, order);
    if order[ORDER_ORIGIN] != ORIGIN_FLATTEN {
        if let Some(reason) = placing_refusal(market, desk, plan, row, order, has_row) {
            desk.write(row, EVENT_ORDER_REJECTED, id, [reason, 0, 0, 0, 0, 0]);
            return false;
        }
    }
    order[ORDER_ID] = id;
    order[ORDER_PLACED_TS] = desk.now.ts;
    begin_intent(order, desk.now.ts);
    take_place(&desk.now, plan, order);
    true
}

/// Return the hash of re-quotes once one more has landed; it wraps.
pub fn hashed(hash: i64, ts: i64, id: i64, price: i64) -> i64 {
    [ts, id, price]
        .iter()
        .fold(hash, |hash, value| (hash ^ value).wrapping_mul(HASH_PRIME))
}

/// Let a re-quote land: the order has its new price, unless that would cross.
fn land_requote(desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize) {
    let ts = desk.now.ts;
    let order = order_of_mut(row, slot);
    let (id, former, price) = (
        order[ORDER_ID],
        order[ORDER_PRICE],
        order[ORDER_FLIGHT_PRICE],
    );
    order[ORDER_FLIGHT_TS] = INT64_MAX;
    order[ORDER_FLIGHT_PRICE] = 0;
    if order[ORDER_POST_ONLY] == 1 && desk.now.standing.is_crossed(order[ORDER_SIDE], price) {
        if plan[PLAN_REQUOTE_ROWS] == 1 {
            let rest = [COMMAND_REPLACE, REASON_WOULD_CROSS, 0, 0, 0, 0];
            desk.write(row, EVENT_COMMAND_REFUSED, id, rest);
        }
        return;
    }
    order[ORDER_PRICE] = price;
    take_place(&desk.now, plan, order);
    let (concession, ahead) = (order[ORDER_CONCESSION], order[ORDER_AHEAD]);
    row[STATE_REPLACES] += 1;
    row[STATE_REPLACE_HASH] = hashed(row[STATE_REPLACE_HASH], ts, id, price);
    if plan[PLAN_REQUOTE_ROWS] == 1 {
        let rest = [former, price, concession, 0, ahead, REASON_REPRICED];
        desk.write(row, EVENT_ORDER_REPLACED, id, rest);
    }
}

/// Let everything land that is in flight and due; the standing book is regular.
pub fn land_all(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let ts = desk.now.ts;
    let mut slot = 0;
    while slot < order_count(row) {
        let mut order = *order_of(row, slot);
        slot += 1;
        if order[ORDER_FLIGHT_TS] > ts {
            continue;
        }
        if order[ORDER_ID] != 0 {
            land_requote(desk, plan, row, slot - 1);
        } else if place_order(market, desk, plan, row, &mut order, true) {
            *order_of_mut(row, slot - 1) = order;
        } else {
            if order[ORDER_ORIGIN] == ORIGIN_QUOTE {
                let retry = STATE_RETRY_BUY_TS + own_side(order[ORDER_SIDE]);
                row[retry] = ts + plan[PLAN_QUOTE_RETRY_NS];
            }
            slot -= 1;
            remove_order(row, slot);
        }
    }
}
