//! The session engine's kernels in Rust: twins of `forven/kernels/jit/`, bit for bit.
//!
//! Prices are integer quanta as net credit (cash to the trader is positive), money is integer
//! micros, time is nanoseconds UTC. The rules are those of `docs/ENGINE.md`.

#![forbid(unsafe_code)]

pub mod arrival;
pub mod bars;
pub mod bars_schema;
pub mod black;
pub mod call_checks;
pub mod chain;
pub mod checks;
pub mod columns;
pub mod commands;
pub mod desk;
pub mod exposure;
pub mod first_guess;
#[cfg(test)]
mod fixture;
pub mod frame_checks;
pub mod frames;
pub mod grid;
pub mod holdings;
pub mod margin;
pub mod market_checks;
pub mod marking;
pub mod matching;
pub mod normal;
pub mod normalised;
pub mod orders;
pub mod perpetual;
pub mod perpetual_schema;
pub mod plan_checks;
pub mod power;
pub mod prices;
pub mod pricing_checks;
pub mod quiet;
pub mod rational;
pub mod repricing;
pub mod risk;
pub mod schema;
pub mod session;
pub mod settlement;
pub mod sharing;
pub mod state_checks;
pub mod strategy;
pub mod strikes;
pub mod structures;
pub mod survey;
pub mod volatility;
