//! The settings of a run, taken from its row.

use super::market::Side;
use crate::bars_schema::*;

/// One run; what its row says, with the factors of profit worked out.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    row: &'a [i64],
    /// How many times the stake is moved.
    pub leverage: f64,
    /// Fee and slippage of one side, as a fraction.
    pub cost: f64,
}

impl<'a> Plan<'a> {
    /// Return the run of a row.
    pub fn new(row: &'a [i64]) -> Self {
        Self {
            row,
            leverage: row[PLAN_LEVERAGE_PPM] as f64 / 1e6,
            cost: row[PLAN_COST_PPM] as f64 / 1e6,
        }
    }

    /// What its row holds in a column.
    #[inline]
    pub fn get(&self, column: usize) -> i64 {
        self.row[column]
    }

    /// Its instructions, as a range of the program's rows.
    pub fn program(&self) -> (usize, usize) {
        let end = self.get(PLAN_PROGRAM_END) as usize;
        (self.get(PLAN_PROGRAM_BEGIN) as usize, end)
    }

    /// The registers of a direction's entries and exits; -1: none.
    pub fn registers(&self, side: Side) -> (i64, i64) {
        let (enter, exit) = match side {
            Side::Long => (PLAN_ENTER_LONG, PLAN_EXIT_LONG),
            Side::Short => (PLAN_ENTER_SHORT, PLAN_EXIT_SHORT),
        };
        (self.get(enter), self.get(exit))
    }

    /// Whether its mode lets a direction be entered.
    pub fn allows(&self, side: Side) -> bool {
        let bit = match side {
            Side::Long => MODE_LONG,
            Side::Short => MODE_SHORT,
        };
        self.get(PLAN_MODE) & bit != 0
    }

    /// Whether positions can be liquidated.
    #[inline]
    pub fn is_leveraged(&self) -> bool {
        self.get(PLAN_LEVERAGE_PPM) > UNIT_PPM
    }

    /// The capital of each segment.
    pub fn capital(&self) -> f64 {
        self.get(PLAN_CAPITAL_MICROS) as f64 / 1e6
    }
}
