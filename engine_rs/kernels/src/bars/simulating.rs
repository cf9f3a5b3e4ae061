//! A run through a segment, from event to event: in between, nothing opens or closes.

use super::account::Account;
use super::following::{Moment, Path};
use super::levels::Levels;
use super::market::{Market, Side};
use super::marking::{is_in_market, Held, Marks};
use super::plan::Plan;
use super::profit::{Position, Trade};
use super::sizing::{shared_out, size_ppm};
use super::words::{Cursor, NEVER};
use crate::bars_schema::*;

/// The rows of bits of one direction; empty: never.
#[derive(Clone, Copy)]
pub struct Signals<'a> {
    /// Where it is entered.
    pub enter: &'a [u64],
    /// Where it is left.
    pub exit: &'a [u64],
}

/// The bars of a segment: the first, and the one after the last.
pub type Segment = (usize, usize);

/// A run under way.
struct Run<'a> {
    market: Market<'a>,
    plan: Plan<'a>,
    end: usize,
    entries: [Cursor<'a>; 2],
    exits: [Cursor<'a>; 2],
    /// The first bar at whose open a direction may be entered again.
    free_from: [usize; 2],
    held: Held,
    /// Price returns of the segment's trades, where Kelly learns from them.
    returns: &'a mut Vec<f64>,
    account: Account,
}

/// Take a run through a segment; return its rows of counts and sums, `marks` without theirs.
///
/// `returns` is room for a list; `tell` is called for each trade as it closes.
pub fn simulate(
    (market, plan): (Market, Plan),
    signals: [Signals; 2],
    (begin, end): Segment,
    returns: &mut Vec<f64>,
    marks: &mut Marks,
    mut tell: impl FnMut(&Trade),
) -> ([i64; COUNT_WIDTH], [f64; SUM_WIDTH]) {
    returns.clear();
    let entries = Side::BOTH.map(|side| {
        let Signals { enter, exit } = signals[side as usize];
        Cursor::new(if plan.allows(side) { enter } else { &[] }, exit)
    });
    let mut run = Run {
        market,
        plan,
        end,
        entries,
        exits: signals.map(|of_side| Cursor::new(of_side.exit, &[])),
        free_from: [begin + 1; 2],
        held: [None; 2],
        returns,
        account: Account::new(plan.capital()),
    };
    let mut bar = begin;
    loop {
        let event = run.next_event().min(end);
        marks.mark(bar, event, &run.held, run.account.equity);
        if is_in_market(&run.held) {
            run.account.counts[COUNT_BARS_IN_MARKET] += (event - bar - 1) as i64;
        }
        if event == end {
            break;
        }
        bar = event;
        run.take(bar, &mut tell);
    }
    let (counts, mut sums) = run.account.rows();
    marks.write(&mut sums);
    (counts, sums)
}

impl Run<'_> {
    /// Return the next bar in which something opens or closes.
    #[inline]
    fn next_event(&mut self) -> usize {
        let [long, short] = Side::BOTH.map(|side| match &self.held[side as usize] {
            Some(position) => position.closing.bar,
            None => self.next_entry(side),
        });
        long.min(short)
    }

    /// Return the next bar at whose open a direction that is not held is entered.
    #[inline]
    fn next_entry(&mut self, side: Side) -> usize {
        if self.account.is_ruined {
            return NEVER;
        }
        let signal = self.entries[side as usize].next(self.free_from[side as usize] - 1);
        signal.saturating_add(1)
    }

    /// Do what happens in a bar, in its order.
    #[inline]
    fn take(&mut self, bar: usize, tell: &mut impl FnMut(&Trade)) {
        self.close(bar, Moment::Open, tell);
        self.enter(bar);
        self.account.counts[COUNT_BARS_IN_MARKET] += i64::from(is_in_market(&self.held));
        self.close(bar, Moment::Inside, tell);
        self.close(bar, Moment::End, tell);
    }

    /// Close what ends in this moment of a bar.
    #[inline]
    fn close(&mut self, bar: usize, moment: Moment, tell: &mut impl FnMut(&Trade)) {
        for side in Side::BOTH {
            let place = side as usize;
            let ends = |position: &mut Position| {
                position.closing.bar == bar && position.closing.moment == moment
            };
            let Some(position) = self.held[place].take_if(ends) else {
                continue;
            };
            let trade = position.close(&self.market, &self.plan);
            self.account.book(&trade);
            if self.plan.get(PLAN_SIZING) == SIZING_KELLY {
                self.returns.push(trade.gross);
            }
            self.free_from[place] = bar + usize::from(moment != Moment::Open);
            tell(&trade);
        }
    }

    /// Enter the directions whose signal acts at the open of a bar.
    #[inline]
    fn enter(&mut self, bar: usize) {
        let [long, short] = Side::BOTH
            .map(|side| self.held[side as usize].is_none() && self.next_entry(side) == bar);
        if long && short {
            let mut entered = Side::BOTH.map(|side| self.entered(side, bar, UNIT_PPM));
            let sizes = shared_out([entered[0].size_ppm, entered[1].size_ppm]);
            (entered[0].size_ppm, entered[1].size_ppm) = (sizes[0], sizes[1]);
            self.held = entered.map(Some);
        } else if long || short {
            let side = if long { Side::Long } else { Side::Short };
            let other = self.held[1 - side as usize].as_ref();
            let left = UNIT_PPM - other.map_or(0, |position| position.size_ppm);
            self.held[side as usize] = Some(self.entered(side, bar, left));
        }
    }

    /// Return a position entered at the open of a bar, of at most so much.
    #[inline]
    fn entered(&mut self, side: Side, bar: usize, size_ppm_max: i64) -> Position {
        let (market, plan) = (self.market, self.plan);
        let levels = Levels::new(&market, &plan, side, bar);
        let equity = self.account.equity;
        let size = size_ppm(&plan, &levels, equity, self.returns);
        let end = self.end;
        let path = Path {
            market,
            plan,
            side,
            end,
        };
        Position {
            side,
            bar,
            price: side.sign() * levels.entry,
            size_ppm: size.min(size_ppm_max),
            base: equity,
            closing: path.follow(bar, &levels, &mut self.exits[side as usize]),
        }
    }
}
