//! What a position brought, and what it is worth at a bar's close.

use super::following::Closing;
use super::following::Moment;
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
    #[inline]
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

    /// Return what it is worth more than at entry if it stands at a price when a bar closes.
    #[inline]
    pub fn unrealised(&self, plan: &Plan, price: i64, paid: f64) -> f64 {
        let (sign, leverage) = (self.side.sign(), plan.leverage);
        let moved = (sign * (price - self.price)) as f64 / self.price as f64;
        let marked = moved * leverage - plan.cost * leverage - sign as f64 * leverage * paid;
        self.base * (marked * self.share())
    }
}
