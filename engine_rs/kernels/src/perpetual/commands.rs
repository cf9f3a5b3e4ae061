//! The commands of a bot that have reached the venue: place, cancel, replace, stop.
//!
//! Twin of `forven/kernels/jit/perpetual/commands.py`.

use super::desk::{Desk, Market};
use super::grid::is_on_grid;
use super::landing::{begin_intent, is_below_minimum, place_order, take_place};
use super::orders::{
    cancel_all, cancel_order, new_order, order_count, order_of, order_of_mut, push_order, slot_of,
    Order,
};
use crate::perpetual_schema::*;
use crate::schema::{
    COMMAND_CANCEL, COMMAND_CANCEL_ALL, COMMAND_PLACE, COMMAND_REPLACE, COMMAND_STOP,
    EVENT_COMMAND_REFUSED, EVENT_ORDER_REPLACED, EVENT_STOPPED, INT64_MAX, MISSING, ORDER_LIMIT,
    ORDER_MARKET, REASON_NOT_A_LIMIT, REASON_NOT_RUNNING, REASON_NO_SUCH_ORDER, REASON_OFF_GRID,
    REASON_STOP, REASON_USER, STATUS_RUNNING, STATUS_STOPPING,
};

/// Return the commands of a bot that it has not taken, flat.
fn commands_left<'a>(plan: &[i64], commands: &'a [i64], row: &[i64]) -> &'a [i64] {
    let from = plan[PLAN_COMMAND_FROM] as usize;
    let first = from + row[STATE_COMMAND_CURSOR] as usize;
    let end = from + plan[PLAN_COMMAND_COUNT] as usize;
    &commands[first * COMMAND_WIDTH..end * COMMAND_WIDTH]
}

/// Return when the next command of a bot reaches the venue, or `INT64_MAX`.
pub fn next_landing(plan: &[i64], commands: &[i64], row: &[i64]) -> i64 {
    let left = commands_left(plan, commands, row);
    left.get(COMMAND_DUE).map_or(INT64_MAX, |due| {
        due.saturating_add(plan[PLAN_ORDER_LATENCY_NS])
    })
}

/// Return how many commands of a bot a frame at `ts` takes.
pub fn due_count(plan: &[i64], commands: &[i64], row: &[i64], ts: i64) -> usize {
    let until = ts - plan[PLAN_ORDER_LATENCY_NS];
    commands_left(plan, commands, row)
        .chunks_exact(COMMAND_WIDTH)
        .take_while(|command| command[COMMAND_DUE] <= until)
        .count()
}

/// Return the order that a command describes.
fn described(command: &[i64]) -> Order {
    let mut order = new_order();
    for (to, from) in [
        (ORDER_KIND, COMMAND_TYPE),
        (ORDER_SIDE, COMMAND_SIDE),
        (ORDER_LEFT, COMMAND_LOTS),
        (ORDER_PRICE, COMMAND_PRICE),
        (ORDER_POST_ONLY, COMMAND_POST_ONLY),
        (ORDER_REDUCE_ONLY, COMMAND_REDUCE_ONLY),
        (ORDER_IMMEDIATE, COMMAND_IMMEDIATE),
        (ORDER_PEGGED, COMMAND_PEGGED),
        (ORDER_OFFSET_TICKS, COMMAND_OFFSET_TICKS),
    ] {
        order[to] = command[from];
    }
    if order[ORDER_KIND] == ORDER_MARKET {
        order[ORDER_PRICE] = 0;
    }
    order
}

/// Place the order that a command describes.
fn place(market: &Market, desk: &mut Desk, plan: &[i64], row: &mut [i64], command: &[i64]) {
    let mut order = described(command);
    let has_row = order_count(row) < market.orders;
    if place_order(market, desk, plan, row, &mut order, has_row) {
        push_order(row, &order);
    }
}

/// Return why a landed order cannot take a new price.
fn replace_refusal(market: &Market, desk: &Desk, order: &Order, price: i64) -> Option<i64> {
    if order[ORDER_KIND] != ORDER_LIMIT {
        return Some(REASON_NOT_A_LIMIT);
    }
    if !is_on_grid(market, price) {
        return Some(REASON_OFF_GRID);
    }
    if is_below_minimum(market, desk, order, price) {
        return Some(REASON_BELOW_MINIMUM);
    }
    let crosses = desk.now.standing.is_crossed(order[ORDER_SIDE], price);
    (order[ORDER_POST_ONLY] == 1 && crosses).then_some(REASON_WOULD_CROSS)
}

/// Give a landed limit order a new price, which is a new intent; return why not.
fn replace(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    command: &[i64],
) -> Option<i64> {
    let (id, price) = (command[COMMAND_ORDER], command[COMMAND_PRICE]);
    let Some(slot) = slot_of(row, id) else {
        return Some(REASON_NO_SUCH_ORDER);
    };
    let reason = replace_refusal(market, desk, order_of(row, slot), price);
    if reason.is_some() {
        return reason;
    }
    let order = order_of_mut(row, slot);
    let former = order[ORDER_PRICE];
    order[ORDER_PRICE] = price;
    begin_intent(order, desk.now.ts);
    take_place(&desk.now, plan, order);
    let rest = [former, price, 0, 0, order[ORDER_AHEAD], REASON_USER];
    desk.write(row, EVENT_ORDER_REPLACED, id, rest);
    None
}

/// Cancel a landed order by command; return why not.
fn cancel(desk: &mut Desk, row: &mut [i64], id: i64) -> Option<i64> {
    let Some(slot) = slot_of(row, id) else {
        return Some(REASON_NO_SUCH_ORDER);
    };
    cancel_order(desk, row, slot, REASON_USER);
    None
}

/// Cancel all orders and let the bot act no more; the position stays.
fn stop(desk: &mut Desk, row: &mut [i64]) {
    cancel_all(desk, row, REASON_STOP);
    desk.write(row, EVENT_STOPPED, MISSING, [0; 6]);
    row[STATE_STATUS] = STATUS_STOPPING;
}

/// Do what one command says; return why it is refused.
fn obey(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    command: &[i64],
) -> Option<i64> {
    let kind = command[COMMAND_KIND];
    let needs_book = kind == COMMAND_PLACE || kind == COMMAND_REPLACE;
    if !(COMMAND_PLACE..=COMMAND_STOP).contains(&kind) {
        return Some(REASON_BAD_ORDER);
    }
    if row[STATE_STATUS] != STATUS_RUNNING {
        return Some(REASON_NOT_RUNNING);
    }
    if needs_book && !desk.now.standing.is_regular {
        return Some(REASON_NO_BOOK);
    }
    match kind {
        COMMAND_PLACE => place(market, desk, plan, row, command),
        COMMAND_CANCEL => return cancel(desk, row, command[COMMAND_ORDER]),
        COMMAND_CANCEL_ALL => cancel_all(desk, row, REASON_USER),
        COMMAND_REPLACE => return replace(market, desk, plan, row, command),
        _ => stop(desk, row),
    }
    None
}

/// Take every command of a bot that has reached the venue, in order.
pub fn take_commands(
    market: &Market,
    desk: &mut Desk,
    plan: &[i64],
    commands: &[i64],
    row: &mut [i64],
) {
    let count = due_count(plan, commands, row, desk.now.ts);
    let left = commands_left(plan, commands, row);
    for command in left.chunks_exact(COMMAND_WIDTH).take(count) {
        row[STATE_COMMAND_CURSOR] += 1;
        let Some(reason) = obey(market, desk, plan, row, command) else {
            continue;
        };
        let kind = command[COMMAND_KIND];
        let target = match kind {
            COMMAND_CANCEL | COMMAND_REPLACE => command[COMMAND_ORDER],
            _ => MISSING,
        };
        let rest = [kind, reason, 0, 0, 0, 0];
        desk.write(row, EVENT_COMMAND_REFUSED, target, rest);
    }
}
