//! The value of a run at each bar's close: sums of bars, and the values themselves.

use super::drawdown::Drawdown;
use super::market::Market;
use super::plan::Plan;
use super::profit::{Position, Standing};
use crate::bars_schema::*;

/// Bars that are marked at a time, in loops that compilers make vectors of.
const BARS_AT_ONCE: usize = 256;

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
    /// Of the bars that are marked at a time.
    room: Room,
}

/// The value, the lowest value and the change of value of some bars.
struct Room {
    values: [f64; BARS_AT_ONCE],
    troughs: [f64; BARS_AT_ONCE],
    changes: [f64; BARS_AT_ONCE],
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
            room: Room {
                values: [0.0; BARS_AT_ONCE],
                troughs: [0.0; BARS_AT_ONCE],
                changes: [0.0; BARS_AT_ONCE],
            },
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
        for begin in (0..closes.len()).step_by(BARS_AT_ONCE) {
            let span = begin..closes.len().min(begin + BARS_AT_ONCE);
            let (closes, rates) = (&closes[span.clone()], &rates[span.clone()]);
            let values = &mut self.room.values[..span.len()];
            let troughs = &mut self.room.troughs[..span.len()];
            values.fill(equity);
            troughs.fill(equity);
            for standing in &held {
                let worst = &standing.worst[span.clone()];
                standing.add((closes, worst), rates, (values, troughs));
            }
            for (value, trough) in values.iter_mut().zip(troughs) {
                (*value, *trough) = (not_below_zero(*value), not_below_zero(*trough));
            }
            self.take(from + begin, span.len());
        }
    }

    /// Mark bars in which nothing is held: after the first, neither returns nor falls are left.
    fn mark_flat(&mut self, from: usize, to: usize, equity: f64) {
        let value = not_below_zero(equity);
        (self.room.values[0], self.room.troughs[0]) = (value, value);
        self.take(from, 1);
        if !self.values.is_empty() {
            self.values[from..to].fill(value);
        }
    }

    /// Take the values of some bars into the sums.
    fn take(&mut self, bar: usize, count: usize) {
        let values = &self.room.values[..count];
        let changes = &mut self.room.changes[..count];
        if !self.values.is_empty() {
            self.values[bar..bar + count].copy_from_slice(values);
        }
        changes[0] = change(self.former, values[0]);
        for (slot, pair) in changes[1..].iter_mut().zip(values.windows(2)) {
            *slot = change(pair[0], pair[1]);
        }
        self.former = values[count - 1];
        let troughs = &self.room.troughs[..count];
        for ((value, trough), change) in values.iter().zip(troughs).zip(&*changes) {
            self.returns += change;
            self.squares += change * change;
            let fall = if *change < 0.0 { *change } else { 0.0 };
            self.downside += fall * fall;
            self.drawdown
                .see(if trough < value { *trough } else { *value });
            self.drawdown.raise(*value);
        }
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

/// Return by which part a value changed; nothing does after it was 0.
#[inline]
fn change(former: f64, value: f64) -> f64 {
    let ratio = value / former - 1.0;
    if former == 0.0 {
        0.0
    } else {
        ratio
    }
}

fn not_below_zero(value: f64) -> f64 {
    if value < 0.0 {
        0.0
    } else {
        value
    }
}
