//! The one place that names the columns and codes of the session kernel's integer arrays.
//!
//! Twin of `forven/kernels/schema.py`: the same names and values, which a test compares. Columns,
//! widths and counts are `usize`, codes and sentinels `i64`.

#![allow(missing_docs)] // the names say what a column holds; a comment says what they cannot

pub const INT64_MAX: i64 = i64::MAX;
/// A side of a quote, an underlying or a settlement value that is not there.
pub const MISSING: i64 = -1;
pub const MAX_LEGS: usize = 8;
pub const MAX_ENTRIES: usize = 16;

// quotes int32 [3, N, T]: forward-filled per instrument
/// MISSING: no quote; 0: quoted without a bid.
pub const QUOTE_BID: usize = 0;
/// MISSING: no quote.
pub const QUOTE_ASK: usize = 1;
/// Bid + ask of the last uncrossed quote; -2 - that value where the quote of the frame is missing,
/// crossed or without a bid; MISSING where none was uncrossed yet.
pub const QUOTE_MARK2: usize = 2;

// clock int64 [3, T]
pub const CLOCK_TS: usize = 0;
/// When the frame reached this host; equal to ts in a recording.
pub const CLOCK_ARRIVAL: usize = 1;
/// The underlying in quanta, forward-filled; MISSING before its first print.
pub const CLOCK_SPOT: usize = 2;

// instruments int64 [N, 2], sorted by (right, strike), so that index order is that order
pub const INSTRUMENT_STRIKE: usize = 0;
pub const INSTRUMENT_RIGHT: usize = 1;
pub const CALL: i64 = 0;
pub const PUT: i64 = 1;

// session int64 [SESSION_WIDTH]: the trading day, by value
pub const SESSION_OPEN: usize = 0;
pub const SESSION_CLOSE: usize = 1;
/// In quanta; MISSING until it is known.
pub const SESSION_SETTLEMENT: usize = 2;
/// Micros that one quantum of one lot is worth; even.
pub const SESSION_MULTIPLIER: usize = 3;
/// Capacities of a state row, as in `StateShape`.
pub const SESSION_HOLDINGS: usize = 4;
pub const SESSION_STRUCTURES: usize = 5;
pub const SESSION_ORDERS: usize = 6;
pub const SESSION_WIDTH: usize = 7;

// plans int64 [B, PLAN_WIDTH]: policy and compiled strategy, frozen at the session's start
/// Share of the way from natural to mid, in 1/10,000.
pub const PLAN_LAMBDA_BPS: usize = 0;
/// Ticks below fair that a fill gives up.
pub const PLAN_CONCEDED_TICKS: usize = 1;
pub const PLAN_SAME_TICK: usize = 2;
pub const PLAN_SLIPPAGE_TICKS: usize = 3;
pub const PLAN_OPENING_ENABLED: usize = 4;
pub const PLAN_OPENING_NUDGE_NS: usize = 5;
pub const PLAN_OPENING_INTERVAL_NS: usize = 6;
pub const PLAN_OPENING_TOLERANCE_TICKS: usize = 7;
/// In quanta.
pub const PLAN_MAX_CONCESSION: usize = 8;
pub const PLAN_CLOSING_ENABLED: usize = 9;
pub const PLAN_CLOSING_NUDGE_NS: usize = 10;
pub const PLAN_CLOSING_INTERVAL_NS: usize = 11;
/// Quanta per contract: premiums below it pay the BELOW fee, others FROM.
pub const PLAN_FEE_SPLIT: usize = 12;
/// Micros per contract, as all four.
pub const PLAN_FEE_OPEN_BELOW: usize = 13;
pub const PLAN_FEE_OPEN_FROM: usize = 14;
pub const PLAN_FEE_CLOSE_BELOW: usize = 15;
pub const PLAN_FEE_CLOSE_FROM: usize = 16;
/// Micros per in-the-money instrument held, whatever the quantity.
pub const PLAN_FEE_SETTLEMENT: usize = 17;
pub const PLAN_MARGIN_RULE: usize = 18;
pub const PLAN_MARGIN_RATE_BPS: usize = 19;
pub const PLAN_MARGIN_FLOOR_BPS: usize = 20;
/// Micros below the opening cash at which the session halts; INT64_MAX: off.
pub const PLAN_HALT_LOSS: usize = 21;
pub const PLAN_MAX_POSITIONS: usize = 22;
pub const PLAN_MAX_ORDERS: usize = 23;
pub const PLAN_STALENESS_NS: usize = 24;
pub const PLAN_AUTO_PAUSE: usize = 25;
pub const PLAN_ERROR_BUDGET: usize = 26;
/// This bot's rows of `commands`.
pub const PLAN_COMMAND_FROM: usize = 27;
pub const PLAN_COMMAND_COUNT: usize = 28;
/// 0: no structured strategy.
pub const PLAN_LEG_COUNT: usize = 29;
/// Order units; leg ratios are reduced by their common divisor.
pub const PLAN_QUANTITY: usize = 30;
pub const PLAN_ENTRY_COUNT: usize = 31;
pub const PLAN_MAX_ENTRIES: usize = 32;
/// INT64_MAX: none.
pub const PLAN_EXIT_TS: usize = 33;
/// Of the maximum profit; 0: none.
pub const PLAN_TARGET_BPS: usize = 34;
/// Of the premium; 0: none.
pub const PLAN_STOP_BPS: usize = 35;
/// MAX_LEGS x LEG_WIDTH.
pub const PLAN_LEGS: usize = 36;
/// +1 sell, -1 buy.
pub const LEG_SIDE: usize = 0;
pub const LEG_RIGHT: usize = 1;
pub const LEG_RATIO: usize = 2;
pub const LEG_METHOD: usize = 3;
/// Delta: 1e-6; offset, premium, strike, relative: quanta; expected move: 1e-4.
pub const LEG_VALUE: usize = 4;
/// Relative: index of the earlier leg.
pub const LEG_ANCHOR: usize = 5;
pub const LEG_WIDTH: usize = 6;
/// MAX_ENTRIES x ENTRY_WIDTH, by ENTRY_FROM.
pub const PLAN_ENTRIES: usize = PLAN_LEGS + MAX_LEGS * LEG_WIDTH;
/// A frame at or after it.
pub const ENTRY_FROM: usize = 0;
/// A window: frames before it; MISSING: a time, taken once.
pub const ENTRY_TO: usize = 1;
pub const ENTRY_WIDTH: usize = 2;
pub const PLAN_WIDTH: usize = PLAN_ENTRIES + MAX_ENTRIES * ENTRY_WIDTH;

/// Naked short: strike x rate.
pub const MARGIN_STRIKE_SHARE: i64 = 0;
/// Naked short: premium + max(rate x spot - out of the money, floor x base).
pub const MARGIN_EXCHANGE: i64 = 1;

pub const METHOD_DELTA: i64 = 0;
pub const METHOD_OFFSET: i64 = 1;
pub const METHOD_PREMIUM: i64 = 2;
pub const METHOD_ATM: i64 = 3;
pub const METHOD_EXPECTED_MOVE: i64 = 4;
pub const METHOD_STRIKE: i64 = 5;
pub const METHOD_RELATIVE: i64 = 6;

// commands int64 [C, COMMAND_WIDTH]: per bot in arrival order, due times not decreasing
pub const COMMAND_DUE: usize = 0;
pub const COMMAND_KIND: usize = 1;
/// Cancel, replace: the order's id.
pub const COMMAND_ORDER: usize = 2;
/// Place: the order's type.
pub const COMMAND_TYPE: usize = 3;
/// Place: limit or trigger; replace: the new limit.
pub const COMMAND_PRICE: usize = 4;
/// Order units.
pub const COMMAND_QUANTITY: usize = 5;
/// Place: 1 if the engine may re-price it.
pub const COMMAND_REPRICED: usize = 6;
pub const COMMAND_LEG_COUNT: usize = 7;
/// MAX_LEGS x COMMAND_LEG_WIDTH.
pub const COMMAND_LEGS: usize = 8;
pub const COMMAND_LEG_INSTRUMENT: usize = 0;
/// +n sells n, -n buys n, per order unit.
pub const COMMAND_LEG_RATIO: usize = 1;
pub const COMMAND_LEG_EFFECT: usize = 2;
pub const COMMAND_LEG_WIDTH: usize = 3;
pub const COMMAND_WIDTH: usize = COMMAND_LEGS + MAX_LEGS * COMMAND_LEG_WIDTH;

pub const COMMAND_PLACE: i64 = 0;
pub const COMMAND_CANCEL: i64 = 1;
pub const COMMAND_CANCEL_ALL: i64 = 2;
pub const COMMAND_REPLACE: i64 = 3;
pub const COMMAND_STOP: i64 = 4;
/// The strategy's host reports one strategy error.
pub const COMMAND_ERROR: i64 = 5;

pub const ORDER_MARKET: i64 = 0;
pub const ORDER_LIMIT: i64 = 1;
pub const ORDER_STOP: i64 = 2;
pub const EFFECT_OPEN: i64 = 0;
pub const EFFECT_CLOSE: i64 = 1;
/// Any leg opens.
pub const BLOCK_OPENING: i64 = 0;
/// Every leg closes.
pub const BLOCK_CLOSING: i64 = 1;
pub const ORIGIN_COMMAND: i64 = 0;
pub const ORIGIN_ENTRY: i64 = 1;
pub const ORIGIN_EXIT: i64 = 2;
pub const ORIGIN_FLATTEN: i64 = 3;

// state int64 [B, width]: header, then holdings, structures, orders; see `StateShape`
pub const STATE_STATUS: usize = 0;
/// The next frame to be taken.
pub const STATE_FRAME: usize = 1;
pub const STATE_CASH: usize = 2;
pub const STATE_OPENING_CASH: usize = 3;
/// Net liquidation value at the last mark.
pub const STATE_NLV: usize = 4;
pub const STATE_PEAK_NLV: usize = 5;
/// Micros, peak to trough.
pub const STATE_MAX_DRAWDOWN: usize = 6;
/// The next order's id, from 1.
pub const STATE_NEXT_ORDER: usize = 7;
/// The next journal row's number, from 0.
pub const STATE_SEQUENCE: usize = 8;
pub const STATE_ORDER_COUNT: usize = 9;
pub const STATE_HOLDING_COUNT: usize = 10;
/// Times: the next entry of the plan.
pub const STATE_ENTRY_CURSOR: usize = 11;
pub const STATE_ENTRIES_USED: usize = 12;
/// Commands taken so far.
pub const STATE_COMMAND_CURSOR: usize = 13;
pub const STATE_ERRORS: usize = 14;
pub const STATE_PAUSED: usize = 15;
/// Micros paid, settlement included.
pub const STATE_FEES: usize = 16;
/// Micros paid.
pub const STATE_SLIPPAGE: usize = 17;
/// Orders filled.
pub const STATE_FILLS: usize = 18;
/// Rows in this bot's financials buffer.
pub const STATE_FINANCIALS: usize = 19;
pub const STATE_HEADER_WIDTH: usize = 20;

pub const HOLDING_INSTRUMENT: usize = 0;
/// + long, - short, in lots; holdings are kept in instrument order.
pub const HOLDING_QUANTITY: usize = 1;
/// Micros paid (+) or received (-) for what is held, without fees.
pub const HOLDING_COST: usize = 2;
pub const HOLDING_WIDTH: usize = 3;

pub const STRUCTURE_STATUS: usize = 0;
/// Number of the entry, from 1.
pub const STRUCTURE_ENTRY: usize = 1;
pub const STRUCTURE_ENTRY_ORDER: usize = 2;
pub const STRUCTURE_EXIT_ORDER: usize = 3;
/// Quanta per unit.
pub const STRUCTURE_FILL_NET: usize = 4;
/// Half quanta of profit at or above which it is taken; INT64_MAX: none.
pub const STRUCTURE_TARGET2: usize = 5;
/// Half quanta of profit at or below which it is stopped; -INT64_MAX: none.
pub const STRUCTURE_STOP2: usize = 6;
/// MAX_LEGS x (instrument, signed ratio as ordered: + sold).
pub const STRUCTURE_LEGS: usize = 7;
pub const STRUCTURE_WIDTH: usize = STRUCTURE_LEGS + MAX_LEGS * 2;
pub const STRUCTURE_FREE: i64 = 0;
pub const STRUCTURE_ENTERING: i64 = 1;
pub const STRUCTURE_OPEN: i64 = 2;
pub const STRUCTURE_EXITING: i64 = 3;

pub const ORDER_ID: usize = 0;
/// Market, limit, stop.
pub const ORDER_KIND: usize = 1;
pub const ORDER_BLOCK: usize = 2;
pub const ORDER_ORIGIN: usize = 3;
/// Row of the structure it enters or exits; MISSING: none.
pub const ORDER_STRUCTURE: usize = 4;
pub const ORDER_QUANTITY: usize = 5;
pub const ORDER_LEG_COUNT: usize = 6;
/// Limit or trigger.
pub const ORDER_PRICE: usize = 7;
pub const ORDER_INTENDED: usize = 8;
/// Ticks.
pub const ORDER_CONCESSION: usize = 9;
pub const ORDER_HAS_REFERENCE: usize = 10;
/// Half quanta.
pub const ORDER_REFERENCE2: usize = 11;
pub const ORDER_FLAT_SINCE: usize = 12;
pub const ORDER_LAST_NUDGE: usize = 13;
pub const ORDER_LAST_REPLACE: usize = 14;
pub const ORDER_PLACED_TS: usize = 15;
/// 1 if the engine may re-price it.
pub const ORDER_REPRICED: usize = 16;
/// MAX_LEGS x COMMAND_LEG_WIDTH, as in `commands`.
pub const ORDER_LEGS: usize = 17;
pub const ORDER_WIDTH: usize = ORDER_LEGS + MAX_LEGS * COMMAND_LEG_WIDTH;

pub const STATUS_RUNNING: i64 = 0;
/// Flattening after the daily loss.
pub const STATUS_HALTING: i64 = 1;
/// Flattening after too many strategy errors.
pub const STATUS_FAILING: i64 = 2;
/// Stopped on command, holdings left to settle.
pub const STATUS_STOPPING: i64 = 3;
/// Halted, holding only longs without a bid until they settle.
pub const STATUS_UNSELLABLE: i64 = 4;
/// Failed, likewise.
pub const STATUS_FAILED_UNSELLABLE: i64 = 5;
/// From this one on nothing happens any more.
pub const STATUS_ENDED: i64 = 6;
pub const STATUS_COMPLETED: i64 = 6;
pub const STATUS_HALTED: i64 = 7;
pub const STATUS_KILLED: i64 = 8;
pub const STATUS_FAILED: i64 = 9;

// journal int64 [rows, JOURNAL_WIDTH]: kind says what A to F hold (docs/ENGINE.md)
/// The row of `plans` and `state`; not part of the digest.
pub const JOURNAL_BOT: usize = 0;
pub const JOURNAL_SEQUENCE: usize = 1;
pub const JOURNAL_TS: usize = 2;
pub const JOURNAL_KIND: usize = 3;
/// MISSING: no order.
pub const JOURNAL_ORDER: usize = 4;
pub const JOURNAL_A: usize = 5;
pub const JOURNAL_B: usize = 6;
pub const JOURNAL_C: usize = 7;
pub const JOURNAL_D: usize = 8;
pub const JOURNAL_E: usize = 9;
pub const JOURNAL_F: usize = 10;
pub const JOURNAL_WIDTH: usize = 11;

pub const EVENT_ORDER_PLACED: i64 = 1;
pub const EVENT_ORDER_LEG: i64 = 2;
pub const EVENT_ORDER_REJECTED: i64 = 3;
pub const EVENT_ORDER_FILLED: i64 = 4;
pub const EVENT_LEG_FILLED: i64 = 5;
pub const EVENT_ORDER_CANCELED: i64 = 6;
pub const EVENT_ORDER_EXPIRED: i64 = 7;
pub const EVENT_ORDER_REPLACED: i64 = 8;
pub const EVENT_COMMAND_REFUSED: i64 = 9;
pub const EVENT_ENTRY_SKIPPED: i64 = 10;
pub const EVENT_EXIT_SIGNAL: i64 = 11;
pub const EVENT_HALT: i64 = 12;
pub const EVENT_ENTRIES_PAUSED: i64 = 13;
pub const EVENT_STRATEGY_ERROR: i64 = 14;
pub const EVENT_STOPPED: i64 = 15;
pub const EVENT_SETTLED: i64 = 16;
pub const EVENT_SESSION_ENDED: i64 = 17;

pub const REASON_BUYING_POWER: i64 = 1;
pub const REASON_MAX_ORDERS: i64 = 2;
pub const REASON_MAX_POSITIONS: i64 = 3;
pub const REASON_OFF_GRID: i64 = 4;
/// None, too many, one instrument twice, zero ratio, more than one for the type.
pub const REASON_BAD_LEGS: i64 = 5;
pub const REASON_BAD_QUANTITY: i64 = 6;
/// Closes more than is held.
pub const REASON_NOT_HELD: i64 = 7;
/// Opens against a holding of the other side.
pub const REASON_OPPOSITE_HELD: i64 = 8;
pub const REASON_WOULD_TRIGGER: i64 = 9;
pub const REASON_NOT_RUNNING: i64 = 10;
pub const REASON_NO_SUCH_ORDER: i64 = 11;
pub const REASON_NOT_A_LIMIT: i64 = 12;
pub const REASON_USER: i64 = 13;
pub const REASON_STOP: i64 = 14;
pub const REASON_RISK: i64 = 15;
pub const REASON_EXIT_TIME: i64 = 16;
pub const REASON_UNFILLED: i64 = 17;
pub const REASON_UNSELLABLE: i64 = 18;
pub const REASON_NO_STRIKE: i64 = 19;
pub const REASON_NO_UNDERLYING: i64 = 20;
pub const REASON_NO_FORWARD: i64 = 21;
pub const REASON_STOP_LOSS: i64 = 22;
pub const REASON_PROFIT_TARGET: i64 = 23;
pub const REASON_TIME: i64 = 24;
pub const REASON_DAILY_LOSS: i64 = 25;
pub const REASON_ERROR_BUDGET: i64 = 26;
pub const REASON_REPRICED: i64 = 27;

// financials int64 [B, rows, FINANCIAL_WIDTH]; no rows: not recorded
pub const FINANCIAL_TS: usize = 0;
pub const FINANCIAL_CASH: usize = 1;
pub const FINANCIAL_NLV: usize = 2;
/// Micros below the peak.
pub const FINANCIAL_DRAWDOWN: usize = 3;
/// Micros, of the holdings.
pub const FINANCIAL_MARGIN: usize = 4;
/// Pending.
pub const FINANCIAL_ORDERS: usize = 5;
pub const FINANCIAL_WIDTH: usize = 6;

/// Where the sections of one bot's state row begin, for given capacities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateShape {
    /// Instruments that may be held at once.
    pub holdings: usize,
    /// Entries open at once.
    pub structures: usize,
    /// Orders that may be pending at once.
    pub orders: usize,
    pub holdings_at: usize,
    pub structures_at: usize,
    pub orders_at: usize,
    pub width: usize,
}

impl StateShape {
    /// Return the layout of a state row with room for these many.
    pub fn new(holdings: usize, structures: usize, orders: usize) -> Self {
        let holdings_at = STATE_HEADER_WIDTH;
        let structures_at = holdings_at + holdings * HOLDING_WIDTH;
        let orders_at = structures_at + structures * STRUCTURE_WIDTH;
        Self {
            holdings,
            structures,
            orders,
            holdings_at,
            structures_at,
            orders_at,
            width: orders_at + orders * ORDER_WIDTH,
        }
    }
}
