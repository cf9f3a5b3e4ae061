//! What a session's steps pass around: the day's arrays, and the scratch space of one call.
//!
//! Twin of `forven/kernels/jit/desk.py`.

use crate::schema::*;
use crate::session::Batch;
use crate::survey::Survey;

/// Frames that the quiet path looks at together: its buffers stay in the first cache.
pub const CHUNK: usize = 512;

/// Frames whose deltas a call remembers, so that bots entering together share one computation.
pub const CHAIN_SLOTS: usize = 32;

/// The arrays of one trading day that its steps read, and what its session row says.
#[derive(Clone, Copy)]
pub struct Day<'a> {
    /// The quotes, all planes.
    pub quotes: &'a [i32],
    clock: &'a [i64],
    /// Flat rows of strike and right.
    pub instruments: &'a [i64],
    /// Frames of the day.
    pub frames: usize,
    /// The close in nanoseconds UTC.
    pub close: i64,
    /// The settlement value in quanta, or `MISSING`.
    pub settlement: i64,
    /// Micros that one quantum of one lot is worth.
    pub multiplier: i64,
    /// The capacities of a state row and where its sections begin.
    pub shape: StateShape,
}

impl<'a> Day<'a> {
    /// Return the day of a batch.
    pub fn new(batch: &Batch<'a>) -> Self {
        let session = batch.session;
        Self {
            quotes: batch.quotes,
            clock: batch.clock,
            instruments: batch.instruments,
            frames: batch.frames(),
            close: session[SESSION_CLOSE],
            settlement: session[SESSION_SETTLEMENT],
            multiplier: session[SESSION_MULTIPLIER],
            shape: batch.shape(),
        }
    }

    /// Return how many instruments the day has.
    #[inline]
    pub fn instrument_count(&self) -> usize {
        self.instruments.len() / 2
    }

    /// Return the strike of an instrument in quanta.
    #[inline]
    pub fn strike(&self, instrument: i64) -> i64 {
        self.instruments[2 * instrument as usize + INSTRUMENT_STRIKE]
    }

    /// Return the right of an instrument.
    #[inline]
    pub fn right(&self, instrument: i64) -> i64 {
        self.instruments[2 * instrument as usize + INSTRUMENT_RIGHT]
    }

    /// Return all of one plane of an instrument's quotes, a value per frame.
    #[inline]
    pub fn column(&self, plane: usize, instrument: i64) -> &'a [i32] {
        let from = (plane * self.instrument_count() + instrument as usize) * self.frames;
        &self.quotes[from..from + self.frames]
    }

    /// Return the bid of an instrument in a frame.
    #[inline]
    pub fn bid(&self, instrument: i64, frame: usize) -> i64 {
        self.quote(QUOTE_BID, instrument, frame)
    }

    /// Return the ask of an instrument in a frame.
    #[inline]
    pub fn ask(&self, instrument: i64, frame: usize) -> i64 {
        self.quote(QUOTE_ASK, instrument, frame)
    }

    /// Return one value of a plane of the quotes.
    #[inline]
    pub fn quote(&self, plane: usize, instrument: i64, frame: usize) -> i64 {
        let column = plane * self.instrument_count() + instrument as usize;
        i64::from(self.quotes[column * self.frames + frame])
    }

    /// Return one row of the clock, a value per frame.
    #[inline]
    pub fn clock_row(&self, row: usize) -> &'a [i64] {
        &self.clock[row * self.frames..(row + 1) * self.frames]
    }
}

/// Where a call stands.
#[derive(Clone, Copy, Default)]
pub struct Now {
    /// The row of `plans` and `state`.
    pub bot: i64,
    /// The frame being taken.
    pub frame: usize,
    /// Its time in nanoseconds UTC.
    pub ts: i64,
    /// The underlying in quanta, or `MISSING`.
    pub spot: i64,
    /// Whether the frame is not stale.
    pub is_fresh: bool,
}

/// Positions whose margin is asked for, in instrument order, and the pairing of them.
pub struct Pool {
    /// The instrument of each position.
    pub instrument: Vec<i64>,
    /// Lots: + long, - short.
    pub quantity: Vec<i64>,
    /// Micros of one naked short contract.
    pub naked: Vec<i64>,
    /// Micros of premium of one contract.
    pub premium: Vec<i64>,
    /// Contracts not paired yet.
    pub left: Vec<i64>,
    /// Micros of margin that the best path ending here saves.
    pub saved: Vec<i64>,
    /// Micros of naked premium that it spares, between paths that save the same.
    pub spared: Vec<i64>,
    /// The position before it on that path.
    pub former: Vec<i64>,
    /// Contracts of a short paired with those of a long: a row per position.
    pub flows: Vec<i64>,
    /// Positions there is room for.
    pub width: usize,
}

impl Pool {
    /// Return a pool with room for every position that a session of this day can bring together.
    fn new(day: &Day) -> Self {
        let most = day.shape.holdings + MAX_LEGS * (day.shape.orders + 1);
        let width = most.min(day.instrument_count());
        let column = || vec![0; width];
        Self {
            instrument: column(),
            quantity: column(),
            naked: column(),
            premium: column(),
            left: column(),
            saved: column(),
            spared: column(),
            former: column(),
            flows: vec![0; width * width],
            width,
        }
    }
}

/// The forward, expected move and deltas of one frame.
#[derive(Clone, Default)]
pub struct Chain {
    /// The frame they are of; none before the first.
    pub frame: Option<usize>,
    /// The expected move in half quanta, or `MISSING`.
    pub move2: i64,
    /// The unsigned delta of each instrument in 1e-6, or `MISSING`.
    pub deltas: Vec<i64>,
}

/// The journal rows of a call, filled from the front.
pub struct Journal<'a> {
    cells: &'a mut [i64],
    /// Rows written in this call.
    pub rows: usize,
}

impl<'a> Journal<'a> {
    /// Return an empty journal over a buffer.
    pub fn new(cells: &'a mut [i64]) -> Self {
        Self { cells, rows: 0 }
    }

    /// Return how many rows there is still room for.
    pub fn room(&self) -> usize {
        self.cells.len() / JOURNAL_WIDTH - self.rows
    }
}

/// What a call writes: its journal, and its scratch space, allocated once per call.
pub struct Desk<'a> {
    /// The journal of the call.
    pub journal: Journal<'a>,
    /// Where the call stands.
    pub now: Now,
    /// The values of a fill's legs.
    pub leg_values: [i64; MAX_LEGS],
    /// The instruments of an entry.
    pub picked: [i64; MAX_LEGS],
    /// The order that is arriving.
    pub draft: [i64; ORDER_WIDTH],
    /// A first look at many frames of the holdings.
    pub survey: Survey,
    /// Worths of the holdings, half quanta times lots.
    pub worths: [i64; CHUNK],
    /// Exact mids of a structure's closing order.
    pub profits: [i64; CHUNK],
    /// Positions whose margin is asked for.
    pub pool: Pool,
    /// The chains of the latest frames, by frame modulo `CHAIN_SLOTS`.
    pub chains: Vec<Chain>,
}

impl<'a> Desk<'a> {
    /// Return the scratch space for sessions of this day.
    pub fn new(day: &Day, journal: &'a mut [i64]) -> Self {
        Self {
            journal: Journal::new(journal),
            now: Now::default(),
            leg_values: [0; MAX_LEGS],
            picked: [0; MAX_LEGS],
            draft: [0; ORDER_WIDTH],
            survey: Survey::default(),
            worths: [0; CHUNK],
            profits: [0; CHUNK],
            pool: Pool::new(day),
            chains: vec![Chain::default(); CHAIN_SLOTS],
        }
    }

    /// Set the desk to one frame of one bot.
    pub fn turn_to(&mut self, day: &Day, bot: i64, frame: usize, staleness_ns: i64) {
        let ts = day.clock_row(CLOCK_TS)[frame];
        self.now = Now {
            bot,
            frame,
            ts,
            spot: day.clock_row(CLOCK_SPOT)[frame],
            is_fresh: day.clock_row(CLOCK_ARRIVAL)[frame] - ts <= staleness_ns,
        };
    }

    /// Write the next journal row of a bot; `rest` is columns A to F.
    pub fn write(&mut self, row: &mut [i64], kind: i64, order: i64, rest: [i64; 6]) {
        let at = self.journal.rows * JOURNAL_WIDTH;
        let line = &mut self.journal.cells[at..at + JOURNAL_WIDTH];
        line[JOURNAL_BOT] = self.now.bot;
        line[JOURNAL_SEQUENCE] = row[STATE_SEQUENCE];
        line[JOURNAL_TS] = self.now.ts;
        line[JOURNAL_KIND] = kind;
        line[JOURNAL_ORDER] = order;
        line[JOURNAL_A..].copy_from_slice(&rest);
        self.journal.rows += 1;
        row[STATE_SEQUENCE] += 1;
    }
}
