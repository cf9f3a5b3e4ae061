//! Re-pricing of pending limit orders: they follow the mid and concede ticks as time passes.
//!
//! Twin of `forven/kernels/jit/repricing.py`.

use crate::desk::{Day, Desk};
use crate::grid::{increment, snap_down, snap_up};
use crate::power::{order_at, order_count};
use crate::prices::{floored_mid, order_measures, Measures};
use crate::schema::*;

/// Set the reference where none could be taken before; return whether that was so.
fn set_missing_reference(order: &mut [i64], middle: i64, ts: i64) -> bool {
    if order[ORDER_HAS_REFERENCE] == 1 {
        return false;
    }
    order[ORDER_HAS_REFERENCE] = 1;
    order[ORDER_REFERENCE2] = middle;
    order[ORDER_FLAT_SINCE] = ts;
    true
}

/// Give up one more tick.
fn concede(order: &mut [i64], ts: i64) {
    order[ORDER_CONCESSION] += 1;
    order[ORDER_LAST_NUDGE] = ts;
}

/// Return the price an opening order should have: the peg less its concession, capped.
fn opening_target(plan: &[i64], order: &mut [i64], middle: i64, ts: i64) -> i64 {
    let count = order[ORDER_LEG_COUNT];
    let step = increment(count, middle);
    let mid = floored_mid(middle, step);
    let cap = order[ORDER_INTENDED] - plan[PLAN_MAX_CONCESSION];
    if !set_missing_reference(order, middle, ts) {
        let tolerance2 = 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * step;
        let quiet_since = order[ORDER_FLAT_SINCE].max(order[ORDER_LAST_NUDGE]);
        if (middle - order[ORDER_REFERENCE2]).abs() > tolerance2 {
            order[ORDER_REFERENCE2] = middle;
            order[ORDER_FLAT_SINCE] = ts;
        } else if ts - quiet_since >= plan[PLAN_OPENING_NUDGE_NS]
            && mid - (order[ORDER_CONCESSION] + 1) * step >= cap
        {
            concede(order, ts);
        }
    }
    let peg = snap_down(mid - order[ORDER_CONCESSION] * step, count);
    peg.max(snap_up(cap, count))
}

/// Return the price a closing order should have: the peg less its concession, or natural.
fn closing_target(plan: &[i64], order: &mut [i64], measures: &Measures, ts: i64) -> i64 {
    let count = order[ORDER_LEG_COUNT];
    let step = increment(count, measures.middle);
    if !set_missing_reference(order, measures.middle, ts)
        && ts - order[ORDER_LAST_NUDGE] >= plan[PLAN_CLOSING_NUDGE_NS]
    {
        concede(order, ts);
    }
    let peg = floored_mid(measures.middle, step) - order[ORDER_CONCESSION] * step;
    snap_down(peg.max(measures.natural), count)
}

/// Re-price one pending order, where its block allows it in this frame.
fn reprice_order(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], at: usize) {
    let ts = desk.now.ts;
    let order = &mut row[at..at + ORDER_WIDTH];
    if order[ORDER_KIND] != ORDER_LIMIT || order[ORDER_REPRICED] == 0 {
        return;
    }
    if order[ORDER_PLACED_TS] >= ts {
        return;
    }
    let is_opening = order[ORDER_BLOCK] == BLOCK_OPENING;
    let (enabled, interval) = if is_opening {
        (PLAN_OPENING_ENABLED, PLAN_OPENING_INTERVAL_NS)
    } else {
        (PLAN_CLOSING_ENABLED, PLAN_CLOSING_INTERVAL_NS)
    };
    if plan[enabled] == 0 {
        return;
    }
    let measures = order_measures(day, desk.now.frame, order);
    if !measures.is_measurable {
        return;
    }
    let target = if is_opening {
        opening_target(plan, order, measures.middle, ts)
    } else {
        closing_target(plan, order, &measures, ts)
    };
    let limit = order[ORDER_PRICE];
    if target == limit || ts - order[ORDER_LAST_REPLACE] < plan[interval] {
        return;
    }
    order[ORDER_PRICE] = target;
    order[ORDER_LAST_REPLACE] = ts;
    let (id, concession) = (order[ORDER_ID], order[ORDER_CONCESSION]);
    let step = increment(order[ORDER_LEG_COUNT], measures.middle);
    let peg = floored_mid(measures.middle, step);
    let rest = [limit, target, concession, peg, target, REASON_REPRICED];
    desk.write(row, EVENT_ORDER_REPLACED, id, rest);
}

/// Re-price every pending order, oldest first.
pub fn reprice_all(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    for slot in 0..order_count(row) {
        reprice_order(day, desk, plan, row, order_at(day, slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn order(legs: i64, intended: i64) -> Vec<i64> {
        let mut cells = vec![0; ORDER_WIDTH];
        cells[ORDER_LEG_COUNT] = legs;
        cells[ORDER_INTENDED] = intended;
        cells[ORDER_HAS_REFERENCE] = 1;
        cells[ORDER_REFERENCE2] = 2 * intended;
        cells
    }

    #[test]
    fn an_opening_order_concedes_a_tick_when_the_mid_is_flat_but_not_beyond_its_cap() {
        let mut plan = vec![0; PLAN_WIDTH];
        plan[PLAN_MAX_CONCESSION] = 5;
        plan[PLAN_OPENING_NUDGE_NS] = 10;
        let mut cells = order(2, 100);
        assert_eq!(opening_target(&plan, &mut cells, 200, 9), 100);
        assert_eq!(opening_target(&plan, &mut cells, 200, 10), 95);
        assert_eq!(opening_target(&plan, &mut cells, 200, 99), 95);
        assert_eq!(cells[ORDER_CONCESSION], 1);
    }

    #[test]
    fn a_mid_that_leaves_its_reference_restarts_the_flat_clock() {
        let mut plan = vec![0; PLAN_WIDTH];
        plan[PLAN_MAX_CONCESSION] = 50;
        let mut cells = order(2, 100);
        assert_eq!(opening_target(&plan, &mut cells, 240, 7), 120);
        assert_eq!((cells[ORDER_REFERENCE2], cells[ORDER_FLAT_SINCE]), (240, 7));
        assert_eq!(cells[ORDER_CONCESSION], 0);
    }

    #[test]
    fn a_closing_order_concedes_down_to_natural() {
        let plan = vec![0; PLAN_WIDTH];
        let mut cells = order(2, 100);
        let measures = Measures {
            middle: 200,
            natural: 93,
            ..Measures::default()
        };
        let targets: Vec<i64> = (1..=3)
            .map(|ts| closing_target(&plan, &mut cells, &measures, ts))
            .collect();
        assert_eq!(targets, [95, 90, 90]);
    }
}
