//! Many runs over the same bars, shared out among threads.

use std::slice::ChunksExact;
use std::sync::{Mutex, PoisonError};

use super::batch::Batch;
use super::jumping::{jump, jumps};
use super::market::Market;
use super::marking::Marks;
use super::plan::Plan;
use super::profit::Trade;
use super::program::{registers_of, Table};
use super::simulating::{simulate, Segment, Signals};
use super::words::words_of;
use crate::bars_schema::*;

/// Of the registers of the runs that a thread takes at a time: the more, the fewer times is a column
/// read that many compare.
const REGISTER_BYTES: usize = 8 << 20;
/// Parts of the runs for each thread: the last one to end is not far behind.
const PARTS_OF_THREAD: usize = 4;

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

/// What one thread works on: the registers of the last programs, and room for lists.
pub struct Bench<'a> {
    runs: Runs<'a>,
    batch: Batch<'a>,
    returns: Vec<f64>,
}

impl<'a> Bench<'a> {
    /// Return a bench at which nothing was worked on yet.
    pub fn new(runs: Runs<'a>) -> Self {
        Self {
            runs,
            batch: Batch::new(runs),
            returns: Vec::new(),
        }
    }

    /// Evaluate the programs of some runs, which are known by their places among them from now on.
    pub fn prepare(&mut self, plans: impl Iterator<Item = Plan<'a>>) {
        self.batch.evaluate(plans);
    }

    /// Return the rows of bits of a run that was prepared.
    pub fn signals(&self, place: usize, plan: &Plan) -> [Signals<'_>; 2] {
        self.batch.signals(place, plan)
    }

    /// Take a run that was prepared through a segment; write its rows.
    ///
    /// `values` has a place for each bar, or none at all; `tell` is called for each trade.
    pub fn run(
        &mut self,
        (place, plan): (usize, Plan<'a>),
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
            self.signals(place, &plan),
            segment,
            &mut returns,
            &mut marks,
            tell,
        );
        self.returns = returns;
        counts.copy_from_slice(&own_counts);
        sums.copy_from_slice(&own_sums);
    }

    /// Do as [`Self::run`] where nothing but the rows is wanted.
    fn measure(
        &mut self,
        (place, plan): (usize, Plan<'a>),
        segment: Segment,
        (counts, sums): (&mut [i64], &mut [f64]),
    ) {
        if let Some(side) = jumps(&plan) {
            let signals = self.signals(place, &plan);
            let (own_counts, own_sums) = jump((self.runs.market, plan), side, &signals, segment);
            counts.copy_from_slice(&own_counts);
            sums.copy_from_slice(&own_sums);
        } else {
            self.run((place, plan), segment, &mut [], (counts, sums), |_| ());
        }
    }
}

/// Write counts and sums of every run and segment, whatever the number of threads.
pub fn sweep(runs: &Runs, counts: &mut [i64], sums: &mut [f64], threads: usize) {
    let count = runs_at_once(runs, threads);
    let width = runs.spans().len() * count;
    if width == 0 {
        return;
    }
    let parts = runs
        .plans
        .chunks(count * PLAN_WIDTH)
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

/// Return how many runs a thread takes at a time.
fn runs_at_once(runs: &Runs, threads: usize) -> usize {
    let bytes = registers_of(runs.program) * words_of(runs.market.bars) * size_of::<u64>();
    let count = (REGISTER_BYTES / bytes.max(1)).max(1);
    if threads <= 1 {
        return count;
    }
    count.min(runs.rows().len().div_ceil(threads * PARTS_OF_THREAD).max(1))
}

/// Take some of the runs through every segment.
fn sweep_some<'a>(bench: &mut Bench<'a>, plans: &'a [i64], counts: &mut [i64], sums: &mut [f64]) {
    let mut rows = counts
        .chunks_exact_mut(COUNT_WIDTH)
        .zip(sums.chunks_exact_mut(SUM_WIDTH));
    let plans = plans.chunks_exact(PLAN_WIDTH).map(Plan::new);
    bench.prepare(plans.clone());
    for run in plans.enumerate() {
        for (segment, rows) in bench.runs.spans().zip(&mut rows) {
            bench.measure(run, segment, rows);
        }
    }
}
