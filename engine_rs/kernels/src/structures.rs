//! The structures of a bot: what a strategy's entries hold until they are exited or given up.
//!
//! Twin of `forven/kernels/jit/structures.py`.

use crate::desk::Day;
use crate::schema::*;

/// Return where the structure of that number begins in a state row.
pub fn structure_at(day: &Day, slot: usize) -> usize {
    day.shape.structures_at + slot * STRUCTURE_WIDTH
}

/// Return the cells of all structures, `STRUCTURE_WIDTH` each.
pub fn structures<'r>(day: &Day, row: &'r [i64]) -> std::slice::ChunksExact<'r, i64> {
    row[day.shape.structures_at..day.shape.orders_at].chunks_exact(STRUCTURE_WIDTH)
}

/// Return the number of the first free structure, if there is one.
pub fn free_slot(day: &Day, row: &[i64]) -> Option<usize> {
    structures(day, row).position(|structure| structure[STRUCTURE_STATUS] == STRUCTURE_FREE)
}

/// Return how many structures are entering, open or exiting.
pub fn active_count(day: &Day, row: &[i64]) -> usize {
    structures(day, row)
        .filter(|structure| structure[STRUCTURE_STATUS] != STRUCTURE_FREE)
        .count()
}

/// Return the open structure with the least entry number above `entry`, if there is one.
pub fn next_open(day: &Day, row: &[i64], entry: i64) -> Option<usize> {
    structures(day, row)
        .enumerate()
        .filter(|(_, structure)| {
            structure[STRUCTURE_STATUS] == STRUCTURE_OPEN && structure[STRUCTURE_ENTRY] > entry
        })
        .min_by_key(|(_, structure)| structure[STRUCTURE_ENTRY])
        .map(|(slot, _)| slot)
}

/// Give a structure up: its slot is zeroed and can be taken by the next entry.
pub fn free_structure(day: &Day, row: &mut [i64], slot: usize) {
    let at = structure_at(day, slot);
    row[at..at + STRUCTURE_WIDTH].fill(0);
}

/// Set a structure whose exit order is gone to open again.
pub fn reopen_structure(day: &Day, row: &mut [i64], slot: usize) {
    let at = structure_at(day, slot);
    row[at + STRUCTURE_STATUS] = STRUCTURE_OPEN;
    row[at + STRUCTURE_EXIT_ORDER] = 0;
}

/// Return (instrument, signed ratio as ordered) of each leg of a structure.
fn legs(structure: &[i64], count: usize) -> impl Iterator<Item = (i64, i64)> + '_ {
    structure[STRUCTURE_LEGS..STRUCTURE_LEGS + 2 * count]
        .chunks_exact(2)
        .map(|leg| (leg[0], leg[1]))
}

/// Return what a unit of a structure pays at a settlement value, in quanta.
fn payoff(day: &Day, structure: &[i64], count: usize, settlement: i64) -> i64 {
    let mut total = 0;
    for (instrument, ratio) in legs(structure, count) {
        let strike = day.strike(instrument);
        let is_call = day.right(instrument) == CALL;
        let intrinsic = if is_call {
            settlement - strike
        } else {
            strike - settlement
        };
        total -= ratio * intrinsic.max(0);
    }
    total
}

/// Return the largest payoff of a unit over settlement 0 and every strike of its legs.
fn largest_payoff(day: &Day, structure: &[i64], count: usize) -> i64 {
    let mut largest = payoff(day, structure, count, 0);
    for (instrument, _) in legs(structure, count) {
        largest = largest.max(payoff(day, structure, count, day.strike(instrument)));
    }
    largest
}

/// Return the largest profit of a unit that fills at `net`; 0 if none or without bound.
fn profit_limit(day: &Day, structure: &[i64], count: usize, net: i64) -> i64 {
    if net > 0 {
        return net;
    }
    let calls_sold: i64 = legs(structure, count)
        .filter(|&(instrument, _)| day.right(instrument) == CALL)
        .map(|(_, ratio)| ratio)
        .sum();
    if calls_sold < 0 {
        return 0;
    }
    (largest_payoff(day, structure, count) + net).max(0)
}

/// Set a structure open at its fill's net price, with its target and its stop.
pub fn open_structure(day: &Day, plan: &[i64], row: &mut [i64], slot: usize, net: i64) {
    let at = structure_at(day, slot);
    let structure = &mut row[at..at + STRUCTURE_WIDTH];
    let best = profit_limit(day, structure, plan[PLAN_LEG_COUNT] as usize, net);
    structure[STRUCTURE_STATUS] = STRUCTURE_OPEN;
    structure[STRUCTURE_FILL_NET] = net;
    structure[STRUCTURE_TARGET2] = INT64_MAX;
    if best > 0 && plan[PLAN_TARGET_BPS] > 0 {
        structure[STRUCTURE_TARGET2] = -(-2 * best * plan[PLAN_TARGET_BPS]).div_euclid(10_000);
    }
    structure[STRUCTURE_STOP2] = -INT64_MAX;
    if net != 0 && plan[PLAN_STOP_BPS] > 0 {
        structure[STRUCTURE_STOP2] = (-2 * net.abs() * plan[PLAN_STOP_BPS]).div_euclid(10_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;

    fn opened(ratios: &[(i64, i64)], net: i64) -> Vec<i64> {
        let mut world = World::new(3);
        let plan = world.add_bot().to_vec();
        let mut plan = plan;
        plan[PLAN_LEG_COUNT] = ratios.len() as i64;
        plan[PLAN_TARGET_BPS] = 5_000;
        plan[PLAN_STOP_BPS] = 10_000;
        let day = world.day();
        let mut row = world.state.clone();
        let at = structure_at(&day, 0);
        for (leg, &(instrument, ratio)) in
            row[at + STRUCTURE_LEGS..].chunks_exact_mut(2).zip(ratios)
        {
            leg.copy_from_slice(&[instrument, ratio]);
        }
        open_structure(&day, &plan, &mut row, 0, net);
        row[at..at + STRUCTURE_WIDTH].to_vec()
    }

    #[test]
    fn a_credit_is_the_most_a_credit_spread_makes() {
        let structure = opened(&[(1, 1), (2, -1)], 301);
        assert_eq!(structure[STRUCTURE_TARGET2], 301);
        assert_eq!(structure[STRUCTURE_STOP2], -602);
    }

    #[test]
    fn a_debit_spread_makes_its_width_less_the_debit() {
        let structure = opened(&[(1, -1), (2, 1)], -400);
        assert_eq!(structure[STRUCTURE_TARGET2], 1_000 - 400);
    }

    #[test]
    fn a_long_call_has_no_target() {
        assert_eq!(opened(&[(1, -1)], -100)[STRUCTURE_TARGET2], INT64_MAX);
    }
}
