//! The session engine's kernels in Rust: twins of `forven/kernels/jit/`, bit for bit.
//!
//! Prices are integer quanta as net credit (cash to the trader is positive), money is integer
//! micros, time is nanoseconds UTC. The rules are those of `docs/ENGINE.md`.

#![forbid(unsafe_code)]

pub mod grid;
