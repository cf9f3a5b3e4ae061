//! The kernels of `forven-kernels` for Python: what comes in is checked, then the interpreter is
//! released and the kernel runs.
//!
//! A new kernel is a file more, beside `session.rs`, and its functions in the list below; what they
//! take and give stands in `forven_engine.pyi`.

mod arrays;
mod bars;
mod batches;
mod errors;
mod frames;
mod perpetual;
mod pricing;
mod schema;
mod session;
mod threads;

/// The kernels of forven in Rust; `forven_engine.pyi` says what each takes and gives.
#[pyo3::pymodule(gil_used = true)]
mod forven_engine {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::bars::{bars_evaluate, bars_sweep, bars_trace};
    #[pymodule_export]
    use crate::errors::{BadArgument, EngineDefect};
    #[pymodule_export]
    use crate::frames::Ticks;
    #[pymodule_export]
    use crate::perpetual::{perpetual_advance, perpetual_frame_rows_max, PerpetualSession};
    #[pymodule_export]
    use crate::pricing::{black76_values, black_scholes_values, deltas_at, implied_volatilities};
    #[pymodule_export]
    use crate::schema::{bars_schema, perpetual_schema, schema};
    #[pymodule_export]
    use crate::session::{advance, frame_rows_max, Session};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::errors::remember_panics();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
