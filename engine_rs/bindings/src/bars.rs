//! The bar kernel: every call checks what it is given, then runs without the interpreter.

use forven_kernels::bars::checks;
use forven_kernels::bars::market::Market;
use forven_kernels::bars::program::{self, Table};
use forven_kernels::bars::sweeping::{self, Runs};
use forven_kernels::bars::tracing::{self, Written, SIGNAL_ROWS};
use forven_kernels::bars::words::words_of;
use forven_kernels::bars_schema::{
    COUNT_WIDTH, FUNDING_ROWS, PLAN_WIDTH, PROGRAM_WIDTH, SUM_WIDTH, TRADE_VALUES, TRADE_WIDTH,
};
use pyo3::prelude::*;

use crate::arrays::{refuse_shared, Input, Number, Output, Span};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;

/// Write counts and sums of every run and segment.
#[pyfunction]
#[pyo3(
    signature = (
        bars, funding, columns, constants, masks, program, plans, segments, counts, sums,
        threads = None
    ),
    text_signature = "(bars, funding, columns, constants, masks, program, plans, segments, counts, \
                      sums, threads=1)"
)]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn bars_sweep(
    py: Python<'_>,
    bars: &Bound<'_, PyAny>,
    funding: &Bound<'_, PyAny>,
    columns: &Bound<'_, PyAny>,
    constants: &Bound<'_, PyAny>,
    masks: &Bound<'_, PyAny>,
    program: &Bound<'_, PyAny>,
    plans: &Bound<'_, PyAny>,
    segments: &Bound<'_, PyAny>,
    counts: &Bound<'_, PyAny>,
    sums: &Bound<'_, PyAny>,
    threads: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    guarded(|| {
        let signals = Signals::take([columns, constants, masks, program])?;
        let arrays = Arrays::take([bars, funding, plans, segments], signals)?;
        let mut results = Results::take(&arrays, counts, sums)?;
        refuse_shared(&results.spans(), &arrays.spans())?;
        let threads = threads_of(threads)?;
        let runs = arrays.runs();
        let (counts, sums) = (results.counts.elements(), results.sums.elements());
        py.detach(|| -> Result<(), Refusal> {
            checks::check_runs(&runs)?;
            checks::check_results(&runs, counts, sums)?;
            sweeping::sweep(&runs, counts, sums, threads);
            Ok(())
        })?;
        Ok(())
    })
}

/// Write counts and sums, trades, values and signals of every run; return how many trades there are.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn bars_trace(
    py: Python<'_>,
    bars: &Bound<'_, PyAny>,
    funding: &Bound<'_, PyAny>,
    columns: &Bound<'_, PyAny>,
    constants: &Bound<'_, PyAny>,
    masks: &Bound<'_, PyAny>,
    program: &Bound<'_, PyAny>,
    plans: &Bound<'_, PyAny>,
    segments: &Bound<'_, PyAny>,
    counts: &Bound<'_, PyAny>,
    sums: &Bound<'_, PyAny>,
    trades: &Bound<'_, PyAny>,
    trade_values: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    signals: &Bound<'_, PyAny>,
) -> PyResult<usize> {
    guarded(|| {
        let read = Signals::take([columns, constants, masks, program])?;
        let arrays = Arrays::take([bars, funding, plans, segments], read)?;
        let results = Results::take(&arrays, counts, sums)?;
        let mut traced = Traced::take(&arrays, results, [trades, trade_values, values, signals])?;
        refuse_shared(&traced.spans(), &arrays.spans())?;
        let runs = arrays.runs();
        let mut written = traced.written();
        let count = py.detach(|| -> Result<usize, Refusal> {
            checks::check_runs(&runs)?;
            checks::check_written(&runs, &written)?;
            Ok(tracing::trace(&runs, &mut written))
        })?;
        Ok(count)
    })
}

/// Write the rows of bits of the registers that a program writes.
#[pyfunction]
pub fn bars_evaluate(
    py: Python<'_>,
    columns: &Bound<'_, PyAny>,
    constants: &Bound<'_, PyAny>,
    masks: &Bound<'_, PyAny>,
    program: &Bound<'_, PyAny>,
    registers: &Bound<'_, PyAny>,
) -> PyResult<()> {
    guarded(|| {
        let signals = Signals::take([columns, constants, masks, program])?;
        let words = words_of(signals.columns.shape()[1]);
        let mut registers = Output::<u64>::take(registers, "registers", &[None, Some(words)])?;
        refuse_shared(&[registers.span()], &signals.spans())?;
        let (table, steps) = (signals.table(), signals.program.elements());
        let registers = registers.elements();
        py.detach(|| -> Result<(), Refusal> {
            checks::check_evaluation(&table, steps, registers)?;
            program::evaluate(&table, steps, registers);
            Ok(())
        })?;
        Ok(())
    })
}

/// What a program reads, and its instructions.
struct Signals {
    columns: Input<f64>,
    constants: Input<f64>,
    masks: Input<u64>,
    program: Input<i64>,
}

impl Signals {
    fn take(objects: [&Bound<'_, PyAny>; 4]) -> Result<Self, Refusal> {
        let [columns, constants, masks, program] = objects;
        let columns = Input::<f64>::take(columns, "columns", &[None, None])?;
        let words = words_of(columns.shape()[1]);
        Ok(Self {
            columns,
            constants: Input::take(constants, "constants", &[None])?,
            masks: Input::take(masks, "masks", &[None, Some(words)])?,
            program: Input::take(program, "program", &[None, Some(PROGRAM_WIDTH)])?,
        })
    }

    fn table(&self) -> Table<'_> {
        Table {
            bars: self.columns.shape()[1],
            columns: self.columns.elements(),
            constants: self.constants.elements(),
            masks: self.masks.elements(),
        }
    }

    fn spans(&self) -> [Span; 4] {
        [
            self.columns.span(),
            self.constants.span(),
            self.masks.span(),
            self.program.span(),
        ]
    }
}

/// The eight arrays that are only read.
struct Arrays {
    bars: Input<i64>,
    funding: Input<f64>,
    signals: Signals,
    plans: Input<i64>,
    segments: Input<i64>,
}

impl Arrays {
    fn take(objects: [&Bound<'_, PyAny>; 4], signals: Signals) -> Result<Self, Refusal> {
        let [bars, funding, plans, segments] = objects;
        let count = signals.columns.shape()[1];
        Ok(Self {
            bars: Input::take(bars, "bars", &[None, Some(count)])?,
            funding: Input::take(funding, "funding", &[Some(FUNDING_ROWS), Some(count + 1)])?,
            plans: Input::take(plans, "plans", &[None, Some(PLAN_WIDTH)])?,
            segments: Input::take(segments, "segments", &[None, Some(2)])?,
            signals,
        })
    }

    fn runs(&self) -> Runs<'_> {
        Runs {
            market: Market {
                bars: self.bars.shape()[1],
                prices: self.bars.elements(),
                funding: self.funding.elements(),
            },
            table: self.signals.table(),
            program: self.signals.program.elements(),
            plans: self.plans.elements(),
            segments: self.segments.elements(),
        }
    }

    /// The extents of what is written: runs, segments and bars.
    fn extents(&self) -> [usize; 3] {
        let bars = self.bars.shape()[1];
        [self.plans.shape()[0], self.segments.shape()[0], bars]
    }

    fn spans(&self) -> Vec<Span> {
        let own = [
            self.bars.span(),
            self.funding.span(),
            self.plans.span(),
            self.segments.span(),
        ];
        own.into_iter().chain(self.signals.spans()).collect()
    }
}

/// Counts and sums.
struct Results {
    counts: Output<i64>,
    sums: Output<f64>,
}

impl Results {
    fn take(
        arrays: &Arrays,
        counts: &Bound<'_, PyAny>,
        sums: &Bound<'_, PyAny>,
    ) -> Result<Self, Refusal> {
        let [runs, segments, _] = arrays.extents().map(Some);
        Ok(Self {
            counts: Output::take(counts, "counts", &[runs, segments, Some(COUNT_WIDTH)])?,
            sums: Output::take(sums, "sums", &[runs, segments, Some(SUM_WIDTH)])?,
        })
    }

    fn spans(&self) -> [Span; 2] {
        [self.counts.span(), self.sums.span()]
    }
}

/// What a trace writes.
struct Traced {
    results: Results,
    trades: Output<i64>,
    trade_values: Output<f64>,
    values: Output<f64>,
    signals: Output<u64>,
}

impl Traced {
    fn take(
        arrays: &Arrays,
        results: Results,
        objects: [&Bound<'_, PyAny>; 4],
    ) -> Result<Self, Refusal> {
        let [trades, trade_values, values, signals] = objects;
        let [runs, segments, bars] = arrays.extents();
        let trades = Output::<i64>::take(trades, "trades", &[None, Some(TRADE_WIDTH)])?;
        let rows = Some(trades.shape()[0]);
        Ok(Self {
            results,
            trade_values: Output::take(trade_values, "trade_values", &[rows, Some(TRADE_VALUES)])?,
            trades,
            values: wanted(values, "values", [runs, segments, bars])?,
            signals: wanted(signals, "signals", [runs, SIGNAL_ROWS, words_of(bars)])?,
        })
    }

    fn spans(&self) -> Vec<Span> {
        let own = [
            self.trades.span(),
            self.trade_values.span(),
            self.values.span(),
            self.signals.span(),
        ];
        own.into_iter().chain(self.results.spans()).collect()
    }

    fn written(&mut self) -> Written<'_> {
        Written {
            counts: self.results.counts.elements(),
            sums: self.results.sums.elements(),
            trades: self.trades.elements(),
            trade_values: self.trade_values.elements(),
            values: self.values.elements(),
            signals: self.signals.elements(),
        }
    }
}

/// Take an array that is written unless it is one of shape (0, 0, 0).
fn wanted<T: Number>(
    object: &Bound<'_, PyAny>,
    argument: &'static str,
    extents: [usize; 3],
) -> Result<Output<T>, Refusal> {
    let array = Output::<T>::take(object, argument, &[None; 3])?;
    let shape = array.shape();
    if shape == [0; 3] || shape == extents {
        return Ok(array);
    }
    let expected = format!("an array of shape {extents:?}, or (0, 0, 0)");
    Err(Refusal::new(argument, expected, format!("shape {shape:?}")))
}
