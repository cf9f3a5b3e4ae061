//! Many runs over the same bars, shared out among threads.

use std::slice::ChunksExact;
use std::sync::{Mutex, PoisonError};

use super::market::{Market, Side};
use super::marking::Marks;
use super::plan::Plan;
use super::profit::Trade;
use super::program::{Registers, Table};
use super::simulating::{simulate, Segment, Signals};
use crate::bars_schema::*;

/// Runs that a thread takes at a time.
const RUNS_AT_ONCE: usize = 16;

/// What runs read; checked by [`super::checks::check_runs`].
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    /// Bars and funding.
    pub market: Market<'a>,
    /// Columns, constants and masks.
    pub table: Table<'a>,
    /// `[P, PROGRAM_WIDTH]`, flat.
    pub program: &'a [i64],
    /// `[K, PLAN_WIDTH]`, flat.
    pub plans: &'a [i64],
    /// `[S, 2]`, flat.
    pub segments: &'a [i64],
}

impl<'a> Runs<'a> {
    /// The rows of the runs.
    pub fn rows(&self) -> ChunksExact<'a, i64> {
        self.plans.chunks_exact(PLAN_WIDTH)
    }

    /// The segments.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = Segment> + 'a {
        let rows = self.segments.chunks_exact(2);
        rows.map(|row| (row[SEGMENT_BEGIN] as usize, row[SEGMENT_END] as usize))
    }
}

/// What one thread works on: the registers of the last program, and room for lists.
pub struct Bench<'a> {
    runs: Runs<'a>,
    registers: Registers,
    program: Option<(usize, usize)>,
    returns: Vec<f64>,
}

impl<'a> Bench<'a> {
    /// Return a bench at which nothing was worked on yet.
    pub fn new(runs: Runs<'a>) -> Self {
        Self {
            runs,
            registers: Registers::new(runs.market.bars),
            program: None,
            returns: Vec::new(),
        }
    }

    /// Evaluate a run's program, unless it is that of the run before.
    pub fn prepare(&mut self, plan: &Plan) {
        let (begin, end) = plan.program();
        if self.program != Some((begin, end)) {
            let steps = &self.runs.program[begin * PROGRAM_WIDTH..end * PROGRAM_WIDTH];
            self.registers.run(&self.runs.table, steps);
            self.program = Some((begin, end));
        }
    }

    /// Return the rows of bits of a run whose program was evaluated.
    pub fn signals(&self, plan: &Plan) -> [Signals<'_>; 2] {
        Side::BOTH.map(|side| {
            let (enter, exit) = plan.registers(side);
            Signals {
                enter: self.registers.row(enter),
                exit: self.registers.row(exit),
            }
        })
    }

    /// Take a run whose program was evaluated through a segment; write its rows.
    ///
    /// `values` has a place for each bar, or none at all; `tell` is called for each trade.
    pub fn run(
        &mut self,
        plan: Plan<'a>,
        segment: Segment,
        values: &mut [f64],
        (counts, sums): (&mut [i64], &mut [f64]),
        tell: impl FnMut(&Trade),
    ) {
        let market = self.runs.market;
        let mut returns = std::mem::take(&mut self.returns);
        let mut marks = Marks::new(market, plan, values);
        let (own_counts, own_sums) = simulate(
            (market, plan),
            self.signals(&plan),
            segment,
            &mut returns,
            &mut marks,
            tell,
        );
        self.returns = returns;
        counts.copy_from_slice(&own_counts);
        sums.copy_from_slice(&own_sums);
    }
}

/// Write counts and sums of every run and segment, whatever the number of threads.
pub fn sweep(runs: &Runs, counts: &mut [i64], sums: &mut [f64], threads: usize) {
    let width = runs.spans().len() * RUNS_AT_ONCE;
    if width == 0 {
        return;
    }
    let parts = runs
        .plans
        .chunks(RUNS_AT_ONCE * PLAN_WIDTH)
        .zip(counts.chunks_mut(width * COUNT_WIDTH))
        .zip(sums.chunks_mut(width * SUM_WIDTH));
    if threads <= 1 {
        let mut bench = Bench::new(*runs);
        for ((plans, counts), sums) in parts {
            sweep_some(&mut bench, plans, counts, sums);
        }
        return;
    }
    let count = threads.min(parts.len());
    let left = Mutex::new(parts);
    rayon::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|_| {
                let mut bench = Bench::new(*runs);
                let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some(((plans, counts), sums)) = next() {
                    sweep_some(&mut bench, plans, counts, sums);
                }
            });
        }
    });
}

/// Take some of the runs through every segment.
fn sweep_some<'a>(bench: &mut Bench<'a>, plans: &'a [i64], counts: &mut [i64], sums: &mut [f64]) {
    let mut rows = counts
        .chunks_exact_mut(COUNT_WIDTH)
        .zip(sums.chunks_exact_mut(SUM_WIDTH));
    for row in plans.chunks_exact(PLAN_WIDTH) {
        let plan = Plan::new(row);
        bench.prepare(&plan);
        for (segment, rows) in bench.runs.spans().zip(&mut rows) {
            bench.run(plan, segment, &mut [], rows, |_| ());
        }
    }
}
