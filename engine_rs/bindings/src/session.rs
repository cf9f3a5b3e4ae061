//! The session kernel: whole batches are checked once, single frames then only by their outputs.

use forven_kernels::checks;
use forven_kernels::schema::{FINANCIAL_WIDTH, JOURNAL_WIDTH};
use forven_kernels::session::{self, Batch};
use pyo3::prelude::*;

use crate::arrays::{integer, refuse_shared, Input, Output, Span};
use crate::errors::{guarded, Refusal};
use crate::threads::threads_of;
