//! Checks of the bar kernel's arguments, which make every index and every product in it safe.

use super::market::BARS_MAX;
use super::plan_checks::check_plans;
use super::program::Table;
use super::program_checks::{check_steps, written_by};
use super::sweeping::Runs;
use super::tracing::{Written, SIGNAL_ROWS};
use super::words::words_of;
use crate::bars_schema::*;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::pricing_checks::{check_length, refused};

/// Sums of rates far beyond any, and still finite.
const RATE_SUM_MAX: f64 = 1e12;

/// Refuse runs that cannot be simulated.
pub fn check_runs(runs: &Runs) -> Result<(), BadArgument> {
    check_table(&runs.table)?;
    check_bars(runs)?;
    check_funding(runs.market.funding, runs.market.bars)?;
    check_segments(runs)?;
    check_rows("program", runs.program.len(), PROGRAM_WIDTH)?;
    check_steps(&runs.table, runs.program)?;
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
    check_steps(table, program)?;
    let used = written_by(program)?
        .checked_ilog2()
        .map_or(0, |last| i64::from(last) + 1);
    check_within("registers", rows, (used, REGISTERS_MAX), || {
        "rows".to_owned()
    })
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
    if !(1..=BARS_MAX).contains(&table.bars) {
        let expected = format!("1 to {BARS_MAX} bars");
        return Err(refused("columns", expected, format!("{}", table.bars)));
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

/// Refuse sums of rates that are not finite, and counts of missing ones that are none.
fn check_funding(funding: &[f64], bars: usize) -> Result<(), BadArgument> {
    check_length("funding", funding.len(), FUNDING_ROWS * (bars + 1))?;
    let (sums, missing) = funding.split_at(bars + 1);
    let is_sound = |sum: &f64| sum.abs() <= RATE_SUM_MAX;
    if let Some(bar) = sums.iter().position(|sum| !is_sound(sum)) {
        let expected = format!("sums of rates within {RATE_SUM_MAX:e}");
        return Err(refused(
            "funding",
            expected,
            format!("{} before bar {bar}", sums[bar]),
        ));
    }
    let mut before = 0.0;
    for (bar, count) in missing.iter().enumerate() {
        let step = count - before;
        if step != 0.0 && step != 1.0 {
            let expected = "counts of missing rates that rise by 0 or 1".to_owned();
            return Err(refused(
                "funding",
                expected,
                format!("{count} before bar {bar}"),
            ));
        }
        before = *count;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::fixture::{masks_program, World};

    /// Hold a change of a sound world to the argument that must be named.
    fn refuses(argument: &str, change: impl FnOnce(&mut World, &mut Vec<i64>)) {
        let (mut world, mut program) = (World::flat(70, 1_000), masks_program());
        assert_eq!(check_runs(&world.runs(&program)), Ok(()));
        change(&mut world, &mut program);
        let found = check_runs(&world.runs(&program));
        assert_eq!(found.map_err(|bad| bad.argument), Err(argument));
    }

    #[test]
    fn bars_and_funding_must_be_sound() {
        for prices in [[0, 1, 0, 1], [3, 2, 1, 2], [1, 2, 1, 3], [2, 3, 2, 1]] {
            refuses("bars", |world, _| {
                world.bar(69, prices);
            });
        }
        let beyond = PRICE_MAX + 1;
        refuses("bars", |world, _| {
            world.bar(0, [1, beyond, 1, 1]);
        });
        refuses("bars", |world, _| {
            world.atr(5, beyond);
        });
        refuses("bars", |world, _| world.prices.truncate(3 * 70));
        refuses("bars", |world, _| world.prices.truncate(300));
        for sum in [f64::NAN, f64::INFINITY, -2e12] {
            refuses("funding", |world, _| world.funding[70] = sum);
        }
        for count in [f64::NAN, 2.0, -1.0, 0.5] {
            refuses("funding", |world, _| world.funding[141] = count);
        }
        refuses("funding", |world, _| world.funding.truncate(141));
        refuses("masks", |world, _| world.masks.truncate(7));
    }

    #[test]
    fn segments_must_lie_within_the_bars() {
        for segment in [[-1, 5], [5, 5], [6, 5], [0, 71], [i64::MIN, i64::MAX]] {
            refuses("segments", |world, _| world.segments = segment.to_vec());
        }
        refuses("segments", |world, _| world.segments.truncate(1));
    }

    #[test]
    fn every_setting_has_bounds() {
        let free = [PLAN_ATR_ROW];
        for column in (0..PLAN_WIDTH).filter(|column| !free.contains(column)) {
            for value in [i64::MIN, -2, i64::MAX] {
                refuses("plans", |world, _| {
                    world.set(column, value);
                });
            }
        }
        refuses("plans", |world, _| {
            world.set(PLAN_ENTER_LONG, 4);
        });
        refuses("plans", |world, _| {
            world.set(PLAN_PROGRAM_END, 3);
        });
        for row in [i64::MIN, -1, 3, 5, i64::MAX] {
            refuses("plans", |world, _| {
                world.set(PLAN_SIZING, SIZING_ATR).set(PLAN_ATR_ROW, row);
            });
        }
        refuses("plans", |world, _| {
            world
                .set(PLAN_SIZING, SIZING_FRACTION)
                .set(PLAN_FALLBACK_STOP_PPM, 0);
        });
        refuses("plans", |world, _| world.plan.truncate(7));
    }

    #[test]
    fn programs_must_name_what_is_there() {
        for code in [i64::MIN, -1, 11, i64::MAX] {
            refuses("program", |_, program| program[STEP_CODE] = code);
        }
        for out in [i64::MIN, -1, 64, i64::MAX] {
            refuses("program", |_, program| program[STEP_OUT] = out);
        }
        for mask in [i64::MIN, -1, 4, i64::MAX] {
            refuses("program", |_, program| program[STEP_LEFT] = mask);
        }
        let steps = [
            [CODE_LT, 0, 0, 0, 0, 0],
            [CODE_CROSS, 0, -1, 0, -1, 0],
            [CODE_NOT, 0, 3, 0, 0, 0],
            [CODE_AND, 0, 0, 0, -1, 0],
            [CODE_ALL, 0, 0, 0, 0, 0],
            [CODE_LAG, 0, 0, 0, -1, 0],
            [CODE_ANY, 0, 0, 0, i64::MAX, 0],
        ];
        for step in steps {
            refuses("program", |_, program| {
                program[PROGRAM_WIDTH..2 * PROGRAM_WIDTH].copy_from_slice(&step)
            });
        }
        refuses("program", |_, program| program.truncate(7));
    }

    #[test]
    fn registers_must_have_room_for_a_program() {
        let (world, program) = (World::flat(70, 1_000), masks_program());
        let table = world.runs(&program).table;
        let found = |words: usize| check_evaluation(&table, &program, &vec![0; words]);
        assert_eq!(found(8), Ok(()));
        assert_eq!(found(10), Ok(()));
        for words in [0, 6, 7] {
            assert_eq!(found(words).map_err(|bad| bad.argument), Err("registers"));
        }
    }
}
