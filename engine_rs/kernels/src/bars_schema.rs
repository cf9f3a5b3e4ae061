//! The one place that names the columns and codes of the bar kernel's arrays.
//!
//! Twin of `forven/kernels/bars_schema.py`: the same names and values, which a test compares.
//! Columns and widths are `usize`, codes and bounds `i64`. Shapes: n bars, C columns, M masks,
//! W = (n + 63) / 64 words, K runs, S segments.

#![allow(missing_docs)] // the names say what a column holds; a comment says what they cannot

// bars [4 + A, n]: quanta, rows of ATR below the prices
pub const BAR_OPEN: usize = 0;
pub const BAR_HIGH: usize = 1;
pub const BAR_LOW: usize = 2;
pub const BAR_CLOSE: usize = 3;
pub const BAR_ATR_FIRST: usize = 4;
pub const PRICE_MAX: i64 = 500_000_000_000;

// funding [2, n + 1] f64: sums over the bars before each
pub const FUNDING_SUM: usize = 0;
pub const FUNDING_MISSING: usize = 1;
pub const FUNDING_ROWS: usize = 2;

// program [P, 6]: an instruction on registers. Comparisons: an operand of 0 or more is a column,
// -1 - k the constant k. Others: registers; the right one counts bars in LAG, ALL and ANY, the left
// one is the mask of MASK.
pub const STEP_CODE: usize = 0;
pub const STEP_OUT: usize = 1;
pub const STEP_LEFT: usize = 2;
pub const STEP_LEFT_LAG: usize = 3;
pub const STEP_RIGHT: usize = 4;
pub const STEP_RIGHT_LAG: usize = 5;
pub const PROGRAM_WIDTH: usize = 6;

pub const CODE_LT: i64 = 0;
pub const CODE_LE: i64 = 1;
pub const CODE_EQ: i64 = 2;
pub const CODE_CROSS: i64 = 3;
pub const CODE_AND: i64 = 4;
pub const CODE_OR: i64 = 5;
pub const CODE_NOT: i64 = 6;
pub const CODE_LAG: i64 = 7;
pub const CODE_ALL: i64 = 8;
pub const CODE_ANY: i64 = 9;
pub const CODE_MASK: i64 = 10;
pub const REGISTERS_MAX: i64 = 64;

// plans [K, PLAN_WIDTH]: one run
pub const PLAN_PROGRAM_BEGIN: usize = 0;
pub const PLAN_PROGRAM_END: usize = 1;
/// Register of the signal, or -1.
pub const PLAN_ENTER_LONG: usize = 2;
pub const PLAN_EXIT_LONG: usize = 3;
pub const PLAN_ENTER_SHORT: usize = 4;
pub const PLAN_EXIT_SHORT: usize = 5;
pub const PLAN_MODE: usize = 6;
pub const PLAN_SIZING: usize = 7;
pub const PLAN_FIXED_SIZE_MICROS: usize = 8;
pub const PLAN_RISK_PPM: usize = 9;
/// Row of bars, or -1 where the sizing is not atr.
pub const PLAN_ATR_ROW: usize = 10;
pub const PLAN_ATR_STOP_MILLI: usize = 11;
pub const PLAN_KELLY_MILLI: usize = 12;
pub const PLAN_KELLY_LOOKBACK: usize = 13;
pub const PLAN_STOP_PPM: usize = 14;
pub const PLAN_TARGET_PPM: usize = 15;
pub const PLAN_TRAIL_PPM: usize = 16;
pub const PLAN_TIME_STOP_BARS: usize = 17;
pub const PLAN_FALLBACK_STOP_PPM: usize = 18;
pub const PLAN_LEVERAGE_PPM: usize = 19;
/// Fee and slippage of one side.
pub const PLAN_COST_PPM: usize = 20;
pub const PLAN_CAPITAL_MICROS: usize = 21;
/// 1: sums of bars too.
pub const PLAN_DETAIL: usize = 22;
pub const PLAN_WIDTH: usize = 23;

pub const MODE_LONG: i64 = 1;
pub const MODE_SHORT: i64 = 2;
pub const MODE_BOTH: i64 = 3;
pub const SIZING_FULL: i64 = 0;
pub const SIZING_FIXED: i64 = 1;
pub const SIZING_FRACTION: i64 = 2;
pub const SIZING_ATR: i64 = 3;
pub const SIZING_KELLY: i64 = 4;
pub const KELLY_LOOKBACK_MAX: i64 = 1_000;
pub const UNIT_PPM: i64 = 1_000_000;
pub const MAINTENANCE_KEPT_PPM: i64 = 995_000;

// segments [S, 2]: the first bar and the one after the last
pub const SEGMENT_BEGIN: usize = 0;
pub const SEGMENT_END: usize = 1;

// counts [K, S, COUNT_WIDTH]. Of each side: long at the name, short SIDE_COUNTS further
pub const COUNT_TRADES: usize = 0;
pub const COUNT_WINS: usize = 1;
pub const COUNT_LOSSES: usize = 2;
pub const COUNT_BREAKEVEN: usize = 3;
pub const COUNT_BARS_HELD: usize = 4;
pub const COUNT_FUNDING_INCOMPLETE: usize = 5;
pub const SIDE_COUNTS: usize = 6;
/// Six, in the order of the reasons.
pub const COUNT_EXITS_FIRST: usize = 12;
pub const COUNT_SHADOWS: usize = 18;
pub const COUNT_OPEN_AT_END: usize = 19;
pub const COUNT_RUINED: usize = 20;
pub const COUNT_BARS_IN_MARKET: usize = 21;
pub const COUNT_WIDTH: usize = 22;

pub const REASON_SIGNAL: i64 = 0;
pub const REASON_STOP_LOSS: i64 = 1;
pub const REASON_TRAILING_STOP: i64 = 2;
pub const REASON_TAKE_PROFIT: i64 = 3;
pub const REASON_TIME_STOP: i64 = 4;
pub const REASON_LIQUIDATION: i64 = 5;

// sums [K, S, SUM_WIDTH] f64. Of each side: long at the name, short SIDE_SUMS further. Best and worst
// are 0.0 without a trade.
pub const SUM_GAINS: usize = 0;
pub const SUM_LOSSES: usize = 1;
pub const SUM_RETURNS: usize = 2;
pub const SUM_SQUARES: usize = 3;
pub const SUM_DOWNSIDE: usize = 4;
pub const SUM_DRAG: usize = 5;
pub const SUM_FUNDING: usize = 6;
pub const SUM_BEST: usize = 7;
pub const SUM_WORST: usize = 8;
pub const SIDE_SUMS: usize = 9;
pub const SUM_EQUITY: usize = 18;
pub const SUM_CLOSED_DRAWDOWN: usize = 19;
pub const SUM_BAR_RETURNS: usize = 20;
pub const SUM_BAR_SQUARES: usize = 21;
pub const SUM_BAR_DOWNSIDE: usize = 22;
pub const SUM_MAX_DRAWDOWN: usize = 23;
pub const SUM_WIDTH: usize = 24;

// trades [T, TRADE_WIDTH] and trade_values [T, TRADE_VALUES] f64, in the order of closing
pub const TRADE_RUN: usize = 0;
pub const TRADE_SEGMENT: usize = 1;
pub const TRADE_SIGN: usize = 2;
pub const TRADE_ENTRY_BAR: usize = 3;
pub const TRADE_EXIT_BAR: usize = 4;
pub const TRADE_ENTRY_PRICE: usize = 5;
pub const TRADE_EXIT_PRICE: usize = 6;
pub const TRADE_REASON: usize = 7;
pub const TRADE_SIZE_PPM: usize = 8;
pub const TRADE_OPEN_AT_END: usize = 9;
pub const TRADE_FUNDING_MISSING: usize = 10;
pub const TRADE_WIDTH: usize = 11;

pub const TRADE_BASE: usize = 0;
pub const TRADE_GROSS: usize = 1;
pub const TRADE_DRAG: usize = 2;
pub const TRADE_FUNDING: usize = 3;
pub const TRADE_RETURN: usize = 4;
pub const TRADE_PNL: usize = 5;
pub const TRADE_VALUES: usize = 6;
