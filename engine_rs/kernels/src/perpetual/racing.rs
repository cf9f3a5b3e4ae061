//! The shortest way for orders that fill at a touch and follow the mid at once.
//!
//! Twin of `forven/kernels/jit/perpetual/racing.py`. Where the mid moves, both orders are aimed
//! anew; the re-quotes land a frame later, and until the next move only the book is compared. What
//! a frame changes is held in values; the row is written once, where the race stops.

use super::desk::Market;
use super::grid::Ruler;
use super::passing::Calm;
use super::pegs::{Aim, Peg, Quote};
use super::resting::Plan;
use crate::perpetual_schema::*;
use crate::schema::{INT64_MAX, MISSING};

/// Return whether the orders of a plan fill at a touch and follow the mid at once.
pub fn may_race(plan: &Plan) -> bool {
    let is_touch = plan[PLAN_FILL_MODEL] == FILL_TOUCH;
    is_touch && plan[PLAN_OPENING_INTERVAL_NS] == 0 && plan[PLAN_REQUOTE_ROWS] == 0
}

/// How a frame leaves the orders of a bot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// It could do more than move them, and has not been taken.
    Stopped,
    /// It is stale: they do not follow it.
    Stale,
    /// One that is still in flight has not followed it.
    Behind,
    /// They have followed it.
    Aimed,
}

/// The columns of the frames up to the end of a race, and what it reads of plan and row.
struct Track<'a> {
    market: &'a Market<'a>,
    ts: &'a [i64],
    arrival: &'a [i64],
    bid: &'a [i64],
    ask: &'a [i64],
    mark2: &'a [i64],
    printed: &'a [i64],
    calm: Calm,
    latency_ns: i64,
    staleness_ns: i64,
    tolerance_ticks: i64,
    cash: i64,
    /// Micros for two half quanta of the mark.
    exposure: i64,
    watches_all: bool,
}

impl<'a> Track<'a> {
    fn new(
        market: &'a Market<'a>,
        plan: &Plan,
        row: &[i64],
        reach: (usize, usize),
        calm: Calm,
    ) -> Self {
        let (frame, end) = reach;
        let exposure = row[STATE_POSITION] * market.value;
        let watches_mark = exposure != 0 || !calm.is_any();
        let prints = market.printed[end - 1] != market.printed[frame - 1];
        Self {
            market,
            ts: &market.ts[..end],
            arrival: &market.arrival[..end],
            bid: &market.bid[..end],
            ask: &market.ask[..end],
            mark2: &market.mark2[..end],
            printed: &market.printed[..end],
            calm,
            latency_ns: plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS],
            staleness_ns: plan[PLAN_STALENESS_NS],
            tolerance_ticks: plan[PLAN_OPENING_TOLERANCE_TICKS],
            cash: row[STATE_CASH],
            exposure,
            watches_all: watches_mark || prints,
        }
    }

    #[inline(always)]
    fn quote(&self, frame: usize) -> Quote {
        Quote {
            bid: self.bid[frame],
            ask: self.ask[frame],
        }
    }

    /// Return whether a frame shows what the one before it shows, as far as it matters.
    #[inline(always)]
    fn is_same(&self, frame: usize) -> bool {
        let former = frame - 1;
        let moves = |column: &[i64]| column[frame] ^ column[former];
        let mut change = moves(self.bid) | moves(self.ask);
        if self.watches_all {
            change |= moves(self.mark2) | moves(self.printed);
        }
        change == 0
    }

    /// Return the first frame from `frame` on that shows something else than the one before it.
    #[inline(always)]
    fn next_move(&self, frame: usize) -> usize {
        let former = frame - 1;
        let (bid, ask) = (self.bid[former], self.ask[former]);
        let quotes = self.bid[frame..].iter().zip(&self.ask[frame..]);
        let moves = |(&own_bid, &own_ask): (&i64, &i64)| (own_bid ^ bid) | (own_ask ^ ask);
        let passed = if self.watches_all {
            let (mark2, printed) = (self.mark2[former], self.printed[former]);
            let rest = self.mark2[frame..].iter().zip(&self.printed[frame..]);
            let mut frames = quotes.zip(rest);
            frames.position(|(quote, (&own_mark2, &own_printed))| {
                moves(quote) | (own_mark2 ^ mark2) | (own_printed ^ printed) != 0
            })
        } else {
            let mut frames = quotes;
            frames.position(|quote| moves(quote) != 0)
        };
        passed.map_or(self.ts.len(), |passed| frame + passed)
    }

    /// Return the first frame from `frame` on at or after a time, or with a move.
    #[inline(always)]
    fn next_landing(&self, mut frame: usize, ts: i64) -> usize {
        while frame < self.ts.len() && self.ts[frame] < ts && self.is_same(frame) {
            frame += 1;
        }
        frame
    }

    /// Return a frame's prints, flat.
    fn prints(&self, frame: usize) -> &'a [i64] {
        let (first, end) = (self.printed[frame - 1], self.printed[frame]);
        self.market.prints_of(first as usize, end as usize)
    }
}

/// Both orders of a bot, and what else changes while nothing fills.
struct Course {
    buy: Peg<-1>,
    sell: Peg<1>,
    digest: i64,
    equity: i64,
    peak: i64,
    drawdown: i64,
    ruler: Ruler,
    tolerance2: i64,
}

impl Course {
    fn load(plan: &Plan, row: &[i64]) -> Self {
        Self {
            buy: Peg::load(plan, row),
            sell: Peg::load(plan, row),
            digest: row[STATE_REPLACE_HASH],
            equity: row[STATE_EQUITY],
            peak: row[STATE_PEAK_EQUITY],
            drawdown: row[STATE_MAX_DRAWDOWN],
            ruler: Ruler::NONE,
            tolerance2: 0,
        }
    }

    fn store(&self, row: &mut [i64]) {
        self.buy.store(row);
        self.sell.store(row);
        row[STATE_REPLACES] += self.buy.landings + self.sell.landings;
        row[STATE_REPLACE_HASH] = self.digest;
        row[STATE_EQUITY] = self.equity;
        row[STATE_PEAK_EQUITY] = self.peak;
        row[STATE_MAX_DRAWDOWN] = self.drawdown;
    }

    #[inline(always)]
    fn mark(&mut self, track: &Track, mark2: i64) {
        self.equity = track.cash + ((track.exposure * mark2) >> 1);
        self.peak = self.peak.max(self.equity);
        self.drawdown = self.drawdown.max(self.peak - self.equity);
    }

    /// Let the re-quotes due at a time land, in the order of the rows.
    #[inline(always)]
    fn land(&mut self, ts: i64) {
        let (buys, sells) = (self.buy.lands(ts), self.sell.lands(ts));
        let buy_is_later = self.buy.slot > self.sell.slot;
        if sells && buy_is_later {
            self.digest = self.sell.hashed(self.digest, ts);
        }
        if buys {
            self.digest = self.buy.hashed(self.digest, ts);
            self.buy.land();
        }
        if sells {
            if !buy_is_later {
                self.digest = self.sell.hashed(self.digest, ts);
            }
            self.sell.land();
        }
    }

    /// Return where a bid and an ask aim the orders, if the ruler reaches that far.
    #[inline(always)]
    fn targets(&mut self, track: &Track, both: i64) -> Option<(i64, i64)> {
        if !self.ruler.holds(both >> 1) {
            self.ruler = Ruler::around(track.market, both >> 1);
            self.tolerance2 = 2 * track.tolerance_ticks * self.ruler.tick;
        }
        let ruler = &self.ruler;
        let [up, down] = ruler.mid_ticks(both);
        let buy = self
            .buy
            .steps
            .map_or(ruler.low, |steps| (up - steps) * ruler.tick);
        let sell = self
            .sell
            .steps
            .map_or(ruler.low, |steps| (down + steps) * ruler.tick);
        (ruler.holds(buy) && ruler.holds(sell)).then_some((buy, sell))
    }

    /// Take a frame; where it stops the race, nothing has changed.
    #[inline(always)]
    fn take(&mut self, track: &Track, frame: usize) -> Pace {
        let (ts, arrival) = (track.ts[frame], track.arrival[frame]);
        let (quote, mark2) = (track.quote(frame), track.mark2[frame]);
        let is_regular = quote.bid != MISSING && quote.bid <= quote.ask;
        if !is_regular || !track.calm.holds(mark2) {
            return Pace::Stopped;
        }
        let standing = track.quote(frame - 1);
        if self.buy.is_crossing(ts, standing) || self.sell.is_crossing(ts, standing) {
            return Pace::Stopped;
        }
        let (buy, sell) = (self.buy.price_at(ts), self.sell.price_at(ts));
        if Peg::<-1>::is_reached(buy, quote) || Peg::<1>::is_reached(sell, quote) {
            return Pace::Stopped;
        }
        if arrival - ts > track.staleness_ns {
            self.land(ts);
            self.mark(track, mark2);
            return Pace::Stale;
        }
        if track.printed[frame] != track.printed[frame - 1] {
            let prints = track.prints(frame);
            if self.buy.is_printed(buy, prints) || self.sell.is_printed(sell, prints) {
                return Pace::Stopped;
            }
        }
        let both = quote.bid + quote.ask;
        let Some(targets) = self.targets(track, both) else {
            return Pace::Stopped;
        };
        self.land(ts);
        self.mark(track, mark2);
        let aim = Aim {
            ts,
            landing: arrival + track.latency_ns,
            both,
            tolerance2: self.tolerance2,
        };
        self.follow(targets, &aim)
    }

    /// Aim the orders that are not in flight.
    #[inline(always)]
    fn follow(&mut self, targets: (i64, i64), aim: &Aim) -> Pace {
        let is_behind = self.buy.is_moving() || self.sell.is_moving();
        if !self.buy.is_moving() && self.buy.steps.is_some() {
            self.buy.follow(targets.0, aim);
        }
        if !self.sell.is_moving() && self.sell.steps.is_some() {
            self.sell.follow(targets.1, aim);
        }
        if is_behind {
            Pace::Behind
        } else {
            Pace::Aimed
        }
    }

    /// Return the next frame to be taken once orders have followed the book of the one before it.
    #[inline(always)]
    fn pass_same(&mut self, track: &Track, frame: usize, pace: Pace) -> usize {
        let landing = self.buy.flight_ts.min(self.sell.flight_ts);
        if landing == INT64_MAX {
            return track.next_move(frame);
        }
        let frame = track.next_landing(frame, landing);
        if pace != Pace::Aimed || frame == track.ts.len() || !track.is_same(frame) {
            return frame;
        }
        // the book is the one at which the orders aimed: nothing is left to follow
        let (ts, quote) = (track.ts[frame], track.quote(frame));
        if self.buy.is_crossing(ts, quote) || self.sell.is_crossing(ts, quote) {
            return frame;
        }
        self.land(ts);
        track.next_move(frame + 1)
    }
}

/// Pass the frames of `[frame, end)` in which nothing fills; return the first not passed.
pub fn race(
    market: &Market,
    plan: &Plan,
    row: &mut [i64],
    frame: usize,
    end: usize,
    calm: Calm,
) -> usize {
    let track = Track::new(market, plan, row, (frame, end), calm);
    let mut course = Course::load(plan, row);
    let mut frame = frame;
    while frame < end {
        let pace = course.take(&track, frame);
        if pace == Pace::Stopped {
            break;
        }
        frame += 1;
        if pace != Pace::Stale && frame < end {
            frame = course.pass_same(&track, frame, pace);
        }
    }
    course.store(row);
    frame
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;
    use crate::schema::{EVENT_ORDER_FILLED, JOURNAL_KIND};

    const FRAMES: usize = 600;
    const SECOND_NS: i64 = 1_000_000_000;

    /// Return bots that quote at a touch on a walk in ticks of ten, some frames of which are stale.
    fn racers(latency_ns: i64) -> World {
        let mut world = World::new(FRAMES);
        world.contract[CONTRACT_TICK] = 10;
        for offset in 1..=4 {
            let plan = world.add_quoter(FILL_TOUCH, offset);
            plan[PLAN_ORDER_LATENCY_NS] = latency_ns;
            plan[PLAN_STALENESS_NS] = SECOND_NS / 10;
        }
        for late in (50..FRAMES).step_by(37) {
            world.book[BOOK_ARRIVAL * FRAMES + late] += SECOND_NS / 5;
        }
        world
    }

    #[test]
    fn a_race_leaves_what_single_frames_leave() {
        for latency_ns in [0, SECOND_NS / 2, SECOND_NS, 5 * SECOND_NS / 2] {
            let (mut whole, mut single) = (racers(latency_ns), racers(latency_ns));
            assert!(whole.plans.as_chunks().0.iter().all(may_race));
            let mut rows = Vec::new();
            for frame_to in 1..=FRAMES as i64 {
                rows.extend(single.run(frame_to, 1, None));
            }
            rows.sort_by_key(|row| (row[0], row[1]));
            assert!(whole.run(FRAMES as i64, 1, None) == rows);
            assert!(whole.state == single.state);
            let is_fill = |row: &&Vec<i64>| row[JOURNAL_KIND] == EVENT_ORDER_FILLED;
            assert!(rows.iter().filter(is_fill).count() > 20, "{latency_ns}");
            assert!(whole.state[STATE_REPLACES] > 20, "{latency_ns}");
        }
    }

    #[test]
    fn most_frames_between_fills_are_raced() {
        let mut world = racers(SECOND_NS / 2);
        world.run(100, 1, None);
        let mut raced = 0;
        let mut moved = 0;
        for frame in 100..FRAMES {
            let stream = world.stream();
            let market = Market::new(&stream);
            let plan = &stream.plans.as_chunks().0[3];
            let width = stream.state_width();
            let mut row = world.state[3 * width..4 * width].to_vec();
            let calm = Calm {
                low: 0,
                high: INT64_MAX,
            };
            let before = row[STATE_REPLACES];
            raced += race(&market, plan, &mut row, frame, frame + 1, calm) - frame;
            moved += row[STATE_REPLACES] - before;
            world.run(frame as i64 + 1, 1, None);
        }
        assert!(raced > FRAMES / 3, "{raced}");
        assert!(moved > 20, "{moved}");
    }
}
