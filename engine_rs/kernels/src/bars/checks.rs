//! Checks of the bar kernel's arguments, which make every index and every product in it safe.

use super::plan_checks::{check_plans, check_program};
use super::program::Table;
use super::sweeping::Runs;
use super::tracing::{Written, SIGNAL_ROWS};
use super::words::words_of;
use crate::bars_schema::*;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::pricing_checks::{check_length, refused};

/// Sums of rates beyond this are no rates: profits made of them would not be finite.
pub const RATE_SUM_MAX: f64 = 1e9;

/// Refuse runs that cannot be simulated.
pub fn check_runs(runs: &Runs) -> Result<(), BadArgument> {
    check_table(&runs.table)?;
    check_bars(runs)?;
    check_funding(runs.market.funding, runs.market.bars)?;
    check_segments(runs)?;
    check_plans(runs)
}

/// Refuse a program that cannot be evaluated into so many words of registers.
pub fn check_evaluation(
    table: &Table,
    program: &[i64],
    registers: &[u64],
) -> Result<(), BadArgument> {
    check_table(table)?;
    check_rows("program", program.len(), PROGRAM_WIDTH)?;
    let words = words_of(table.bars).max(1);
    check_rows("registers", registers.len(), words)?;
    let rows = ((registers.len() / words) as i64).min(REGISTERS_MAX);
    check_program(table, program, rows).map(|_| ())
}

/// Refuse rows of results of another number than runs and segments ask for.
pub fn check_results(runs: &Runs, counts: &[i64], sums: &[f64]) -> Result<(), BadArgument> {
    let places = runs.rows().len() * runs.spans().len();
    check_length("counts", counts.len(), places * COUNT_WIDTH)?;
    check_length("sums", sums.len(), places * SUM_WIDTH)
}

/// Refuse arrays that a trace cannot write to.
pub fn check_written(runs: &Runs, written: &Written) -> Result<(), BadArgument> {
    check_results(runs, written.counts, written.sums)?;
    check_rows("trades", written.trades.len(), TRADE_WIDTH)?;
    let rows = written.trades.len() / TRADE_WIDTH;
    check_length(
        "trade_values",
        written.trade_values.len(),
        rows * TRADE_VALUES,
    )?;
    let (bars, count) = (runs.market.bars, runs.rows().len());
    if !written.values.is_empty() {
        let values = count * runs.spans().len() * bars;
        check_length("values", written.values.len(), values)?;
    }
    if !written.signals.is_empty() {
        let words = count * SIGNAL_ROWS * words_of(bars);
        check_length("signals", written.signals.len(), words)?;
    }
    Ok(())
}

/// Refuse an array that does not consist of whole rows.
fn check_rows(argument: &'static str, found: usize, width: usize) -> Result<(), BadArgument> {
    if width > 0 && found.is_multiple_of(width) {
        return Ok(());
    }
    let expected = format!("rows of {width} values");
    Err(refused(argument, expected, format!("{found} values")))
}

fn check_table(table: &Table) -> Result<(), BadArgument> {
    if table.bars == 0 {
        return Err(refused("bars", "at least one bar".into(), "none".into()));
    }
    check_rows("columns", table.columns.len(), table.bars)?;
    check_rows("masks", table.masks.len(), words_of(table.bars))
}

/// Refuse prices out of order or bounds, and an ATR beyond every price.
fn check_bars(runs: &Runs) -> Result<(), BadArgument> {
    let market = &runs.market;
    check_rows("bars", market.prices.len(), market.bars)?;
    let rows = market.prices.len() / market.bars;
    if rows < BAR_ATR_FIRST {
        let expected = format!("{BAR_ATR_FIRST} rows of prices");
        return Err(refused("bars", expected, format!("{rows} rows")));
    }
    let (opens, highs) = (market.row(BAR_OPEN), market.row(BAR_HIGH));
    let (lows, closes) = (market.row(BAR_LOW), market.row(BAR_CLOSE));
    for bar in 0..market.bars {
        let (open, high) = (opens[bar], highs[bar]);
        let (low, close) = (lows[bar], closes[bar]);
        let is_sound = 1 <= low && low <= open.min(close) && open.max(close) <= high;
        if !is_sound || high > PRICE_MAX {
            let expected = format!("1 <= low <= open, close <= high <= {PRICE_MAX} in bar {bar}");
            let found = format!("open {open}, high {high}, low {low}, close {close}");
            return Err(refused("bars", expected, found));
        }
    }
    for row in BAR_ATR_FIRST..rows {
        if let Some(bar) = market.row(row).iter().position(|atr| *atr > PRICE_MAX) {
            let expected = format!("an ATR of at most {PRICE_MAX} in row {row}, bar {bar}");
            return Err(refused(
                "bars",
                expected,
                format!("{}", market.row(row)[bar]),
            ));
        }
    }
    Ok(())
}

fn check_funding(funding: &[f64], bars: usize) -> Result<(), BadArgument> {
    check_length("funding", funding.len(), FUNDING_ROWS * (bars + 1))?;
    let is_sound = |sum: &f64| sum.abs() <= RATE_SUM_MAX;
    match funding.iter().position(|sum| !is_sound(sum)) {
        None => Ok(()),
        Some(place) => {
            let expected = format!("sums from -{RATE_SUM_MAX:e} to {RATE_SUM_MAX:e}");
            let found = format!("{} at {place}", funding[place]);
            Err(refused("funding", expected, found))
        }
    }
}

fn check_segments(runs: &Runs) -> Result<(), BadArgument> {
    check_rows("segments", runs.segments.len(), 2)?;
    for (number, row) in runs.segments.chunks_exact(2).enumerate() {
        let (begin, end) = (row[SEGMENT_BEGIN], row[SEGMENT_END]);
        let bars = runs.market.bars as i64;
        check_within("segments", end, (1, bars), || {
            format!("END of segment {number}")
        })?;
        check_within("segments", begin, (0, end - 1), || {
            format!("BEGIN of segment {number}")
        })?;
    }
    Ok(())
}
