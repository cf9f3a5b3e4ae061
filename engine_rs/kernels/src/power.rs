//! Buying power: cash after all pending opening orders, less the margin of what they would hold.
//!
//! Twin of `forven/kernels/jit/power.py`. Prices far from any market may be pending, so the sums
//! of reserved cash are wider than the money they are compared with.

use crate::desk::{Day, Now, Pool};
use crate::holdings::holdings;
use crate::margin::pool_margin;
use crate::prices::order_measures;
use crate::schema::*;

/// Return where the pending order of that number begins in a state row.
pub fn order_at(day: &Day, slot: usize) -> usize {
    day.shape.orders_at + slot * ORDER_WIDTH
}

/// Return how many orders are pending.
pub fn order_count(row: &[i64]) -> usize {
    row[STATE_ORDER_COUNT] as usize
}

/// Return the cells of the pending order of that number.
pub fn pending<'r>(day: &Day, row: &'r [i64], slot: usize) -> &'r [i64] {
    let at = order_at(day, slot);
    &row[at..at + ORDER_WIDTH]
}

/// Return the cells of each leg of an order, `COMMAND_LEG_WIDTH` each.
pub fn order_legs(order: &[i64]) -> std::slice::ChunksExact<'_, i64> {
    let count = order[ORDER_LEG_COUNT] as usize;
    order[ORDER_LEGS..ORDER_LEGS + count * COMMAND_LEG_WIDTH].chunks_exact(COMMAND_LEG_WIDTH)
}

/// Put the holdings into the pool; return how many positions it has.
fn pool_holdings(row: &[i64], pool: &mut Pool) -> usize {
    let mut count = 0;
    for holding in holdings(row) {
        pool.instrument[count] = holding[HOLDING_INSTRUMENT];
        pool.quantity[count] = holding[HOLDING_QUANTITY];
        count += 1;
    }
    count
}

/// Add an order's legs to the pool as if it had filled; return how many positions it has.
fn pool_order(order: &[i64], pool: &mut Pool, mut count: usize) -> usize {
    for leg in order_legs(order) {
        let instrument = leg[COMMAND_LEG_INSTRUMENT];
        let place = pool.instrument[..count].partition_point(|&other| other < instrument);
        if place == count || pool.instrument[place] != instrument {
            pool.instrument.copy_within(place..count, place + 1);
            pool.quantity.copy_within(place..count, place + 1);
            pool.instrument[place] = instrument;
            pool.quantity[place] = 0;
            count += 1;
        }
        pool.quantity[place] -= leg[COMMAND_LEG_RATIO] * order[ORDER_QUANTITY];
    }
    count
}

/// Return the micros an opening order is taken to bring at a price, less the opening fees.
pub fn reserved_cash(day: &Day, plan: &[i64], order: &[i64], price: i64) -> i128 {
    let contracts: i64 = order_legs(order)
        .map(|leg| leg[COMMAND_LEG_RATIO].abs())
        .sum();
    let is_below = i128::from(price).abs() < i128::from(plan[PLAN_FEE_SPLIT] * contracts);
    let fee = plan[if is_below {
        PLAN_FEE_OPEN_BELOW
    } else {
        PLAN_FEE_OPEN_FROM
    }];
    let unit = i128::from(price) * i128::from(day.multiplier) - i128::from(fee * contracts);
    unit * i128::from(order[ORDER_QUANTITY])
}

/// Return the price an order reserves cash at: its own, or natural for a market order.
pub fn reserved_price(day: &Day, now: &Now, order: &[i64]) -> i64 {
    if order[ORDER_KIND] == ORDER_MARKET {
        order_measures(day, now.frame, order).natural
    } else {
        order[ORDER_PRICE]
    }
}

/// What a projection asks about: an order, the cash it brings, the pending order it replaces.
pub struct Question<'o> {
    /// The order in question.
    pub order: &'o [i64],
    /// The micros it brings.
    pub cash: i128,
    /// The number of the pending order that it is or replaces.
    pub left_out: Option<usize>,
}

/// Return the buying power in micros once all pending opening orders and this one are filled.
pub fn projection(
    day: &Day,
    now: &Now,
    pool: &mut Pool,
    plan: &[i64],
    row: &[i64],
    question: &Question,
) -> i128 {
    let mut power = i128::from(row[STATE_CASH]) + question.cash;
    let mut count = pool_holdings(row, pool);
    for slot in 0..order_count(row) {
        let order = pending(day, row, slot);
        if Some(slot) != question.left_out && order[ORDER_BLOCK] == BLOCK_OPENING {
            power += reserved_cash(day, plan, order, reserved_price(day, now, order));
            count = pool_order(order, pool, count);
        }
    }
    count = pool_order(question.order, pool, count);
    power - i128::from(pool_margin(day, now, pool, plan, count))
}

/// Return the margin of the holdings alone in micros.
pub fn holdings_margin(day: &Day, now: &Now, pool: &mut Pool, plan: &[i64], row: &[i64]) -> i64 {
    let count = pool_holdings(row, pool);
    pool_margin(day, now, pool, plan, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, MULTIPLIER};

    #[test]
    fn orders_are_pooled_as_if_filled_in_instrument_order() {
        let mut world = World::new(3);
        world.add_bot();
        let day = world.day();
        let mut desk = crate::desk::Desk::new(&day, &mut []);
        let mut order = vec![0; ORDER_WIDTH];
        order[ORDER_LEG_COUNT] = 2;
        order[ORDER_QUANTITY] = 3;
        order[ORDER_LEGS..ORDER_LEGS + 6].copy_from_slice(&[5, 1, 0, 2, -2, 0]);
        let count = pool_order(&order, &mut desk.pool, 0);
        let count = pool_order(&order, &mut desk.pool, count);
        assert_eq!(desk.pool.instrument[..count], [2, 5]);
        assert_eq!(desk.pool.quantity[..count], [12, -6]);
    }

    #[test]
    fn cash_is_reserved_at_the_price_less_the_fees_of_its_premium() {
        let mut world = World::new(3);
        let mut plan = world.add_bot().to_vec();
        plan[PLAN_FEE_SPLIT] = 100;
        plan[PLAN_FEE_OPEN_BELOW] = 7;
        plan[PLAN_FEE_OPEN_FROM] = 9;
        let mut order = vec![0; ORDER_WIDTH];
        order[ORDER_LEG_COUNT] = 2;
        order[ORDER_QUANTITY] = 2;
        order[ORDER_LEGS..ORDER_LEGS + 6].copy_from_slice(&[5, 1, 0, 2, -2, 0]);
        let unit = i128::from(MULTIPLIER);
        let day = world.day();
        assert_eq!(
            reserved_cash(&day, &plan, &order, -300),
            2 * (-300 * unit - 27)
        );
        assert_eq!(
            reserved_cash(&day, &plan, &order, 299),
            2 * (299 * unit - 21)
        );
        let far = 4_000_000_000_000_000_000;
        assert_eq!(
            reserved_cash(&day, &plan, &order, far),
            2 * (i128::from(far) * unit - 27)
        );
    }
}
