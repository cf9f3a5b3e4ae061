//! The programs of many runs, evaluated together.

use super::market::Side;
use std::ops::Range;

use super::plan::Plan;
use super::program::{looks_back, Registers, Spare};
use super::simulating::Signals;
use super::sweeping::Runs;
use super::words::words_of;
use crate::bars_schema::PROGRAM_WIDTH;

/// Words of all columns that a block has: 1 MB, most of which lies in the second cache.
const BLOCK_WORDS_OF_ALL: usize = 2_048;
const BLOCK_WORDS_MIN: usize = 4;
const BLOCK_WORDS_MAX: usize = 32;

/// A program, as a range of the rows of all.
type Program = (usize, usize);

/// The programs of some runs; each that differs from the one before has registers of its own.
pub struct Batch<'a> {
    runs: Runs<'a>,
    /// Each with whether it looks back.
    programs: Vec<(Program, bool)>,
    /// One each, and of former batches those that are free.
    registers: Vec<Registers>,
    /// Of each run, the place of its program.
    places: Vec<usize>,
    spare: Spare,
}

impl<'a> Batch<'a> {
    /// Return a batch of no runs.
    pub fn new(runs: Runs<'a>) -> Self {
        Self {
            runs,
            programs: Vec::new(),
            registers: Vec::new(),
            places: Vec::new(),
            spare: Spare::new(runs.market.bars),
        }
    }

    /// Evaluate the programs of these runs, unless it is the one that was evaluated last.
    ///
    /// All pass over a block of bars before the next block: a column that many of them compare is
    /// read from memory once. A program that looks back passes over all bars.
    pub fn evaluate(&mut self, plans: impl Iterator<Item = Plan<'a>>) {
        let former = std::mem::take(&mut self.programs);
        self.places.clear();
        for program in plans.map(|plan| plan.program()) {
            if self
                .programs
                .last()
                .is_none_or(|(last, _)| *last != program)
            {
                self.programs
                    .push((program, looks_back(self.steps(program))));
            }
            self.places.push(self.programs.len() - 1);
        }
        if self.programs.len() == 1 && self.programs == former {
            return;
        }
        let words = words_of(self.runs.market.bars);
        let mut registers = std::mem::take(&mut self.registers);
        registers.resize_with(registers.len().max(self.programs.len()), Registers::default);
        for (registers, (program, _)) in registers.iter_mut().zip(&self.programs) {
            registers.reserve(self.steps(*program), words);
        }
        self.pass_over(&mut registers, 0..words, true);
        let columns = self.runs.table.columns.len() / self.runs.market.bars;
        let block = (BLOCK_WORDS_OF_ALL / columns.max(1)).clamp(BLOCK_WORDS_MIN, BLOCK_WORDS_MAX);
        for begin in (0..words).step_by(block) {
            self.pass_over(&mut registers, begin..words.min(begin + block), false);
        }
        self.registers = registers;
    }

    /// The instructions of a program.
    fn steps(&self, (begin, end): Program) -> &'a [i64] {
        &self.runs.program[begin * PROGRAM_WIDTH..end * PROGRAM_WIDTH]
    }

    /// Run the programs that look back, or those that do not, over some words.
    fn pass_over(&mut self, registers: &mut [Registers], span: Range<usize>, is_whole: bool) {
        for (at, registers) in registers.iter_mut().enumerate().take(self.programs.len()) {
            let (program, looks_back) = self.programs[at];
            if looks_back == is_whole {
                let steps = self.steps(program);
                registers.run(&self.runs.table, steps, &span, &mut self.spare);
            }
        }
    }

    /// Return the rows of bits of a run, by its place in the batch.
    pub fn signals(&self, place: usize, plan: &Plan) -> [Signals<'_>; 2] {
        let registers = &self.registers[self.places[place]];
        Side::BOTH.map(|side| {
            let (enter, exit) = plan.registers(side);
            Signals {
                enter: registers.row(enter),
                exit: registers.row(exit),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::market::Market;
    use crate::bars::program::{evaluate, Table};
    use crate::bars_schema::*;

    /// Bars in more blocks than one, the last of which is not full.
    const BARS: usize = 40 * 64 - 3;

    fn column(stride: usize) -> impl Iterator<Item = f64> {
        (0..BARS).map(move |bar| match bar * stride % 97 {
            0 => f64::NAN,
            other => other as f64,
        })
    }

    #[test]
    fn programs_together_give_what_each_gives_alone() {
        let columns: Vec<f64> = [5, 7, 11].into_iter().flat_map(column).collect();
        let table = Table {
            bars: BARS,
            columns: &columns,
            constants: &[40.0],
            masks: &[],
        };
        let programs: [[[i64; PROGRAM_WIDTH]; 3]; 4] = [
            [
                [CODE_CROSS, 0, 0, 0, 1, 0],
                [CODE_CROSS, 1, 1, 0, 0, 0],
                [CODE_NOT, 2, 0, 0, 0, 0],
            ],
            [
                [CODE_CROSS, 2, 0, 70, 2, 0],
                [CODE_LT, 1, 0, 1, -1, 0],
                [CODE_AND, 0, 1, 0, 2, 0],
            ],
            [
                [CODE_LE, 0, 2, 0, 1, 3],
                [CODE_LAG, 1, 0, 0, 70, 0],
                [CODE_ANY, 2, 1, 0, 9, 0],
            ],
            [
                [CODE_EQ, 2, 0, 0, 1, 0],
                [CODE_OR, 0, 2, 0, 2, 0],
                [CODE_CROSS, 1, -1, 0, 2, 1],
            ],
        ];
        let program = programs.as_flattened().as_flattened();
        let plans: Vec<[i64; PLAN_WIDTH]> = [0, 0, 1, 2, 3, 1]
            .iter()
            .map(|number| {
                let mut row = [0; PLAN_WIDTH];
                (row[PLAN_PROGRAM_BEGIN], row[PLAN_PROGRAM_END]) = (3 * number, 3 * number + 3);
                (row[PLAN_ENTER_LONG], row[PLAN_EXIT_LONG]) = (0, 1);
                (row[PLAN_ENTER_SHORT], row[PLAN_EXIT_SHORT]) = (2, -1);
                row
            })
            .collect();
        let runs = Runs {
            market: Market {
                bars: BARS,
                prices: &[],
                funding: &[],
            },
            table,
            program,
            plans: plans.as_flattened(),
            segments: &[],
        };
        let mut batch = Batch::new(runs);
        for taken in [0..plans.len(), 3..5, 2..3, 2..3, 1..2] {
            let taken = &plans[taken];
            batch.evaluate(taken.iter().map(|row| Plan::new(row)));
            for (place, row) in taken.iter().enumerate() {
                let plan = Plan::new(row);
                let words = words_of(BARS);
                let mut alone = vec![0; 3 * words];
                let (begin, end) = plan.program();
                evaluate(&table, programs[begin / 3].as_flattened(), &mut alone);
                assert_eq!(end, begin + 3);
                let [long, short] = batch.signals(place, &plan);
                assert_eq!([long.enter, long.exit, short.enter].concat(), alone);
                assert!(short.exit.is_empty());
                assert!(alone.iter().any(|word| *word != 0));
            }
        }
    }
}
