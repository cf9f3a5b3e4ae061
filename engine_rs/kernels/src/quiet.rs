//! The quiet path: frames in which a bot only marks are skipped, with the same state as if taken.
//!
//! Twin of `forven/kernels/jit/quiet.py`. Between its events (commands, entry times, the exit
//! time, the close) a bot without pending orders changes nothing but its net liquidation value,
//! peak and drawdown, until a threshold is reached. Worths are half quanta times lots, a linear
//! image of the value, so thresholds move to their side.

use crate::columns::{
    extremes, first_outside, frame_at, gather_profits, gather_worths, measure_profits,
};
use crate::commands::next_due;
use crate::desk::{Day, Desk, CHUNK};
use crate::holdings::{held, holding_count, worth_at};
use crate::marking::{mark_survey, take_in};
use crate::prices::closing_middle;
use crate::schema::*;
use crate::strategy::entries;
use crate::structures::{active_count, structures};
use crate::survey::Survey;

const LOSS_MAX: i64 = 1 << 62;

/// Return from when on the strategy may enter next, or `INT64_MAX`.
fn next_entry(plan: &[i64], row: &[i64], ts: i64, is_active: bool) -> i64 {
    if row[STATE_PAUSED] != 0 || row[STATE_ENTRIES_USED] >= plan[PLAN_MAX_ENTRIES] {
        return INT64_MAX;
    }
    if ts >= plan[PLAN_EXIT_TS] {
        return INT64_MAX;
    }
    let cursor = row[STATE_ENTRY_CURSOR];
    (0..)
        .zip(entries(plan))
        .find(|&(index, (_, to))| {
            if to == MISSING {
                index >= cursor
            } else {
                to > ts && !is_active
            }
        })
        .map_or(INT64_MAX, |(_, (from, _))| from)
}

/// Return when something other than a mark is due; at or before `ts` it is due now.
fn next_event(
    day: &Day,
    plan: &[i64],
    commands: &[i64],
    row: &[i64],
    ts: i64,
    is_active: bool,
) -> i64 {
    let mut event = day.close.min(next_due(plan, commands, row));
    if row[STATE_STATUS] != STATUS_RUNNING {
        return event;
    }
    if row[STATE_ERRORS] > plan[PLAN_ERROR_BUDGET] && row[STATE_PAUSED] == 0 {
        return ts;
    }
    if plan[PLAN_LEG_COUNT] == 0 {
        return event;
    }
    if is_active {
        event = event.min(plan[PLAN_EXIT_TS]);
    }
    event.min(next_entry(plan, row, ts, is_active))
}

/// Return the worth of the holdings at or below which the risk step halts.
fn halt_worth(day: &Day, plan: &[i64], row: &[i64]) -> i64 {
    let status = row[STATE_STATUS];
    if status != STATUS_RUNNING && status != STATUS_STOPPING {
        return -INT64_MAX;
    }
    let lost = row[STATE_OPENING_CASH] - row[STATE_CASH];
    let left = lost - plan[PLAN_HALT_LOSS].min(LOSS_MAX);
    left.div_euclid(day.multiplier / 2)
}

/// Return whether a structure is exactly what the bot holds.
fn is_all_held(plan: &[i64], row: &[i64], structure: &[i64]) -> bool {
    let count = plan[PLAN_LEG_COUNT] as usize;
    holding_count(row) == count
        && structure[STRUCTURE_LEGS..]
            .chunks_exact(2)
            .take(count)
            .all(|leg| held(row, leg[0]) == -leg[1] * plan[PLAN_QUANTITY])
}

/// Take in the marks of frames whose worths lie in `least` to `most`.
fn mark_frames(day: &Day, row: &mut [i64], worths: &[i64], least: i64, most: i64) {
    let Some(last) = worths.last() else {
        return;
    };
    let half = day.multiplier / 2;
    let cash = row[STATE_CASH];
    let mut peak = row[STATE_PEAK_NLV].max(cash + half * most);
    let mut drawdown = row[STATE_MAX_DRAWDOWN];
    if peak - (cash + half * least) > drawdown {
        peak = row[STATE_PEAK_NLV];
        for &worth in worths {
            let value = cash + half * worth;
            peak = peak.max(value);
            drawdown = drawdown.max(peak - value);
        }
    }
    row[STATE_NLV] = cash + half * last;
    row[STATE_PEAK_NLV] = peak;
    row[STATE_MAX_DRAWDOWN] = drawdown;
}

/// Return (low, high): exact mids times `scale` at or beyond which a structure is exited.
fn exit_range(structure: &[i64], scale: i64) -> (i64, i64) {
    let paid2 = 2 * structure[STRUCTURE_FILL_NET];
    let (stop2, target2) = (structure[STRUCTURE_STOP2], structure[STRUCTURE_TARGET2]);
    let low = if stop2 == -INT64_MAX {
        -INT64_MAX
    } else {
        (stop2 - paid2) * scale
    };
    let high = if target2 == INT64_MAX {
        INT64_MAX
    } else {
        (target2 - paid2) * scale
    };
    (low, high)
}

/// Return how many of the frames of these worths pass before a structure reaches a threshold.
///
/// The structure is all the bot holds: the worths tell, but where a mark is irregular.
fn shared_exit(
    day: &Day,
    plan: &[i64],
    structure: &[i64],
    frame: usize,
    worths: &[i64],
    profits: Option<&mut [i64]>,
) -> usize {
    let (low, high) = exit_range(structure, plan[PLAN_QUANTITY]);
    let Some(profits) = profits else {
        return first_outside(worths, low, high);
    };
    profits.copy_from_slice(worths);
    let legs = plan[PLAN_LEG_COUNT] as usize;
    measure_profits(day, structure, legs, plan[PLAN_QUANTITY], frame, profits);
    first_outside(profits, low, high)
}

/// Return how many of some frames pass before a structure's profit reaches a threshold.
fn exit_frame(
    day: &Day,
    plan: &[i64],
    structure: &[i64],
    frame: usize,
    profits: &mut [i64],
) -> usize {
    let (low, high) = exit_range(structure, 1);
    let legs = plan[PLAN_LEG_COUNT] as usize;
    gather_profits(day, structure, legs, frame, profits);
    first_outside(profits, low, high)
}

/// Return whether the profit of an open structure reaches a threshold in one frame.
fn is_watched(day: &Day, plan: &[i64], structure: &[i64], frame: usize) -> bool {
    let count = plan[PLAN_LEG_COUNT] as usize;
    let measures = closing_middle(day, structure, count, frame);
    let profit2 = 2 * structure[STRUCTURE_FILL_NET] + measures.middle;
    let is_reached =
        profit2 <= structure[STRUCTURE_STOP2] || profit2 >= structure[STRUCTURE_TARGET2];
    measures.is_measurable && is_reached
}

/// Return the open structures whose thresholds a bot's strategy watches.
fn watched<'r>(
    day: &Day,
    row: &'r [i64],
    is_active: bool,
) -> impl Iterator<Item = &'r [i64]> + Clone {
    let watches = is_active && row[STATE_STATUS] == STATUS_RUNNING;
    structures(day, row)
        .filter(move |structure| watches && structure[STRUCTURE_STATUS] == STRUCTURE_OPEN)
}

/// Do what `skip_held` does for a single frame, without its buffers: a live host's way.
fn skip_one(day: &Day, plan: &[i64], row: &mut [i64], frame: usize, is_active: bool) -> usize {
    let worth = worth_at(day, row, frame);
    if worth <= halt_worth(day, plan, row) {
        return frame;
    }
    if watched(day, row, is_active).any(|structure| is_watched(day, plan, structure, frame)) {
        return frame;
    }
    let value = row[STATE_CASH] + worth * (day.multiplier / 2);
    take_in(row, value, value, value);
    frame + 1
}

/// Return how many of `count` frames pass before a threshold is reached; mark those.
fn skip_chunk(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    frame: usize,
    count: usize,
    is_active: bool,
) -> usize {
    let worths = &mut desk.worths[..count];
    let extent = gather_worths(day, row, frame, worths);
    let halt = halt_worth(day, plan, row);
    let mut passed = count;
    if extent.least <= halt {
        passed = first_outside(worths, halt, INT64_MAX);
    }
    for structure in watched(day, row, is_active) {
        let profits = &mut desk.profits[..passed];
        passed = if is_all_held(plan, row, structure) {
            let profits = (extent.signs < 0).then_some(profits);
            shared_exit(day, plan, structure, frame, &worths[..passed], profits)
        } else {
            exit_frame(day, plan, structure, frame, profits)
        };
    }
    let worths = &worths[..passed];
    let (mut least, mut most) = (extent.least, extent.most);
    if passed < count {
        (least, most) = extremes(worths);
    }
    mark_frames(day, row, worths, least, most);
    passed
}

/// Return whether a survey shows that nothing happens in its frames but their marks.
fn is_uneventful(day: &Day, plan: &[i64], row: &[i64], survey: &Survey, is_active: bool) -> bool {
    survey.least > halt_worth(day, plan, row)
        && watched(day, row, is_active).all(|structure| {
            let (low, high) = exit_range(structure, plan[PLAN_QUANTITY]);
            is_all_held(plan, row, structure)
                && survey.least - survey.given_away > low
                && survey.most < high
        })
}

/// Return the first frame in which a threshold is reached, or `end`; mark those before it.
fn skip_held(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    mut frame: usize,
    end: usize,
    is_active: bool,
) -> usize {
    while frame < end {
        let count = CHUNK.min(end - frame);
        let survey = &mut desk.survey;
        if survey.look(day, row, frame, count) && is_uneventful(day, plan, row, survey, is_active) {
            mark_survey(day, row, survey);
            frame += count;
            continue;
        }
        let passed = skip_chunk(day, desk, plan, row, frame, count, is_active);
        frame += passed;
        if passed < count {
            return frame;
        }
    }
    frame
}

/// Return `end`, its frames marked at the cash; `frame` if the cash alone is a daily loss.
fn skip_flat(plan: &[i64], row: &mut [i64], frame: usize, end: usize) -> usize {
    let cash = row[STATE_CASH];
    if row[STATE_STATUS] == STATUS_RUNNING && row[STATE_OPENING_CASH] - cash >= plan[PLAN_HALT_LOSS]
    {
        return frame;
    }
    take_in(row, cash, cash, cash);
    end
}

/// Return the next frame that needs a full step, at most `frame_to`; mark those before it.
pub fn skip_quiet(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    commands: &[i64],
    row: &mut [i64],
    frame: usize,
    frame_to: usize,
) -> usize {
    let status = row[STATE_STATUS];
    if row[STATE_ORDER_COUNT] != 0 {
        return frame;
    }
    let is_set_aside = status == STATUS_UNSELLABLE || status == STATUS_FAILED_UNSELLABLE;
    let is_flat = holding_count(row) == 0;
    let is_quiet = match status {
        STATUS_RUNNING => true,
        STATUS_STOPPING => !is_flat,
        _ => is_set_aside,
    };
    if !is_quiet {
        return frame;
    }
    let ts = day.clock_row(CLOCK_TS)[frame];
    let is_active = active_count(day, row) > 0;
    let event = next_event(day, plan, commands, row, ts, is_active);
    if event <= ts {
        return frame;
    }
    let end = frame_at(day, event, frame, frame_to);
    if is_flat && !is_active {
        return skip_flat(plan, row, frame, end);
    }
    if end - frame == 1 {
        return skip_one(day, plan, row, frame, is_active);
    }
    skip_held(day, desk, plan, row, frame, end, is_active)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;

    const CONDOR: [(usize, i64); 4] = [(2, 1), (3, -1), (5, 1), (4, -1)];

    #[test]
    fn frames_skipped_together_are_worth_those_taken_one_by_one() {
        let mut whole = World::new(1_200);
        for start in (10..1_100).step_by(37) {
            let bid = 100 + (start * 7919 % 90) as i32;
            whole.quote(start % 8, start..1_200, bid, bid + 10);
        }
        whole.quote(3, 700..900, 0, 15);
        whole.quote(4, 800..850, 30, 20);
        whole.add_strategy(&CONDOR, 5)[PLAN_STOP_BPS] = 9_000;
        let mut steps = whole.clone();
        let rows = whole.run(1_200, 1);
        let parts: Vec<Vec<i64>> = (1..=1_200).flat_map(|to| steps.run(to, 1)).collect();
        assert_eq!(rows, parts);
        assert_eq!(whole.state, steps.state);
        assert!(whole.state[STATE_MAX_DRAWDOWN] > 0);
    }

    #[test]
    fn nothing_is_due_later_than_the_close() {
        let mut world = World::new(10);
        world.add_strategy(&CONDOR, 5);
        let (day, plan) = (world.day(), &world.plans[..]);
        let at = |ts| next_event(&day, plan, &[], &world.state, ts, false);
        assert_eq!(at(world.clock[0]), world.clock[5]);
        let mut used = world.state.clone();
        used[STATE_ENTRIES_USED] = 1;
        assert_eq!(next_event(&day, plan, &[], &used, 1, false), day.close);
    }
}
