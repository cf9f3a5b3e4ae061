"""The one place that names the columns and codes of the perpetual kernel's integer arrays.

Every array is C-contiguous int64. `B` bots, `T` frames, `P` prints, `F` funding rows, `C` commands.
Prices are quanta > 0, sizes lots, money micros, time nanoseconds UTC. Sides: +1 sells, -1 buys.
Codes that this file does not name (orders, commands, statuses, events, reasons) are those of
`forven/kernels/schema.py`, as are the journal's columns. Rules: docs/PERPETUALS.md.
"""

UNKNOWN_AHEAD = 2**63 - 1
"""The queue ahead of an order whose price level has not been displayed since it joined."""
PRICE_MAX = 1_000_000_000
SIZE_MAX = 200_000_000
EXPOSURE_MAX = 200_000_000
"""Largest (position + pending + new lots) x value: with `PRICE_MAX` no sum leaves int64."""
EQUITY_MAX = 10**18
LATENCY_NS_MAX = 10**12
PER_MILLION = 1_000_000
RATE_UNIT = 10**10
"""A funding rate of `RATE_UNIT` is 100 % an hour."""
HASH_PRIME = 1_099_511_628_211
"""Multiplier of the hash of re-quotes (FNV-1a over int64, wrapping)."""

# book [BOOK_ROWS, T]: one column a frame, quotes carried forward
BOOK_TS = 0
BOOK_ARRIVAL = 1  # when the frame reached this host; equal to ts where not recorded
BOOK_BID = 2  # MISSING: no bid
BOOK_ASK = 3  # MISSING: no ask
BOOK_BID_SIZE = 4  # lots displayed; 0 where the side is missing
BOOK_ASK_SIZE = 5
BOOK_MARK2 = 6  # half quanta: twice the venue's mark price, or bid + ask of the last two-sided
#                 uncrossed quote; MISSING before the first
BOOK_PRINTS = 7  # prints of frames up to and including this one
BOOK_ROWS = 8

# prints [P, PRINT_WIDTH]: trades in stream order
PRINT_PRICE = 0
PRINT_SIZE = 1
PRINT_AGGRESSOR = 2  # +1: a buyer lifted an ask, -1: a seller hit a bid, 0: not known
PRINT_WIDTH = 3

# fundings [F, FUNDING_WIDTH], sorted by ts
FUNDING_TS = 0
FUNDING_RATE = 1  # of notional, in 1 / RATE_UNIT; longs pay where it is positive
FUNDING_ORACLE = 2  # quanta
FUNDING_WIDTH = 3

# tiers [K, TIER_WIDTH], sorted by notional, the first from 0
TIER_FROM = 0  # micros of notional
TIER_LEVERAGE = 1  # most leverage of the part of a position beyond it
TIER_WIDTH = 2

# contract [CONTRACT_WIDTH]: the instrument and the session, by value
CONTRACT_VALUE = 0  # micros that one quantum of one lot is worth
CONTRACT_FIGURES = 1  # significant figures of an order's price; 0: only the tick counts
CONTRACT_WHOLE = 2  # quanta in 1.00: multiples of it are always on the grid
CONTRACT_TICK = 3  # quanta between order prices where figures do not count
CONTRACT_VALUE_MIN = 4  # micros an order must be worth unless it only reduces
CONTRACT_OPEN = 5  # funding due at or before it is another session's
CONTRACT_END = 6
CONTRACT_ORDERS = 7  # orders a state row has room for
CONTRACT_WIDTH = 8

# plans [B, PLAN_WIDTH]
PLAN_FILL_MODEL = 0
PLAN_QUEUE_POWER = 1  # probabilistic queue: 1, 2 or 3
PLAN_FEED_LATENCY_NS = 2  # added to the recorded arrival
PLAN_ORDER_LATENCY_NS = 3
PLAN_MAKER_PPM = 4  # of notional; negative: a rebate
PLAN_TAKER_PPM = 5
PLAN_LEVERAGE = 6
PLAN_HALT_LOSS = 7  # micros below the opening equity; INT64_MAX: off
PLAN_MAX_ORDERS = 8
PLAN_STALENESS_NS = 9
PLAN_OPENING_ENABLED = 10
PLAN_OPENING_NUDGE_NS = 11
PLAN_OPENING_INTERVAL_NS = 12
PLAN_OPENING_TOLERANCE_TICKS = 13
PLAN_MAX_CONCESSION = 14  # quanta; INT64_MAX: the peg follows without a cap
PLAN_CLOSING_ENABLED = 15
PLAN_CLOSING_NUDGE_NS = 16
PLAN_CLOSING_INTERVAL_NS = 17
PLAN_PARTIAL_FROM = 18  # micros of notional beyond which a liquidation begins with a part
PLAN_PARTIAL_PPM = 19  # that part of the position
PLAN_COOLDOWN_NS = 20  # after the part, until the rest
PLAN_BACKSTOP_PPM = 21  # of maintenance: below it position and equity are taken over
PLAN_QUOTE_LOTS = 22  # the two-sided quoter's order size; 0: no quoter
PLAN_QUOTE_OFFSET_TICKS = 23  # from the mid, away from the market
PLAN_QUOTE_POSITION_MAX = 24  # lots, either side
PLAN_QUOTE_RETRY_NS = 25  # after a rejected quote
PLAN_REQUOTE_ROWS = 26  # 1: each re-quote is a journal row; 0: it is only hashed and counted
PLAN_COMMAND_FROM = 27
PLAN_COMMAND_COUNT = 28
PLAN_WIDTH = 29

FILL_TOUCH = 0
FILL_QUEUE_RISK_AVERSE = 1
FILL_QUEUE_PROBABILISTIC = 2

# commands [C, COMMAND_WIDTH]: per bot in order of due times; kinds as in schema.COMMAND_*
COMMAND_DUE = 0  # when it is sent; it lands one order latency later
COMMAND_KIND = 1  # PLACE, CANCEL, CANCEL_ALL, REPLACE, STOP
COMMAND_ORDER = 2
COMMAND_TYPE = 3  # ORDER_MARKET, ORDER_LIMIT, ORDER_STOP
COMMAND_SIDE = 4
COMMAND_PRICE = 5  # limit or trigger
COMMAND_LOTS = 6
COMMAND_POST_ONLY = 7
COMMAND_REDUCE_ONLY = 8
COMMAND_IMMEDIATE = 9  # what does not fill at once is cancelled
COMMAND_PEGGED = 10
COMMAND_OFFSET_TICKS = 11
COMMAND_WIDTH = 12

# state [B, STATE_HEADER_WIDTH + orders x ORDER_WIDTH]
STATE_STATUS = 0
STATE_FRAME = 1  # the next frame to be taken
STATE_CASH = 2  # micros; buying takes the full notional out, selling puts it in
STATE_OPENING_EQUITY = 3
STATE_EQUITY = 4  # cash + position at the last mark
STATE_PEAK_EQUITY = 5
STATE_MAX_DRAWDOWN = 6
STATE_NEXT_ORDER = 7
STATE_SEQUENCE = 8
STATE_ORDER_COUNT = 9  # orders in the rows below, those in flight included
STATE_COMMAND_CURSOR = 10
STATE_FUNDING_CURSOR = 11
STATE_POSITION = 12  # lots, + long
STATE_COST = 13  # micros paid (+) or received (-) for the position, without fees
STATE_FEES = 14
STATE_FUNDING = 15  # micros paid
STATE_FILLS = 16  # fill rows
STATE_REPLACES = 17  # re-quotes landed
STATE_REPLACE_HASH = 18
STATE_TAKEN_BID = 19  # lots this bot took from the displayed bid since it last changed
STATE_TAKEN_ASK = 20
STATE_LIQUIDATED_TS = 21  # when the part of a liquidation was ordered; MISSING: no such
STATE_RETRY_BUY_TS = 22  # before it the quoter places no buy after a rejection
STATE_RETRY_SELL_TS = 23
STATE_HEADER_WIDTH = 24

ORDER_ID = 0  # 0 until it lands
ORDER_KIND = 1
ORDER_SIDE = 2
ORDER_ORIGIN = 3
ORDER_LEFT = 4  # lots
ORDER_PRICE = 5  # limit or trigger; 0 for a market order
ORDER_POST_ONLY = 6
ORDER_REDUCE_ONLY = 7
ORDER_IMMEDIATE = 8
ORDER_PEGGED = 9
ORDER_OFFSET_TICKS = 10
ORDER_AGGRESSIVE = 11  # 1: it crossed the book it landed on and takes in this frame
ORDER_AHEAD = 12  # lots
ORDER_LEVEL = 13  # lots displayed at its price when last seen; MISSING: not displayed
ORDER_INTENDED = 14  # signed price, as the three that follow
ORDER_CONCESSION = 15  # ticks
ORDER_HAS_REFERENCE = 16
ORDER_REFERENCE2 = 17
ORDER_FLAT_SINCE = 18
ORDER_LAST_NUDGE = 19
ORDER_LAST_REPLACE = 20
ORDER_PLACED_TS = 21
ORDER_FLIGHT_TS = 22  # when what is in flight lands; INT64_MAX: nothing is
ORDER_FLIGHT_PRICE = 23  # the price it will have
ORDER_WIDTH = 24

ORIGIN_LIQUIDATION = 4
ORIGIN_QUOTE = 5

STATUS_LIQUIDATED = 10

EVENT_FUNDING = 18
EVENT_LIQUIDATION = 19
EVENT_TRIGGERED = 20

FLAG_POST_ONLY = 1
FLAG_REDUCE_ONLY = 2
FLAG_IMMEDIATE = 4
FLAG_PEGGED = 8

REASON_BAD_ORDER = 28
REASON_BELOW_MINIMUM = 29
REASON_WOULD_CROSS = 30
REASON_NO_BOOK = 31
REASON_OUT_OF_RANGE = 32
REASON_LIQUIDATION = 33

STAGE_PART = 0
STAGE_WHOLE = 1
STAGE_BACKSTOP = 2
