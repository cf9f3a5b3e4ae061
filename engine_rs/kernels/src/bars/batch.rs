//! The programs of many runs, evaluated together.

use super::market::Side;
use std::ops::Range;

use super::plan::Plan;
use super::program::{looks_back, Registers, Spare};
use super::simulating::Signals;
use super::sweeping::Runs;
use super::words::words_of;
use crate::bars_schema::PROGRAM_WIDTH;

/// Words of all columns that a block has: 512 KB, which lie in the second cache.
const BLOCK_WORDS_OF_ALL: usize = 1_024;
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
