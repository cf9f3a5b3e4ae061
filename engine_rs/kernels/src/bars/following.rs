//! How a position ends. It depends on prices and signals alone, so it is known at the entry.

use super::levels::{Levels, NO_CEILING, NO_FLOOR};
use super::market::{Market, Side};
use super::plan::Plan;
use super::words::Cursor;
use crate::bars_schema::*;

/// When in a bar a position ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At its open, before entries.
    Open,
    /// Between open and close.
    Inside,
    /// At the close of the segment's last bar.
    End,
}

/// The end of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// The bar.
    pub bar: usize,
    /// When in it.
    pub moment: Moment,
    /// At what price.
    pub price: i64,
    /// Why.
    pub reason: i64,
}

/// What a position is followed through.
pub struct Path<'a> {
    /// The bars.
    pub market: Market<'a>,
    /// The run.
    pub plan: Plan<'a>,
    /// The direction.
    pub side: Side,
    /// The bar after the segment's last one.
    pub end: usize,
}

impl Path<'_> {
    /// Return how a position entered at the open of a bar ends.
    #[inline(always)] // where levels are known to be none, nothing is left of them
    pub fn follow(&self, entered: usize, levels: &Levels, exits: &mut Cursor) -> Closing {
        let signal_bar = exits.next(entered).saturating_add(1);
        let time_bar = match self.plan.get(PLAN_TIME_STOP_BARS) {
            0 => self.end,
            bars => entered.saturating_add(bars as usize),
        };
        let limit = signal_bar.min(time_bar).min(self.end);
        if let Some((bar, trailing)) = self.first_touch(entered, limit, levels) {
            return self.touched(bar, entered, levels, trailing);
        }
        if limit == self.end {
            return Closing {
                bar: self.end - 1,
                moment: Moment::End,
                price: self.market.row(BAR_CLOSE)[self.end - 1],
                reason: REASON_SIGNAL,
            };
        }
        Closing {
            bar: limit,
            moment: Moment::Open,
            price: self.market.row(BAR_OPEN)[limit],
            reason: if time_bar == limit {
                REASON_TIME_STOP
            } else {
                REASON_SIGNAL
            },
        }
    }

    /// Return the first bar from `from` to `limit - 1` that reaches a level, and the trailing stop
    /// then.
    #[inline]
    fn first_touch(&self, from: usize, limit: usize, levels: &Levels) -> Option<(usize, i64)> {
        if levels.is_trailing() {
            return self.first_touch_trailing(from, limit, levels);
        }
        let (floor, ceiling) = (levels.fixed.max(levels.liquidation), levels.target);
        if floor == NO_FLOOR && ceiling == NO_CEILING {
            return None;
        }
        let (lowest, highest) = match self.side {
            Side::Long => (floor, ceiling),
            Side::Short => (-ceiling, -floor),
        };
        let lows = &self.market.row(BAR_LOW)[from..limit];
        let highs = &self.market.row(BAR_HIGH)[from..limit];
        let mut bars = lows.iter().zip(highs);
        bars.position(|(low, high)| *low <= lowest || *high >= highest)
            .map(|place| (from + place, NO_FLOOR))
    }

    fn first_touch_trailing(
        &self,
        from: usize,
        limit: usize,
        levels: &Levels,
    ) -> Option<(usize, i64)> {
        let sign = self.side.sign();
        let worst = &self.market.row(self.side.adverse())[from..limit];
        let best = &self.market.row(self.side.favorable())[from..limit];
        let fixed = levels.fixed.max(levels.liquidation);
        let mut extreme = levels.entry;
        let mut trailing = levels.trailing(extreme);
        for (place, (worst, best)) in worst.iter().zip(best).enumerate() {
            let (worst, best) = (sign * worst, sign * best);
            if worst <= fixed.max(trailing) || best >= levels.target {
                return Some((from + place, trailing));
            }
            if best > extreme {
                extreme = best;
                trailing = levels.trailing(extreme);
            }
        }
        None
    }

    /// Return the end of a position in a bar that reaches a level: the first rule that holds.
    #[inline]
    fn touched(&self, bar: usize, entered: usize, levels: &Levels, trailing: i64) -> Closing {
        let sign = self.side.sign();
        let price = |row: usize| sign * self.market.row(row)[bar];
        let closing = |moment, level: i64, reason| Closing {
            bar,
            moment,
            price: sign * level,
            reason,
        };
        let (open, worst) = (price(BAR_OPEN), price(self.side.adverse()));
        let stop = levels.fixed.max(trailing);
        if bar > entered && open <= levels.liquidation {
            closing(Moment::Open, open, REASON_LIQUIDATION)
        } else if worst <= stop {
            let is_trailing = trailing > levels.fixed;
            let reason = if is_trailing {
                REASON_TRAILING_STOP
            } else {
                REASON_STOP_LOSS
            };
            closing(Moment::Inside, stop.min(open), reason)
        } else if worst <= levels.liquidation {
            closing(Moment::Inside, levels.liquidation, REASON_LIQUIDATION)
        } else {
            closing(Moment::Inside, levels.target, REASON_TAKE_PROFIT)
        }
    }
}
