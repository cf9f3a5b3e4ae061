//! The one place that names the columns and codes of the perpetual kernel's integer arrays.
//!
//! Twin of `forven/kernels/perpetual_schema.py`: the same names and values, which a test compares.
//! Columns and widths are `usize`, codes and bounds `i64`.

#![allow(missing_docs)] // the names say what a column holds; a comment says what they cannot

/// The queue ahead of an order whose price level has not been displayed since it joined.
pub const UNKNOWN_AHEAD: i64 = i64::MAX;
pub const PRICE_MAX: i64 = 1_000_000_000;
pub const SIZE_MAX: i64 = 200_000_000;
/// Largest (position + pending + new lots) x value: with `PRICE_MAX` no sum leaves int64.
pub const EXPOSURE_MAX: i64 = 200_000_000;
pub const EQUITY_MAX: i64 = 1_000_000_000_000_000_000;
pub const LATENCY_NS_MAX: i64 = 1_000_000_000_000;
pub const PER_MILLION: i64 = 1_000_000;
/// A funding rate of `RATE_UNIT` is 100 % an hour.
pub const RATE_UNIT: i64 = 10_000_000_000;
/// Multiplier of the hash of re-quotes (FNV-1a over int64, wrapping).
pub const HASH_PRIME: i64 = 1_099_511_628_211;

// book [BOOK_ROWS, T]: one column a frame, quotes carried forward
pub const BOOK_TS: usize = 0;
/// When the frame reached this host; equal to ts where not recorded.
pub const BOOK_ARRIVAL: usize = 1;
/// MISSING: no bid.
pub const BOOK_BID: usize = 2;
/// MISSING: no ask.
pub const BOOK_ASK: usize = 3;
/// Lots displayed; 0 where the side is missing.
pub const BOOK_BID_SIZE: usize = 4;
pub const BOOK_ASK_SIZE: usize = 5;
/// Half quanta: twice the venue's mark price, or bid + ask of the last two-sided
/// uncrossed quote; MISSING before the first.
pub const BOOK_MARK2: usize = 6;
/// Prints of frames up to and including this one.
pub const BOOK_PRINTS: usize = 7;
pub const BOOK_ROWS: usize = 8;

// prints [P, PRINT_WIDTH]: trades in stream order
pub const PRINT_PRICE: usize = 0;
pub const PRINT_SIZE: usize = 1;
/// +1: a buyer lifted an ask, -1: a seller hit a bid, 0: not known.
pub const PRINT_AGGRESSOR: usize = 2;
pub const PRINT_WIDTH: usize = 3;

// fundings [F, FUNDING_WIDTH], sorted by ts
pub const FUNDING_TS: usize = 0;
/// Of notional, in 1 / RATE_UNIT; longs pay where it is positive.
pub const FUNDING_RATE: usize = 1;
/// Quanta.
pub const FUNDING_ORACLE: usize = 2;
pub const FUNDING_WIDTH: usize = 3;

// tiers [K, TIER_WIDTH], sorted by notional, the first from 0
/// Micros of notional.
pub const TIER_FROM: usize = 0;
/// Most leverage of the part of a position beyond it.
pub const TIER_LEVERAGE: usize = 1;
pub const TIER_WIDTH: usize = 2;

// contract [CONTRACT_WIDTH]: the instrument and the session, by value
/// Micros that one quantum of one lot is worth.
pub const CONTRACT_VALUE: usize = 0;
/// Significant figures of an order's price; 0: only the tick counts.
pub const CONTRACT_FIGURES: usize = 1;
/// Quanta in 1.00: multiples of it are always on the grid.
pub const CONTRACT_WHOLE: usize = 2;
/// Quanta between order prices where figures do not count.
pub const CONTRACT_TICK: usize = 3;
/// Micros an order must be worth unless it only reduces.
pub const CONTRACT_VALUE_MIN: usize = 4;
/// Funding due at or before it is another session's.
pub const CONTRACT_OPEN: usize = 5;
pub const CONTRACT_END: usize = 6;
/// Orders a state row has room for.
pub const CONTRACT_ORDERS: usize = 7;
pub const CONTRACT_WIDTH: usize = 8;

// plans [B, PLAN_WIDTH]
pub const PLAN_FILL_MODEL: usize = 0;
/// Probabilistic queue: 1, 2 or 3.
pub const PLAN_QUEUE_POWER: usize = 1;
/// Added to the recorded arrival.
pub const PLAN_FEED_LATENCY_NS: usize = 2;
pub const PLAN_ORDER_LATENCY_NS: usize = 3;
/// Of notional; negative: a rebate.
pub const PLAN_MAKER_PPM: usize = 4;
pub const PLAN_TAKER_PPM: usize = 5;
pub const PLAN_LEVERAGE: usize = 6;
/// Micros below the opening equity; INT64_MAX: off.
pub const PLAN_HALT_LOSS: usize = 7;
pub const PLAN_MAX_ORDERS: usize = 8;
pub const PLAN_STALENESS_NS: usize = 9;
pub const PLAN_OPENING_ENABLED: usize = 10;
pub const PLAN_OPENING_NUDGE_NS: usize = 11;
pub const PLAN_OPENING_INTERVAL_NS: usize = 12;
pub const PLAN_OPENING_TOLERANCE_TICKS: usize = 13;
/// Quanta; INT64_MAX: the peg follows without a cap.
pub const PLAN_MAX_CONCESSION: usize = 14;
pub const PLAN_CLOSING_ENABLED: usize = 15;
pub const PLAN_CLOSING_NUDGE_NS: usize = 16;
pub const PLAN_CLOSING_INTERVAL_NS: usize = 17;
/// Micros of notional beyond which a liquidation begins with a part.
pub const PLAN_PARTIAL_FROM: usize = 18;
/// That part of the position.
pub const PLAN_PARTIAL_PPM: usize = 19;
/// After the part, until the rest.
pub const PLAN_COOLDOWN_NS: usize = 20;
/// Of maintenance: below it position and equity are taken over.
pub const PLAN_BACKSTOP_PPM: usize = 21;
/// The two-sided quoter's order size; 0: no quoter.
pub const PLAN_QUOTE_LOTS: usize = 22;
/// From the mid, away from the market.
pub const PLAN_QUOTE_OFFSET_TICKS: usize = 23;
/// Lots, either side.
pub const PLAN_QUOTE_POSITION_MAX: usize = 24;
/// After a rejected quote.
pub const PLAN_QUOTE_RETRY_NS: usize = 25;
/// 1: each re-quote is a journal row; 0: it is only hashed and counted.
pub const PLAN_REQUOTE_ROWS: usize = 26;
pub const PLAN_COMMAND_FROM: usize = 27;
pub const PLAN_COMMAND_COUNT: usize = 28;
pub const PLAN_WIDTH: usize = 29;

pub const FILL_TOUCH: i64 = 0;
pub const FILL_QUEUE_RISK_AVERSE: i64 = 1;
pub const FILL_QUEUE_PROBABILISTIC: i64 = 2;

// commands [C, COMMAND_WIDTH]: per bot in order of due times; kinds as in schema.COMMAND_*
/// When it is sent; it lands one order latency later.
pub const COMMAND_DUE: usize = 0;
/// PLACE, CANCEL, CANCEL_ALL, REPLACE, STOP.
pub const COMMAND_KIND: usize = 1;
pub const COMMAND_ORDER: usize = 2;
/// ORDER_MARKET, ORDER_LIMIT, ORDER_STOP.
pub const COMMAND_TYPE: usize = 3;
pub const COMMAND_SIDE: usize = 4;
/// Limit or trigger.
pub const COMMAND_PRICE: usize = 5;
pub const COMMAND_LOTS: usize = 6;
pub const COMMAND_POST_ONLY: usize = 7;
pub const COMMAND_REDUCE_ONLY: usize = 8;
/// What does not fill at once is cancelled.
pub const COMMAND_IMMEDIATE: usize = 9;
pub const COMMAND_PEGGED: usize = 10;
pub const COMMAND_OFFSET_TICKS: usize = 11;
pub const COMMAND_WIDTH: usize = 12;

// state [B, STATE_HEADER_WIDTH + orders x ORDER_WIDTH]
pub const STATE_STATUS: usize = 0;
/// The next frame to be taken.
pub const STATE_FRAME: usize = 1;
/// Micros; buying takes the full notional out, selling puts it in.
pub const STATE_CASH: usize = 2;
pub const STATE_OPENING_EQUITY: usize = 3;
/// Cash + position at the last mark.
pub const STATE_EQUITY: usize = 4;
pub const STATE_PEAK_EQUITY: usize = 5;
pub const STATE_MAX_DRAWDOWN: usize = 6;
pub const STATE_NEXT_ORDER: usize = 7;
pub const STATE_SEQUENCE: usize = 8;
/// Orders in the rows below, those in flight included.
pub const STATE_ORDER_COUNT: usize = 9;
pub const STATE_COMMAND_CURSOR: usize = 10;
pub const STATE_FUNDING_CURSOR: usize = 11;
/// Lots, + long.
pub const STATE_POSITION: usize = 12;
/// Micros paid (+) or received (-) for the position, without fees.
pub const STATE_COST: usize = 13;
pub const STATE_FEES: usize = 14;
/// Micros paid.
pub const STATE_FUNDING: usize = 15;
/// Fill rows.
pub const STATE_FILLS: usize = 16;
/// Re-quotes landed.
pub const STATE_REPLACES: usize = 17;
pub const STATE_REPLACE_HASH: usize = 18;
/// Lots this bot took from the displayed bid since it last changed.
pub const STATE_TAKEN_BID: usize = 19;
pub const STATE_TAKEN_ASK: usize = 20;
/// When the part of a liquidation was ordered; MISSING: no such.
pub const STATE_LIQUIDATED_TS: usize = 21;
/// Before it the quoter places no buy after a rejection.
pub const STATE_RETRY_BUY_TS: usize = 22;
pub const STATE_RETRY_SELL_TS: usize = 23;
pub const STATE_HEADER_WIDTH: usize = 24;

/// 0 until it lands.
pub const ORDER_ID: usize = 0;
pub const ORDER_KIND: usize = 1;
pub const ORDER_SIDE: usize = 2;
pub const ORDER_ORIGIN: usize = 3;
/// Lots.
pub const ORDER_LEFT: usize = 4;
/// Limit or trigger; 0 for a market order.
pub const ORDER_PRICE: usize = 5;
pub const ORDER_POST_ONLY: usize = 6;
pub const ORDER_REDUCE_ONLY: usize = 7;
pub const ORDER_IMMEDIATE: usize = 8;
pub const ORDER_PEGGED: usize = 9;
pub const ORDER_OFFSET_TICKS: usize = 10;
/// 1: it crossed the book it landed on and takes in this frame.
pub const ORDER_AGGRESSIVE: usize = 11;
/// Lots.
pub const ORDER_AHEAD: usize = 12;
/// Lots displayed at its price when last seen; MISSING: not displayed.
pub const ORDER_LEVEL: usize = 13;
/// Signed price, as the three that follow.
pub const ORDER_INTENDED: usize = 14;
/// Ticks.
pub const ORDER_CONCESSION: usize = 15;
pub const ORDER_HAS_REFERENCE: usize = 16;
pub const ORDER_REFERENCE2: usize = 17;
pub const ORDER_FLAT_SINCE: usize = 18;
pub const ORDER_LAST_NUDGE: usize = 19;
pub const ORDER_LAST_REPLACE: usize = 20;
pub const ORDER_PLACED_TS: usize = 21;
/// When what is in flight lands; INT64_MAX: nothing is.
pub const ORDER_FLIGHT_TS: usize = 22;
/// The price it will have.
pub const ORDER_FLIGHT_PRICE: usize = 23;
pub const ORDER_WIDTH: usize = 24;

pub const ORIGIN_LIQUIDATION: i64 = 4;
pub const ORIGIN_QUOTE: i64 = 5;

pub const STATUS_LIQUIDATED: i64 = 10;

pub const EVENT_FUNDING: i64 = 18;
pub const EVENT_LIQUIDATION: i64 = 19;
pub const EVENT_TRIGGERED: i64 = 20;

pub const FLAG_POST_ONLY: i64 = 1;
pub const FLAG_REDUCE_ONLY: i64 = 2;
pub const FLAG_IMMEDIATE: i64 = 4;
pub const FLAG_PEGGED: i64 = 8;

pub const REASON_BAD_ORDER: i64 = 28;
pub const REASON_BELOW_MINIMUM: i64 = 29;
pub const REASON_WOULD_CROSS: i64 = 30;
pub const REASON_NO_BOOK: i64 = 31;
pub const REASON_OUT_OF_RANGE: i64 = 32;
pub const REASON_LIQUIDATION: i64 = 33;

pub const STAGE_PART: i64 = 0;
pub const STAGE_WHOLE: i64 = 1;
pub const STAGE_BACKSTOP: i64 = 2;
