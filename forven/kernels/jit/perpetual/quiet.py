"""The quiet path: when a bot may pass frames without a fill, until when, and between which marks.

The state is exactly what taking every frame in full would leave.
"""

from forven.kernels.jit.perpetual.commands import next_landing
from forven.kernels.jit.perpetual.desk import NOW_CONTRACT, NOW_TIER_COUNT, own_side
from forven.kernels.jit.perpetual.funding import next_funding, pass_fundings
from forven.kernels.jit.perpetual.margin import equity_at, maintenance_margin
from forven.kernels.jit.perpetual.orders import order_at
from forven.kernels.jit.perpetual.passing import pass_frames
from forven.kernels.jit.perpetual.quoter import has_quote, may_quote
from forven.kernels.jit.perpetual.racing import race
from forven.kernels.jit.perpetual.risk import take_in
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    BOOK_ASK,
    BOOK_BID,
    BOOK_MARK2,
    BOOK_TS,
    CONTRACT_END,
    CONTRACT_VALUE,
    EQUITY_MAX,
    FILL_TOUCH,
    ORDER_AGGRESSIVE,
    ORDER_FLIGHT_TS,
    ORDER_ID,
    ORDER_KIND,
    ORDER_PEGGED,
    ORDER_PLACED_TS,
    ORDER_PRICE,
    ORDER_REDUCE_ONLY,
    ORDER_SIDE,
    PLAN_CLOSING_ENABLED,
    PLAN_FILL_MODEL,
    PLAN_HALT_LOSS,
    PLAN_MAX_CONCESSION,
    PLAN_OPENING_ENABLED,
    PLAN_OPENING_INTERVAL_NS,
    PLAN_OPENING_NUDGE_NS,
    PLAN_QUOTE_LOTS,
    PLAN_REQUOTE_ROWS,
    STATE_CASH,
    STATE_LIQUIDATED_TS,
    STATE_OPENING_EQUITY,
    STATE_ORDER_COUNT,
    STATE_POSITION,
    STATE_RETRY_BUY_TS,
    STATE_STATUS,
    STATE_TAKEN_ASK,
    STATE_TAKEN_BID,
)
from forven.kernels.schema import (
    INT64_MAX,
    MISSING,
    ORDER_LIMIT,
    ORDER_STOP,
    STATUS_RUNNING,
    STATUS_STOPPING,
)

NOW = -1
"""Until when nothing can happen, where something may happen at once."""
_LOSS_MAX = 2**62


@step
def concedes(plan, row, at):
    """Return whether time alone may move an order, or anything beyond its peg does."""
    if row[at + ORDER_PEGGED] == 0:
        return False
    if row[at + ORDER_REDUCE_ONLY] == 1:
        return plan[PLAN_CLOSING_ENABLED] == 1
    if plan[PLAN_OPENING_ENABLED] == 0:
        return False
    return plan[PLAN_OPENING_NUDGE_NS] != INT64_MAX or plan[PLAN_MAX_CONCESSION] != INT64_MAX


@part
def next_order_event(plan, row, ts):
    """Return when a new order lands; NOW if the orders are not a buy, a sell and stops at rest."""
    event = INT64_MAX
    buys = 0
    sells = 0
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        if row[at + ORDER_ID] == 0:
            event = min(event, row[at + ORDER_FLIGHT_TS])
            continue
        if row[at + ORDER_KIND] == ORDER_STOP:
            continue
        if row[at + ORDER_KIND] != ORDER_LIMIT or row[at + ORDER_AGGRESSIVE] == 1:
            return NOW
        if row[at + ORDER_PLACED_TS] >= ts or concedes(plan, row, at):
            return NOW
        if row[at + ORDER_SIDE] == 1:
            sells += 1
        else:
            buys += 1
    return event if buys <= 1 and sells <= 1 else NOW


@part
def next_quote(desk, plan, row, side):
    """Return from when on the quoter may send a quote of a side, or INT64_MAX."""
    if has_quote(row, side) or not may_quote(desk, plan, row, side):
        return INT64_MAX
    return row[STATE_RETRY_BUY_TS + own_side(side)]


@part
def next_event(stream, desk, plan, commands, row, ts):
    """Return when something other than the book acts; at or before `ts`: it may at once."""
    event = min(stream.contract[CONTRACT_END], next_landing(plan, commands, row))
    event = min(event, next_order_event(plan, row, ts))
    if row[STATE_POSITION] != 0:
        event = min(event, next_funding(stream, row))
    if plan[PLAN_QUOTE_LOTS] > 0 and row[STATE_STATUS] == STATUS_RUNNING:
        event = min(event, next_quote(desk, plan, row, -1))
        event = min(event, next_quote(desk, plan, row, 1))
    return event


@part
def frame_at(book, event, frame, end):
    """Return the first frame in [frame, end) at or after `event`, or `end`, near ones first."""
    if event == INT64_MAX:
        return end
    stride = 1
    low = frame
    while low + stride < end and book[BOOK_TS, low + stride] < event:
        low += stride
        stride *= 2
    end = min(end, low + stride)
    while low < end:
        middle = (low + end) // 2
        if book[BOOK_TS, middle] < event:
            low = middle + 1
        else:
            end = middle
    return low


@part
def is_calm(book, row, frame):
    """Return whether a bot before a frame has nothing in hand, and the standing book is regular."""
    status = row[STATE_STATUS]
    if status != STATUS_RUNNING and (status != STATUS_STOPPING or row[STATE_POSITION] == 0):
        return False
    if row[STATE_TAKEN_BID] != 0 or row[STATE_TAKEN_ASK] != 0:
        return False
    bid = book[BOOK_BID, frame - 1]
    is_regular = bid != MISSING and bid <= book[BOOK_ASK, frame - 1]
    if not is_regular or book[BOOK_MARK2, frame - 1] == MISSING:
        return False
    return row[STATE_LIQUIDATED_TS] == MISSING


@part
def risk_reach(desk, plan, row, mark2):
    """Return how far the mark may move from `mark2` before risk must be looked at; < 0: not.

    A half quantum moves the equity by half the exposure, the maintenance by a quarter of it at
    most; what is left pays for what rounding may add.
    """
    equity = equity_at(desk.now, row, mark2)
    spare = equity - row[STATE_OPENING_EQUITY] + min(plan[PLAN_HALT_LOSS], _LOSS_MAX) - 1
    spare = min(spare, EQUITY_MAX - abs(equity))
    position = row[STATE_POSITION]
    if position == 0:
        return INT64_MAX if spare >= 0 else -1
    spare = min(spare, equity - maintenance_margin(desk.now, position, mark2))
    spare -= desk.now[NOW_TIER_COUNT] + 4
    return spare // (abs(position) * desk.now[NOW_CONTRACT + CONTRACT_VALUE])


@part
def narrow(row, low, high):
    """Return the marks of (low, high) that trigger no stop."""
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(slot)
        if row[at + ORDER_ID] != 0 and row[at + ORDER_KIND] == ORDER_STOP:
            if row[at + ORDER_SIDE] == 1:
                low = max(low, 2 * row[at + ORDER_PRICE] + 1)
            else:
                high = min(high, 2 * row[at + ORDER_PRICE] - 1)
    return low, high


@part
def may_race(plan, row):
    """Return whether the orders move by the mid alone, each move at once."""
    if row[STATE_ORDER_COUNT] == 0 or plan[PLAN_OPENING_INTERVAL_NS] != 0:
        return False
    return plan[PLAN_FILL_MODEL] == FILL_TOUCH and plan[PLAN_REQUOTE_ROWS] == 0


@part
def pass_quiet(stream, desk, plan, row, frame, end, low, high):
    """Pass the frames of [frame, end) in which nothing fills, in the shortest way there is."""
    if row[STATE_ORDER_COUNT] == 0 and row[STATE_POSITION] == 0:
        take_in(row, row[STATE_CASH])
        return end
    races = may_race(plan, row)
    while frame < end:
        fills = False
        if races:
            frame, fills = race(stream, desk, plan, row, frame, end, low, high)
        first = frame
        if frame < end and not fills:
            frame = pass_frames(stream, desk, plan, row, frame, end, low, high, races)
        if frame == first:
            break
    return frame


@step
def skip_quiet(stream, desk, plan, commands, row, frame, frame_to):
    """Return the next frame that needs a full step, at most `frame_to`; pass those before it."""
    book = stream.book
    if not is_calm(book, row, frame):
        return frame
    ts = book[BOOK_TS, frame]
    event = next_event(stream, desk, plan, commands, row, ts)
    if event <= ts:
        return frame
    mark2 = book[BOOK_MARK2, frame - 1]
    reach = risk_reach(desk, plan, row, mark2)
    if reach < 0:
        return frame
    low = max(0, mark2 - reach)
    high = INT64_MAX if reach == INT64_MAX else mark2 + reach
    low, high = narrow(row, low, high)
    end = frame_at(book, event, frame, frame_to)
    next_frame = pass_quiet(stream, desk, plan, row, frame, end, low, high)
    if next_frame > frame:
        pass_fundings(stream, row, book[BOOK_TS, next_frame - 1])
    return next_frame
