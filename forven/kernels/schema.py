"""The one place that names the columns and codes of the session kernel's integer arrays.

Every array is C-contiguous. `B` bots, `N` instruments, `T` frames, `C` commands. Prices are quanta
(net credit: cash to the trader is positive), money is micros, time is nanoseconds UTC.
"""

INT64_MAX = 2**63 - 1
MISSING = -1
"""A side of a quote, an underlying or a settlement value that is not there."""
MAX_LEGS = 8
MAX_ENTRIES = 16

# quotes int32 [3, N, T]: forward-filled per instrument
QUOTE_BID = 0  # MISSING: no quote; 0: quoted without a bid
QUOTE_ASK = 1  # MISSING: no quote
QUOTE_MARK2 = 2  # bid + ask of the last uncrossed quote; -2 - that value where the quote of the
#                  frame is missing, crossed or without a bid; MISSING where none was uncrossed yet

# clock int64 [3, T]
CLOCK_TS = 0
CLOCK_ARRIVAL = 1  # when the frame reached this host; equal to ts in a recording
CLOCK_SPOT = 2  # the underlying in quanta, forward-filled; MISSING before its first print

# instruments int64 [N, 2], sorted by (right, strike), so that index order is that order
INSTRUMENT_STRIKE = 0
INSTRUMENT_RIGHT = 1
CALL = 0
PUT = 1

# session int64 [SESSION_WIDTH]: the trading day, by value
SESSION_OPEN = 0
SESSION_CLOSE = 1
SESSION_SETTLEMENT = 2  # in quanta; MISSING until it is known
SESSION_MULTIPLIER = 3  # micros that one quantum of one lot is worth; even
SESSION_HOLDINGS = 4  # capacities of a state row, as in `StateShape`
SESSION_STRUCTURES = 5
SESSION_ORDERS = 6
SESSION_WIDTH = 7

# plans int64 [B, PLAN_WIDTH]: policy and compiled strategy, frozen at the session's start
PLAN_LAMBDA_BPS = 0  # share of the way from natural to mid, in 1/10,000
PLAN_CONCEDED_TICKS = 1  # k
PLAN_SAME_TICK = 2
PLAN_SLIPPAGE_TICKS = 3
PLAN_OPENING_ENABLED = 4
PLAN_OPENING_NUDGE_NS = 5
PLAN_OPENING_INTERVAL_NS = 6
PLAN_OPENING_TOLERANCE_TICKS = 7
PLAN_MAX_CONCESSION = 8  # quanta
PLAN_CLOSING_ENABLED = 9
PLAN_CLOSING_NUDGE_NS = 10
PLAN_CLOSING_INTERVAL_NS = 11
PLAN_FEE_SPLIT = 12  # quanta per contract: premiums below it pay the BELOW fee, others FROM
PLAN_FEE_OPEN_BELOW = 13  # micros per contract, as all four
PLAN_FEE_OPEN_FROM = 14
PLAN_FEE_CLOSE_BELOW = 15
PLAN_FEE_CLOSE_FROM = 16
PLAN_FEE_SETTLEMENT = 17  # micros per in-the-money instrument held, whatever the quantity
PLAN_MARGIN_RULE = 18
PLAN_MARGIN_RATE_BPS = 19
PLAN_MARGIN_FLOOR_BPS = 20
PLAN_HALT_LOSS = 21  # micros below the opening cash at which the session halts; INT64_MAX: off
PLAN_MAX_POSITIONS = 22
PLAN_MAX_ORDERS = 23
PLAN_STALENESS_NS = 24
PLAN_AUTO_PAUSE = 25
PLAN_ERROR_BUDGET = 26
PLAN_COMMAND_FROM = 27  # this bot's rows of `commands`
PLAN_COMMAND_COUNT = 28
PLAN_LEG_COUNT = 29  # 0: no structured strategy
PLAN_QUANTITY = 30  # order units; leg ratios are reduced by their common divisor
PLAN_ENTRY_COUNT = 31
PLAN_MAX_ENTRIES = 32
PLAN_EXIT_TS = 33  # INT64_MAX: none
PLAN_TARGET_BPS = 34  # of the maximum profit; 0: none
PLAN_STOP_BPS = 35  # of the premium; 0: none
PLAN_LEGS = 36  # MAX_LEGS x LEG_WIDTH
LEG_SIDE = 0  # +1 sell, -1 buy
LEG_RIGHT = 1
LEG_RATIO = 2
LEG_METHOD = 3
LEG_VALUE = 4  # delta: 1e-6; offset, premium, strike, relative: quanta; expected move: 1e-4
LEG_ANCHOR = 5  # relative: index of the earlier leg
LEG_WIDTH = 6
PLAN_ENTRIES = PLAN_LEGS + MAX_LEGS * LEG_WIDTH  # MAX_ENTRIES x ENTRY_WIDTH, by ENTRY_FROM
ENTRY_FROM = 0  # a frame at or after it
ENTRY_TO = 1  # a window: frames before it; MISSING: a time, taken once
ENTRY_WIDTH = 2
PLAN_WIDTH = PLAN_ENTRIES + MAX_ENTRIES * ENTRY_WIDTH

MARGIN_STRIKE_SHARE = 0  # naked short: strike x rate
MARGIN_EXCHANGE = 1  # naked short: premium + max(rate x spot - out of the money, floor x base)

METHOD_DELTA = 0
METHOD_OFFSET = 1
METHOD_PREMIUM = 2
METHOD_ATM = 3
METHOD_EXPECTED_MOVE = 4
METHOD_STRIKE = 5
METHOD_RELATIVE = 6

# commands int64 [C, COMMAND_WIDTH]: per bot in arrival order, due times not decreasing
COMMAND_DUE = 0
COMMAND_KIND = 1
COMMAND_ORDER = 2  # cancel, replace: the order's id
COMMAND_TYPE = 3  # place: the order's type
COMMAND_PRICE = 4  # place: limit or trigger; replace: the new limit
COMMAND_QUANTITY = 5  # order units
COMMAND_REPRICED = 6  # place: 1 if the engine may re-price it
COMMAND_LEG_COUNT = 7
COMMAND_LEGS = 8  # MAX_LEGS x COMMAND_LEG_WIDTH
COMMAND_LEG_INSTRUMENT = 0
COMMAND_LEG_RATIO = 1  # +n sells n, -n buys n, per order unit
COMMAND_LEG_EFFECT = 2
COMMAND_LEG_WIDTH = 3
COMMAND_WIDTH = COMMAND_LEGS + MAX_LEGS * COMMAND_LEG_WIDTH

COMMAND_PLACE = 0
COMMAND_CANCEL = 1
COMMAND_CANCEL_ALL = 2
COMMAND_REPLACE = 3
COMMAND_STOP = 4
COMMAND_ERROR = 5  # the strategy's host reports one strategy error

ORDER_MARKET = 0
ORDER_LIMIT = 1
ORDER_STOP = 2
EFFECT_OPEN = 0
EFFECT_CLOSE = 1
BLOCK_OPENING = 0  # any leg opens
BLOCK_CLOSING = 1  # every leg closes
ORIGIN_COMMAND = 0
ORIGIN_ENTRY = 1
ORIGIN_EXIT = 2
ORIGIN_FLATTEN = 3

# state int64 [B, width]: header, then holdings, structures, orders; see `StateShape`
STATE_STATUS = 0
STATE_FRAME = 1  # the next frame to be taken
STATE_CASH = 2
STATE_OPENING_CASH = 3
STATE_NLV = 4  # net liquidation value at the last mark
STATE_PEAK_NLV = 5
STATE_MAX_DRAWDOWN = 6  # micros, peak to trough
STATE_NEXT_ORDER = 7  # the next order's id, from 1
STATE_SEQUENCE = 8  # the next journal row's number, from 0
STATE_ORDER_COUNT = 9
STATE_HOLDING_COUNT = 10
STATE_ENTRY_CURSOR = 11  # times: the next entry of the plan
STATE_ENTRIES_USED = 12
STATE_COMMAND_CURSOR = 13  # commands taken so far
STATE_ERRORS = 14
STATE_PAUSED = 15
STATE_FEES = 16  # micros paid, settlement included
STATE_SLIPPAGE = 17  # micros paid
STATE_FILLS = 18  # orders filled
STATE_FINANCIALS = 19  # rows in this bot's financials buffer
STATE_HEADER_WIDTH = 20

HOLDING_INSTRUMENT = 0
HOLDING_QUANTITY = 1  # + long, - short, in lots; holdings are kept in instrument order
HOLDING_COST = 2  # micros paid (+) or received (-) for what is held, without fees
HOLDING_WIDTH = 3

STRUCTURE_STATUS = 0
STRUCTURE_ENTRY = 1  # number of the entry, from 1
STRUCTURE_ENTRY_ORDER = 2
STRUCTURE_EXIT_ORDER = 3
STRUCTURE_FILL_NET = 4  # quanta per unit
STRUCTURE_TARGET2 = 5  # half quanta of profit at or above which it is taken; INT64_MAX: none
STRUCTURE_STOP2 = 6  # half quanta of profit at or below which it is stopped; -INT64_MAX: none
STRUCTURE_LEGS = 7  # MAX_LEGS x (instrument, signed ratio as ordered: + sold)
STRUCTURE_WIDTH = STRUCTURE_LEGS + MAX_LEGS * 2
STRUCTURE_FREE = 0
STRUCTURE_ENTERING = 1
STRUCTURE_OPEN = 2
STRUCTURE_EXITING = 3

ORDER_ID = 0
ORDER_KIND = 1  # market, limit, stop
ORDER_BLOCK = 2
ORDER_ORIGIN = 3
ORDER_STRUCTURE = 4  # row of the structure it enters or exits; MISSING: none
ORDER_QUANTITY = 5
ORDER_LEG_COUNT = 6
ORDER_PRICE = 7  # limit or trigger
ORDER_INTENDED = 8
ORDER_CONCESSION = 9  # ticks
ORDER_HAS_REFERENCE = 10
ORDER_REFERENCE2 = 11  # half quanta
ORDER_FLAT_SINCE = 12
ORDER_LAST_NUDGE = 13
ORDER_LAST_REPLACE = 14
ORDER_PLACED_TS = 15
ORDER_REPRICED = 16  # 1 if the engine may re-price it
ORDER_LEGS = 17  # MAX_LEGS x COMMAND_LEG_WIDTH, as in `commands`
ORDER_WIDTH = ORDER_LEGS + MAX_LEGS * COMMAND_LEG_WIDTH

STATUS_RUNNING = 0
STATUS_HALTING = 1  # flattening after the daily loss
STATUS_FAILING = 2  # flattening after too many strategy errors
STATUS_STOPPING = 3  # stopped on command, holdings left to settle
STATUS_UNSELLABLE = 4  # halted, holding only longs without a bid until they settle
STATUS_FAILED_UNSELLABLE = 5  # failed, likewise
STATUS_ENDED = 6  # from this one on nothing happens any more
STATUS_COMPLETED = 6
STATUS_HALTED = 7
STATUS_KILLED = 8
STATUS_FAILED = 9

# journal int64 [rows, JOURNAL_WIDTH]: kind says what A to F hold (docs/ENGINE.md)
JOURNAL_BOT = 0  # the row of `plans` and `state`; not part of the digest
JOURNAL_SEQUENCE = 1
JOURNAL_TS = 2
JOURNAL_KIND = 3
JOURNAL_ORDER = 4  # MISSING: no order
JOURNAL_A = 5
JOURNAL_B = 6
JOURNAL_C = 7
JOURNAL_D = 8
JOURNAL_E = 9
JOURNAL_F = 10
JOURNAL_WIDTH = 11

EVENT_ORDER_PLACED = 1
EVENT_ORDER_LEG = 2
EVENT_ORDER_REJECTED = 3
EVENT_ORDER_FILLED = 4
EVENT_LEG_FILLED = 5
EVENT_ORDER_CANCELED = 6
EVENT_ORDER_EXPIRED = 7
EVENT_ORDER_REPLACED = 8
EVENT_COMMAND_REFUSED = 9
EVENT_ENTRY_SKIPPED = 10
EVENT_EXIT_SIGNAL = 11
EVENT_HALT = 12
EVENT_ENTRIES_PAUSED = 13
EVENT_STRATEGY_ERROR = 14
EVENT_STOPPED = 15
EVENT_SETTLED = 16
EVENT_SESSION_ENDED = 17

REASON_BUYING_POWER = 1
REASON_MAX_ORDERS = 2
REASON_MAX_POSITIONS = 3
REASON_OFF_GRID = 4
REASON_BAD_LEGS = 5  # none, too many, one instrument twice, zero ratio, more than one for the type
REASON_BAD_QUANTITY = 6
REASON_NOT_HELD = 7  # closes more than is held
REASON_OPPOSITE_HELD = 8  # opens against a holding of the other side
REASON_WOULD_TRIGGER = 9
REASON_NOT_RUNNING = 10
REASON_NO_SUCH_ORDER = 11
REASON_NOT_A_LIMIT = 12
REASON_USER = 13
REASON_STOP = 14
REASON_RISK = 15
REASON_EXIT_TIME = 16
REASON_UNFILLED = 17
REASON_UNSELLABLE = 18
REASON_NO_STRIKE = 19
REASON_NO_UNDERLYING = 20
REASON_NO_FORWARD = 21
REASON_STOP_LOSS = 22
REASON_PROFIT_TARGET = 23
REASON_TIME = 24
REASON_DAILY_LOSS = 25
REASON_ERROR_BUDGET = 26
REASON_REPRICED = 27

# financials int64 [B, rows, FINANCIAL_WIDTH]; no rows: not recorded
FINANCIAL_TS = 0
FINANCIAL_CASH = 1
FINANCIAL_NLV = 2
FINANCIAL_DRAWDOWN = 3  # micros below the peak
FINANCIAL_MARGIN = 4  # micros, of the holdings
FINANCIAL_ORDERS = 5  # pending
FINANCIAL_WIDTH = 6


class StateShape:
    """Where the sections of one bot's state row begin, for given capacities.

    holdings    instruments that may be held at once     structures  entries open at once
    orders      orders that may be pending at once
    """

    def __init__(self, holdings: int, structures: int, orders: int) -> None:
        self.holdings = holdings
        self.structures = structures
        self.orders = orders
        self.holdings_at = STATE_HEADER_WIDTH
        self.structures_at = self.holdings_at + holdings * HOLDING_WIDTH
        self.orders_at = self.structures_at + structures * STRUCTURE_WIDTH
        self.width = self.orders_at + orders * ORDER_WIDTH
