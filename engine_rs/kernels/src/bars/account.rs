//! What a run keeps of a segment: equity, counts and sums, in the order of closing.

use super::drawdown::Drawdown;
use super::following::Moment;
use super::market::Side;
use super::profit::Trade;
use crate::bars_schema::*;

/// The account of one run in one segment.
pub struct Account {
    /// Realised equity.
    pub equity: f64,
    /// Whether the equity was 0 or less.
    pub is_ruined: bool,
    /// One row of counts.
    pub counts: [i64; COUNT_WIDTH],
    /// One row of sums; those of bars are NaN here.
    sums: [f64; SUM_WIDTH],
    drawdown: Drawdown,
}

impl Account {
    /// Open an account.
    pub fn new(capital: f64) -> Self {
        let mut sums = [0.0; SUM_WIDTH];
        sums[SUM_BAR_RETURNS..=SUM_MAX_DRAWDOWN].fill(f64::NAN);
        Self {
            equity: capital,
            is_ruined: false,
            counts: [0; COUNT_WIDTH],
            sums,
            drawdown: Drawdown::new(capital),
        }
    }

    /// Enter what a trade brought; a shadow brings nothing but its count.
    #[inline(always)] // as a call, it writes to memory all that is read right after
    pub fn book(&mut self, trade: &Trade) {
        let position = &trade.position;
        if position.is_shadow() {
            self.counts[COUNT_SHADOWS] += 1;
            return;
        }
        self.equity += trade.pnl;
        self.is_ruined |= self.equity <= 0.0;
        self.drawdown.see(self.equity);
        self.drawdown.raise(self.equity);
        let closing = &position.closing;
        self.counts[COUNT_EXITS_FIRST + closing.reason as usize] += 1;
        self.counts[COUNT_OPEN_AT_END] += i64::from(closing.moment == Moment::End);
        let (counts, sums) = self.of_side(position.side);
        count(counts, trade);
        add(sums, trade, counts[COUNT_TRADES] == 1);
    }

    /// Return the rows of counts and sums at the end of the segment.
    pub fn rows(mut self) -> ([i64; COUNT_WIDTH], [f64; SUM_WIDTH]) {
        self.counts[COUNT_RUINED] = i64::from(self.is_ruined);
        self.sums[SUM_EQUITY] = self.equity;
        self.sums[SUM_CLOSED_DRAWDOWN] = self.drawdown.value();
        (self.counts, self.sums)
    }

    /// The counts and the sums of a direction.
    #[inline]
    fn of_side(&mut self, side: Side) -> (&mut [i64; SIDE_COUNTS], &mut [f64; SIDE_SUMS]) {
        let (counts, _) = self.counts.as_chunks_mut();
        let (sums, _) = self.sums.as_chunks_mut();
        (&mut counts[side as usize], &mut sums[side as usize])
    }
}

#[inline]
fn count(counts: &mut [i64; SIDE_COUNTS], trade: &Trade) {
    let position = &trade.position;
    let outcome = if trade.returned > 0.0 {
        COUNT_WINS
    } else if trade.returned < 0.0 {
        COUNT_LOSSES
    } else {
        COUNT_BREAKEVEN
    };
    counts[COUNT_TRADES] += 1;
    counts[outcome] += 1;
    counts[COUNT_BARS_HELD] += (position.closing.bar - position.bar) as i64;
    counts[COUNT_FUNDING_INCOMPLETE] += i64::from(trade.missing > 0.0);
}

#[inline]
fn add(sums: &mut [f64; SIDE_SUMS], trade: &Trade, is_first: bool) {
    let &Trade { returned, pnl, .. } = trade;
    let (base, share) = (trade.position.base, trade.position.share());
    if pnl > 0.0 {
        sums[SUM_GAINS] += pnl;
    } else if pnl < 0.0 {
        sums[SUM_LOSSES] += -pnl;
    }
    sums[SUM_RETURNS] += returned;
    sums[SUM_SQUARES] += returned * returned;
    if returned < 0.0 {
        sums[SUM_DOWNSIDE] += returned * returned;
    }
    sums[SUM_DRAG] += base * trade.drag * share;
    sums[SUM_FUNDING] += base * trade.funding * share;
    if is_first || returned > sums[SUM_BEST] {
        sums[SUM_BEST] = returned;
    }
    if is_first || returned < sums[SUM_WORST] {
        sums[SUM_WORST] = returned;
    }
}
