//! Checks of programs: every operand is there, and no register is read before it is written.

use super::market::BARS_MAX;
use super::program::{Step, Table};
use super::words::words_of;
use crate::bars_schema::*;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::pricing_checks::refused;

const LAG_MAX: i64 = BARS_MAX as i64;

/// Refuse instructions that are none, or whose columns, constants, masks or bars are not there.
pub fn check_steps(table: &Table, program: &[i64]) -> Result<(), BadArgument> {
    for (number, step) in Step::all(program).enumerate() {
        check_step(table, step, number)?;
    }
    Ok(())
}

fn check_step(table: &Table, step: Step, number: usize) -> Result<(), BadArgument> {
    let within = |column: usize, bounds: (i64, i64), name: &str| {
        check_within("program", step.get(column), bounds, || {
            format!("{name} of row {number}")
        })
    };
    within(STEP_CODE, (CODE_LT, CODE_MASK), "CODE")?;
    within(STEP_OUT, (0, REGISTERS_MAX - 1), "OUT")?;
    match step.get(STEP_CODE) {
        CODE_LT..=CODE_CROSS => {
            let columns = (table.columns.len() / table.bars) as i64;
            let operands = (-(table.constants.len() as i64), columns - 1);
            let lags = |operand: usize| (0, if step.get(operand) < 0 { 0 } else { LAG_MAX });
            within(STEP_LEFT, operands, "LEFT")?;
            within(STEP_RIGHT, operands, "RIGHT")?;
            within(STEP_LEFT_LAG, lags(STEP_LEFT), "LEFT_LAG")?;
            within(STEP_RIGHT_LAG, lags(STEP_RIGHT), "RIGHT_LAG")
        }
        CODE_LAG => within(STEP_RIGHT, (0, LAG_MAX), "RIGHT"),
        CODE_ALL | CODE_ANY => within(STEP_RIGHT, (1, LAG_MAX), "RIGHT"),
        CODE_MASK => {
            let masks = (table.masks.len() / words_of(table.bars)) as i64;
            within(STEP_LEFT, (0, masks - 1), "LEFT")
        }
        _ => Ok(()),
    }
}

/// Return the registers that a program of checked instructions writes, one bit each; refuse one
/// that reads a register before it is written.
pub fn written_by(program: &[i64]) -> Result<u64, BadArgument> {
    let mut written = 0;
    for step in Step::all(program) {
        let code = step.get(STEP_CODE);
        if (CODE_AND..=CODE_ANY).contains(&code) {
            check_read(step.get(STEP_LEFT), written)?;
        }
        if code == CODE_AND || code == CODE_OR {
            check_read(step.get(STEP_RIGHT), written)?;
        }
        written |= 1 << step.get(STEP_OUT);
    }
    Ok(written)
}

fn check_read(register: i64, written: u64) -> Result<(), BadArgument> {
    if (0..REGISTERS_MAX).contains(&register) && written >> register & 1 == 1 {
        return Ok(());
    }
    let expected = "a register written before it is read".to_owned();
    Err(refused("program", expected, format!("{register}")))
}
