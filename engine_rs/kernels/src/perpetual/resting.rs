//! A resting order as a value: what the quiet path knows of it between its full frames.
//!
//! A frame is first only looked at ([`Resting::look`]): where it could do more than move the order
//! and its queue, it is left to the full path, and nothing has changed.

use super::desk::{other_side, own_side, Shown};
use super::grid::Ruler;
use super::landing::queue_at;
use super::orders::{order_at, Order};
use super::queues::{queued, Best};
use crate::perpetual_schema::*;
use crate::schema::INT64_MAX;

/// The columns of one plan.
pub type Plan = [i64; PLAN_WIDTH];

/// A frame as a resting order meets it.
pub struct Scene<'a> {
    /// The bot's plan.
    pub plan: &'a Plan,
    /// The frame's time.
    pub ts: i64,
    /// When what is sent in it lands.
    pub landing: i64,
    /// Whether it is not stale.
    pub is_fresh: bool,
    /// The book before it.
    pub standing: Shown,
    /// Its book.
    pub book: Shown,
    /// Its prints, flat.
    pub prints: &'a [i64],
    /// The tick around its mid.
    pub ruler: Ruler,
    /// The mid in ticks, for each side: floored where signed.
    pub mid_ticks: [i64; 2],
}

/// What a frame does to an order while nothing fills.
#[derive(Clone, Copy)]
pub struct Look {
    /// Whether its re-quote lands.
    pub lands: bool,
    /// Its price after landings.
    pub price: i64,
    queue: (i64, i64),
    target: i64,
}

/// A resting order: its row's columns that change while nothing fills.
#[derive(Clone, Copy)]
pub struct Resting {
    slot: usize,
    side: i64,
    /// Its number.
    pub id: i64,
    /// Ticks from the mid, concessions taken off; none: it is not re-priced.
    steps: Option<i64>,
    price: i64,
    queue: (i64, i64),
    flight_ts: i64,
    flight_price: i64,
    reference2: Option<i64>,
    flat_since: i64,
    last_replace: i64,
    target: i64,
}

impl Resting {
    /// Return the resting order of a row.
    pub fn load(slot: usize, order: &Order, plan: &Plan) -> Self {
        let is_opening = order[ORDER_PEGGED] == 1 && order[ORDER_REDUCE_ONLY] == 0;
        let is_pegged = is_opening && plan[PLAN_OPENING_ENABLED] == 1;
        Self {
            slot,
            side: order[ORDER_SIDE],
            id: order[ORDER_ID],
            steps: is_pegged.then(|| order[ORDER_OFFSET_TICKS] - order[ORDER_CONCESSION]),
            price: order[ORDER_PRICE],
            queue: (order[ORDER_AHEAD], order[ORDER_LEVEL]),
            flight_ts: order[ORDER_FLIGHT_TS],
            flight_price: order[ORDER_FLIGHT_PRICE],
            reference2: (order[ORDER_HAS_REFERENCE] == 1).then_some(order[ORDER_REFERENCE2]),
            flat_since: order[ORDER_FLAT_SINCE],
            last_replace: order[ORDER_LAST_REPLACE],
            target: order[ORDER_PRICE],
        }
    }

    /// Write the order back to its row.
    pub fn store(&self, row: &mut [i64]) {
        let order = &mut row[order_at(self.slot)..][..ORDER_WIDTH];
        order[ORDER_PRICE] = self.price;
        (order[ORDER_AHEAD], order[ORDER_LEVEL]) = self.queue;
        order[ORDER_FLIGHT_TS] = self.flight_ts;
        order[ORDER_FLIGHT_PRICE] = self.flight_price;
        if let Some(reference2) = self.reference2 {
            order[ORDER_HAS_REFERENCE] = 1;
            order[ORDER_REFERENCE2] = reference2;
        }
        order[ORDER_FLAT_SINCE] = self.flat_since;
        order[ORDER_LAST_REPLACE] = self.last_replace;
    }

    /// Return the side on which the order rests at the best price of a book.
    pub fn side_at_best(&self, best: [i64; 2]) -> Option<usize> {
        let own = own_side(self.side);
        (best[own] == self.price).then_some(own)
    }

    /// Take in what a frame without prints displays.
    #[inline(always)]
    pub fn requeue(&mut self, plan: &Plan, best: [i64; 2], size: [i64; 2]) {
        if plan[PLAN_FILL_MODEL] == FILL_TOUCH {
            return;
        }
        let own = own_side(self.side);
        let best = Best {
            side: self.side,
            price: best[own],
            size: size[own],
        };
        self.queue = queued(plan, &[], self.price, self.queue, best);
    }

    /// Return what a frame does to the order; nothing where it might do more than move it.
    #[inline(always)]
    pub fn look(&self, scene: &Scene) -> Option<Look> {
        let (side, plan) = (self.side, scene.plan);
        let own = own_side(side);
        let lands = self.flight_ts <= scene.ts;
        let (mut price, mut queue) = (self.price, self.queue);
        if lands {
            price = self.flight_price;
            if scene.standing.is_crossed(side, price) || plan[PLAN_REQUOTE_ROWS] == 1 {
                return None;
            }
            let (best, size) = (scene.standing.best[own], scene.standing.size[own]);
            queue = queue_at(plan[PLAN_FILL_MODEL], side, price, best, size);
        }
        if side * price <= side * scene.book.best[other_side(side)] {
            return None;
        }
        let mut target = price;
        if scene.is_fresh {
            queue = self.served(scene, price, queue)?;
            if let (Some(steps), true) = (self.steps, lands || self.flight_ts == INT64_MAX) {
                target = (scene.mid_ticks[own] + side * steps) * scene.ruler.tick;
                if !scene.ruler.holds(target) {
                    return None;
                }
            }
        }
        Some(Look {
            lands,
            price,
            queue,
            target,
        })
    }

    /// Return the queue after a frame's prints and its book; nothing where a print fills the order.
    #[inline(always)]
    fn served(&self, scene: &Scene, price: i64, queue: (i64, i64)) -> Option<(i64, i64)> {
        let (side, model) = (self.side, scene.plan[PLAN_FILL_MODEL]);
        let (mut ahead, level) = queue;
        for print in scene.prints.chunks_exact(PRINT_WIDTH) {
            let signed = side * print[PRINT_PRICE];
            if print[PRINT_AGGRESSOR] == -side || signed < side * price {
                continue;
            }
            if signed > side * price || model == FILL_TOUCH {
                return None;
            }
            if ahead != UNKNOWN_AHEAD {
                ahead -= print[PRINT_SIZE];
                if ahead < 0 {
                    return None;
                }
            }
        }
        if model == FILL_TOUCH {
            return Some((ahead, level));
        }
        let own = own_side(side);
        let best = Best {
            side,
            price: scene.book.best[own],
            size: scene.book.size[own],
        };
        Some(queued(
            scene.plan,
            scene.prints,
            price,
            (ahead, level),
            best,
        ))
    }

    /// Do what a look has shown.
    #[inline(always)]
    pub fn follow(&mut self, look: Look, scene: &Scene) {
        if look.lands {
            self.price = look.price;
            self.flight_ts = INT64_MAX;
            self.flight_price = 0;
        }
        self.queue = look.queue;
        self.target = look.target;
        if !scene.is_fresh || self.steps.is_none() || self.flight_ts != INT64_MAX {
            return;
        }
        let mid2 = self.side * (scene.book.best[0] + scene.book.best[1]);
        let tolerance2 = 2 * scene.plan[PLAN_OPENING_TOLERANCE_TICKS] * scene.ruler.tick;
        let is_near = |reference2: i64| (mid2 - reference2).abs() <= tolerance2;
        if !self.reference2.is_some_and(is_near) {
            self.reference2 = Some(mid2);
            self.flat_since = scene.ts;
        }
        let interval = scene.plan[PLAN_OPENING_INTERVAL_NS];
        if self.target != self.price && scene.ts - self.last_replace >= interval {
            self.last_replace = scene.ts;
            self.flight_ts = scene.landing;
            self.flight_price = self.target;
        }
    }

    /// Return from when on the order changes though the book does not, or `INT64_MAX`.
    #[inline(always)]
    pub fn wake(&self, plan: &Plan) -> i64 {
        if self.target == self.price {
            return self.flight_ts;
        }
        let sendable = self
            .last_replace
            .saturating_add(plan[PLAN_OPENING_INTERVAL_NS]);
        self.flight_ts.min(sendable)
    }
}
