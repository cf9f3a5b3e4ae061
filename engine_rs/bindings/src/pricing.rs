//! Volatilities, prices, greeks and deltas: checked, then computed without the interpreter.

use forven_kernels::black;
use forven_kernels::chain;
use forven_kernels::pricing_checks::{
    check_chain, check_solves, check_values, Bound as NumberBound, SolveLengths,
};
use forven_kernels::volatility;
use pyo3::prelude::*;

use crate::arrays::{finite, integer, refuse_shared, Input, Output, Span};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;

const VALUE_WIDTH: usize = black::VALUE_WIDTH;

/// Write each contract's unsigned delta; return twice the forward and twice the straddle.
#[pyfunction]
pub fn deltas_at(
    py: Python<'_>,
    quotes: &Bound<'_, PyAny>,
    instruments: &Bound<'_, PyAny>,
    frame: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    deltas: &Bound<'_, PyAny>,
) -> PyResult<(i64, i64)> {
    guarded(|| {
        let quotes = Input::<i32>::take(quotes, "quotes", &[Some(3), None, None])?;
        let instruments = Input::<i64>::take(instruments, "instruments", &[None, Some(2)])?;
        let mut deltas = Output::<i64>::take(deltas, "deltas", &[None])?;
        refuse_shared(&[deltas.span()], &[quotes.span(), instruments.span()])?;
        let frame = integer(frame, "frame", 0, i64::from(i32::MAX))? as usize;
        let years = finite(years, "years")?;
        let frames = quotes.shape()[2];
        let (quotes, instruments) = (quotes.elements(), instruments.elements());
        let deltas = deltas.elements();
        let found = py.detach(|| -> Result<(i64, i64), Refusal> {
            check_chain(quotes, frames, instruments, frame, years, deltas.len())?;
            Ok(chain::chain_deltas(
                quotes,
                frames,
                instruments,
                frame,
                years,
                deltas,
            ))
        })?;
        Ok(found)
    })
}

/// Write the volatility and the status of each undiscounted option price.
#[pyfunction]
#[pyo3(
    signature = (prices, forwards, strikes, years, rights, sigmas, statuses, threads = None),
    text_signature = "(prices, forwards, strikes, years, rights, sigmas, statuses, threads=1)"
)]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn implied_volatilities(
    py: Python<'_>,
    prices: &Bound<'_, PyAny>,
    forwards: &Bound<'_, PyAny>,
    strikes: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    rights: &Bound<'_, PyAny>,
    sigmas: &Bound<'_, PyAny>,
    statuses: &Bound<'_, PyAny>,
    threads: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    guarded(|| {
        let prices = Input::<f64>::take(prices, "prices", &[None])?;
        let forwards = Input::<f64>::take(forwards, "forwards", &[None])?;
        let strikes = Input::<f64>::take(strikes, "strikes", &[None])?;
        let years = Input::<f64>::take(years, "years", &[None])?;
        let rights = Input::<i64>::take(rights, "rights", &[None])?;
        let mut sigmas = Output::<f64>::take(sigmas, "sigmas", &[None])?;
        let mut statuses = Output::<i64>::take(statuses, "statuses", &[None])?;
        let read = [
            prices.span(),
            forwards.span(),
            strikes.span(),
            years.span(),
            rights.span(),
        ];
        refuse_shared(&[sigmas.span(), statuses.span()], &read)?;
        let threads = threads_of(threads)?;
        let (prices, forwards, strikes) =
            (prices.elements(), forwards.elements(), strikes.elements());
        let (years, rights) = (years.elements(), rights.elements());
        let (sigmas, statuses) = (sigmas.elements(), statuses.elements());
        py.detach(|| -> Result<(), Refusal> {
            let lengths = SolveLengths {
                prices: prices.len(),
                forwards: forwards.len(),
                strikes: strikes.len(),
                years: years.len(),
                sigmas: sigmas.len(),
                statuses: statuses.len(),
            };
            check_solves(&lengths, rights)?;
            volatility::implied_volatilities(
                prices, forwards, strikes, years, rights, sigmas, statuses, threads,
            );
            Ok(())
        })?;
        Ok(())
    })
}

/// Write price and greeks of options on a forward.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn black76_values(
    py: Python<'_>,
    forwards: &Bound<'_, PyAny>,
    strikes: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    sigmas: &Bound<'_, PyAny>,
    rates: &Bound<'_, PyAny>,
    rights: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let columns = [
        ("forwards", forwards, NumberBound::Positive),
        ("strikes", strikes, NumberBound::Positive),
        ("years", years, NumberBound::NotNegative),
        ("sigmas", sigmas, NumberBound::NotNegative),
        ("rates", rates, NumberBound::Finite),
    ];
    values_of(
        py,
        columns,
        rights,
        values,
        |[forwards, strikes, years, sigmas, rates], rights, out| {
            black::black76_values(forwards, strikes, years, sigmas, rates, rights, out);
        },
    )
}

/// Write price and greeks of options on a spot that pays a continuous yield.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // those of its twin, in their order
pub fn black_scholes_values(
    py: Python<'_>,
    spots: &Bound<'_, PyAny>,
    strikes: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    sigmas: &Bound<'_, PyAny>,
    rates: &Bound<'_, PyAny>,
    yields: &Bound<'_, PyAny>,
    rights: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let columns = [
        ("spots", spots, NumberBound::Positive),
        ("strikes", strikes, NumberBound::Positive),
        ("years", years, NumberBound::NotNegative),
        ("sigmas", sigmas, NumberBound::NotNegative),
        ("rates", rates, NumberBound::Finite),
        ("yields", yields, NumberBound::Finite),
    ];
    values_of(py, columns, rights, values, |floats, rights, out| {
        let [spots, strikes, years, sigmas, rates, yields] = floats;
        black::black_scholes_values(spots, strikes, years, sigmas, rates, yields, rights, out);
    })
}

/// Check columns of equal length and have a kernel write a row of values for each place.
fn values_of<const COUNT: usize>(
    py: Python<'_>,
    columns: [(&'static str, &Bound<'_, PyAny>, NumberBound); COUNT],
    rights: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    kernel: impl FnOnce([&[f64]; COUNT], &[i64], &mut [f64]) + Send,
) -> PyResult<()> {
    guarded(|| {
        let mut taken = Vec::with_capacity(COUNT);
        for (argument, object, bound) in columns {
            taken.push((
                argument,
                Input::<f64>::take(object, argument, &[None])?,
                bound,
            ));
        }
        let rights = Input::<i64>::take(rights, "rights", &[None])?;
        let mut values = Output::<f64>::take(values, "values", &[None, Some(VALUE_WIDTH)])?;
        let mut read: Vec<Span> = taken.iter().map(|(_, column, _)| column.span()).collect();
        read.push(rights.span());
        refuse_shared(&[values.span()], &read)?;
        let checked: Vec<_> = taken
            .iter()
            .map(|(argument, column, bound)| (*argument, column.elements(), *bound))
            .collect();
        let (rights, values) = (rights.elements(), values.elements());
        py.detach(|| -> Result<(), Refusal> {
            check_values(&checked, rights, values.len())?;
            kernel(std::array::from_fn(|at| checked[at].1), rights, values);
            Ok(())
        })?;
        Ok(())
    })
}
