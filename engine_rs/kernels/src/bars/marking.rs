//! The value of a run at each bar's close: sums of bars, and the values themselves.

use super::drawdown::Drawdown;
use super::market::Market;
use super::plan::Plan;
use super::profit::{Position, Standing};
use crate::bars_schema::*;

/// What is held between two events, by direction.
pub type Held = [Option<Position>; 2];

/// Marks the bars of a segment, one after the other.
pub struct Marks<'a> {
    market: Market<'a>,
    plan: Plan<'a>,
    /// Where values are written, one a bar of the market; empty: nowhere.
    values: &'a mut [f64],
    is_detailed: bool,
    former: f64,
    drawdown: Drawdown,
    returns: f64,
    squares: f64,
    downside: f64,
}

impl<'a> Marks<'a> {
    /// Start a segment with its capital.
    pub fn new(market: Market<'a>, plan: Plan<'a>, values: &'a mut [f64]) -> Self {
        values.fill(f64::NAN);
        Self {
            market,
            plan,
            values,
            is_detailed: plan.get(PLAN_DETAIL) == 1,
            former: plan.capital(),
            drawdown: Drawdown::new(plan.capital()),
            returns: 0.0,
            squares: 0.0,
            downside: 0.0,
        }
    }

    /// Mark the bars from `from` to `to - 1`, through which the same is held.
    #[inline]
    pub fn mark(&mut self, from: usize, to: usize, held: &Held, equity: f64) {
        if from < to && (self.is_detailed || !self.values.is_empty()) {
            self.mark_all(from, to, held, equity);
        }
    }

    fn mark_all(&mut self, from: usize, to: usize, held: &Held, equity: f64) {
        let standing = |position| Standing::new(position, &self.market, &self.plan, from..to);
        let mut held = held
            .iter()
            .flatten()
            .filter(|position| !position.is_shadow());
        match (held.next(), held.next()) {
            (Some(one), None) => self.mark_held(from, to, [standing(one)], equity),
            (Some(long), Some(short)) => {
                self.mark_held(from, to, [standing(long), standing(short)], equity);
            }
            _ => self.mark_flat(from, to, equity),
        }
    }

    /// Mark bars in which positions with a size are held.
    fn mark_held<const COUNT: usize>(
        &mut self,
        from: usize,
        to: usize,
        held: [Standing; COUNT],
        equity: f64,
    ) {
        let closes = &self.market.row(BAR_CLOSE)[from..to];
        let rates = &self.market.rates()[from + 1..=to];
        for (place, (close, rate)) in closes.iter().zip(rates).enumerate() {
            let (mut value, mut trough) = (equity, equity);
            for standing in &held {
                value += standing.worth(*close, *rate);
                trough += standing.worth(standing.worst[place], *rate);
            }
            self.take(from + place, not_below_zero(value), not_below_zero(trough));
        }
    }

    /// Mark bars in which nothing is held: after the first, neither returns nor falls are left.
    fn mark_flat(&mut self, from: usize, to: usize, equity: f64) {
        let value = not_below_zero(equity);
        self.take(from, value, value);
        if !self.values.is_empty() {
            self.values[from..to].fill(value);
        }
    }

    #[inline]
    fn take(&mut self, bar: usize, value: f64, trough: f64) {
        if let Some(slot) = self.values.get_mut(bar) {
            *slot = value;
        }
        let change = if self.former == 0.0 {
            0.0
        } else {
            value / self.former - 1.0
        };
        self.former = value;
        self.returns += change;
        self.squares += change * change;
        let fall = if change < 0.0 { change } else { 0.0 };
        self.downside += fall * fall;
        self.drawdown
            .see(if trough < value { trough } else { value });
        self.drawdown.raise(value);
    }

    /// Write the sums of bars into a row of sums, where they were asked for.
    pub fn write(&self, sums: &mut [f64; SUM_WIDTH]) {
        if self.is_detailed {
            sums[SUM_BAR_RETURNS] = self.returns;
            sums[SUM_BAR_SQUARES] = self.squares;
            sums[SUM_BAR_DOWNSIDE] = self.downside;
            sums[SUM_MAX_DRAWDOWN] = self.drawdown.value();
        }
    }
}

/// Return whether a side is held with a size.
pub fn is_in_market(held: &Held) -> bool {
    held.iter().flatten().any(|position| !position.is_shadow())
}

fn not_below_zero(value: f64) -> f64 {
    if value < 0.0 {
        0.0
    } else {
        value
    }
}
