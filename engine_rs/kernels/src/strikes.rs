//! The strikes of an entry: for each leg the valid instrument nearest to its target.
//!
//! Twin of `forven/kernels/jit/strikes.py`.

use crate::chain::chain_deltas;
use crate::desk::{Day, Desk, CHAIN_SLOTS};
use crate::schema::*;

const YEAR_NS: i64 = 365 * 86_400 * 1_000_000_000;

/// Why an entry finds no strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoStrike {
    /// The reason, as in the journal.
    pub reason: i64,
    /// The first leg without an instrument.
    pub leg: usize,
}

/// Return which slot keeps this frame's forward and deltas, working them out if none does.
fn chain_slot(day: &Day, desk: &mut Desk) -> usize {
    let frame = desk.now.frame;
    let slot = frame % CHAIN_SLOTS;
    let chain = &mut desk.chains[slot];
    if chain.frame != Some(frame) {
        let years = (day.close - desk.now.ts) as f64 / YEAR_NS as f64;
        chain.deltas.resize(day.instrument_count(), MISSING);
        let deltas = &mut chain.deltas;
        let (_, move2) = chain_deltas(
            day.quotes,
            day.frames,
            day.instruments,
            frame,
            years,
            deltas,
        );
        chain.frame = Some(frame);
        chain.move2 = move2;
    }
    slot
}

/// Return whether an instrument may be a leg: quoted, uncrossed, and with a bid when sold.
fn is_valid(day: &Day, frame: usize, instrument: i64, side: i64) -> bool {
    let bid = day.bid(instrument, frame);
    if bid == MISSING || bid > day.ask(instrument, frame) {
        return false;
    }
    side < 0 || bid > 0
}

/// Return whether an instrument is valid for a leg and not taken by an earlier one.
fn is_candidate(day: &Day, desk: &Desk, rule: &[i64], leg: usize, instrument: i64) -> bool {
    is_valid(day, desk.now.frame, instrument, rule[LEG_SIDE])
        && !desk.picked[..leg].contains(&instrument)
}

/// Return how far from the underlying a leg's target is, or why that is not known.
fn away_from_spot(rule: &[i64], move2: i64) -> Result<i64, i64> {
    match rule[LEG_METHOD] {
        METHOD_ATM => Ok(0),
        METHOD_EXPECTED_MOVE if move2 == MISSING => Err(REASON_NO_FORWARD),
        METHOD_EXPECTED_MOVE => Ok((move2 * rule[LEG_VALUE]).div_euclid(20_000)),
        _ => Ok(rule[LEG_VALUE]),
    }
}

/// Return the target of a leg by its method: a strike, a premium or a delta; or why it has none.
fn leg_target(day: &Day, desk: &Desk, rule: &[i64], slot: usize) -> Result<i64, i64> {
    let move2 = desk.chains[slot].move2;
    match rule[LEG_METHOD] {
        METHOD_OFFSET | METHOD_ATM | METHOD_EXPECTED_MOVE => {
            let spot = desk.now.spot;
            if spot == MISSING {
                return Err(REASON_NO_UNDERLYING);
            }
            let away = away_from_spot(rule, move2)?;
            Ok(if rule[LEG_RIGHT] == CALL {
                spot + away
            } else {
                spot - away
            })
        }
        METHOD_DELTA if move2 == MISSING => Err(REASON_NO_FORWARD),
        METHOD_RELATIVE => {
            let anchor = desk.picked[rule[LEG_ANCHOR] as usize];
            Ok(day.strike(anchor) + rule[LEG_VALUE])
        }
        _ => Ok(rule[LEG_VALUE]),
    }
}

/// Return what of a candidate is compared with the target; `MISSING`: it is no candidate.
fn leg_measure(day: &Day, desk: &Desk, rule: &[i64], slot: usize, instrument: i64) -> i64 {
    match rule[LEG_METHOD] {
        METHOD_DELTA => desk.chains[slot].deltas[instrument as usize],
        METHOD_PREMIUM if rule[LEG_SIDE] > 0 => day.bid(instrument, desk.now.frame),
        METHOD_PREMIUM => day.ask(instrument, desk.now.frame),
        _ => day.strike(instrument),
    }
}

/// Return the candidate of a leg nearest to its target, of two the farther out, if there is one.
///
/// A relative leg's is the nearest listed strike: whether it can be had is asked afterwards.
fn nearest(
    day: &Day,
    desk: &Desk,
    rule: &[i64],
    leg: usize,
    slot: usize,
    target: i64,
) -> Option<i64> {
    let right = rule[LEG_RIGHT];
    let is_relative = rule[LEG_METHOD] == METHOD_RELATIVE;
    let mut best = None;
    let mut best_distance = INT64_MAX;
    for instrument in 0..day.instrument_count() as i64 {
        if day.right(instrument) != right {
            continue;
        }
        let measure = leg_measure(day, desk, rule, slot, instrument);
        if measure == MISSING {
            continue;
        }
        let distance = (measure - target).abs();
        let is_nearer = distance < best_distance || (distance == best_distance && right == CALL);
        if is_nearer && (is_relative || is_candidate(day, desk, rule, leg, instrument)) {
            best = Some(instrument);
            best_distance = distance;
        }
    }
    best
}

/// Return the instrument of one leg, or why there is none.
fn pick_leg(day: &Day, desk: &mut Desk, plan: &[i64], leg: usize) -> Result<i64, i64> {
    let rule = leg_rule(plan, leg);
    let method = rule[LEG_METHOD];
    let mut slot = 0;
    if method == METHOD_DELTA || method == METHOD_EXPECTED_MOVE {
        slot = chain_slot(day, desk);
    }
    let target = leg_target(day, desk, rule, slot)?;
    let best = nearest(day, desk, rule, leg, slot, target).ok_or(REASON_NO_STRIKE)?;
    if method == METHOD_STRIKE && day.strike(best) != target {
        return Err(REASON_NO_STRIKE);
    }
    if method == METHOD_RELATIVE && !is_candidate(day, desk, rule, leg, best) {
        return Err(REASON_NO_STRIKE);
    }
    Ok(best)
}

/// Return the cells of one leg of a plan.
pub fn leg_rule(plan: &[i64], leg: usize) -> &[i64] {
    let at = PLAN_LEGS + leg * LEG_WIDTH;
    &plan[at..at + LEG_WIDTH]
}

/// Pick the instruments of an entry; errors: the first leg without one, and why.
pub fn pick_strikes(day: &Day, desk: &mut Desk, plan: &[i64]) -> Result<(), NoStrike> {
    for leg in 0..plan[PLAN_LEG_COUNT] as usize {
        desk.picked[leg] =
            pick_leg(day, desk, plan, leg).map_err(|reason| NoStrike { reason, leg })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;

    fn picked(method: i64, value: i64, right: i64) -> Result<i64, i64> {
        let mut world = World::new(3);
        world.quote(2, 0..3, -1, -1);
        let plan = world.add_strategy(&[(0, 1)], 0);
        plan[PLAN_LEGS + LEG_RIGHT] = right;
        plan[PLAN_LEGS + LEG_METHOD] = method;
        plan[PLAN_LEGS + LEG_VALUE] = value;
        let plan = plan.to_vec();
        let day = world.day();
        let mut desk = Desk::new(&day, &mut []);
        desk.turn_to(&day, 0, 0, 0);
        pick_leg(&day, &mut desk, &plan, 0)
    }

    #[test]
    fn the_nearest_valid_strike_wins_and_of_two_the_farther_out() {
        assert_eq!(picked(METHOD_ATM, 0, CALL), Ok(1));
        assert_eq!(picked(METHOD_OFFSET, 100, CALL), Ok(1));
        assert_eq!(picked(METHOD_OFFSET, 600, CALL), Ok(3));
        assert_eq!(picked(METHOD_OFFSET, 900, PUT), Ok(4));
    }

    #[test]
    fn a_strike_is_exact_and_must_be_valid() {
        assert_eq!(picked(METHOD_STRIKE, 100_000, PUT), Ok(5));
        assert_eq!(picked(METHOD_STRIKE, 101_000, CALL), Err(REASON_NO_STRIKE));
    }
}
