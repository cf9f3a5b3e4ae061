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

/// Bots that one thread takes, and the outputs that are theirs.
struct Group<'a> {
    first: usize,
    plans: &'a [i64],
    state: &'a mut [i64],
    journal: &'a mut [i64],
}

impl Group<'_> {
    /// Advance the bots, one after another; return the journal rows written.
    fn advance(&mut self, stream: &Stream, frame_to: usize) -> usize {
        let market = Market::new(stream);
        let mut desk = Desk::new(self.journal);
        let states = self.state.chunks_exact_mut(stream.state_width());
        for ((number, plan), row) in (self.first..)
            .zip(self.plans.as_chunks::<PLAN_WIDTH>().0)
            .zip(states)
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

/// Divide the bots and their outputs into `count` groups.
fn grouped<'a>(
    stream: &Stream<'a>,
    mut state: &'a mut [i64],
    mut journal: &'a mut [i64],
    count: usize,
) -> Vec<Group<'a>> {
    let bots = stream.bots();
    let width = stream.state_width();
    let journal_cells = journal.len() / JOURNAL_WIDTH / count * JOURNAL_WIDTH;
    let mut groups = Vec::with_capacity(count);
    for number in 0..count {
        let (first, last) = (bots * number / count, bots * (number + 1) / count);
        let own_state;
        let own_journal;
        (own_state, state) = state.split_at_mut((last - first) * width);
        (own_journal, journal) = journal.split_at_mut(journal_cells);
        groups.push(Group {
            first,
            plans: &stream.plans[first * PLAN_WIDTH..last * PLAN_WIDTH],
            state: own_state,
            journal: own_journal,
        });
    }
    groups
}

/// Move the rows that groups wrote into equal parts of the journal to its front.
fn compact(journal: &mut [i64], part_rows: usize, written: &[usize]) -> usize {
    let mut rows = 0;
    for (number, count) in written.iter().enumerate() {
        let from = number * part_rows * JOURNAL_WIDTH;
        journal.copy_within(from..from + count * JOURNAL_WIDTH, rows * JOURNAL_WIDTH);
        rows += count;
    }
    rows
}

/// Return whether a bot that has not ended is short of a frame.
fn is_short(state: &[i64], width: usize, frame_to: usize) -> bool {
    state
        .chunks_exact(width)
        .any(|row| row[STATE_STATUS] < STATUS_ENDED && row[STATE_FRAME] < frame_to as i64)
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
    let mut rows = 0;
    if count > 1 {
        rows = advance_groups(stream, state, journal, frame_to, count);
        if !is_short(state, stream.state_width(), frame_to) {
            return rows as i64;
        }
    }
    let rest = &mut journal[rows * JOURNAL_WIDTH..];
    for mut whole in grouped(stream, state, rest, 1) {
        rows += whole.advance(stream, frame_to);
    }
    rows as i64
}

/// Advance `count` groups of bots on as many threads; return the journal rows written.
fn advance_groups(
    stream: &Stream,
    state: &mut [i64],
    journal: &mut [i64],
    frame_to: usize,
    count: usize,
) -> usize {
    let mut written = vec![0; count];
    let mut groups = grouped(stream, state, journal, count);
    rayon::scope(|scope| {
        for (group, rows) in groups.iter_mut().zip(&mut written) {
            scope.spawn(move |_| *rows = group.advance(stream, frame_to));
        }
    });
    compact(journal, journal.len() / JOURNAL_WIDTH / count, &written)
}
