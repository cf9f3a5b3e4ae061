//! The session kernel: a market day and its plans are checked once, single calls by their outputs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use forven_kernels::checks::{self, Market};
use forven_kernels::schema::{
    COMMAND_WIDTH, FINANCIAL_WIDTH, JOURNAL_WIDTH, PLAN_WIDTH, SESSION_WIDTH,
};
use forven_kernels::session::{self, Batch};
use pyo3::prelude::*;

use crate::arrays::{integer, refuse_shared, Input, Output, Span};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;

/// Capacities and counts above it are refused: no sum of rows overflows below it.
const COUNT_MAX: i64 = 1_000_000_000;

/// Arrays of one market day that were checked once; they must not change while it lives.
#[pyclass(frozen, module = "forven_engine")]
pub struct Session {
    arrays: Arrays,
    market: Market,
    /// The state that was checked when it first came, and that only the kernel has written since.
    /// It is held, so that no other array can lie where it lies.
    checked: Mutex<Option<Output<i64>>>,
}

/// The six arrays that are only read.
struct Arrays {
    quotes: Input<i32>,
    clock: Input<i64>,
    instruments: Input<i64>,
    session: Input<i64>,
    plans: Input<i64>,
    commands: Input<i64>,
}

#[pymethods]
impl Session {
    #[new]
    fn new(
        py: Python<'_>,
        quotes: &Bound<'_, PyAny>,
        clock: &Bound<'_, PyAny>,
        instruments: &Bound<'_, PyAny>,
        session: &Bound<'_, PyAny>,
        plans: &Bound<'_, PyAny>,
        commands: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        guarded(|| {
            let arrays = Arrays::take([quotes, clock, instruments, session, plans, commands])?;
            let market = py.detach(|| -> Result<Market, Refusal> {
                let batch = arrays.batch();
                let market = checks::check_market(&batch)?;
                checks::check_plans(&batch, &market)?;
                Ok(market)
            })?;
            let checked = Mutex::new(None);
            Ok(Self {
                arrays,
                market,
                checked,
            })
        })
    }

    /// Take the frames up to `frame_to` of each bot; return the rows written.
    #[pyo3(
        signature = (state, journal, financials, frame_to, threads = None),
        text_signature = "($self, state, journal, financials, frame_to, threads=1)"
    )]
    fn advance(
        &self,
        py: Python<'_>,
        state: &Bound<'_, PyAny>,
        journal: &Bound<'_, PyAny>,
        financials: &Bound<'_, PyAny>,
        frame_to: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<i64> {
        guarded(|| {
            let mut outputs = self.arrays.outputs(state, journal, financials)?;
            let frame_to = self.arrays.frame(frame_to)?;
            let threads = threads_of(threads)?;
            let batch = self.arrays.batch();
            // Taken out, so that after a defect the state is looked at again; and not locked while
            // the interpreter is released, which another thread's call may be waiting with.
            let former = self.lock().take();
            let is_checked = former.is_some_and(|held| held.span() == outputs.state.span());
            let rows = py.detach(|| -> Result<i64, Refusal> {
                if !is_checked {
                    outputs.check_states(&batch, &self.market)?;
                }
                outputs.advance(&batch, frame_to, threads)
            })?;
            *self.lock() = Some(outputs.state);
            Ok(rows)
        })
    }
}

impl Session {
    fn lock(&self) -> MutexGuard<'_, Option<Output<i64>>> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Check everything, then take the frames up to `frame_to` of each bot; return the rows written.
#[pyfunction]
#[pyo3(
    signature = (
        quotes, clock, instruments, session, plans, commands, state, journal, financials, frame_to,
        threads = None
    ),
    text_signature = "(quotes, clock, instruments, session, plans, commands, state, journal, \
                      financials, frame_to, threads=1)"
)]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn advance(
    py: Python<'_>,
    quotes: &Bound<'_, PyAny>,
    clock: &Bound<'_, PyAny>,
    instruments: &Bound<'_, PyAny>,
    session: &Bound<'_, PyAny>,
    plans: &Bound<'_, PyAny>,
    commands: &Bound<'_, PyAny>,
    state: &Bound<'_, PyAny>,
    journal: &Bound<'_, PyAny>,
    financials: &Bound<'_, PyAny>,
    frame_to: &Bound<'_, PyAny>,
    threads: Option<&Bound<'_, PyAny>>,
) -> PyResult<i64> {
    guarded(|| {
        let arrays = Arrays::take([quotes, clock, instruments, session, plans, commands])?;
        let mut outputs = arrays.outputs(state, journal, financials)?;
        let frame_to = arrays.frame(frame_to)?;
        let threads = threads_of(threads)?;
        let found = py.detach(|| -> Result<i64, Refusal> {
            let batch = arrays.batch();
            let market = checks::check_market(&batch)?;
            checks::check_plans(&batch, &market)?;
            outputs.check_states(&batch, &market)?;
            outputs.advance(&batch, frame_to, threads)
        })?;
        Ok(found)
    })
}

/// Return the journal rows that suffice for a frame of one bot taking `commands` commands.
#[pyfunction]
pub fn frame_rows_max(
    holdings: &Bound<'_, PyAny>,
    structures: &Bound<'_, PyAny>,
    orders: &Bound<'_, PyAny>,
    commands: &Bound<'_, PyAny>,
) -> PyResult<i64> {
    guarded(|| {
        let holdings = integer(holdings, "holdings", 0, COUNT_MAX)?;
        let structures = integer(structures, "structures", 0, COUNT_MAX)?;
        let orders = integer(orders, "orders", 0, COUNT_MAX)?;
        let commands = integer(commands, "commands", 0, COUNT_MAX)?;
        Ok(session::frame_rows_max(
            holdings, structures, orders, commands,
        ))
    })
}

impl Arrays {
    /// Take the six arrays that are only read, in the order of `advance`.
    fn take(objects: [&Bound<'_, PyAny>; 6]) -> Result<Self, Refusal> {
        let [quotes, clock, instruments, session, plans, commands] = objects;
        let instruments = Input::take(instruments, "instruments", &[None, Some(2)])?;
        let clock = Input::take(clock, "clock", &[Some(3), None])?;
        let extents = [
            Some(3),
            Some(instruments.shape()[0]),
            Some(clock.shape()[1]),
        ];
        Ok(Self {
            quotes: Input::take(quotes, "quotes", &extents)?,
            clock,
            instruments,
            session: Input::take(session, "session", &[Some(SESSION_WIDTH)])?,
            plans: Input::take(plans, "plans", &[None, Some(PLAN_WIDTH)])?,
            commands: Input::take(commands, "commands", &[None, Some(COMMAND_WIDTH)])?,
        })
    }

    fn frame(&self, frame_to: &Bound<'_, PyAny>) -> Result<i64, Refusal> {
        integer(frame_to, "frame_to", 0, self.clock.shape()[1] as i64)
    }

    fn batch(&self) -> Batch<'_> {
        Batch {
            quotes: self.quotes.elements(),
            clock: self.clock.elements(),
            instruments: self.instruments.elements(),
            session: self.session.elements(),
            plans: self.plans.elements(),
            commands: self.commands.elements(),
        }
    }

    /// Take the three arrays that are written: one row a plan, and no memory shared with another.
    fn outputs(
        &self,
        state: &Bound<'_, PyAny>,
        journal: &Bound<'_, PyAny>,
        financials: &Bound<'_, PyAny>,
    ) -> Result<Outputs, Refusal> {
        let bots = Some(self.plans.shape()[0]);
        let outputs = Outputs {
            state: Output::take(state, "state", &[bots, None])?,
            journal: Output::take(journal, "journal", &[None, Some(JOURNAL_WIDTH)])?,
            financials: Output::take(
                financials,
                "financials",
                &[bots, None, Some(FINANCIAL_WIDTH)],
            )?,
        };
        let read = [
            self.quotes.span(),
            self.clock.span(),
            self.instruments.span(),
            self.session.span(),
            self.plans.span(),
            self.commands.span(),
        ];
        refuse_shared(&outputs.spans(), &read)?;
        Ok(outputs)
    }
}

/// What a call writes.
struct Outputs {
    state: Output<i64>,
    journal: Output<i64>,
    financials: Output<i64>,
}

impl Outputs {
    fn spans(&self) -> [Span; 3] {
        [
            self.state.span(),
            self.journal.span(),
            self.financials.span(),
        ]
    }

    fn check_states(&mut self, batch: &Batch<'_>, market: &Market) -> Result<(), Refusal> {
        let (state, financials) = (self.state.elements(), self.financials.elements());
        Ok(checks::check_states(batch, market, state, financials)?)
    }

    /// Check what every call needs, then advance the bots.
    fn advance(
        &mut self,
        batch: &Batch<'_>,
        frame_to: i64,
        threads: usize,
    ) -> Result<i64, Refusal> {
        let (state, journal) = (self.state.elements(), self.journal.elements());
        let financials = self.financials.elements();
        checks::check_call(batch, state, journal, financials, frame_to)?;
        Ok(session::advance(
            batch, state, journal, financials, frame_to, threads,
        ))
    }
}
