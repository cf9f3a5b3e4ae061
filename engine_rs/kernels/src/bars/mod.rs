//! The bar kernel: many runs of a strategy's signals over OHLCV bars.
//!
//! Twin of `forven/kernels/jit/bars/`. The rules are those of `docs/BARS.md`.

pub mod account;
pub mod batch;
pub mod checks;
pub mod comparing;
pub mod drawdown;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod fixture;
pub mod following;
pub mod jumping;
pub mod levels;
pub mod market;
pub mod marking;
pub mod plan;
pub mod plan_checks;
pub mod profit;
pub mod program;
pub mod program_checks;
pub mod simulating;
pub mod sizing;
pub mod sweeping;
pub mod tracing;
pub mod words;
