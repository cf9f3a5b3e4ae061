//! The perpetual kernel: many bots over the order book of one perpetual.
//!
//! Twin of `forven/kernels/jit/perpetual/`. The rules are those of `docs/PERPETUALS.md`.

pub mod book_checks;
pub mod call_checks;
pub mod checks;
pub mod commands;
pub mod desk;
#[cfg(test)]
mod fixture;
pub mod funding;
pub mod grid;
pub mod landing;
pub mod margin;
pub mod matching;
pub mod orders;
pub mod passing;
pub mod pegs;
pub mod prints;
pub mod queues;
pub mod quiet;
pub mod quoter;
pub mod racing;
pub mod repricing;
pub mod resting;
pub mod risk;
pub mod session;
