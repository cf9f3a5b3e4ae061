//! The perpetual kernel: advances many bots over the frames of one instrument's session.
//!
//! Twin of `forven/kernels/jit/perpetual/session.py`.

use super::commands::{due_count, take_commands};
use super::desk::{Desk, Market, ASK, BID};
use super::funding::{fundings_due, pay_fundings};
use super::landing::land_all;
use super::matching::{match_quote, trigger_stops};
use super::orders::order_count;
use super::prints::hit_orders;
use super::queues::update_queues;
use super::quiet::skip_quiet;
use super::quoter::quote;
use super::repricing::reprice_all;
use super::resting::Plan;
use super::risk::{close_session, control_risk, mark};
use crate::perpetual_schema::*;
use crate::schema::{JOURNAL_WIDTH, STATUS_ENDED, STATUS_RUNNING};
use crate::sharing::{Outputs, Part};

/// The arrays of a call that are only read, flat and in C order.
#[derive(Clone, Copy)]
pub struct Stream<'a> {
    /// `[BOOK_ROWS, T]`.
    pub book: &'a [i64],
    /// `[P, PRINT_WIDTH]`.
    pub prints: &'a [i64],
    /// `[F, FUNDING_WIDTH]`.
    pub fundings: &'a [i64],
    /// `[K, TIER_WIDTH]`.
    pub tiers: &'a [i64],
    /// `[CONTRACT_WIDTH]`.
    pub contract: &'a [i64],
    /// `[B, PLAN_WIDTH]`.
    pub plans: &'a [i64],
    /// `[C, COMMAND_WIDTH]`.
    pub commands: &'a [i64],
}

impl Stream<'_> {
    /// Return T, how many frames there are.
    pub fn frames(&self) -> usize {
        self.book.len() / BOOK_ROWS
    }

    /// Return B, how many bots there are.
    pub fn bots(&self) -> usize {
        self.plans.len() / PLAN_WIDTH
    }

    /// Return how many columns a state row has.
    pub fn state_width(&self) -> usize {
        STATE_HEADER_WIDTH + self.contract[CONTRACT_ORDERS] as usize * ORDER_WIDTH
    }
}

/// Return the journal rows that suffice for a frame of one bot with these arrivals.
///
/// An order: 2 rows when it lands, 1 when the quote fills it, 2 as a stop, 1 when it leaves, and 1
/// for each print. A command: 2 rows, and 1 when its order leaves. Risk: halt, liquidation (4), end.
pub fn frame_rows_max(orders: i64, commands: i64, prints: i64, fundings: i64) -> i64 {
    orders * (6 + prints) + 3 * commands + fundings + 8
}

/// One bot's part of a call.
struct Bot<'a> {
    number: i64,
    plan: &'a Plan,
    commands: &'a [i64],
    row: &'a mut [i64],
}

impl Bot<'_> {
    /// Return whether the journal has room for the worst case of one frame.
    fn has_room(&self, market: &Market, desk: &Desk, frame: usize) -> bool {
        let ts = market.ts[frame];
        let prints = market.printed[frame] - market.prints_before(frame) as i64;
        let due = due_count(self.plan, self.commands, self.row, ts) as i64;
        let fundings = fundings_due(market, self.row, ts) as i64;
        let bound = frame_rows_max(market.orders as i64, due, prints, fundings);
        desk.room() as i64 >= bound
    }

    /// Forget what the bot took from a side whose price or size has changed.
    fn renew_displayed(&mut self, desk: &Desk) {
        let (book, former) = (&desk.now.book, &desk.now.standing);
        for (side, column) in [(BID, STATE_TAKEN_BID), (ASK, STATE_TAKEN_ASK)] {
            let is_same =
                book.best[side] == former.best[side] && book.size[side] == former.size[side];
            if desk.now.frame == 0 || !is_same {
                self.row[column] = 0;
            }
        }
    }

    /// Take one frame in full, in the order of docs/PERPETUALS.md, section 4.
    fn take_frame(&mut self, market: &Market, desk: &mut Desk) {
        let plan = self.plan;
        pay_fundings(market, desk, self.row);
        if desk.now.ts >= market.end {
            close_session(market, desk, self.row);
            return;
        }
        if order_count(self.row) > 0 && desk.now.standing.is_regular {
            land_all(market, desk, plan, self.row);
        }
        take_commands(market, desk, plan, self.commands, self.row);
        self.renew_displayed(desk);
        if desk.now.is_open && order_count(self.row) > 0 {
            hit_orders(market, desk, plan, self.row);
            match_quote(market, desk, plan, self.row);
            update_queues(market, desk, plan, self.row);
            trigger_stops(market, desk, plan, self.row);
            reprice_all(market, desk, plan, self.row);
        }
        mark(market, desk, self.row);
        control_risk(market, desk, plan, self.row);
        let may_quote = desk.now.is_open && plan[PLAN_QUOTE_LOTS] > 0;
        if may_quote && self.row[STATE_STATUS] == STATUS_RUNNING {
            quote(market, desk, plan, self.row);
        }
    }

    /// Advance up to `frame_to`, or to the frame for which the journal has no room.
    fn advance(&mut self, market: &Market, desk: &mut Desk, frame_to: usize) {
        let first = self.row[STATE_FRAME] as usize;
        let mut frame = first;
        while frame < frame_to && self.row[STATE_STATUS] < STATUS_ENDED {
            if frame > first {
                let (plan, commands) = (self.plan, self.commands);
                frame = skip_quiet(market, plan, commands, self.row, frame, frame_to);
                if frame == frame_to {
                    break;
                }
            }
            if !self.has_room(market, desk, frame) {
                break;
            }
            desk.turn_to(market, self.plan, self.number, frame);
            self.take_frame(market, desk);
            frame += 1;
        }
        self.row[STATE_FRAME] = frame as i64;
    }
}

/// Advance a part's bots, one after another; return the journal rows written.
fn take(stream: &Stream, part: Part, frame_to: usize) -> usize {
    let market = Market::new(stream);
    let mut desk = Desk::new(part.journal);
    let plans = &stream.plans[part.first * PLAN_WIDTH..part.last * PLAN_WIDTH];
    for ((number, plan), row) in (part.first..)
        .zip(plans.as_chunks::<PLAN_WIDTH>().0)
        .zip(part.state.chunks_exact_mut(stream.state_width()))
    {
        let mut bot = Bot {
            number: number as i64,
            plan,
            commands: stream.commands,
            row,
        };
        bot.advance(&market, &mut desk, frame_to);
    }
    desk.rows
}

/// Return the journal rows that suffice for any one frame of any of the bots up to `frame_to`.
fn rows_for_one(stream: &Stream, state: &[i64], frame_to: usize) -> usize {
    let market = Market::new(stream);
    let width = stream.state_width();
    let frames = state
        .chunks_exact(width)
        .map(|row| row[STATE_FRAME] as usize);
    let first = frames.min().unwrap_or(0).min(frame_to);
    let mut former = market.prints_before(first) as i64;
    let mut prints = 0;
    for &printed in &market.printed[first..frame_to] {
        prints = prints.max(printed - former);
        former = printed;
    }
    let plans = stream.plans.chunks_exact(PLAN_WIDTH);
    let commands = plans.map(|plan| plan[PLAN_COMMAND_COUNT]).max();
    let fundings = (stream.fundings.len() / FUNDING_WIDTH) as i64;
    let orders = market.orders as i64;
    frame_rows_max(orders, commands.unwrap_or(0), prints, fundings) as usize
}

/// Take the frames [state[b, STATE_FRAME], frame_to) of each bot b; return the rows journaled.
///
/// The caller checks: see [`super::checks`]. With one thread the bots come one after another; with
/// more, each takes a run of them and an equal part of the journal, whose rows are then moved
/// together in the order of the bots; bots whose part was full go on in what is left. A bot for
/// whose next frame the journal has fewer free rows than [`frame_rows_max`] stays there: drain it
/// and call again. Where the frames are cut, which bots share a call and on how many threads
/// changes nothing. The first frame of a call is taken in full; later ones in which nothing can
/// happen are passed, with the same result.
pub fn advance(
    stream: &Stream,
    state: &mut [i64],
    journal: &mut [i64],
    frame_to: i64,
    threads: usize,
) -> i64 {
    let bots = stream.bots();
    if bots == 0 {
        return 0;
    }
    let frame_to = frame_to as usize;
    let journal_rows = journal.len() / JOURNAL_WIDTH;
    let mut count = threads.clamp(1, bots);
    if count > 1 {
        count = count
            .min(journal_rows / rows_for_one(stream, state, frame_to))
            .max(1);
    }
    let mut outputs = Outputs {
        bots,
        state,
        journal,
        financials: &mut [],
    };
    let is_short =
        |row: &[i64]| row[STATE_STATUS] < STATUS_ENDED && row[STATE_FRAME] < frame_to as i64;
    outputs.advance(count, is_short, |part| take(stream, part, frame_to)) as i64
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;
    use crate::schema::{EVENT_ORDER_FILLED, JOURNAL_KIND};

    const FRAMES: i64 = 400;

    fn fleet() -> World {
        let mut world = World::new(FRAMES as usize);
        for bot in 0..6 {
            world.add_quoter(bot % 3, 1 + bot);
            world.buy(20 + bot as usize, 60_000 + bot);
        }
        world
    }

    #[test]
    fn passing_quiet_frames_changes_nothing() {
        let (mut whole, mut single) = (fleet(), fleet());
        let rows = whole.run(FRAMES, 1, None);
        let steps: Vec<_> = (1..=FRAMES).map(|to| single.run(to, 1, None)).collect();
        let mut parts = steps.concat();
        parts.sort_by_key(|row| (row[0], row[1]));
        assert!(parts == rows);
        assert!(single.state == whole.state);
        let fills = rows
            .iter()
            .filter(|row| row[JOURNAL_KIND] == EVENT_ORDER_FILLED);
        assert!(fills.count() > 20);
        assert!(whole.state[STATE_REPLACES] > 20);
    }

    #[test]
    fn threads_and_small_journals_change_nothing() {
        let mut alone = fleet();
        let rows = alone.run(FRAMES, 1, None);
        let least = frame_rows_max(4, 1, 1, 1);
        for (threads, room) in [(2, None), (3, Some(least)), (16, Some(7 * least + 3))] {
            let mut shared = fleet();
            assert!(shared.run(FRAMES, threads, room) == rows);
            assert!(shared.state == alone.state);
        }
    }

    #[test]
    fn no_bots_write_no_rows() {
        assert!(World::new(5).run(5, 4, None).is_empty());
    }
}
