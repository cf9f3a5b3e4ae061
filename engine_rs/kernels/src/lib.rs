//! The session engine's kernels in Rust: twins of `forven/kernels/jit/`, bit for bit.
//!
//! Prices are integer quanta as net credit (cash to the trader is positive), money is integer
//! micros, time is nanoseconds UTC. The rules are those of `docs/ENGINE.md`.

#![forbid(unsafe_code)]

pub mod black;
pub mod chain;
pub mod checks;
pub mod first_guess;
pub mod frame_checks;
pub mod frames;
pub mod grid;
pub mod normal;
pub mod normalised;
pub mod pricing_checks;
pub mod rational;
pub mod schema;
pub mod volatility;
