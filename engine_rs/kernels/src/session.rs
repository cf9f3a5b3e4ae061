//! The session kernel: advances many bots over the frames of one trading day.
//!
//! Twin of `forven/kernels/jit/session.py`.

use crate::commands::{due_count, take_commands};
use crate::desk::{Day, Desk};
use crate::marking::mark;
use crate::matching::match_all;
use crate::power::order_count;
use crate::quiet::skip_quiet;
use crate::repricing::reprice_all;
use crate::risk::control_risk;
use crate::schema::*;
use crate::settlement::close_session;
use crate::sharing::{Outputs, Part};
use crate::strategy::act;

const ARRIVAL_ROWS: i64 = 1 + MAX_LEGS as i64;
const FILL_ROWS: i64 = 1 + MAX_LEGS as i64;
/// Free rows of financials a bot needs to take a frame.
const FINANCIAL_ROWS_MIN: i64 = 3;

/// The arrays of a call that are only read, flat and in C order.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// `[3, N, T]` quanta.
    pub quotes: &'a [i32],
    /// `[3, T]`.
    pub clock: &'a [i64],
    /// `[N, 2]`.
    pub instruments: &'a [i64],
    /// `[SESSION_WIDTH]`.
    pub session: &'a [i64],
    /// `[B, PLAN_WIDTH]`.
    pub plans: &'a [i64],
    /// `[C, COMMAND_WIDTH]`.
    pub commands: &'a [i64],
}

impl Batch<'_> {
    /// Return T, how many frames the day has.
    pub fn frames(&self) -> usize {
        self.clock.len() / 3
    }

    /// Return N, how many instruments the day has.
    pub fn instrument_count(&self) -> usize {
        self.instruments.len() / 2
    }

    /// Return B, how many bots there are.
    pub fn bots(&self) -> usize {
        self.plans.len() / PLAN_WIDTH
    }

    /// Return the layout of a state row.
    pub fn shape(&self) -> StateShape {
        StateShape::new(
            self.session[SESSION_HOLDINGS] as usize,
            self.session[SESSION_STRUCTURES] as usize,
            self.session[SESSION_ORDERS] as usize,
        )
    }
}

/// Return the journal rows that suffice for a frame of one bot taking `commands` commands.
pub fn frame_rows_max(holdings: i64, structures: i64, orders: i64, commands: i64) -> i64 {
    let pending = orders * (1 + FILL_ROWS);
    let arrivals = commands + structures + MAX_ENTRIES as i64 + holdings;
    pending + arrivals * (ARRIVAL_ROWS + FILL_ROWS) + arrivals + 4
}

/// One bot's part of a call.
struct Bot<'a> {
    number: i64,
    plan: &'a [i64],
    commands: &'a [i64],
    row: &'a mut [i64],
    financials: &'a mut [i64],
}

impl Bot<'_> {
    /// Return whether the outputs have room for the worst case of the frame at `ts`.
    fn has_room(&self, day: &Day, desk: &Desk, ts: i64) -> bool {
        if !self.financials.is_empty() {
            let rows = (self.financials.len() / FINANCIAL_WIDTH) as i64;
            if rows - self.row[STATE_FINANCIALS] < FINANCIAL_ROWS_MIN {
                return false;
            }
        }
        let due = due_count(self.plan, self.commands, self.row, ts) as i64;
        let shape = &day.shape;
        let (holdings, orders) = (shape.holdings as i64, shape.orders as i64);
        let bound = frame_rows_max(holdings, shape.structures as i64, orders, due);
        desk.journal.room() as i64 >= bound
    }

    /// Take one frame in full, in the order of docs/ENGINE.md, section 5.
    fn take_frame(&mut self, day: &Day, desk: &mut Desk) {
        let Self {
            plan,
            commands,
            row,
            financials,
            ..
        } = self;
        if desk.now.ts >= day.close {
            close_session(day, desk, plan, row, financials);
            return;
        }
        take_commands(day, desk, plan, commands, row);
        if desk.now.is_fresh && order_count(row) > 0 {
            match_all(day, desk, plan, row);
            reprice_all(day, desk, plan, row);
        }
        mark(day, desk, plan, row, financials);
        control_risk(day, desk, plan, row, financials);
        if row[STATE_STATUS] == STATUS_RUNNING {
            act(day, desk, plan, row);
        }
    }

    /// Advance up to `frame_to`, or to the frame for which the outputs have no room.
    fn advance(&mut self, day: &Day, desk: &mut Desk, frame_to: usize) {
        let mut frame = self.row[STATE_FRAME] as usize;
        while frame < frame_to {
            if self.row[STATE_STATUS] >= STATUS_ENDED {
                frame = frame_to;
                break;
            }
            if self.financials.is_empty() {
                let (plan, commands) = (self.plan, self.commands);
                frame = skip_quiet(day, desk, plan, commands, self.row, frame, frame_to);
                if frame == frame_to {
                    break;
                }
            }
            if !self.has_room(day, desk, day.clock_row(CLOCK_TS)[frame]) {
                break;
            }
            desk.turn_to(day, self.number, frame, self.plan[PLAN_STALENESS_NS]);
            self.take_frame(day, desk);
            frame += 1;
        }
        self.row[STATE_FRAME] = frame as i64;
    }
}

/// Advance a part's bots, one after another; return the journal rows written.
fn take(batch: &Batch, part: Part, frame_to: usize) -> usize {
    let day = Day::new(batch);
    let mut desk = Desk::new(&day, part.journal);
    let bots = part.last - part.first;
    let rows = part.financials.len() / bots;
    let mut financials = part.financials;
    let plans = &batch.plans[part.first * PLAN_WIDTH..part.last * PLAN_WIDTH];
    for ((number, plan), row) in (part.first..)
        .zip(plans.chunks_exact(PLAN_WIDTH))
        .zip(part.state.chunks_exact_mut(day.shape.width))
    {
        let (own, others) = financials.split_at_mut(rows);
        financials = others;
        let mut bot = Bot {
            number: number as i64,
            plan,
            commands: batch.commands,
            row,
            financials: own,
        };
        bot.advance(&day, &mut desk, frame_to);
    }
    desk.journal.rows
}

/// Return the journal rows that suffice for any one frame of any of the bots.
fn rows_for_one(batch: &Batch, state: &[i64]) -> usize {
    let shape = batch.shape();
    let plans = batch.plans.chunks_exact(PLAN_WIDTH);
    let commands = plans
        .zip(state.chunks_exact(shape.width))
        .map(|(plan, row)| plan[PLAN_COMMAND_COUNT] - row[STATE_COMMAND_CURSOR])
        .max()
        .unwrap_or(0);
    let (holdings, orders) = (shape.holdings as i64, shape.orders as i64);
    frame_rows_max(holdings, shape.structures as i64, orders, commands) as usize
}

/// Take the frames [state[b, STATE_FRAME], frame_to) of each bot b; return the rows journaled.
///
/// The caller checks: see [`crate::checks`]. With one thread the bots come one after another; with
/// more, each takes a run of them and an equal part of the journal, whose rows are then moved
/// together in the order of the bots; bots whose part was full go on in what is left. A bot for
/// whose next frame the journal has fewer free rows than [`frame_rows_max`], or its financials
/// fewer than 3, stays there: drain them (`STATE_FINANCIALS` = 0) and call again. Where the frames
/// are cut, which bots share a call and on how many threads changes nothing.
pub fn advance(
    batch: &Batch,
    state: &mut [i64],
    journal: &mut [i64],
    financials: &mut [i64],
    frame_to: i64,
    threads: usize,
) -> i64 {
    let bots = batch.bots();
    if bots == 0 {
        return 0;
    }
    let frame_to = frame_to as usize;
    let journal_rows = journal.len() / JOURNAL_WIDTH;
    let mut count = threads.clamp(1, bots);
    if count > 1 {
        count = count.min(journal_rows / rows_for_one(batch, state)).max(1);
    }
    let mut outputs = Outputs {
        bots,
        state,
        journal,
        financials,
    };
    let is_short =
        |row: &[i64]| row[STATE_STATUS] < STATUS_ENDED && row[STATE_FRAME] < frame_to as i64;
    outputs.advance(count, is_short, |part| take(batch, part, frame_to)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{kinds, World};

    fn fleet() -> World {
        let mut world = World::new(700);
        for start in (20..600).step_by(41) {
            let bid = 90 + (start * 31 % 40) as i32;
            world.quote(start % 8, start..700, bid, bid + 10);
        }
        for bot in 0..7 {
            let plan = world.add_strategy(&[(1, 1), (2, -1)], 1 + bot);
            plan[PLAN_TARGET_BPS] = 1_000 * (bot as i64 + 1);
        }
        world
    }

    #[test]
    fn threads_and_cuts_change_nothing() {
        let mut alone = fleet();
        let rows = alone.run(700, 1);
        for threads in [2, 3, 16] {
            let mut shared = fleet();
            assert_eq!(shared.run(700, threads), rows);
            assert_eq!(shared.state, alone.state);
        }
        let mut cut = fleet();
        let mut parts: Vec<_> = [3, 4, 250, 700].map(|to| cut.run(to, 2)).concat();
        parts.sort_by_key(|row| (row[JOURNAL_BOT], row[JOURNAL_SEQUENCE]));
        assert_eq!(parts, rows);
        assert_eq!(cut.state, alone.state);
    }

    #[test]
    fn a_bot_stays_where_the_journal_has_no_room_and_goes_on_later() {
        let wanted = fleet().run(700, 1);
        for threads in [1, 3] {
            let mut world = fleet();
            let mut state = world.state.clone();
            let mut journal = vec![0; frame_rows_max(6, 2, 6, 0) as usize * JOURNAL_WIDTH];
            let mut rows: Vec<Vec<i64>> = Vec::new();
            let mut calls = 0;
            while state
                .chunks_exact(world.batch().shape().width)
                .any(|row| row[STATE_FRAME] < 700)
            {
                let count = advance(
                    &world.batch(),
                    &mut state,
                    &mut journal,
                    &mut [],
                    700,
                    threads,
                );
                rows.extend(
                    journal
                        .chunks_exact(JOURNAL_WIDTH)
                        .take(count as usize)
                        .map(<[i64]>::to_vec),
                );
                calls += 1;
            }
            world.state = state;
            rows.sort_by_key(|row| (row[JOURNAL_BOT], row[JOURNAL_SEQUENCE]));
            assert_eq!(rows, wanted);
            assert!(calls > 1);
        }
    }

    #[test]
    fn every_frame_has_its_row_of_financials() {
        let mut world = World::new(20);
        world.add_strategy(&[(1, 1), (2, -1)], 3);
        let mut financials = vec![0; 23 * FINANCIAL_WIDTH];
        let mut state = world.state.clone();
        let mut journal = vec![0; 1_000 * JOURNAL_WIDTH];
        advance(
            &world.batch(),
            &mut state,
            &mut journal,
            &mut financials,
            20,
            1,
        );
        assert_eq!(state[STATE_FINANCIALS], 20);
        assert_eq!(
            financials[5 * FINANCIAL_WIDTH + FINANCIAL_TS],
            world.clock[5]
        );
        assert!(financials[5 * FINANCIAL_WIDTH + FINANCIAL_MARGIN] > 0);
    }

    #[test]
    fn a_session_ends_once() {
        let mut world = World::new(5);
        world.add_bot();
        assert_eq!(kinds(&world.run(5, 1)), [EVENT_SESSION_ENDED]);
        assert!(world.run(5, 1).is_empty());
        assert_eq!(world.state[STATE_STATUS], STATUS_COMPLETED);
    }

    #[test]
    fn no_bots_write_no_rows() {
        assert!(World::new(5).run(5, 4).is_empty());
    }
}
