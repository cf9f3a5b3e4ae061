"""Every column of the bar kernel's arrays, by name; the Rust side has the same (docs/BARS.md).

Shapes: n bars, C columns, M masks, W = (n + 63) // 64 words, K runs, S segments.
"""

# What the kernel reads: bars[4 + A, n] int64 quanta, A rows of ATR below the prices.
BAR_OPEN, BAR_HIGH, BAR_LOW, BAR_CLOSE, BAR_ATR_FIRST = range(5)
PRICE_MAX = 500_000_000_000

# funding[2, n + 1] float64: sums over the bars before each.
FUNDING_SUM, FUNDING_MISSING = range(2)
FUNDING_ROWS = 2

# program[P, 6] int64: an instruction on registers. Comparisons: an operand of 0 or more is a
# column, -1 - k the constant k. Others: registers; the right one counts bars in LAG, ALL and ANY,
# the left one is the mask of MASK.
STEP_CODE, STEP_OUT, STEP_LEFT, STEP_LEFT_LAG, STEP_RIGHT, STEP_RIGHT_LAG = range(6)
PROGRAM_WIDTH = 6
(
    CODE_LT,
    CODE_LE,
    CODE_EQ,
    CODE_CROSS,
    CODE_AND,
    CODE_OR,
    CODE_NOT,
    CODE_LAG,
    CODE_ALL,
    CODE_ANY,
    CODE_MASK,
) = range(11)
REGISTERS_MAX = 64

# plans[K, PLAN_WIDTH] int64: one run.
(
    PLAN_PROGRAM_BEGIN,
    PLAN_PROGRAM_END,
    PLAN_ENTER_LONG,  # register of the signal, or -1
    PLAN_EXIT_LONG,
    PLAN_ENTER_SHORT,
    PLAN_EXIT_SHORT,
    PLAN_MODE,
    PLAN_SIZING,
    PLAN_FIXED_SIZE_MICROS,
    PLAN_RISK_PPM,
    PLAN_ATR_ROW,  # row of bars, or -1 where the sizing is not atr
    PLAN_ATR_STOP_MILLI,
    PLAN_KELLY_MILLI,
    PLAN_KELLY_LOOKBACK,
    PLAN_STOP_PPM,
    PLAN_TARGET_PPM,
    PLAN_TRAIL_PPM,
    PLAN_TIME_STOP_BARS,
    PLAN_FALLBACK_STOP_PPM,
    PLAN_LEVERAGE_PPM,
    PLAN_COST_PPM,  # fee and slippage of one side
    PLAN_CAPITAL_MICROS,
    PLAN_DETAIL,  # 1: sums of bars too
) = range(23)
PLAN_WIDTH = 23

MODE_LONG, MODE_SHORT, MODE_BOTH = 1, 2, 3
SIZING_FULL, SIZING_FIXED, SIZING_FRACTION, SIZING_ATR, SIZING_KELLY = range(5)
KELLY_LOOKBACK_MAX = 1_000
UNIT_PPM = 1_000_000
MAINTENANCE_KEPT_PPM = 995_000

# segments[S, 2] int64: the first bar and the one after the last.
SEGMENT_BEGIN, SEGMENT_END = range(2)

# counts[K, S, COUNT_WIDTH] int64. Of each side: long at the name, short SIDE_COUNTS further.
(
    COUNT_TRADES,
    COUNT_WINS,
    COUNT_LOSSES,
    COUNT_BREAKEVEN,
    COUNT_BARS_HELD,
    COUNT_FUNDING_INCOMPLETE,
) = range(6)
SIDE_COUNTS = 6
(
    COUNT_EXITS_FIRST,  # six, in the order of the reasons
    COUNT_SHADOWS,
    COUNT_OPEN_AT_END,
    COUNT_RUINED,
    COUNT_BARS_IN_MARKET,
) = (12, 18, 19, 20, 21)
COUNT_WIDTH = 22

(
    REASON_SIGNAL,
    REASON_STOP_LOSS,
    REASON_TRAILING_STOP,
    REASON_TAKE_PROFIT,
    REASON_TIME_STOP,
    REASON_LIQUIDATION,
) = range(6)

# sums[K, S, SUM_WIDTH] float64. Of each side: long at the name, short SIDE_SUMS further. Best and
# worst are 0.0 without a trade.
(
    SUM_GAINS,
    SUM_LOSSES,
    SUM_RETURNS,
    SUM_SQUARES,
    SUM_DOWNSIDE,
    SUM_DRAG,
    SUM_FUNDING,
    SUM_BEST,
    SUM_WORST,
) = range(9)
SIDE_SUMS = 9
(
    SUM_EQUITY,
    SUM_CLOSED_DRAWDOWN,
    SUM_BAR_RETURNS,
    SUM_BAR_SQUARES,
    SUM_BAR_DOWNSIDE,
    SUM_MAX_DRAWDOWN,
) = (18, 19, 20, 21, 22, 23)
SUM_WIDTH = 24

# trades[T, TRADE_WIDTH] int64 and trade_values[T, TRADE_VALUES] float64, in the order of closing.
(
    TRADE_RUN,
    TRADE_SEGMENT,
    TRADE_SIGN,
    TRADE_ENTRY_BAR,
    TRADE_EXIT_BAR,
    TRADE_ENTRY_PRICE,
    TRADE_EXIT_PRICE,
    TRADE_REASON,
    TRADE_SIZE_PPM,
    TRADE_OPEN_AT_END,
    TRADE_FUNDING_MISSING,
) = range(11)
TRADE_WIDTH = 11
(
    TRADE_BASE,
    TRADE_GROSS,
    TRADE_DRAG,
    TRADE_FUNDING,
    TRADE_RETURN,
    TRADE_PNL,
) = range(6)
TRADE_VALUES = 6
