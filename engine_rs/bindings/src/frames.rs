//! A day's ticks from Arrow tables to frames.

use arrow_array::types::{Int32Type, TimestampNanosecondType};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, TimeUnit};
use forven_kernels::frame_checks::{check_places, check_rows, PlaceLengths};
use forven_kernels::frames::{count_frames, fill_quotes, place_rows, DayRows, Places};
use forven_kernels::schema::MISSING;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arrays::{integer, refuse_shared, Input, Output};
use crate::batches::{Symbols, Table};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;

/// Prices above it are refused, so that bid + ask always fits the int32 of a mark.
const PRICE_QUANTA_MAX: i32 = 1_000_000_000;

/// A day's quotes and prints, taken from Arrow tables without copying and checked once.
#[pyclass(frozen, module = "forven_engine")]
pub struct Ticks {
    quote_ts: ScalarBuffer<i64>,
    symbols: Symbols,
    quote_bid: ScalarBuffer<i32>,
    quote_ask: ScalarBuffer<i32>,
    print_ts: ScalarBuffer<i64>,
    print_last: ScalarBuffer<i32>,
}

/// The rows between two moments, both included.
struct Window<'a> {
    quote_ts: &'a [i64],
    codes: &'a [i32],
    quote_bid: &'a [i32],
    quote_ask: &'a [i32],
    print_ts: &'a [i64],
    print_last: &'a [i32],
}

#[pymethods]
impl Ticks {
    #[new]
    fn new(py: Python<'_>, quotes: &Bound<'_, PyAny>, prints: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| {
            let quotes = Table::take(quotes, "quotes")?;
            let prints = Table::take(prints, "prints")?;
            let stamp = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
            let ticks = Self {
                quote_ts: quotes.numbers::<TimestampNanosecondType>("ts", &stamp)?,
                symbols: quotes.symbols("instrument")?,
                quote_bid: quotes.numbers::<Int32Type>("bid", &DataType::Int32)?,
                quote_ask: quotes.numbers::<Int32Type>("ask", &DataType::Int32)?,
                print_ts: prints.numbers::<TimestampNanosecondType>("ts", &stamp)?,
                print_last: prints.numbers::<Int32Type>("last", &DataType::Int32)?,
            };
            py.detach(|| ticks.check())?;
            Ok(ticks)
        })
    }

    /// The instruments that a code of a quote may name.
    #[getter]
    fn symbols<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(|| PyTuple::new(py, &self.symbols.names))
    }

    /// Return how many quote rows and how many frames lie between two moments, both included.
    fn counts(
        &self,
        py: Python<'_>,
        open_ns: &Bound<'_, PyAny>,
        close_ns: &Bound<'_, PyAny>,
    ) -> PyResult<(usize, usize)> {
        guarded(|| {
            let (open, close) = moments(open_ns, close_ns)?;
            Ok(py.detach(|| {
                let window = self.between(open, close);
                let frames = count_frames(window.quote_ts, window.print_ts, close);
                (window.quote_ts.len(), frames)
            }))
        })
    }

    /// Write the frames of the rows between two moments; the arrays are those of `place_rows`.
    #[pyo3(
        signature = (
            number_of_code, open_ns, close_ns, clock, row_starts, row_frames, quotes, threads = None
        ),
        text_signature = "($self, number_of_code, open_ns, close_ns, clock, row_starts, \
                          row_frames, quotes, threads=1)"
    )]
    #[allow(clippy::too_many_arguments)] // the arrays of its twin, in their order
    fn build_frames(
        &self,
        py: Python<'_>,
        number_of_code: &Bound<'_, PyAny>,
        open_ns: &Bound<'_, PyAny>,
        close_ns: &Bound<'_, PyAny>,
        clock: &Bound<'_, PyAny>,
        row_starts: &Bound<'_, PyAny>,
        row_frames: &Bound<'_, PyAny>,
        quotes: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        guarded(|| {
            let codes = self.symbols.names.len();
            let numbers = Input::<i32>::take(number_of_code, "number_of_code", &[Some(codes)])?;
            let (open, close) = moments(open_ns, close_ns)?;
            let mut clock = Output::<i64>::take(clock, "clock", &[Some(3), None])?;
            let mut starts = Output::<i64>::take(row_starts, "row_starts", &[None])?;
            let mut row_frames = Output::<i32>::take(row_frames, "row_frames", &[None])?;
            let (frames, bounds) = (clock.shape()[1], starts.shape()[0]);
            let count = bounds.checked_sub(1).ok_or_else(|| {
                Refusal::new("row_starts", "one more than there are instruments", 0)
            })?;
            let extents = [Some(3), Some(count), Some(frames)];
            let mut quotes = Output::<i32>::take(quotes, "quotes", &extents)?;
            let written = [
                clock.span(),
                starts.span(),
                row_frames.span(),
                quotes.span(),
            ];
            refuse_shared(&written, &[numbers.span()])?;
            let threads = threads_of(threads)?;
            let window = self.between(open, close);
            let places = Places {
                clock: clock.elements(),
                row_starts: starts.elements(),
                row_frames: row_frames.elements(),
                row_order: &mut [],
            };
            let (numbers, quotes) = (numbers.elements(), quotes.elements());
            py.detach(|| build(&window, numbers, count, close, places, quotes, threads))?;
            Ok(())
        })
    }
}

impl Ticks {
    /// Refuse columns of different lengths, times that fall and prices out of range.
    fn check(&self) -> Result<(), Refusal> {
        for (argument, stamps) in [("quotes.ts", &self.quote_ts), ("prints.ts", &self.print_ts)] {
            if let Some(row) = stamps.windows(2).position(|pair| pair[1] < pair[0]) {
                let found = format!("an earlier one in row {}", row + 1);
                return Err(Refusal::new(argument, "times that do not fall", found));
            }
        }
        let lowest = MISSING as i32;
        check_prices("quotes.bid", &self.quote_bid, lowest)?;
        check_prices("quotes.ask", &self.quote_ask, lowest)?;
        check_prices("prints.last", &self.print_last, 1)
    }

    fn between(&self, open_ns: i64, close_ns: i64) -> Window<'_> {
        let range = |stamps: &[i64]| {
            let first = stamps.partition_point(|ts| *ts < open_ns);
            first..stamps.partition_point(|ts| *ts <= close_ns).max(first)
        };
        let (quotes, prints) = (range(&self.quote_ts), range(&self.print_ts));
        Window {
            quote_ts: &self.quote_ts[quotes.clone()],
            codes: &self.symbols.codes[quotes.clone()],
            quote_bid: &self.quote_bid[quotes.clone()],
            quote_ask: &self.quote_ask[quotes],
            print_ts: &self.print_ts[prints.clone()],
            print_last: &self.print_last[prints],
        }
    }
}

fn check_prices(argument: &str, prices: &[i32], lowest: i32) -> Result<(), Refusal> {
    let range = lowest..=PRICE_QUANTA_MAX;
    match prices.iter().position(|price| !range.contains(price)) {
        None => Ok(()),
        Some(row) => Err(Refusal::new(
            argument,
            format!("{lowest} to {PRICE_QUANTA_MAX} quanta"),
            format!("{} in row {row}", prices[row]),
        )),
    }
}

fn moments(open_ns: &Bound<'_, PyAny>, close_ns: &Bound<'_, PyAny>) -> Result<(i64, i64), Refusal> {
    let open = integer(open_ns, "open_ns", 0, i64::MAX)?;
    Ok((open, integer(close_ns, "close_ns", open, i64::MAX)?))
}

/// Check the outputs against the rows, then place the rows and carry the quotes forward.
fn build(
    window: &Window<'_>,
    numbers: &[i32],
    count: usize,
    close_ns: i64,
    places: Places<'_>,
    quotes: &mut [i32],
    threads: usize,
) -> Result<(), Refusal> {
    let instruments: Vec<i32> = window
        .codes
        .iter()
        .map(|code| numbers[*code as usize])
        .collect();
    let rows = DayRows {
        quote_ts: window.quote_ts,
        quote_instrument: &instruments,
        print_ts: window.print_ts,
        print_last: window.print_last,
        close_ns,
    };
    let is_out = |number: &i32| usize::try_from(*number).map_or(true, |number| number >= count);
    if let Some(row) = instruments.iter().position(is_out) {
        let expected = format!("an instrument below {count} for each code that rows have");
        let found = format!("{} for code {}", instruments[row], window.codes[row]);
        return Err(Refusal::new("number_of_code", expected, found));
    }
    check_rows(&rows, count)?;
    let mut row_order = vec![0; instruments.len()];
    let Places {
        clock,
        row_starts,
        row_frames,
        ..
    } = places;
    let lengths = PlaceLengths {
        clock: clock.len(),
        row_starts: row_starts.len(),
        row_frames: row_frames.len(),
        row_order: row_order.len(),
    };
    check_places(&rows, count, &lengths)?;
    place_rows(
        &rows,
        Places {
            clock,
            row_starts,
            row_frames,
            row_order: &mut row_order,
        },
    );
    let (bids, asks) = (window.quote_bid, window.quote_ask);
    fill_quotes(
        bids, asks, row_starts, row_frames, &row_order, quotes, threads,
    );
    Ok(())
}
