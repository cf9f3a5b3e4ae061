//! The one place where a refusal or a defect inside Rust becomes a Python exception.

use std::any::Any;
use std::fmt::{self, Display};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use forven_kernels::checks::BadArgument as KernelRefusal;
use pyo3::create_exception;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

create_exception!(
    forven_engine,
    BadArgument,
    PyValueError,
    "An argument is not what the call accepts: `argument` names it, `expected` and `found` say why."
);
create_exception!(
    forven_engine,
    EngineDefect,
    PyRuntimeError,
    "The engine failed inside: a defect of forven, not of the call. What it wrote is not to be used."
);

/// An argument that was refused, before it is told to Python.
#[derive(Debug)]
pub struct Refusal {
    argument: String,
    expected: String,
    found: String,
}

impl Refusal {
    /// Return the refusal of an argument, by its name in Python.
    pub fn new(argument: impl Display, expected: impl Display, found: impl Display) -> Self {
        Self {
            argument: argument.to_string(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (argument, expected, found) = (&self.argument, &self.expected, &self.found);
        write!(out, "{argument}: expected {expected}, found {found}")
    }
}

impl From<KernelRefusal> for Refusal {
    fn from(refused: KernelRefusal) -> Self {
        Self::new(refused.argument, refused.expected, refused.found)
    }
}

impl From<Refusal> for PyErr {
    fn from(refused: Refusal) -> Self {
        let error = BadArgument::new_err(refused.to_string());
        Python::attach(|py| {
            let value = error.value(py);
            value.setattr("argument", &refused.argument)?;
            value.setattr("expected", &refused.expected)?;
            value.setattr("found", &refused.found)
        })
        .map_or_else(|failed: PyErr| failed, |()| error)
    }
}

/// Where the last panic of this module was, in words: only the panic itself knows its place.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Keep panics off standard error and remember their place, for [`guarded`] to tell.
///
/// The hook is this library's own: a Python extension carries its own copy of Rust's runtime.
pub fn remember_panics() {
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string);
        let words = words_of(panicked.payload());
        let text = format!("{words} ({})", place.unwrap_or_default());
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }));
}

/// Do the work of one call from Python; a panic in it becomes an [`EngineDefect`].
///
/// Whatever the work was writing may be half done: the exception says so, and no Rust value of it
/// is seen again but the arrays of the caller.
pub fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let remembered =
            std::mem::take(&mut *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner));
        let text = if remembered.is_empty() {
            words_of(&*payload)
        } else {
            remembered
        };
        Err(EngineDefect::new_err(format!(
            "the Rust engine failed inside: {text}; this is a defect of forven: report it with the \
             call; what the call was writing is not to be used"
        )))
    })
}

fn words_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}
