//! The perpetual kernel: a stream and its plans are checked once, states on every call.

use forven_kernels::perpetual::checks;
use forven_kernels::perpetual::session::{self, Stream};
use forven_kernels::perpetual_schema::{
    BOOK_ROWS, COMMAND_WIDTH, CONTRACT_WIDTH, FUNDING_WIDTH, PLAN_WIDTH, PRINT_WIDTH, TIER_WIDTH,
};
use forven_kernels::schema::JOURNAL_WIDTH;
use pyo3::prelude::*;

use crate::arrays::{integer, refuse_shared, Input, Output, Span};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;

/// Counts above it are refused: no product of two of them overflows.
const COUNT_MAX: i64 = 1_000_000_000;

/// Arrays of one stream that were checked once; they must not change while it lives.
#[pyclass(frozen, module = "forven_engine")]
pub struct PerpetualSession {
    arrays: Arrays,
}

/// The seven arrays that are only read.
struct Arrays {
    book: Input<i64>,
    prints: Input<i64>,
    fundings: Input<i64>,
    tiers: Input<i64>,
    contract: Input<i64>,
    plans: Input<i64>,
    commands: Input<i64>,
}

#[pymethods]
impl PerpetualSession {
    #[new]
    #[allow(clippy::too_many_arguments)] // those of its twin, in their order
    fn new(
        py: Python<'_>,
        book: &Bound<'_, PyAny>,
        prints: &Bound<'_, PyAny>,
        fundings: &Bound<'_, PyAny>,
        tiers: &Bound<'_, PyAny>,
        contract: &Bound<'_, PyAny>,
        plans: &Bound<'_, PyAny>,
        commands: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        guarded(|| {
            let given = [book, prints, fundings, tiers, contract, plans, commands];
            let arrays = Arrays::take(given)?;
            py.detach(|| arrays.check())?;
            Ok(Self { arrays })
        })
    }

    /// Take the frames up to `frame_to` of each bot; return the rows written.
    #[pyo3(
        signature = (state, journal, frame_to, threads = None),
        text_signature = "($self, state, journal, frame_to, threads=1)"
    )]
    fn advance(
        &self,
        py: Python<'_>,
        state: &Bound<'_, PyAny>,
        journal: &Bound<'_, PyAny>,
        frame_to: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<i64> {
        guarded(|| {
            let mut outputs = self.arrays.outputs(state, journal)?;
            let frame_to = self.arrays.frame(frame_to)?;
            let threads = threads_of(threads)?;
            let stream = self.arrays.stream();
            let rows = py.detach(|| outputs.advance(&stream, frame_to, threads))?;
            Ok(rows)
        })
    }
}

/// Check everything, then take the frames up to `frame_to` of each bot; return the rows written.
#[pyfunction]
#[pyo3(
    signature = (
        book, prints, fundings, tiers, contract, plans, commands, state, journal, frame_to,
        threads = None
    ),
    text_signature = "(book, prints, fundings, tiers, contract, plans, commands, state, journal, \
                      frame_to, threads=1)"
)]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn perpetual_advance(
    py: Python<'_>,
    book: &Bound<'_, PyAny>,
    prints: &Bound<'_, PyAny>,
    fundings: &Bound<'_, PyAny>,
    tiers: &Bound<'_, PyAny>,
    contract: &Bound<'_, PyAny>,
    plans: &Bound<'_, PyAny>,
    commands: &Bound<'_, PyAny>,
    state: &Bound<'_, PyAny>,
    journal: &Bound<'_, PyAny>,
    frame_to: &Bound<'_, PyAny>,
    threads: Option<&Bound<'_, PyAny>>,
) -> PyResult<i64> {
    guarded(|| {
        let given = [book, prints, fundings, tiers, contract, plans, commands];
        let arrays = Arrays::take(given)?;
        let mut outputs = arrays.outputs(state, journal)?;
        let frame_to = arrays.frame(frame_to)?;
        let threads = threads_of(threads)?;
        let rows = py.detach(|| -> Result<i64, Refusal> {
            arrays.check()?;
            outputs.advance(&arrays.stream(), frame_to, threads)
        })?;
        Ok(rows)
    })
}

/// Return the journal rows that suffice for a frame of one bot with these arrivals.
#[pyfunction]
pub fn perpetual_frame_rows_max(
    orders: &Bound<'_, PyAny>,
    commands: &Bound<'_, PyAny>,
    prints: &Bound<'_, PyAny>,
    fundings: &Bound<'_, PyAny>,
) -> PyResult<i64> {
    guarded(|| {
        let orders = integer(orders, "orders", 0, COUNT_MAX)?;
        let commands = integer(commands, "commands", 0, COUNT_MAX)?;
        let prints = integer(prints, "prints", 0, COUNT_MAX)?;
        let fundings = integer(fundings, "fundings", 0, COUNT_MAX)?;
        Ok(session::frame_rows_max(orders, commands, prints, fundings))
    })
}

impl Arrays {
    /// Take the seven arrays that are only read, in the order of `perpetual_advance`.
    fn take(objects: [&Bound<'_, PyAny>; 7]) -> Result<Self, Refusal> {
        let [book, prints, fundings, tiers, contract, plans, commands] = objects;
        Ok(Self {
            book: Input::take(book, "book", &[Some(BOOK_ROWS), None])?,
            prints: Input::take(prints, "prints", &[None, Some(PRINT_WIDTH)])?,
            fundings: Input::take(fundings, "fundings", &[None, Some(FUNDING_WIDTH)])?,
            tiers: Input::take(tiers, "tiers", &[None, Some(TIER_WIDTH)])?,
            contract: Input::take(contract, "contract", &[Some(CONTRACT_WIDTH)])?,
            plans: Input::take(plans, "plans", &[None, Some(PLAN_WIDTH)])?,
            commands: Input::take(commands, "commands", &[None, Some(COMMAND_WIDTH)])?,
        })
    }

    fn frame(&self, frame_to: &Bound<'_, PyAny>) -> Result<i64, Refusal> {
        integer(frame_to, "frame_to", 0, self.book.shape()[1] as i64)
    }

    fn stream(&self) -> Stream<'_> {
        Stream {
            book: self.book.elements(),
            prints: self.prints.elements(),
            fundings: self.fundings.elements(),
            tiers: self.tiers.elements(),
            contract: self.contract.elements(),
            plans: self.plans.elements(),
            commands: self.commands.elements(),
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        Ok(checks::check_stream(&self.stream())?)
    }

    /// Take the two arrays that are written: a state row a plan, and no memory shared with another.
    fn outputs(
        &self,
        state: &Bound<'_, PyAny>,
        journal: &Bound<'_, PyAny>,
    ) -> Result<Outputs, Refusal> {
        let bots = Some(self.plans.shape()[0]);
        let outputs = Outputs {
            state: Output::take(state, "state", &[bots, None])?,
            journal: Output::take(journal, "journal", &[None, Some(JOURNAL_WIDTH)])?,
        };
        let read = [
            self.book.span(),
            self.prints.span(),
            self.fundings.span(),
            self.tiers.span(),
            self.contract.span(),
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
}

impl Outputs {
    fn spans(&self) -> [Span; 2] {
        [self.state.span(), self.journal.span()]
    }

    /// Check what a call is given, its states among it, then advance the bots.
    fn advance(
        &mut self,
        stream: &Stream<'_>,
        frame_to: i64,
        threads: usize,
    ) -> Result<i64, Refusal> {
        let (state, journal) = (self.state.elements(), self.journal.elements());
        checks::check_call(stream, state, journal, frame_to)?;
        Ok(session::advance(stream, state, journal, frame_to, threads))
    }
}
