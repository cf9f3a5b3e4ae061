//! Checks of programs and of the settings of runs.

use super::program::{Step, Table};
use super::sweeping::Runs;
use super::words::words_of;
use crate::bars_schema::*;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::pricing_checks::refused;

/// A column of plans, its name, its least and its greatest value.
type Bound = (usize, &'static str, i64, i64);

const AMOUNT_MAX: i64 = 1_000_000_000_000_000_000;
/// With [`PRICE_MAX`] no product of a price and a fraction leaves int64.
const PART_MAX: i64 = 10 * UNIT_PPM;

const BOUNDS: [Bound; 17] = [
    (PLAN_MODE, "MODE", MODE_LONG, MODE_BOTH),
    (PLAN_SIZING, "SIZING", SIZING_FULL, SIZING_KELLY),
    (PLAN_FIXED_SIZE_MICROS, "FIXED_SIZE_MICROS", 0, AMOUNT_MAX),
    (PLAN_RISK_PPM, "RISK_PPM", 0, UNIT_PPM),
    (PLAN_ATR_ROW, "ATR_ROW", -1, i64::MAX),
    (PLAN_ATR_STOP_MILLI, "ATR_STOP_MILLI", 0, 1_000_000),
    (PLAN_KELLY_MILLI, "KELLY_MILLI", 0, 1_000_000),
    (PLAN_KELLY_LOOKBACK, "KELLY_LOOKBACK", 0, KELLY_LOOKBACK_MAX),
    (PLAN_STOP_PPM, "STOP_PPM", 0, PART_MAX),
    (PLAN_TARGET_PPM, "TARGET_PPM", 0, PART_MAX),
    (PLAN_TRAIL_PPM, "TRAIL_PPM", 0, PART_MAX),
    (PLAN_TIME_STOP_BARS, "TIME_STOP_BARS", 0, i64::MAX),
    (PLAN_FALLBACK_STOP_PPM, "FALLBACK_STOP_PPM", 0, PART_MAX),
    (PLAN_LEVERAGE_PPM, "LEVERAGE_PPM", 1, 1_000 * UNIT_PPM),
    (PLAN_COST_PPM, "COST_PPM", 0, UNIT_PPM),
    (PLAN_CAPITAL_MICROS, "CAPITAL_MICROS", 1, AMOUNT_MAX),
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
    for (argument, found, width) in [
        ("plans", runs.plans.len(), PLAN_WIDTH),
        ("program", runs.program.len(), PROGRAM_WIDTH),
    ] {
        if !found.is_multiple_of(width) {
            let expected = format!("rows of {width} values");
            return Err(refused(argument, expected, format!("{found} values")));
        }
    }
    let mut checked = None;
    for (number, row) in runs.rows().enumerate() {
        check_plan(runs, row, number)?;
        let steps = program_of(runs, row, number)?;
        let range = (row[PLAN_PROGRAM_BEGIN], row[PLAN_PROGRAM_END]);
        let written = match checked {
            Some((of, written)) if of == range => written,
            _ => check_program(&runs.table, steps, REGISTERS_MAX)?,
        };
        checked = Some((range, written));
        for (column, name) in SIGNALS {
            check_register("plans", row[column], written, || {
                format!("{name} of run {number}")
            })?;
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
    if sizing == SIZING_KELLY {
        let bounds = (1, KELLY_LOOKBACK_MAX);
        check_within("plans", row[PLAN_KELLY_LOOKBACK], bounds, || {
            format!("KELLY_LOOKBACK of run {number}")
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
fn check_register(
    argument: &'static str,
    register: i64,
    written: u64,
    name: impl FnOnce() -> String,
) -> Result<(), BadArgument> {
    let is_there = (0..REGISTERS_MAX).contains(&register) && written >> register & 1 == 1;
    if is_there || register == -1 {
        return Ok(());
    }
    let expected = format!("{} to be -1 or a register that its program writes", name());
    Err(refused(argument, expected, format!("{register}")))
}

/// Refuse a program that cannot be run on so many registers; return those it writes, one bit each.
pub fn check_program(table: &Table, program: &[i64], registers: i64) -> Result<u64, BadArgument> {
    let mut written = 0;
    for (number, step) in Step::all(program).enumerate() {
        check_step(table, step, written, number)?;
        let out = step.get(STEP_OUT);
        check_within("program", out, (0, registers - 1), || {
            format!("OUT of step {number}")
        })?;
        written |= 1 << out;
    }
    Ok(written)
}

fn check_step(table: &Table, step: Step, written: u64, number: usize) -> Result<(), BadArgument> {
    let code = step.get(STEP_CODE);
    check_within("program", code, (CODE_LT, CODE_MASK), || {
        format!("CODE of step {number}")
    })?;
    let within = |column: usize, bounds: (i64, i64), name: &str| {
        check_within("program", step.get(column), bounds, || {
            format!("{name} of step {number}")
        })
    };
    if code <= CODE_CROSS {
        let columns = (table.columns.len() / table.bars) as i64;
        let operands = (-(table.constants.len() as i64), columns - 1);
        within(STEP_LEFT, operands, "LEFT")?;
        within(STEP_RIGHT, operands, "RIGHT")?;
        within(STEP_LEFT_LAG, (0, i64::MAX), "LEFT_LAG")?;
        return within(STEP_RIGHT_LAG, (0, i64::MAX), "RIGHT_LAG");
    }
    if code == CODE_MASK {
        let masks = (table.masks.len() / words_of(table.bars)) as i64;
        return within(STEP_LEFT, (0, masks - 1), "LEFT");
    }
    check_read(step.get(STEP_LEFT), written, number)?;
    match code {
        CODE_AND | CODE_OR => check_read(step.get(STEP_RIGHT), written, number),
        CODE_NOT => Ok(()),
        CODE_LAG => within(STEP_RIGHT, (0, i64::MAX), "RIGHT"),
        _ => within(STEP_RIGHT, (1, i64::MAX), "RIGHT"),
    }
}

/// Refuse a register that is read before it is written.
fn check_read(register: i64, written: u64, number: usize) -> Result<(), BadArgument> {
    if (0..REGISTERS_MAX).contains(&register) && written >> register & 1 == 1 {
        return Ok(());
    }
    let expected = format!("a register that is written before step {number} to be read there");
    Err(refused("program", expected, format!("{register}")))
}
