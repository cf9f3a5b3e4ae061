//! Checks of the settings of runs.

use super::market::BARS_MAX;
use super::program_checks::written_by;
use super::sweeping::Runs;
use crate::bars_schema::*;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::pricing_checks::refused;

/// A column of plans, its name, its least and its greatest value.
type Bound = (usize, &'static str, i64, i64);

const MONEY_MICROS_MAX: i64 = 1_000_000_000_000_000_000;
const LEVERAGE_PPM_MAX: i64 = 125 * UNIT_PPM;
/// 1,000 %: with [`PRICE_MAX`] no product of a price and a fraction leaves int64.
const TARGET_PPM_MAX: i64 = 10 * UNIT_PPM;
const COST_PPM_MAX: i64 = 200_000;
const ATR_STOP_MILLI_MAX: i64 = 50_000;
const KELLY_MILLI_MAX: i64 = 5_000;

const BOUNDS: [Bound; 16] = [
    (PLAN_MODE, "MODE", MODE_LONG, MODE_BOTH),
    (PLAN_SIZING, "SIZING", SIZING_FULL, SIZING_KELLY),
    (
        PLAN_FIXED_SIZE_MICROS,
        "FIXED_SIZE_MICROS",
        0,
        MONEY_MICROS_MAX,
    ),
    (PLAN_RISK_PPM, "RISK_PPM", 0, UNIT_PPM),
    (PLAN_ATR_STOP_MILLI, "ATR_STOP_MILLI", 0, ATR_STOP_MILLI_MAX),
    (PLAN_KELLY_MILLI, "KELLY_MILLI", 0, KELLY_MILLI_MAX),
    (PLAN_KELLY_LOOKBACK, "KELLY_LOOKBACK", 1, KELLY_LOOKBACK_MAX),
    (PLAN_STOP_PPM, "STOP_PPM", 0, UNIT_PPM),
    (PLAN_TARGET_PPM, "TARGET_PPM", 0, TARGET_PPM_MAX),
    (PLAN_TRAIL_PPM, "TRAIL_PPM", 0, UNIT_PPM),
    (PLAN_TIME_STOP_BARS, "TIME_STOP_BARS", 0, BARS_MAX as i64),
    (PLAN_FALLBACK_STOP_PPM, "FALLBACK_STOP_PPM", 0, UNIT_PPM),
    (PLAN_LEVERAGE_PPM, "LEVERAGE_PPM", 1, LEVERAGE_PPM_MAX),
    (PLAN_COST_PPM, "COST_PPM", 0, COST_PPM_MAX),
    (PLAN_CAPITAL_MICROS, "CAPITAL_MICROS", 1, MONEY_MICROS_MAX),
    (PLAN_DETAIL, "DETAIL", 0, 1),
];

const SIGNALS: [(usize, &str); 4] = [
    (PLAN_ENTER_LONG, "ENTER_LONG"),
    (PLAN_EXIT_LONG, "EXIT_LONG"),
    (PLAN_ENTER_SHORT, "ENTER_SHORT"),
    (PLAN_EXIT_SHORT, "EXIT_SHORT"),
];

/// Refuse runs whose settings or programs make no sense.
pub fn check_plans(runs: &Runs) -> Result<(), BadArgument> {
    if !runs.plans.len().is_multiple_of(PLAN_WIDTH) {
        let expected = format!("rows of {PLAN_WIDTH} values");
        return Err(refused(
            "plans",
            expected,
            format!("{} values", runs.plans.len()),
        ));
    }
    let mut checked = None;
    for (number, row) in runs.rows().enumerate() {
        check_plan(runs, row, number)?;
        let steps = program_of(runs, row, number)?;
        let range = (row[PLAN_PROGRAM_BEGIN], row[PLAN_PROGRAM_END]);
        let written = match checked {
            Some((of, written)) if of == range => written,
            _ => written_by(steps)?,
        };
        checked = Some((range, written));
        for (column, name) in SIGNALS {
            check_signal(row[column], written, || format!("{name} of run {number}"))?;
        }
    }
    Ok(())
}

fn check_plan(runs: &Runs, row: &[i64], number: usize) -> Result<(), BadArgument> {
    for (column, name, low, high) in BOUNDS {
        check_within("plans", row[column], (low, high), || {
            format!("{name} of run {number}")
        })?;
    }
    let rows = (runs.market.prices.len() / runs.market.bars) as i64;
    let sizing = row[PLAN_SIZING];
    if sizing == SIZING_ATR {
        let bounds = (BAR_ATR_FIRST as i64, rows - 1);
        check_within("plans", row[PLAN_ATR_ROW], bounds, || {
            format!("ATR_ROW of run {number}")
        })?;
    }
    let needs_stop = sizing == SIZING_ATR || sizing == SIZING_FRACTION;
    if needs_stop && row[PLAN_STOP_PPM] == 0 {
        check_within("plans", row[PLAN_FALLBACK_STOP_PPM], (1, UNIT_PPM), || {
            format!("FALLBACK_STOP_PPM of run {number}, which has no STOP_PPM,")
        })?;
    }
    Ok(())
}

/// Return a run's instructions.
fn program_of<'a>(runs: &Runs<'a>, row: &[i64], number: usize) -> Result<&'a [i64], BadArgument> {
    let steps = (runs.program.len() / PROGRAM_WIDTH) as i64;
    let (begin, end) = (row[PLAN_PROGRAM_BEGIN], row[PLAN_PROGRAM_END]);
    check_within("plans", end, (0, steps), || {
        format!("PROGRAM_END of run {number}")
    })?;
    check_within("plans", begin, (0, end), || {
        format!("PROGRAM_BEGIN of run {number}")
    })?;
    Ok(&runs.program[begin as usize * PROGRAM_WIDTH..end as usize * PROGRAM_WIDTH])
}

/// Refuse a signal's register that its program does not write; -1 means none.
fn check_signal(
    register: i64,
    written: u64,
    name: impl FnOnce() -> String,
) -> Result<(), BadArgument> {
    let is_there = (0..REGISTERS_MAX).contains(&register) && written >> register & 1 == 1;
    if is_there || register == -1 {
        return Ok(());
    }
    let expected = format!("{} to be -1 or a register that its program writes", name());
    Err(refused("plans", expected, format!("{register}")))
}
