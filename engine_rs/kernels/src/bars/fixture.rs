//! Small worlds for the tests of this module: a few bars, one run, signals set by hand.

use super::market::Market;
use super::program::Table;
use super::sweeping::{sweep, Runs};
use super::tracing::{trace, Written};
use super::words::words_of;
use crate::bars_schema::*;

/// Rows of signals, in the order of the plan.
pub const SIGNALS: [usize; 4] = [
    PLAN_ENTER_LONG,
    PLAN_EXIT_LONG,
    PLAN_ENTER_SHORT,
    PLAN_EXIT_SHORT,
];

/// Bars with one row of ATR, one run and its four masks.
#[derive(Clone)]
pub struct World {
    pub bars: usize,
    pub prices: Vec<i64>,
    pub funding: Vec<f64>,
    pub plan: Vec<i64>,
    pub masks: Vec<u64>,
    pub segments: Vec<i64>,
}

/// What a run did: rows of trades, their values, counts and sums of the first segment, bar values.
pub struct Done {
    pub trades: Vec<Vec<i64>>,
    pub trade_values: Vec<Vec<f64>>,
    pub counts: Vec<i64>,
    pub sums: Vec<f64>,
    pub values: Vec<f64>,
}

impl World {
    /// Bars that all stand at one price; a run that takes both sides with everything, for free.
    pub fn flat(bars: usize, price: i64) -> Self {
        let mut plan = vec![0; PLAN_WIDTH];
        for (number, column) in SIGNALS.into_iter().enumerate() {
            plan[column] = number as i64;
        }
        plan[PLAN_PROGRAM_END] = 4;
        plan[PLAN_MODE] = MODE_BOTH;
        plan[PLAN_SIZING] = SIZING_FULL;
        plan[PLAN_ATR_ROW] = -1;
        plan[PLAN_KELLY_LOOKBACK] = 1;
        plan[PLAN_FALLBACK_STOP_PPM] = 30_000;
        plan[PLAN_LEVERAGE_PPM] = UNIT_PPM;
        plan[PLAN_CAPITAL_MICROS] = 1_000_000_000;
        Self {
            bars,
            prices: [vec![price; 4 * bars], vec![-1; bars]].concat(),
            funding: vec![0.0; 2 * (bars + 1)],
            plan,
            masks: vec![0; 4 * words_of(bars)],
            segments: vec![0, bars as i64],
        }
    }

    /// Set a column of the plan.
    pub fn set(&mut self, column: usize, value: i64) -> &mut Self {
        self.plan[column] = value;
        self
    }

    /// Set the ATR of a bar.
    pub fn atr(&mut self, bar: usize, quanta: i64) -> &mut Self {
        self.prices[BAR_ATR_FIRST * self.bars + bar] = quanta;
        self
    }

    /// Set open, high, low and close of a bar.
    pub fn bar(&mut self, bar: usize, prices: [i64; 4]) -> &mut Self {
        for (row, price) in prices.into_iter().enumerate() {
            self.prices[row * self.bars + bar] = price;
        }
        self
    }

    /// Set a signal, by its column in the plan, in some bars.
    pub fn signal(&mut self, column: usize, bars: &[usize]) -> &mut Self {
        let first = (column - PLAN_ENTER_LONG) * words_of(self.bars);
        for bar in bars {
            self.masks[first + bar / 64] |= 1 << (bar % 64);
        }
        self
    }

    /// Set the rates of the first bars; NaN: missing.
    pub fn rates(&mut self, rates: &[f64]) -> &mut Self {
        let width = self.bars + 1;
        for bar in 0..self.bars {
            let rate = rates.get(bar).copied().unwrap_or(0.0);
            let known = if rate.is_nan() { 0.0 } else { rate };
            self.funding[bar + 1] = self.funding[bar] + known;
            let missing = f64::from(u8::from(rate.is_nan()));
            self.funding[width + bar + 1] = self.funding[width + bar] + missing;
        }
        self
    }

    pub fn market(&self) -> Market<'_> {
        Market {
            bars: self.bars,
            prices: &self.prices,
            funding: &self.funding,
        }
    }

    pub fn runs<'a>(&'a self, program: &'a [i64]) -> Runs<'a> {
        Runs {
            market: self.market(),
            table: Table {
                bars: self.bars,
                columns: &[],
                constants: &[],
                masks: &self.masks,
            },
            program,
            plans: &self.plan,
            segments: &self.segments,
        }
    }

    /// Run it with everything written.
    pub fn run(&self) -> Done {
        let program = masks_program();
        let runs = self.runs(&program);
        super::checks::check_runs(&runs).unwrap();
        let segments = self.segments.len() / 2;
        let (mut counts, mut sums) = (
            vec![-9; segments * COUNT_WIDTH],
            vec![-9.0; segments * SUM_WIDTH],
        );
        let (mut trades, mut trade_values) =
            (vec![-9; 100 * TRADE_WIDTH], vec![-9.0; 100 * TRADE_VALUES]);
        let mut values = vec![-9.0; segments * self.bars];
        let mut written = Written {
            counts: &mut counts,
            sums: &mut sums,
            trades: &mut trades,
            trade_values: &mut trade_values,
            values: &mut values,
            signals: &mut [],
        };
        super::checks::check_written(&runs, &written).unwrap();
        let count = trace(&runs, &mut written);
        let (mut swept, mut swept_sums) = (counts.clone(), sums.clone());
        sweep(&runs, &mut swept, &mut swept_sums, 2);
        assert_eq!(swept, counts);
        let bits = |sums: &[f64]| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&swept_sums), bits(&sums));
        let rows = |cells: &[i64]| {
            cells
                .chunks(TRADE_WIDTH)
                .take(count)
                .map(<[i64]>::to_vec)
                .collect()
        };
        Done {
            trades: rows(&trades),
            trade_values: trade_values
                .chunks(TRADE_VALUES)
                .take(count)
                .map(<[f64]>::to_vec)
                .collect(),
            counts,
            sums,
            values,
        }
    }
}

/// Return the program that takes the four masks as signals.
pub fn masks_program() -> Vec<i64> {
    let step = |mask: i64| [CODE_MASK, mask, mask, 0, 0, 0];
    (0..4).flat_map(step).collect()
}
