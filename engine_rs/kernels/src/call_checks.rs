//! Checks of one call: the lengths of its arrays, where it goes to, and where each bot stands.

use crate::checks::BadArgument;
use crate::market_checks::{check_day_lengths, check_within};
use crate::plan_checks::{check_rows, check_session};
use crate::pricing_checks::refused;
use crate::schema::*;
use crate::session::Batch;
use crate::state_checks::Limits;

/// Refuse arrays whose lengths do not fit each other; return the rows of financials of each bot.
pub fn check_lengths(
    batch: &Batch,
    state: &[i64],
    financials: &[i64],
) -> Result<usize, BadArgument> {
    check_session(batch.session)?;
    check_day_lengths(batch)?;
    check_rows("plans", batch.plans.len(), PLAN_WIDTH)?;
    check_rows("commands", batch.commands.len(), COMMAND_WIDTH)?;
    let (bots, width) = (batch.bots(), batch.shape().width);
    if state.len() != bots * width {
        let expected = format!("{bots} bots x {width}");
        return Err(refused(
            "state",
            expected,
            format!("{} values", state.len()),
        ));
    }
    let cells = FINANCIAL_WIDTH * bots.max(1);
    check_rows("financials", financials.len(), cells)?;
    Ok(financials.len() / cells)
}

/// Return what a bot's state row is held to.
pub fn limits<'a>(batch: &Batch, financials: usize, plan: &'a [i64], bot: usize) -> Limits<'a> {
    Limits {
        shape: batch.shape(),
        instruments: batch.instrument_count() as i64,
        frames: batch.frames() as i64,
        financials: financials as i64,
        plan,
        bot,
    }
}

/// Refuse arrays, counts and a frame that a call of the kernel cannot take.
///
/// The day, the plans and the states have been checked before: only lengths and the counts in the
/// headers of the state rows are looked at here, for it is done on each call.
pub fn check_call(
    batch: &Batch,
    state: &[i64],
    journal: &[i64],
    financials: &[i64],
    frame_to: i64,
) -> Result<(), BadArgument> {
    let rows = check_lengths(batch, state, financials)?;
    check_rows("journal", journal.len(), JOURNAL_WIDTH)?;
    let frames = batch.frames() as i64;
    check_within("frame_to", frame_to, (0, frames), || "a frame".to_string())?;
    let mut limits = limits(batch, rows, &[], 0);
    for (bot, row) in state.chunks_exact(limits.shape.width).enumerate() {
        limits.bot = bot;
        limits.check_counts(row)?;
    }
    Ok(())
}
