//! Margin of a set of positions: each short paired with longs of its right at least total cost.
//!
//! Twin of `forven/kernels/jit/margin.py`. The pairing is a transportation problem, solved by
//! augmenting along the path that saves most until none saves anything; of pairings that save the
//! same, the one with the least naked premium.

use std::ops::Range;

use crate::desk::{Day, Now, Pool};
use crate::prices::mark2;
use crate::schema::*;

/// Return the mark of one contract in micros, floored.
fn premium_cost(day: &Day, now: &Now, instrument: i64) -> i64 {
    (mark2(day, instrument, now.frame) * day.multiplier).div_euclid(2)
}

/// Return the margin of one naked short contract in micros.
fn naked_cost(day: &Day, now: &Now, plan: &[i64], instrument: i64) -> i64 {
    let multiplier = day.multiplier;
    let strike = day.strike(instrument);
    let rate = plan[PLAN_MARGIN_RATE_BPS];
    if plan[PLAN_MARGIN_RULE] == MARGIN_STRIKE_SHARE {
        return (strike * multiplier * rate).div_euclid(10_000);
    }
    let spot = if now.spot == MISSING {
        strike
    } else {
        now.spot
    };
    let is_call = day.right(instrument) == CALL;
    let away = if is_call {
        strike - spot
    } else {
        spot - strike
    }
    .max(0);
    let base = if is_call { spot } else { strike };
    let at_rate = (spot * multiplier * rate).div_euclid(10_000) - away * multiplier;
    let at_floor = (base * multiplier * plan[PLAN_MARGIN_FLOOR_BPS]).div_euclid(10_000);
    premium_cost(day, now, instrument) + at_rate.max(at_floor)
}

/// Return the micros a contract of `short` saves when paired with one of `long`.
fn saving(day: &Day, pool: &Pool, short: usize, long: usize) -> i64 {
    let short_strike = day.strike(pool.instrument[short]);
    let long_strike = day.strike(pool.instrument[long]);
    let is_call = day.right(pool.instrument[short]) == CALL;
    let width = if is_call {
        long_strike - short_strike
    } else {
        short_strike - long_strike
    };
    pool.naked[short] - width.max(0) * day.multiplier
}

/// Take a path to `here` through `former` if it is the best so far; return whether it is.
fn reach(pool: &mut Pool, here: usize, former: usize, saved: i64, spared: i64) -> bool {
    let best = pool.saved[here];
    if saved < best || (saved == best && spared <= pool.spared[here]) {
        return false;
    }
    pool.saved[here] = saved;
    pool.spared[here] = spared;
    pool.former[here] = former as i64;
    true
}

/// Improve the paths through one pair of a short and a long; return whether any changed.
///
/// An edge from the short to the long pairs a contract, one back undoes a pair.
fn relax_pair(day: &Day, pool: &mut Pool, short: usize, long: usize) -> bool {
    let gain = saving(day, pool, short, long);
    if gain < 0 {
        return false; // a pair never costs more than naked: the short is naked then
    }
    let premium = pool.premium[short];
    let mut changed = false;
    if pool.saved[short] != -INT64_MAX {
        let (saved, spared) = (pool.saved[short] + gain, pool.spared[short] + premium);
        changed |= reach(pool, long, short, saved, spared);
    }
    if pool.flows[short * pool.width + long] != 0 && pool.saved[long] != -INT64_MAX {
        let (saved, spared) = (pool.saved[long] - gain, pool.spared[long] - premium);
        changed |= reach(pool, short, long, saved, spared);
    }
    changed
}

/// Improve the best savings of all paths by one more edge; return whether any changed.
fn relax(day: &Day, pool: &mut Pool, range: Range<usize>) -> bool {
    let mut changed = false;
    for short in range.clone() {
        if pool.quantity[short] >= 0 {
            continue;
        }
        for long in range.clone() {
            if pool.quantity[long] > 0 {
                changed |= relax_pair(day, pool, short, long);
            }
        }
    }
    changed
}

/// Return the long where the path that saves most ends, or none when none saves anything.
fn best_path(day: &Day, pool: &mut Pool, range: Range<usize>) -> Option<usize> {
    for i in range.clone() {
        let is_source = pool.quantity[i] < 0 && pool.left[i] > 0;
        pool.saved[i] = if is_source { 0 } else { -INT64_MAX };
        pool.spared[i] = 0;
        pool.former[i] = MISSING;
    }
    while relax(day, pool, range.clone()) {}
    let mut best = None;
    let (mut saved, mut spared) = (0, 0);
    for i in range {
        if pool.quantity[i] <= 0 || pool.left[i] == 0 {
            continue;
        }
        if pool.saved[i] > saved || (pool.saved[i] == saved && pool.spared[i] > spared) {
            best = Some(i);
            saved = pool.saved[i];
            spared = pool.spared[i];
        }
    }
    best
}

/// Return the position before one on its best path, if it does not begin there.
fn former_of(pool: &Pool, node: usize) -> Option<usize> {
    usize::try_from(pool.former[node]).ok()
}

/// Pair as many contracts as the path to `last` allows; return how many.
fn augment(pool: &mut Pool, last: usize) -> i64 {
    let mut amount = pool.left[last];
    let mut node = last;
    while let Some(former) = former_of(pool, node) {
        if pool.quantity[former] > 0 {
            amount = amount.min(pool.flows[node * pool.width + former]);
        }
        node = former;
    }
    amount = amount.min(pool.left[node]);
    pool.left[node] -= amount;
    pool.left[last] -= amount;
    node = last;
    while let Some(former) = former_of(pool, node) {
        if pool.quantity[former] > 0 {
            pool.flows[node * pool.width + former] -= amount;
        } else {
            pool.flows[former * pool.width + node] += amount;
        }
        node = former;
    }
    amount
}

/// Pair the shorts and longs of one right; return the micros that the pairs save.
fn pair_all(day: &Day, pool: &mut Pool, range: Range<usize>) -> i64 {
    for i in range.clone() {
        let from = i * pool.width;
        pool.flows[from + range.start..from + range.end].fill(0);
    }
    let mut saved = 0;
    while let Some(last) = best_path(day, pool, range.clone()) {
        let gain = pool.saved[last];
        saved += gain * augment(pool, last);
    }
    saved
}

/// Return (cost, premium of the naked shorts) in micros of the positions of one right.
fn right_margin(
    day: &Day,
    now: &Now,
    pool: &mut Pool,
    plan: &[i64],
    range: Range<usize>,
) -> (i64, i64) {
    let mut naked = 0;
    let mut shorts = 0;
    for i in range.clone() {
        let quantity = pool.quantity[i];
        pool.left[i] = quantity.abs();
        if quantity < 0 {
            shorts += 1;
            pool.naked[i] = naked_cost(day, now, plan, pool.instrument[i]);
            pool.premium[i] = premium_cost(day, now, pool.instrument[i]);
            naked += pool.naked[i] * -quantity;
        }
    }
    if shorts == 0 {
        return (0, 0);
    }
    let mut saved = 0;
    if shorts < range.len() {
        saved = pair_all(day, pool, range.clone());
    }
    let premium = range
        .filter(|&i| pool.quantity[i] < 0)
        .map(|i| pool.premium[i] * pool.left[i])
        .sum();
    (naked - saved, premium)
}

/// Return the margin in micros of the first `count` positions of the pool.
pub fn pool_margin(day: &Day, now: &Now, pool: &mut Pool, plan: &[i64], count: usize) -> i64 {
    let calls = pool.instrument[..count]
        .iter()
        .take_while(|&&instrument| day.right(instrument) == CALL)
        .count();
    let (call_cost, call_premium) = right_margin(day, now, pool, plan, 0..calls);
    let (put_cost, put_premium) = right_margin(day, now, pool, plan, calls..count);
    if plan[PLAN_MARGIN_RULE] == MARGIN_STRIKE_SHARE {
        return call_cost.max(put_cost);
    }
    if call_cost >= put_cost {
        call_cost + put_premium
    } else {
        put_cost + call_premium
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Desk;
    use crate::fixture::{World, LOWEST, MULTIPLIER, SPACING};

    /// Return the margin in quanta of lots of instruments.
    fn margin(positions: &[(i64, i64)], rule: i64) -> i64 {
        let mut world = World::new(3);
        let mut plan = world.add_bot().to_vec();
        plan[PLAN_MARGIN_RULE] = rule;
        let day = world.day();
        let mut desk = Desk::new(&day, &mut []);
        desk.now.spot = 100_400;
        for (i, &(instrument, quantity)) in positions.iter().enumerate() {
            desk.pool.instrument[i] = instrument;
            desk.pool.quantity[i] = quantity;
        }
        let micros = pool_margin(&day, &desk.now, &mut desk.pool, &plan, positions.len());
        micros / MULTIPLIER
    }

    #[test]
    fn a_pair_costs_its_width_and_never_more_than_naked() {
        assert_eq!(margin(&[(0, -1), (1, 1)], MARGIN_STRIKE_SHARE), SPACING);
        assert_eq!(margin(&[(0, 1), (1, -1)], MARGIN_STRIKE_SHARE), 0);
    }

    #[test]
    fn only_the_greater_right_counts() {
        let condor = [(2, -1), (3, 1), (4, 1), (5, -1)];
        assert_eq!(margin(&condor, MARGIN_STRIKE_SHARE), SPACING);
    }

    #[test]
    fn shorts_share_longs_at_least_total_cost() {
        let found = margin(&[(0, -1), (1, -1), (3, 1)], MARGIN_STRIKE_SHARE);
        let naked = LOWEST / 5;
        assert_eq!(found, naked + 2 * SPACING);
    }

    #[test]
    fn the_exchange_rule_adds_the_premium_of_the_other_right() {
        let found = margin(&[(2, -1), (5, -1)], MARGIN_EXCHANGE);
        let call = 105 + 100_400 / 5 - (LOWEST + 2 * SPACING - 100_400);
        let put = 105 + 100_400 / 5 - (100_400 - LOWEST - SPACING);
        assert_eq!(found, call.max(put) + 105);
    }
}
