//! Checks of the session kernel's arguments, which make every index and every sum in it safe.
//!
//! They come in four parts, so that a host which calls for every frame does not look at everything
//! each time: [`check_market`] once for each day of quotes ([`check_frames`] for those appended),
//! [`check_plans`] once for a batch (again when its session row, plans or commands change),
//! [`check_states`] where states come from elsewhere than the kernel, [`check_call`] on every call.

use crate::session::Batch;

pub use crate::call_checks::check_call;
pub use crate::market_checks::{check_frames, check_market, Market};
pub use crate::plan_checks::check_plans;
pub use crate::state_checks::check_states;

/// An argument that cannot be worked on: which one, what was expected, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadArgument {
    /// The argument's name, as the caller wrote it.
    pub argument: &'static str,
    /// What it should have been.
    pub expected: String,
    /// What it was.
    pub found: String,
}

/// Refuse anything that [`crate::session::advance`] cannot take.
pub fn check_batch(
    batch: &Batch,
    state: &[i64],
    journal: &[i64],
    financials: &[i64],
    frame_to: i64,
) -> Result<(), BadArgument> {
    let market = check_market(batch)?;
    check_plans(batch, &market)?;
    check_states(batch, &market, state, financials)?;
    check_call(batch, state, journal, financials, frame_to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;
    use crate::schema::*;

    fn checked(world: &World) -> Result<(), BadArgument> {
        check_batch(&world.batch(), &world.state, &[0; JOURNAL_WIDTH], &[], 1)
    }

    fn world() -> World {
        let mut world = World::new(6);
        world.add_strategy(&[(1, 1), (2, -1)], 1);
        world.place(0, ORDER_LIMIT, 100, &[(1, 1, EFFECT_OPEN)]);
        world
    }

    /// Hold a change of a sound world to the argument that must be named.
    fn refuses(argument: &str, change: impl FnOnce(&mut World)) {
        let mut changed = world();
        assert_eq!(checked(&changed), Ok(()));
        change(&mut changed);
        assert_eq!(checked(&changed).map_err(|bad| bad.argument), Err(argument));
    }

    #[test]
    fn a_day_must_be_in_order_and_its_marks_its_own() {
        refuses("clock", |world| world.clock[2] = 0);
        refuses("clock", |world| world.clock[17] = 2_000_000_000);
        refuses("instruments", |world| world.instruments.swap(0, 2));
        refuses("instruments", |world| world.instruments[1] = 2);
        refuses("quotes", |world| world.quotes[0] = -2);
        refuses("quotes", |world| world.quotes[3 * 8 * 6 - 1] += 1);
        refuses("quotes", |world| world.quotes.truncate(5));
        refuses("session", |world| world.session[SESSION_MULTIPLIER] = 3);
        refuses("session", |world| {
            world.session[SESSION_HOLDINGS] = i64::MAX
        });
    }

    #[test]
    fn plans_and_commands_must_make_sense() {
        for column in [
            PLAN_LEG_COUNT,
            PLAN_ENTRY_COUNT,
            PLAN_COMMAND_FROM,
            PLAN_QUANTITY,
        ] {
            for value in [i64::MIN, -1, i64::MAX] {
                refuses("plans", |world| world.plans[column] = value);
            }
        }
        refuses("plans", |world| world.plans[PLAN_LEGS + LEG_SIDE] = 0);
        refuses("plans", |world| world.plans[PLAN_LEGS + LEG_METHOD] = 7);
        refuses("plans", |world| {
            world.plans[PLAN_LEGS + LEG_METHOD] = METHOD_RELATIVE;
        });
        refuses("plans", |world| world.plans.truncate(7));
        refuses("commands", |world| world.commands[COMMAND_KIND] = 6);
        refuses("commands", |world| world.commands[COMMAND_TYPE] = 3);
        refuses("commands", |world| world.commands.truncate(7));
    }

    #[test]
    fn money_beyond_int64_is_refused() {
        refuses("plans", |world| {
            world.plans[PLAN_QUANTITY] = 1_000_000;
            world.plans[PLAN_MAX_ENTRIES] = i64::MAX;
            world.plans[PLAN_ENTRIES + ENTRY_TO] = i64::MAX;
            world.session[SESSION_MULTIPLIER] = 1_000_000_000;
        });
        refuses("state", |world| {
            let at = STATE_HEADER_WIDTH;
            world.state[STATE_HOLDING_COUNT] = 1;
            world.state[at + HOLDING_QUANTITY] = -1_000_000_000;
        });
        refuses("state", |world| world.state[STATE_CASH] = i64::MAX);
    }

    #[test]
    fn states_must_lie_inside_their_capacities() {
        for column in [
            STATE_STATUS,
            STATE_FRAME,
            STATE_ORDER_COUNT,
            STATE_HOLDING_COUNT,
            STATE_COMMAND_CURSOR,
            STATE_FINANCIALS,
        ] {
            for value in [i64::MIN, -1, 100, i64::MAX] {
                refuses("state", |world| world.state[column] = value);
            }
        }
        refuses("state", |world| {
            world.state[STATE_HOLDING_COUNT] = 1;
            world.state[STATE_HEADER_WIDTH + HOLDING_INSTRUMENT] = 8;
        });
        refuses("state", |world| world.state.truncate(7));
        let sound = world();
        let late = check_batch(&sound.batch(), &sound.state, &[], &[], 7);
        assert_eq!(late.map_err(|bad| bad.argument), Err("frame_to"));
    }

    #[test]
    fn appended_frames_are_checked_alone() {
        let mut world = world();
        world.quote(2, 3..6, 0, 40);
        let all = check_market(&world.batch()).unwrap();
        let parts = [(0, 4), (4, 6)].map(|(from, to)| check_frames(&world.batch(), from, to));
        let [first, second] = parts.map(Result::unwrap);
        assert_eq!(first.with(second), all);
        world.quotes[4] = -5;
        assert!(check_frames(&world.batch(), 0, 4).is_ok());
        assert!(check_frames(&world.batch(), 4, 6).is_err());
    }
}
