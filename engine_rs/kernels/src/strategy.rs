//! The structured strategy inside a frame: exit time, exits by profit and loss, entries.
//!
//! Twin of `forven/kernels/jit/strategy.py`.

use crate::arrival::{arrive, draft_leg, draft_order, Intent, ACCEPTED};
use crate::desk::{Day, Desk};
use crate::grid::snap_down;
use crate::matching::match_order;
use crate::orders::{cancel_entries, cancel_order};
use crate::power::order_count;
use crate::prices::{closing_measures, fair_price, leg_measures};
use crate::schema::*;
use crate::strikes::{leg_rule, pick_strikes};
use crate::structures::{active_count, free_slot, free_structure, next_open, structure_at};

/// Return (from, to) of each entry of a plan.
pub fn entries(plan: &[i64]) -> impl Iterator<Item = (i64, i64)> + '_ {
    plan[PLAN_ENTRIES..]
        .chunks_exact(ENTRY_WIDTH)
        .take(plan[PLAN_ENTRY_COUNT] as usize)
        .map(|entry| (entry[ENTRY_FROM], entry[ENTRY_TO]))
}

/// Return why a structure is exited at a profit in half quanta, or 0.
fn exit_reason(plan: &[i64], structure: &[i64], profit2: i64, ts: i64) -> i64 {
    if profit2 <= structure[STRUCTURE_STOP2] {
        REASON_STOP_LOSS
    } else if profit2 >= structure[STRUCTURE_TARGET2] {
        REASON_PROFIT_TARGET
    } else if ts >= plan[PLAN_EXIT_TS] {
        REASON_TIME
    } else {
        0
    }
}

/// Return what an order of the strategy is.
fn intent(plan: &[i64], price: i64, origin: i64, slot: usize) -> Intent {
    Intent {
        kind: ORDER_LIMIT,
        price,
        quantity: plan[PLAN_QUANTITY],
        repriced: 1,
        origin,
        structure: slot as i64,
    }
}

/// Place the closing order of a structure; in same-tick presets it fills now or is gone.
fn place_exit(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize, price: i64) {
    let at = structure_at(day, slot);
    draft_order(desk, &intent(plan, price, ORIGIN_EXIT, slot));
    for i in 0..plan[PLAN_LEG_COUNT] as usize {
        let leg = at + STRUCTURE_LEGS + 2 * i;
        draft_leg(desk, i, row[leg], -row[leg + 1], EFFECT_CLOSE);
    }
    let reason = arrive(day, desk, plan, row);
    if reason != ACCEPTED {
        if reason == REASON_NOT_HELD {
            free_structure(day, row, slot);
        }
        return;
    }
    row[at + STRUCTURE_STATUS] = STRUCTURE_EXITING;
    row[at + STRUCTURE_EXIT_ORDER] = desk.draft[ORDER_ID];
    if plan[PLAN_SAME_TICK] == 1 {
        let last = order_count(row) - 1;
        if !desk.now.is_fresh || !match_order(day, desk, plan, row, last) {
            cancel_order(day, desk, row, last, REASON_UNFILLED);
        }
    }
}

/// Exit one open structure if its loss, its profit or the time says so.
fn consider_exit(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize) {
    let at = structure_at(day, slot);
    let structure = &row[at..at + STRUCTURE_WIDTH];
    let count = plan[PLAN_LEG_COUNT];
    let measures = closing_measures(day, structure, count as usize, desk.now.frame);
    if !measures.is_measurable {
        return;
    }
    let profit2 = 2 * structure[STRUCTURE_FILL_NET] + measures.middle;
    let reason = exit_reason(plan, structure, profit2, desk.now.ts);
    if reason == 0 {
        return;
    }
    let entry = structure[STRUCTURE_ENTRY];
    let order = row[STATE_NEXT_ORDER];
    desk.write(
        row,
        EVENT_EXIT_SIGNAL,
        order,
        [entry, reason, profit2, 0, 0, 0],
    );
    let fair = fair_price(plan, count, measures.middle, measures.natural);
    place_exit(day, desk, plan, row, slot, snap_down(fair, count));
}

/// Return the signed ratio of one leg of a plan.
fn signed_ratio(plan: &[i64], leg: usize) -> i64 {
    let rule = leg_rule(plan, leg);
    rule[LEG_SIDE] * rule[LEG_RATIO]
}

/// Return the limit of an entry into the instruments picked: its fair price, on the grid.
fn entry_price(day: &Day, desk: &Desk, plan: &[i64]) -> i64 {
    let count = plan[PLAN_LEG_COUNT];
    let (mut middle, mut natural) = (0, 0);
    for (i, &instrument) in desk.picked[..count as usize].iter().enumerate() {
        let ratio = signed_ratio(plan, i);
        let leg = leg_measures(day, instrument, ratio, desk.now.frame, false);
        middle += leg.0;
        natural += leg.1;
    }
    snap_down(fair_price(plan, count, middle, natural), count)
}

/// Place the order of an entry into the instruments picked.
fn place_entry(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], slot: usize, entry: i64) {
    let at = structure_at(day, slot);
    let price = entry_price(day, desk, plan);
    row[at + STRUCTURE_STATUS] = STRUCTURE_ENTERING;
    row[at + STRUCTURE_ENTRY] = entry;
    row[at + STRUCTURE_ENTRY_ORDER] = row[STATE_NEXT_ORDER];
    draft_order(desk, &intent(plan, price, ORIGIN_ENTRY, slot));
    for i in 0..plan[PLAN_LEG_COUNT] as usize {
        let (instrument, ratio) = (desk.picked[i], signed_ratio(plan, i));
        row[at + STRUCTURE_LEGS + 2 * i] = instrument;
        row[at + STRUCTURE_LEGS + 2 * i + 1] = ratio;
        draft_leg(desk, i, instrument, ratio, EFFECT_OPEN);
    }
    if arrive(day, desk, plan, row) != ACCEPTED {
        free_structure(day, row, slot);
    } else if plan[PLAN_SAME_TICK] == 1 {
        match_order(day, desk, plan, row, order_count(row) - 1);
    }
}

/// Use up one entry: pick its strikes and place its order, or journal why not.
fn try_entry(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    row[STATE_ENTRIES_USED] += 1;
    let entry = row[STATE_ENTRIES_USED];
    if let Err(none) = pick_strikes(day, desk, plan) {
        let rest = [entry, none.reason, none.leg as i64, 0, 0, 0];
        desk.write(row, EVENT_ENTRY_SKIPPED, MISSING, rest);
        return;
    }
    if let Some(slot) = free_slot(day, row) {
        place_entry(day, desk, plan, row, slot, entry);
    }
}

/// Take every entry time that has come.
fn take_times(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    for (index, (from, to)) in (0..).zip(entries(plan)) {
        if index < row[STATE_ENTRY_CURSOR] || to != MISSING {
            continue;
        }
        if row[STATE_ENTRIES_USED] >= plan[PLAN_MAX_ENTRIES] || from > desk.now.ts {
            return;
        }
        row[STATE_ENTRY_CURSOR] = index + 1;
        try_entry(day, desk, plan, row);
    }
}

/// Take one entry if a window is open and nothing is entering, open or exiting.
fn take_window(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    if row[STATE_ENTRIES_USED] >= plan[PLAN_MAX_ENTRIES] {
        return;
    }
    let ts = desk.now.ts;
    let is_open = entries(plan).any(|(from, to)| to != MISSING && from <= ts && ts < to);
    if is_open && active_count(day, row) == 0 {
        try_entry(day, desk, plan, row);
    }
}

/// Do the strategy's step of a frame.
pub fn act(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) {
    let ts = desk.now.ts;
    if plan[PLAN_LEG_COUNT] == 0 {
        return;
    }
    if ts >= plan[PLAN_EXIT_TS] {
        cancel_entries(day, desk, row, REASON_EXIT_TIME);
    }
    let mut entry = 0;
    while let Some(slot) = next_open(day, row, entry) {
        entry = row[structure_at(day, slot) + STRUCTURE_ENTRY];
        consider_exit(day, desk, plan, row, slot);
    }
    if desk.now.is_fresh && row[STATE_PAUSED] == 0 && ts < plan[PLAN_EXIT_TS] {
        take_times(day, desk, plan, row);
        take_window(day, desk, plan, row);
    }
}
