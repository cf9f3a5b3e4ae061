//! A small day and its bots, for the tests of this crate.

use crate::desk::Day;
use crate::schema::*;
use crate::session::{advance, Batch};

/// Time between two frames.
pub const SECOND_NS: i64 = 1_000_000_000;
/// Quanta between strikes; calls are instruments 0 to 3, puts 4 to 7.
pub const SPACING: i64 = 1_000;
/// The lowest strike in quanta.
pub const LOWEST: i64 = 99_000;
/// Micros that one quantum of one lot is worth.
pub const MULTIPLIER: i64 = 1_000_000;
/// Micros each bot begins with.
pub const CASH: i64 = 1_000_000 * MULTIPLIER;
const STRIKES: usize = 4;

/// The arrays of a call.
#[derive(Clone)]
pub struct World {
    pub quotes: Vec<i32>,
    pub clock: Vec<i64>,
    pub instruments: Vec<i64>,
    pub session: Vec<i64>,
    pub plans: Vec<i64>,
    pub commands: Vec<i64>,
    pub state: Vec<i64>,
}

impl World {
    /// Return a day of `frames` frames, a second apart, the last of them the close; no bots yet.
    ///
    /// Every instrument is quoted 100 to 110, the underlying stands at 100,400 and settles there.
    pub fn new(frames: usize) -> Self {
        let times: Vec<i64> = (1..=frames as i64)
            .map(|second| second * SECOND_NS)
            .collect();
        let strikes = (0..STRIKES as i64).map(|step| LOWEST + step * SPACING);
        let mut world = Self {
            quotes: vec![0; 3 * 2 * STRIKES * frames],
            clock: [times.clone(), times.clone(), vec![100_400; frames]].concat(),
            instruments: [CALL, PUT]
                .into_iter()
                .flat_map(|right| strikes.clone().flat_map(move |strike| [strike, right]))
                .collect(),
            session: vec![SECOND_NS, times[frames - 1], 100_400, MULTIPLIER, 6, 2, 6],
            plans: Vec::new(),
            commands: Vec::new(),
            state: Vec::new(),
        };
        for instrument in 0..2 * STRIKES {
            world.quote(instrument, 0..frames, 100, 110);
        }
        world
    }

    /// Quote an instrument in some frames; the marks follow.
    pub fn quote(&mut self, instrument: usize, range: std::ops::Range<usize>, bid: i32, ask: i32) {
        let frames = self.clock.len() / 3;
        let plane = 2 * STRIKES * frames;
        let at = instrument * frames;
        let mut last = -1;
        for frame in 0..frames {
            if range.contains(&frame) {
                self.quotes[at + frame] = bid;
                self.quotes[plane + at + frame] = ask;
            }
            let (bid, ask) = (self.quotes[at + frame], self.quotes[plane + at + frame]);
            let is_good = ask != -1 && bid <= ask;
            last = if is_good { bid + ask } else { last };
            let is_plain = (is_good && bid > 0) || last == -1;
            self.quotes[2 * plane + at + frame] = if is_plain { last } else { -2 - last };
        }
    }

    /// Add a bot without a strategy: fills at fair, no fees, margin of a fifth of the strike.
    pub fn add_bot(&mut self) -> &mut [i64] {
        let mut plan = vec![0; PLAN_WIDTH];
        plan[PLAN_LAMBDA_BPS] = 10_000;
        plan[PLAN_MARGIN_RATE_BPS] = 2_000;
        plan[PLAN_HALT_LOSS] = INT64_MAX;
        plan[PLAN_MAX_POSITIONS] = 6;
        plan[PLAN_MAX_ORDERS] = 6;
        plan[PLAN_STALENESS_NS] = SECOND_NS;
        plan[PLAN_EXIT_TS] = INT64_MAX;
        plan[PLAN_COMMAND_FROM] = (self.commands.len() / COMMAND_WIDTH) as i64;
        let mut row = vec![0; self.batch().shape().width];
        for column in [STATE_CASH, STATE_OPENING_CASH, STATE_NLV, STATE_PEAK_NLV] {
            row[column] = CASH;
        }
        row[STATE_NEXT_ORDER] = 1;
        self.plans.extend(plan);
        self.state.extend(row);
        let from = self.plans.len() - PLAN_WIDTH;
        &mut self.plans[from..]
    }

    /// Add a bot that enters a structure of (instrument, signed ratio) legs at a frame.
    pub fn add_strategy(&mut self, legs: &[(usize, i64)], frame: usize) -> &mut [i64] {
        let picks: Vec<(i64, i64)> = legs
            .iter()
            .map(|&(instrument, _)| {
                let at = 2 * instrument;
                (self.instruments[at], self.instruments[at + 1])
            })
            .collect();
        let from = self.clock[frame];
        let plan = self.add_bot();
        plan[PLAN_SAME_TICK] = 1;
        plan[PLAN_LEG_COUNT] = legs.len() as i64;
        plan[PLAN_QUANTITY] = 1;
        plan[PLAN_ENTRY_COUNT] = 1;
        plan[PLAN_MAX_ENTRIES] = 1;
        plan[PLAN_ENTRIES + ENTRY_FROM] = from;
        plan[PLAN_ENTRIES + ENTRY_TO] = MISSING;
        for (number, (&(_, ratio), (strike, right))) in legs.iter().zip(picks).enumerate() {
            let leg = &mut plan[PLAN_LEGS + number * LEG_WIDTH..][..LEG_WIDTH];
            let (side, ratio) = (ratio.signum(), ratio.abs());
            leg.copy_from_slice(&[side, right, ratio, METHOD_STRIKE, strike, 0]);
        }
        plan
    }

    /// Add an order of (instrument, signed ratio, effect) legs to the last bot's commands.
    pub fn place(&mut self, frame: usize, kind: i64, price: i64, legs: &[(i64, i64, i64)]) {
        let mut command = vec![0; COMMAND_WIDTH];
        command[COMMAND_DUE] = self.clock[frame];
        command[COMMAND_KIND] = COMMAND_PLACE;
        command[COMMAND_TYPE] = kind;
        command[COMMAND_PRICE] = price;
        command[COMMAND_QUANTITY] = 1;
        command[COMMAND_LEG_COUNT] = legs.len() as i64;
        for (cells, leg) in command[COMMAND_LEGS..].chunks_exact_mut(3).zip(legs) {
            cells.copy_from_slice(&[leg.0, leg.1, leg.2]);
        }
        self.commands.extend(command);
        let from = self.plans.len() - PLAN_WIDTH;
        self.plans[from + PLAN_COMMAND_COUNT] += 1;
    }

    /// Return the arrays that a call reads.
    pub fn batch(&self) -> Batch<'_> {
        Batch {
            quotes: &self.quotes,
            clock: &self.clock,
            instruments: &self.instruments,
            session: &self.session,
            plans: &self.plans,
            commands: &self.commands,
        }
    }

    /// Return what its steps read of the day.
    pub fn day(&self) -> Day<'_> {
        Day::new(&self.batch())
    }

    /// Run to a frame without financials; return the journal's rows.
    pub fn run(&mut self, frame_to: usize, threads: usize) -> Vec<Vec<i64>> {
        let mut state = std::mem::take(&mut self.state);
        let mut journal = vec![0; 2_000 * JOURNAL_WIDTH];
        let batch = self.batch();
        let rows = advance(
            &batch,
            &mut state,
            &mut journal,
            &mut [],
            frame_to as i64,
            threads,
        );
        self.state = state;
        journal
            .chunks_exact(JOURNAL_WIDTH)
            .take(rows as usize)
            .map(<[i64]>::to_vec)
            .collect()
    }
}

/// Return the kinds of some journal rows.
pub fn kinds(rows: &[Vec<i64>]) -> Vec<i64> {
    rows.iter().map(|row| row[JOURNAL_KIND]).collect()
}
