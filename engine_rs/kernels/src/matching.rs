//! Matching: whether a pending order fills in a frame, and everything that its fill changes.
//!
//! Twin of `forven/kernels/jit/matching.py`.

use crate::arrival::{position_refusal, ACCEPTED};
use crate::desk::{Day, Desk};
use crate::grid::increment;
use crate::holdings::change_holding;
use crate::orders::remove_order;
use crate::power::{order_count, order_legs, pending, projection, Question};
use crate::prices::{executable_price, floored_mid, gives_away, leg_measures, order_measures};
use crate::schema::*;
use crate::structures::{free_structure, open_structure};

/// An order about to fill.
struct Fill {
    /// The number of the pending order.
    slot: usize,
    /// Its cells, as they were pending.
    order: [i64; ORDER_WIDTH],
    /// The price it fills at.
    net: i64,
    /// Its natural price.
    natural: i64,
    /// Micros of slippage.
    slippage: i64,
}

/// Return a leg's quoted width times its ratio; 0 for a leg that is given away.
fn leg_width(day: &Day, frame: usize, leg: &[i64], gives_away: bool) -> i64 {
    let instrument = leg[COMMAND_LEG_INSTRUMENT];
    let ratio = leg[COMMAND_LEG_RATIO];
    let bid = day.bid(instrument, frame);
    if gives_away && ratio > 0 && bid == 0 {
        return 0;
    }
    ratio.abs() * (day.ask(instrument, frame) - bid)
}

/// Return floor(improvement * own / width), none of them negative, whatever their product.
fn share_of(improvement: i64, own: i64, width: i64) -> i64 {
    match improvement.checked_mul(own) {
        Some(product) => product / width,
        None => (i128::from(improvement) * i128::from(own) / i128::from(width)) as i64,
    }
}

/// Set the leg values of a fill: natural, plus their shares of the improvement.
fn share_improvement(day: &Day, desk: &mut Desk, order: &[i64], improvement: i64) {
    let frame = desk.now.frame;
    let gives_away = gives_away(order);
    let mut naturals = [0; MAX_LEGS];
    let mut widths = [0; MAX_LEGS];
    for (i, leg) in order_legs(order).enumerate() {
        let (instrument, ratio) = (leg[COMMAND_LEG_INSTRUMENT], leg[COMMAND_LEG_RATIO]);
        naturals[i] = leg_measures(day, instrument, ratio, frame, gives_away).1;
        widths[i] = leg_width(day, frame, leg, gives_away);
    }
    desk.leg_values = naturals;
    let width: i64 = widths.iter().sum();
    if improvement <= 0 || width <= 0 {
        return;
    }
    let mut left = improvement;
    for (value, own) in desk.leg_values.iter_mut().zip(widths) {
        let share = share_of(improvement, own, width);
        *value += share;
        left -= share;
    }
    for (i, value) in desk.leg_values.iter_mut().enumerate() {
        let more = left.min(naturals[i] + widths[i] - *value);
        *value += more;
        left -= more;
    }
}

/// Return the fee in micros of one leg of a fill, from its effect and its premium.
fn leg_fee(plan: &[i64], leg: &[i64], quantity: i64, value: i64) -> i64 {
    let contracts = leg[COMMAND_LEG_RATIO].abs();
    let is_below = value.abs() < plan[PLAN_FEE_SPLIT] * contracts;
    let fee = match (leg[COMMAND_LEG_EFFECT] == EFFECT_OPEN, is_below) {
        (true, true) => plan[PLAN_FEE_OPEN_BELOW],
        (true, false) => plan[PLAN_FEE_OPEN_FROM],
        (false, true) => plan[PLAN_FEE_CLOSE_BELOW],
        (false, false) => plan[PLAN_FEE_CLOSE_FROM],
    };
    fee * contracts * quantity
}

/// Return why an order about to fill is rejected after all, or `ACCEPTED`.
fn fill_refusal(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &[i64],
    fill: &Fill,
    cash: i64,
) -> i64 {
    let order = &fill.order;
    if order[ORDER_ORIGIN] == ORIGIN_FLATTEN {
        return ACCEPTED;
    }
    let reason = position_refusal(day, plan, row, order);
    if reason == ACCEPTED && order[ORDER_BLOCK] == BLOCK_OPENING {
        let question = Question {
            order,
            cash: i128::from(cash),
            left_out: Some(fill.slot),
        };
        if projection(day, &desk.now, &mut desk.pool, plan, row, &question) < 0 {
            return REASON_BUYING_POWER;
        }
    }
    reason
}

/// Change the holdings by a fill and journal it; cash is already changed.
fn write_fill(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], order: &[i64]) {
    let quantity = order[ORDER_QUANTITY];
    for (i, leg) in order_legs(order).enumerate() {
        let instrument = leg[COMMAND_LEG_INSTRUMENT];
        let value = desk.leg_values[i];
        let change = -leg[COMMAND_LEG_RATIO] * quantity;
        let after = change_holding(row, instrument, change, value * day.multiplier * quantity);
        let fee = leg_fee(plan, leg, quantity, value);
        let rest = [i as i64, instrument, change, value, fee, after];
        desk.write(row, EVENT_LEG_FILLED, order[ORDER_ID], rest);
    }
}

/// Fill a pending order, or reject it; either way it leaves the book.
fn fill_order(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], fill: &Fill) {
    let order = &fill.order;
    let (id, quantity) = (order[ORDER_ID], order[ORDER_QUANTITY]);
    share_improvement(day, desk, order, fill.net - fill.natural);
    let fees: i64 = order_legs(order)
        .zip(desk.leg_values)
        .map(|(leg, value)| leg_fee(plan, leg, quantity, value))
        .sum();
    let cash = fill.net * day.multiplier * quantity - fees - fill.slippage;
    let reason = fill_refusal(day, desk, plan, row, fill, cash);
    if reason == ACCEPTED {
        row[STATE_CASH] += cash;
        row[STATE_FEES] += fees;
        row[STATE_SLIPPAGE] += fill.slippage;
        row[STATE_FILLS] += 1;
        let rest = [
            fill.net,
            quantity,
            fees,
            fill.slippage,
            row[STATE_CASH],
            fill.natural,
        ];
        desk.write(row, EVENT_ORDER_FILLED, id, rest);
        write_fill(day, desk, plan, row, order);
    } else {
        desk.write(row, EVENT_ORDER_REJECTED, id, [reason, 1, 0, 0, 0, 0]);
    }
    let (origin, structure) = (order[ORDER_ORIGIN], order[ORDER_STRUCTURE] as usize);
    if origin == ORIGIN_ENTRY && reason == ACCEPTED {
        open_structure(day, plan, row, structure, fill.net);
    } else if origin == ORIGIN_ENTRY || origin == ORIGIN_EXIT {
        free_structure(day, row, structure);
    }
    remove_order(day, row, fill.slot);
}

/// Return at what an order of this kind would fill in this frame, if it does.
fn fill_of(day: &Day, desk: &Desk, plan: &[i64], row: &[i64], slot: usize) -> Option<Fill> {
    let order = pending(day, row, slot);
    let measures = order_measures(day, desk.now.frame, order);
    if !measures.is_measurable || measures.is_starved {
        return None;
    }
    let (kind, count) = (order[ORDER_KIND], order[ORDER_LEG_COUNT]);
    let mut net = measures.natural;
    let mut slippage = 0;
    if kind != ORDER_MARKET {
        let step = increment(count, measures.middle);
        net = executable_price(plan, count, measures.middle, measures.natural);
        if kind == ORDER_LIMIT && net < order[ORDER_PRICE] {
            return None;
        }
        if kind == ORDER_STOP && floored_mid(measures.middle, step) < order[ORDER_PRICE] {
            return None;
        }
        let ticks = plan[PLAN_SLIPPAGE_TICKS] * step;
        slippage = ticks * day.multiplier * order[ORDER_QUANTITY];
    }
    let mut cells = [0; ORDER_WIDTH];
    cells.copy_from_slice(order);
    Some(Fill {
        slot,
        order: cells,
        net,
        natural: measures.natural,
        slippage,
    })
}

/// Fill the pending order of that number if it can; return whether it left the book.
pub fn match_order(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize) -> bool {
    let Some(fill) = fill_of(day, desk, plan, row, slot) else {
        return false;
    };
    fill_order(day, desk, plan, row, &fill);
    true
}

/// Match every pending order, oldest first.
pub fn match_all(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let mut slot = 0;
    while slot < order_count(row) {
        if !match_order(day, desk, plan, row, slot) {
            slot += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{kinds, World, CASH, MULTIPLIER};

    #[test]
    fn an_improvement_is_shared_by_width_and_stays_inside_each_quote() {
        let mut world = World::new(3);
        world.quote(1, 0..3, 100, 103);
        let day = world.day();
        let mut desk = Desk::new(&day, &mut []);
        let mut order = vec![0; ORDER_WIDTH];
        order[ORDER_LEG_COUNT] = 2;
        order[ORDER_LEGS..ORDER_LEGS + 6].copy_from_slice(&[0, 1, 0, 1, -1, 0]);
        share_improvement(&day, &mut desk, &order, 12);
        assert_eq!(desk.leg_values[..2], [110, -101]);
        share_improvement(&day, &mut desk, &order, 1);
        assert_eq!(desk.leg_values[..2], [101, -103]);
    }

    #[test]
    fn a_limit_fills_at_the_executable_price_and_moves_cash() {
        let mut world = World::new(4);
        world.add_bot();
        world.place(
            0,
            ORDER_LIMIT,
            80,
            &[(1, 1, EFFECT_OPEN), (2, -1, EFFECT_OPEN)],
        );
        let rows = world.run(1, 1);
        assert!(!kinds(&rows).contains(&EVENT_ORDER_FILLED));
        let mut world = World::new(4);
        world.add_bot();
        world.place(
            0,
            ORDER_LIMIT,
            -5,
            &[(1, 1, EFFECT_OPEN), (2, -1, EFFECT_OPEN)],
        );
        let rows = world.run(1, 1);
        let placed = [EVENT_ORDER_PLACED, EVENT_ORDER_LEG, EVENT_ORDER_LEG];
        let filled = [EVENT_ORDER_FILLED, EVENT_LEG_FILLED, EVENT_LEG_FILLED];
        assert_eq!(kinds(&rows), [placed, filled].concat());
        assert_eq!(rows[3][JOURNAL_A], 0);
        assert_eq!(world.state[STATE_CASH], CASH);
    }

    #[test]
    fn fees_follow_effect_and_premium() {
        let mut plan = vec![0; PLAN_WIDTH];
        plan[PLAN_FEE_SPLIT] = 100;
        plan[PLAN_FEE_OPEN_BELOW..=PLAN_FEE_CLOSE_FROM].copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(leg_fee(&plan, &[0, -2, EFFECT_OPEN], 5, 199), 10);
        assert_eq!(leg_fee(&plan, &[0, -2, EFFECT_OPEN], 5, -200), 20);
        assert_eq!(leg_fee(&plan, &[0, 1, EFFECT_CLOSE], 1, 99), 3);
        assert_eq!(leg_fee(&plan, &[0, 1, EFFECT_CLOSE], 1, 100), 4);
    }

    #[test]
    fn a_share_is_floored_even_where_the_product_is_beyond_int64() {
        assert_eq!(share_of(7, 3, 4), 5);
        let large = 4_000_000_000_000;
        assert_eq!(share_of(large, 3 * large, 4 * large), large / 4 * 3);
    }

    #[test]
    fn a_market_order_fills_at_natural() {
        let mut world = World::new(4);
        world.add_bot();
        world.place(0, ORDER_MARKET, 0, &[(1, -1, EFFECT_OPEN)]);
        world.run(1, 1);
        assert_eq!(world.state[STATE_CASH], CASH - 110 * MULTIPLIER);
    }
}
