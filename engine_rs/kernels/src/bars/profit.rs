//! What a position brought, and what it is worth at a bar's close.

use std::ops::Range;

use super::following::{Closing, Moment};
use super::market::{Market, Side};
use super::plan::Plan;

/// A position that is held.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Its direction.
    pub side: Side,
    /// The bar at whose open it was entered.
    pub bar: usize,
    /// The entry price.
    pub price: i64,
    /// The share of the equity; 0: a shadow.
    pub size_ppm: i64,
    /// The equity realised before the entries of its bar.
    pub base: f64,
    /// How it ends.
    pub closing: Closing,
}

/// A position that was closed.
#[derive(Debug, Clone, Copy)]
pub struct Trade {
    /// What was held.
    pub position: Position,
    /// Bars without a funding rate while it was held.
    pub missing: f64,
    /// The price return.
    pub gross: f64,
    /// Fees and slippage of both sides.
    pub drag: f64,
    /// What funding brought.
    pub funding: f64,
    /// The share of the equity at entry that it brought.
    pub returned: f64,
    /// The same in money.
    pub pnl: f64,
}

impl Position {
    /// Whether it only shows what would have been.
    #[inline]
    pub fn is_shadow(&self) -> bool {
        self.size_ppm == 0
    }

    /// The share of the equity, as a fraction.
    #[inline]
    pub fn share(&self) -> f64 {
        self.size_ppm as f64 / 1e6
    }

    /// Return what it brings at its end.
    #[inline(always)] // as a call, it writes to memory all that is read right after
    pub fn close(&self, market: &Market, plan: &Plan) -> Trade {
        let Closing {
            bar, moment, price, ..
        } = self.closing;
        let paid_to = bar + usize::from(moment == Moment::End);
        let (rates, missing) = (market.rates(), market.missing());
        let entry = self.price as f64;
        let leverage = plan.leverage;
        let gross = (self.side.sign() * (price - self.price)) as f64 / entry;
        let drag = plan.cost * (1.0 + price as f64 / entry) * leverage;
        let funding = -self.side.sign() as f64 * leverage * (rates[paid_to] - rates[self.bar]);
        let returned = (gross * leverage - drag + funding) * self.share();
        Trade {
            position: *self,
            missing: missing[paid_to] - missing[self.bar],
            gross,
            drag,
            funding,
            returned,
            pnl: self.base * returned,
        }
    }
}

/// A position as marks need it, over bars in which it is held.
pub struct Standing<'a> {
    sign: f64,
    entry: f64,
    leverage: f64,
    /// Fees and slippage of the entry.
    paid: f64,
    /// What a rate of 1 costs.
    carried: f64,
    rate_before: f64,
    share: f64,
    base: f64,
    /// The worst prices of the bars.
    pub worst: &'a [i64],
}

impl<'a> Standing<'a> {
    /// Return a position over some bars.
    pub fn new(position: &Position, market: &Market<'a>, plan: &Plan, bars: Range<usize>) -> Self {
        let sign = position.side.sign() as f64;
        Self {
            sign,
            entry: position.price as f64,
            leverage: plan.leverage,
            paid: plan.cost * plan.leverage,
            carried: sign * plan.leverage,
            rate_before: market.rates()[position.bar],
            share: position.share(),
            base: position.base,
            worst: &market.row(position.side.adverse())[bars],
        }
    }

    /// Add what it is worth more than at entry at each close, and at each worst price, when rates
    /// add up to `rates`.
    ///
    /// Prices are whole numbers below 2^53: their difference is the same in floats.
    #[inline]
    pub fn add(
        &self,
        (closes, worst): (&[i64], &[i64]),
        rates: &[f64],
        (values, troughs): (&mut [f64], &mut [f64]),
    ) {
        let prices = closes.iter().zip(worst);
        let sums = values.iter_mut().zip(troughs);
        for (((close, worst), rate), (value, trough)) in prices.zip(rates).zip(sums) {
            let carried = self.carried * (rate - self.rate_before);
            *value += self.worth(*close, carried);
            *trough += self.worth(*worst, carried);
        }
    }

    #[inline]
    fn worth(&self, price: i64, carried: f64) -> f64 {
        let moved = self.sign * (price as f64 - self.entry) / self.entry;
        let marked = moved * self.leverage - self.paid - carried;
        self.base * (marked * self.share)
    }
}
