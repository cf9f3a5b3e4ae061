//! Checks of the session kernel's arguments, which make every index and every sum in it safe.
//!
//! They come in three parts, so that a host which calls for every frame does not look at the whole
//! day each time: [`check_market`] once for each day of quotes, [`check_plans`] once for a batch
//! (again when its session row, its plans or its commands change), [`check_call`] on every call.

use crate::session::Batch;

pub use crate::call_checks::check_call;
pub use crate::market_checks::{check_frames, check_market, Market};
pub use crate::plan_checks::check_plans;

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
    check_call(batch, &market, state, journal, financials, frame_to)
}
