//! A pegged order as a value: what the race knows of it between its full frames.
//!
//! Its side is a constant, so that a comparison of prices is one instruction.

use super::landing::hashed;
use super::orders::{is_resting, order_of_mut, orders_of};
use super::resting::Plan;
use crate::perpetual_schema::*;
use crate::schema::{INT64_MAX, MISSING};

/// A reference so far away that any mid has left it: setting the first is moving it.
const NO_REFERENCE: i64 = -(1 << 62);

/// The bid and the ask of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Quanta.
    pub bid: i64,
    /// Quanta.
    pub ask: i64,
}

/// A frame to whose mid orders are aimed.
#[derive(Clone, Copy)]
pub struct Aim {
    /// The frame's time.
    pub ts: i64,
    /// When what is sent in it lands.
    pub landing: i64,
    /// Bid + ask.
    pub both: i64,
    /// Half quanta that the mid may be away from an order's reference.
    pub tolerance2: i64,
}

/// The resting order of a side: its row's columns that change while nothing fills.
#[derive(Clone, Copy)]
pub struct Peg<const SIDE: i64> {
    /// The number of its row; none: the side has no order, and its price is never reached.
    pub slot: Option<usize>,
    id: i64,
    /// Ticks from the mid, concessions taken off; none: it is not re-priced.
    pub steps: Option<i64>,
    /// Its price.
    pub price: i64,
    /// When its re-quote lands, or `INT64_MAX`.
    pub flight_ts: i64,
    flight_price: i64,
    reference2: i64,
    flat_since: i64,
    last_replace: i64,
    /// Its re-quotes that have landed since it was loaded.
    pub landings: i64,
}

impl<const SIDE: i64> Peg<SIDE> {
    /// Return the resting order of the side.
    pub fn load(plan: &Plan, row: &[i64]) -> Self {
        let mut orders = orders_of(row).enumerate();
        let found = orders.find(|(_, order)| is_resting(order) && order[ORDER_SIDE] == SIDE);
        let Some((slot, order)) = found else {
            return Self::none();
        };
        let is_opening = order[ORDER_PEGGED] == 1 && order[ORDER_REDUCE_ONLY] == 0;
        let is_pegged = is_opening && plan[PLAN_OPENING_ENABLED] == 1;
        let has_reference = order[ORDER_HAS_REFERENCE] == 1;
        Self {
            slot: Some(slot),
            id: order[ORDER_ID],
            steps: is_pegged.then(|| order[ORDER_OFFSET_TICKS] - order[ORDER_CONCESSION]),
            price: order[ORDER_PRICE],
            flight_ts: order[ORDER_FLIGHT_TS],
            flight_price: order[ORDER_FLIGHT_PRICE],
            reference2: match has_reference {
                true => order[ORDER_REFERENCE2],
                false => NO_REFERENCE,
            },
            flat_since: order[ORDER_FLAT_SINCE],
            last_replace: order[ORDER_LAST_REPLACE],
            landings: 0,
        }
    }

    fn none() -> Self {
        Self {
            slot: None,
            id: 0,
            steps: None,
            price: if SIDE == 1 { INT64_MAX } else { 0 },
            flight_ts: INT64_MAX,
            flight_price: 0,
            reference2: NO_REFERENCE,
            flat_since: 0,
            last_replace: 0,
            landings: 0,
        }
    }

    /// Write the order back to its row.
    pub fn store(&self, row: &mut [i64]) {
        let Some(slot) = self.slot else { return };
        let order = order_of_mut(row, slot);
        order[ORDER_PRICE] = self.price;
        if self.landings > 0 {
            (order[ORDER_AHEAD], order[ORDER_LEVEL]) = (0, MISSING);
        }
        order[ORDER_FLIGHT_TS] = self.flight_ts;
        order[ORDER_FLIGHT_PRICE] = self.flight_price;
        if self.reference2 != NO_REFERENCE {
            order[ORDER_HAS_REFERENCE] = 1;
            order[ORDER_REFERENCE2] = self.reference2;
        }
        order[ORDER_FLAT_SINCE] = self.flat_since;
        order[ORDER_LAST_REPLACE] = self.last_replace;
    }

    /// Return whether a re-quote is on its way.
    #[inline(always)]
    pub fn is_moving(&self) -> bool {
        self.flight_ts != INT64_MAX
    }

    /// Return whether a re-quote lands at a time.
    #[inline(always)]
    pub fn lands(&self, ts: i64) -> bool {
        self.flight_ts <= ts
    }

    /// Return the price once a re-quote due at a time has landed.
    #[inline(always)]
    pub fn price_at(&self, ts: i64) -> i64 {
        if self.lands(ts) {
            self.flight_price
        } else {
            self.price
        }
    }

    /// Return whether a book reaches a price: a buy at the ask or above, a sell mirrored.
    #[inline(always)]
    pub fn is_reached(price: i64, quote: Quote) -> bool {
        if SIDE == 1 {
            price <= quote.bid
        } else {
            price >= quote.ask
        }
    }

    /// Return whether a re-quote due at a time would cross the book on which it lands.
    #[inline(always)]
    pub fn is_crossing(&self, ts: i64, standing: Quote) -> bool {
        self.lands(ts) && Self::is_reached(self.flight_price, standing)
    }

    /// Return whether one of a frame's prints fills the order at a price: it touches it.
    pub fn is_printed(&self, price: i64, prints: &[i64]) -> bool {
        let touches = |print: &[i64]| {
            print[PRINT_AGGRESSOR] != -SIDE && SIDE * print[PRINT_PRICE] >= SIDE * price
        };
        self.slot.is_some() && prints.chunks_exact(PRINT_WIDTH).any(touches)
    }

    /// Return the hash of re-quotes once this one has landed.
    #[inline(always)]
    pub fn hashed(&self, digest: i64, ts: i64) -> i64 {
        hashed(digest, ts, self.id, self.flight_price)
    }

    /// Let the re-quote land.
    #[inline(always)]
    pub fn land(&mut self) {
        self.price = self.flight_price;
        self.flight_ts = INT64_MAX;
        self.flight_price = 0;
        self.landings += 1;
    }

    /// Follow the mid to a target: the re-quote may be in flight.
    #[inline(always)]
    pub fn follow(&mut self, target: i64, aim: &Aim) {
        let mid2 = SIDE * aim.both;
        if (mid2 - self.reference2).abs() > aim.tolerance2 {
            self.reference2 = mid2;
            self.flat_since = aim.ts;
        }
        if target != self.price {
            self.last_replace = aim.ts;
            self.flight_ts = aim.landing;
            self.flight_price = target;
        }
    }
}
