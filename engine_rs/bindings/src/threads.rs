//! How many threads a call may use.

use pyo3::prelude::*;

use crate::arrays::integer;
use crate::errors::Refusal;

const THREADS_MAX: i64 = 256;

/// Return the threads asked for; 1 where nothing was said.
pub fn threads_of(asked: Option<&Bound<'_, PyAny>>) -> Result<usize, Refusal> {
    asked.map_or(Ok(1), |object| {
        Ok(integer(object, "threads", 1, THREADS_MAX)? as usize)
    })
}
