//! Frames that pass without a fill: orders follow the mid and queue, and only marks change.
//!
//! Between two changes of what matters of the book the frames are not even looked at one by one.

use super::desk::{Market, Shown, ASK, BID};
use super::grid::Ruler;
use super::landing::hashed;
use super::margin::equity_at;
use super::orders::{is_resting, orders_of};
use super::resting::{Plan, Resting, Scene};
use super::risk::take_in;
use crate::perpetual_schema::*;
use crate::schema::INT64_MAX;

/// Frames that a scan compares at once, after as many as `NEAR` one by one.
const CHUNK: usize = 16;
const NEAR: usize = 4;
/// Columns that a scan may watch.
const WATCHED: usize = 6;

/// The marks, in half quanta, between which no stop triggers and no risk is to be looked at.
#[derive(Clone, Copy)]
pub struct Calm {
    /// The least.
    pub low: i64,
    /// The greatest.
    pub high: i64,
}

impl Calm {
    /// Return whether a mark is calm.
    #[inline(always)]
    pub fn holds(&self, mark2: i64) -> bool {
        self.low <= mark2 && mark2 <= self.high
    }

    /// Return whether every mark is calm.
    pub fn is_any(&self) -> bool {
        self.low <= 0 && self.high == INT64_MAX
    }
}

/// Columns of the book whose next change is looked for.
struct Watch<'a> {
    columns: [(&'a [i64], i64); WATCHED],
    count: usize,
}

impl<'a> Watch<'a> {
    fn new() -> Self {
        Self {
            columns: [(&[], 0); WATCHED],
            count: 0,
        }
    }

    /// Watch a column for another value than that of a frame.
    fn add(&mut self, column: &'a [i64], frame: usize) {
        self.columns[self.count] = (column, column[frame]);
        self.count += 1;
    }

    fn is_same(&self, frame: usize) -> bool {
        let columns = &self.columns[..self.count];
        columns
            .iter()
            .all(|(column, value)| column[frame] == *value)
    }

    /// Return whether no column changes in `[frame, frame + CHUNK)`.
    fn is_same_chunk(&self, frame: usize) -> bool {
        self.columns[..self.count].iter().all(|(column, value)| {
            let cells = &column[frame..frame + CHUNK];
            cells.iter().fold(0, |sum, cell| sum | (cell ^ value)) == 0
        })
    }

    /// Return the first frame in `[frame, end)` with a change, or `end`.
    fn next_change(&self, mut frame: usize, end: usize) -> usize {
        let near = end.min(frame + NEAR);
        while frame < near {
            if !self.is_same(frame) {
                return frame;
            }
            frame += 1;
        }
        while frame + CHUNK <= end && self.is_same_chunk(frame) {
            frame += CHUNK;
        }
        while frame < end && self.is_same(frame) {
            frame += 1;
        }
        frame
    }
}

/// Return the first frame in `[frame, end)` at or after a time, or `end`; near ones come first.
pub fn frame_at(market: &Market, ts: i64, frame: usize, end: usize) -> usize {
    if frame >= end || ts == INT64_MAX || market.ts[end - 1] < ts {
        return end;
    }
    let mut stride = 1;
    let mut low = frame;
    while low + stride < end && market.ts[low + stride - 1] < ts {
        low += stride;
        stride *= 2;
    }
    let high = end.min(low + stride);
    low + market.ts[low..high].partition_point(|&time| time < ts)
}

/// A bot on its way through frames in which nothing fills.
struct Passing<'a> {
    market: &'a Market<'a>,
    plan: &'a Plan,
    orders: [Resting; 2],
    count: usize,
    calm: Calm,
    ruler: Ruler,
}

impl<'a> Passing<'a> {
    /// Return a frame as its orders meet it.
    #[inline(always)]
    fn scene(&mut self, frame: usize) -> Scene<'a> {
        let (market, plan) = (self.market, self.plan);
        let (ts, arrival) = (market.ts[frame], market.arrival[frame]);
        let book = Shown::of(market, frame);
        let both = book.best[BID] + book.best[ASK];
        if book.is_regular && !self.ruler.holds(both / 2) {
            self.ruler = Ruler::around(market, both / 2);
        }
        let (first, end) = (market.prints_before(frame), market.printed[frame] as usize);
        Scene {
            plan,
            ts,
            landing: arrival + plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS],
            is_fresh: arrival - ts <= plan[PLAN_STALENESS_NS],
            standing: Shown::of(market, frame - 1),
            book,
            prints: market.prints_of(first, end),
            ruler: self.ruler,
            mid_ticks: self.ruler.mid_ticks(both.max(0)),
        }
    }

    /// Return the resting orders, in row order.
    #[inline(always)]
    fn resting(&self) -> &[Resting] {
        &self.orders[..self.count]
    }

    /// Take in a frame that shows other sizes and is due for nothing else; return whether it is one.
    ///
    /// The orders have followed the frame before it.
    #[inline(always)]
    fn resize(&mut self, frame: usize) -> bool {
        let (market, plan, former) = (self.market, self.plan, frame - 1);
        let ts = market.ts[frame];
        let columns = [market.bid, market.ask, market.mark2, market.printed];
        if columns.iter().any(|column| column[frame] != column[former])
            || market.arrival[frame] - ts > plan[PLAN_STALENESS_NS]
            || self.resting().iter().any(|order| order.wake(plan) <= ts)
        {
            return false;
        }
        let best = [market.bid[frame], market.ask[frame]];
        let size = [market.bid_size[frame], market.ask_size[frame]];
        let count = self.count;
        for order in &mut self.orders[..count] {
            order.requeue(plan, best, size);
        }
        true
    }

    /// Take a frame in; return whether it passes without a fill. If not, nothing has changed.
    #[inline(always)]
    fn take(&mut self, row: &mut [i64], scene: &Scene) -> bool {
        let book = &scene.book;
        if !book.is_regular || !self.calm.holds(book.mark2) {
            return false;
        }
        let mut looks = [None; 2];
        for (order, look) in self.resting().iter().zip(&mut looks) {
            *look = order.look(scene);
            if look.is_none() {
                return false;
            }
        }
        let count = self.count;
        for (order, look) in self.orders[..count]
            .iter_mut()
            .zip(looks.into_iter().flatten())
        {
            if look.lands {
                row[STATE_REPLACES] += 1;
                row[STATE_REPLACE_HASH] =
                    hashed(row[STATE_REPLACE_HASH], scene.ts, order.id, look.price);
            }
            order.follow(look, scene);
        }
        take_in(row, equity_at(self.market, row, book.mark2));
        true
    }

    /// Return the next frame in `[frame, end)` that may differ from the one before it.
    fn next_frame(&self, row: &[i64], frame: usize, end: usize) -> usize {
        let market = self.market;
        let wakes = self.resting().iter().map(|order| order.wake(self.plan));
        let wake = wakes.min().unwrap_or(INT64_MAX);
        let end = frame_at(market, wake, frame, end);
        if frame >= end {
            return end;
        }
        let former = frame - 1;
        let best = [market.bid[former], market.ask[former]];
        let mut watch = Watch::new();
        watch.add(market.bid, former);
        watch.add(market.ask, former);
        if market.printed[end - 1] != market.printed[former] {
            watch.add(market.printed, former);
        }
        if row[STATE_POSITION] != 0 || !self.calm.is_any() {
            watch.add(market.mark2, former);
        }
        if self.plan[PLAN_FILL_MODEL] != FILL_TOUCH {
            for side in self
                .resting()
                .iter()
                .filter_map(|order| order.side_at_best(best))
            {
                let sizes = [market.bid_size, market.ask_size];
                watch.add(sizes[side], former);
            }
        }
        watch.next_change(frame, end)
    }
}

/// Pass the frames of `[frame, end)` of a bot without a resting order: only marks change.
pub fn pass_marks(market: &Market, row: &mut [i64], frame: usize, end: usize, calm: Calm) -> usize {
    if row[STATE_POSITION] == 0 && calm.is_any() {
        return end;
    }
    let mut former = market.mark2[frame - 1];
    if !calm.holds(former) {
        return frame; // a stop that the mark reached while the book was not open
    }
    for (passed, &mark2) in market.mark2[frame..end].iter().enumerate() {
        if mark2 != former {
            if !calm.holds(mark2) {
                return frame + passed;
            }
            take_in(row, equity_at(market, row, mark2));
            former = mark2;
        }
    }
    end
}

/// Pass the frames of `[frame, end)` in which nothing fills; return the first not passed.
pub fn pass_frames(
    market: &Market,
    plan: &Plan,
    row: &mut [i64],
    frame: usize,
    end: usize,
    calm: Calm,
) -> usize {
    let mut orders = orders_of(row)
        .enumerate()
        .filter(|(_, order)| is_resting(order))
        .map(|(slot, order)| Resting::load(slot, order, plan));
    let Some(first) = orders.next() else {
        return frame;
    };
    let second = orders.next();
    drop(orders);
    let mut passing = Passing {
        market,
        plan,
        orders: [first, second.unwrap_or(first)],
        count: 1 + usize::from(second.is_some()),
        calm,
        ruler: Ruler::NONE,
    };
    let mut frame = frame;
    let mut is_settled = false;
    while frame < end {
        if !(is_settled && passing.resize(frame)) {
            let scene = passing.scene(frame);
            if !passing.take(row, &scene) {
                break;
            }
            is_settled = scene.is_fresh;
        }
        frame += 1;
        if is_settled {
            frame = passing.next_frame(row, frame, end);
        }
    }
    for order in passing.resting() {
        order.store(row);
    }
    frame
}
