//! What a frame's steps pass around: the stream's columns, and where a call stands.
//!
//! Twin of `forven/kernels/jit/perpetual/desk.py`.

use super::session::Stream;
use crate::perpetual_schema::*;
use crate::schema::{
    JOURNAL_A, JOURNAL_BOT, JOURNAL_KIND, JOURNAL_ORDER, JOURNAL_SEQUENCE, JOURNAL_TS,
    JOURNAL_WIDTH, MISSING,
};

/// The place of the bid on a book.
pub const BID: usize = 0;
/// The place of the ask on a book.
pub const ASK: usize = 1;

/// The columns of one instrument's session that its steps read, and its contract by value.
#[derive(Clone, Copy)]
pub struct Market<'a> {
    /// `BOOK_TS` of each frame.
    pub ts: &'a [i64],
    /// `BOOK_ARRIVAL`.
    pub arrival: &'a [i64],
    /// `BOOK_BID`.
    pub bid: &'a [i64],
    /// `BOOK_ASK`.
    pub ask: &'a [i64],
    /// `BOOK_BID_SIZE`.
    pub bid_size: &'a [i64],
    /// `BOOK_ASK_SIZE`.
    pub ask_size: &'a [i64],
    /// `BOOK_MARK2`.
    pub mark2: &'a [i64],
    /// `BOOK_PRINTS`.
    pub printed: &'a [i64],
    /// Flat rows of prints.
    pub prints: &'a [i64],
    /// Flat rows of fundings.
    pub fundings: &'a [i64],
    /// Flat rows of tiers.
    pub tiers: &'a [i64],
    /// Micros that one quantum of one lot is worth.
    pub value: i64,
    /// The first price with more than the significant figures; 0: only the tick counts.
    pub figures_end: i64,
    /// Quanta in 1.00.
    pub whole: i64,
    /// Quanta between order prices where figures do not count.
    pub tick: i64,
    /// Micros an order must be worth unless it only reduces.
    pub value_min: i64,
    /// Funding due at or before it is another session's.
    pub open: i64,
    /// When the session ends.
    pub end: i64,
    /// Orders a state row has room for.
    pub orders: usize,
}

impl<'a> Market<'a> {
    /// Return the market of a stream.
    pub fn new(stream: &Stream<'a>) -> Self {
        let frames = stream.frames();
        let column = |row: usize| &stream.book[row * frames..(row + 1) * frames];
        let contract = stream.contract;
        let figures = contract[CONTRACT_FIGURES];
        Self {
            ts: column(BOOK_TS),
            arrival: column(BOOK_ARRIVAL),
            bid: column(BOOK_BID),
            ask: column(BOOK_ASK),
            bid_size: column(BOOK_BID_SIZE),
            ask_size: column(BOOK_ASK_SIZE),
            mark2: column(BOOK_MARK2),
            printed: column(BOOK_PRINTS),
            prints: stream.prints,
            fundings: stream.fundings,
            tiers: stream.tiers,
            value: contract[CONTRACT_VALUE],
            figures_end: if figures > 0 {
                10_i64.pow(figures as u32)
            } else {
                0
            },
            whole: contract[CONTRACT_WHOLE],
            tick: contract[CONTRACT_TICK],
            value_min: contract[CONTRACT_VALUE_MIN],
            open: contract[CONTRACT_OPEN],
            end: contract[CONTRACT_END],
            orders: contract[CONTRACT_ORDERS] as usize,
        }
    }

    /// Return how many prints came before the end of the frame before one.
    pub fn prints_before(&self, frame: usize) -> usize {
        if frame == 0 {
            0
        } else {
            self.printed[frame - 1] as usize
        }
    }

    /// Return the prints `[first, end)`, flat.
    pub fn prints_of(&self, first: usize, end: usize) -> &'a [i64] {
        &self.prints[first * PRINT_WIDTH..end * PRINT_WIDTH]
    }
}

/// One book on the desk.
#[derive(Clone, Copy)]
pub struct Shown {
    /// The best prices: bid, ask.
    pub best: [i64; 2],
    /// The sizes displayed there.
    pub size: [i64; 2],
    /// The mark in half quanta, or `MISSING`.
    pub mark2: i64,
    /// Whether the book is not blocked.
    pub is_regular: bool,
}

impl Shown {
    /// The book before the first frame.
    pub const NOTHING: Self = Self {
        best: [MISSING; 2],
        size: [0; 2],
        mark2: MISSING,
        is_regular: false,
    };

    /// Return the book of one frame.
    #[inline(always)]
    pub fn of(market: &Market, frame: usize) -> Self {
        let best = [market.bid[frame], market.ask[frame]];
        let mark2 = market.mark2[frame];
        Self {
            best,
            size: [market.bid_size[frame], market.ask_size[frame]],
            mark2,
            is_regular: best[BID] != MISSING && best[BID] <= best[ASK] && mark2 != MISSING,
        }
    }

    /// Return whether a limit price crosses: a buy at the ask or above, a sell mirrored.
    pub fn is_crossed(&self, side: i64, price: i64) -> bool {
        side * price <= side * self.best[other_side(side)]
    }
}

/// Return where on a book the orders of a side rest: sells at the ask.
pub fn own_side(side: i64) -> usize {
    usize::from(side == 1)
}

/// Return where on a book the orders of a side take: sells at the bid.
pub fn other_side(side: i64) -> usize {
    usize::from(side != 1)
}

/// Where a call stands.
#[derive(Clone, Copy)]
pub struct Now {
    /// The row of `plans` and `state`.
    pub bot: i64,
    /// The frame being taken.
    pub frame: usize,
    /// Its time in nanoseconds UTC.
    pub ts: i64,
    /// When what is sent in this frame lands.
    pub landing: i64,
    /// Whether the frame is neither blocked nor stale.
    pub is_open: bool,
    /// The frame's prints: the first, and the one after the last.
    pub prints: (usize, usize),
    /// The frame's book.
    pub book: Shown,
    /// The book before it.
    pub standing: Shown,
}

impl Now {
    /// Return one frame of one bot.
    fn at(market: &Market, plan: &[i64], bot: i64, frame: usize) -> Self {
        let (ts, arrival) = (market.ts[frame], market.arrival[frame]);
        let book = Shown::of(market, frame);
        Self {
            bot,
            frame,
            ts,
            landing: arrival + plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS],
            is_open: book.is_regular && arrival - ts <= plan[PLAN_STALENESS_NS],
            prints: (market.prints_before(frame), market.printed[frame] as usize),
            book,
            standing: match frame {
                0 => Shown::NOTHING,
                _ => Shown::of(market, frame - 1),
            },
        }
    }
}

/// What a call writes: its journal, filled from the front.
pub struct Desk<'a> {
    cells: &'a mut [i64],
    /// Rows written in this call.
    pub rows: usize,
    /// Where the call stands.
    pub now: Now,
}

impl<'a> Desk<'a> {
    /// Return the desk of a call over a journal's buffer.
    pub fn new(journal: &'a mut [i64]) -> Self {
        let now = Now {
            bot: 0,
            frame: 0,
            ts: 0,
            landing: 0,
            is_open: false,
            prints: (0, 0),
            book: Shown::NOTHING,
            standing: Shown::NOTHING,
        };
        Self {
            cells: journal,
            rows: 0,
            now,
        }
    }

    /// Return how many rows there is still room for.
    pub fn room(&self) -> usize {
        self.cells.len() / JOURNAL_WIDTH - self.rows
    }

    /// Set the desk to one frame of one bot.
    pub fn turn_to(&mut self, market: &Market, plan: &[i64], bot: i64, frame: usize) {
        self.now = Now::at(market, plan, bot, frame);
    }

    /// Write the next journal row of a bot; `rest` is columns A to F.
    pub fn write(&mut self, row: &mut [i64], kind: i64, order: i64, rest: [i64; 6]) {
        let at = self.rows * JOURNAL_WIDTH;
        let line = &mut self.cells[at..at + JOURNAL_WIDTH];
        line[JOURNAL_BOT] = self.now.bot;
        line[JOURNAL_SEQUENCE] = row[STATE_SEQUENCE];
        line[JOURNAL_TS] = self.now.ts;
        line[JOURNAL_KIND] = kind;
        line[JOURNAL_ORDER] = order;
        line[JOURNAL_A..].copy_from_slice(&rest);
        self.rows += 1;
        row[STATE_SEQUENCE] += 1;
    }
}
