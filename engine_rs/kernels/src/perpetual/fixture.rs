//! A small market and its bots, for the tests of this crate.

use super::session::{advance, frame_rows_max, Stream};
use crate::perpetual_schema::*;
use crate::schema::{COMMAND_PLACE, INT64_MAX, JOURNAL_WIDTH, MISSING, ORDER_LIMIT};

const SECOND_NS: i64 = 1_000_000_000;
/// Orders that a state row has room for.
const ORDERS: usize = 4;

/// The arrays of a call.
#[derive(Clone)]
pub struct World {
    pub book: Vec<i64>,
    pub prints: Vec<i64>,
    pub fundings: Vec<i64>,
    pub tiers: Vec<i64>,
    pub contract: Vec<i64>,
    pub plans: Vec<i64>,
    pub commands: Vec<i64>,
    pub state: Vec<i64>,
}

impl World {
    /// Return a walk of `frames` frames, a second apart, the last of them the end; no bots yet.
    pub fn new(frames: usize) -> Self {
        let column = |cell: &dyn Fn(i64) -> i64| (0..frames as i64).map(cell).collect::<Vec<_>>();
        let bid = |t: i64| 60_000 + (t / 3 * 7_919 % 23) - (t * 31 % 2);
        let ts = column(&|t| (t + 1) * SECOND_NS);
        let book = [
            ts.clone(),
            ts,
            column(&bid),
            column(&|t| bid(t) + 2),
            column(&|t| 5 + t * 13 % 20),
            column(&|t| 5 + t * 17 % 20),
            column(&|t| 2 * bid(t) + 2),
            column(&|t| t / 4),
        ];
        let prints = (0..frames as i64 / 4).map(|n| [bid(4 * n) + n % 3, 1 + n % 9, n % 3 - 1]);
        Self {
            book: book.concat(),
            prints: prints.flatten().collect(),
            fundings: vec![frames as i64 / 2 * SECOND_NS, 125_000, 60_000],
            tiers: vec![0, 50],
            contract: vec![1, 0, 1, 1, 0, 0, frames as i64 * SECOND_NS, ORDERS as i64],
            plans: Vec::new(),
            commands: Vec::new(),
            state: Vec::new(),
        }
    }

    /// Add a bot that quotes both sides, that many ticks from the mid.
    pub fn add_quoter(&mut self, model: i64, offset: i64) -> &mut [i64] {
        let mut plan = vec![0; PLAN_WIDTH];
        for column in [PLAN_HALT_LOSS, PLAN_OPENING_NUDGE_NS, PLAN_CLOSING_NUDGE_NS] {
            plan[column] = INT64_MAX;
        }
        for (column, value) in [
            (PLAN_FILL_MODEL, model),
            (PLAN_QUEUE_POWER, 2),
            (PLAN_ORDER_LATENCY_NS, SECOND_NS / 2),
            (PLAN_TAKER_PPM, 450),
            (PLAN_LEVERAGE, 10),
            (PLAN_MAX_ORDERS, ORDERS as i64),
            (PLAN_OPENING_ENABLED, 1),
            (PLAN_MAX_CONCESSION, INT64_MAX),
            (PLAN_PARTIAL_PPM, 200_000),
            (PLAN_QUOTE_LOTS, 3),
            (PLAN_QUOTE_OFFSET_TICKS, offset),
            (PLAN_QUOTE_POSITION_MAX, 9),
            (
                PLAN_COMMAND_FROM,
                (self.commands.len() / COMMAND_WIDTH) as i64,
            ),
        ] {
            plan[column] = value;
        }
        let mut row = vec![0; STATE_HEADER_WIDTH + ORDERS * ORDER_WIDTH];
        for column in [
            STATE_CASH,
            STATE_OPENING_EQUITY,
            STATE_EQUITY,
            STATE_PEAK_EQUITY,
        ] {
            row[column] = 10_000_000;
        }
        row[STATE_NEXT_ORDER] = 1;
        row[STATE_LIQUIDATED_TS] = MISSING;
        self.plans.extend(plan);
        self.state.extend(row);
        let from = self.plans.len() - PLAN_WIDTH;
        &mut self.plans[from..]
    }

    /// Let the last bot buy a lot at a price in a frame.
    pub fn buy(&mut self, frame: usize, price: i64) {
        let mut command = vec![0; COMMAND_WIDTH];
        command[COMMAND_DUE] = self.book[frame];
        command[COMMAND_KIND] = COMMAND_PLACE;
        command[COMMAND_TYPE] = ORDER_LIMIT;
        command[COMMAND_SIDE] = -1;
        command[COMMAND_PRICE] = price;
        command[COMMAND_LOTS] = 1;
        self.commands.extend(command);
        let from = self.plans.len() - PLAN_WIDTH;
        self.plans[from + PLAN_COMMAND_COUNT] += 1;
    }

    /// Return the arrays that a call reads.
    pub fn stream(&self) -> Stream<'_> {
        Stream {
            book: &self.book,
            prints: &self.prints,
            fundings: &self.fundings,
            tiers: &self.tiers,
            contract: &self.contract,
            plans: &self.plans,
            commands: &self.commands,
        }
    }

    /// Run to a frame, as often as a buffer of so many rows is full; return the rows by bot.
    pub fn run(&mut self, frame_to: i64, threads: usize, room: Option<i64>) -> Vec<Vec<i64>> {
        let mut state = std::mem::take(&mut self.state);
        let stream = self.stream();
        let room = room.unwrap_or_else(|| frame_rows_max(1_000, 10, 10, 10)) as usize;
        let mut journal = vec![0; room * JOURNAL_WIDTH];
        let mut rows: Vec<Vec<i64>> = Vec::new();
        for _ in 0..10_000 {
            let count = advance(&stream, &mut state, &mut journal, frame_to, threads) as usize;
            let written = journal.chunks_exact(JOURNAL_WIDTH).take(count);
            rows.extend(written.map(<[i64]>::to_vec));
            if count == 0 {
                break;
            }
        }
        self.state = state;
        rows.sort_by_key(|row| (row[0], row[1]));
        rows
    }
}
