"""Frames that pass without a fill: orders follow the mid and queue, and only marks change.

At most one buy and one sell rest; where a frame could do more than move them, it is left to the
full path. Everything is held in values, so that a frame reads its book and little else.
"""

from typing import NamedTuple

from forven.kernels.jit.perpetual.desk import NOW_FIGURES_END
from forven.kernels.jit.perpetual.grid import tick_at
from forven.kernels.jit.perpetual.resting import (
    UNPEGGED,
    Resting,
    ahead_after,
    landed,
    load_order,
    no_order,
    queued,
    repriced,
    store_order,
)
from forven.kernels.jit.steps import step
from forven.kernels.perpetual_schema import (
    BOOK_ARRIVAL,
    BOOK_ASK,
    BOOK_ASK_SIZE,
    BOOK_BID,
    BOOK_BID_SIZE,
    BOOK_MARK2,
    BOOK_PRINTS,
    BOOK_TS,
    CONTRACT_VALUE,
    FILL_TOUCH,
    HASH_PRIME,
    ORDER_ID,
    ORDER_KIND,
    ORDER_PEGGED,
    ORDER_REDUCE_ONLY,
    ORDER_SIDE,
    ORDER_WIDTH,
    PLAN_FEED_LATENCY_NS,
    PLAN_FILL_MODEL,
    PLAN_OPENING_ENABLED,
    PLAN_OPENING_INTERVAL_NS,
    PLAN_ORDER_LATENCY_NS,
    PLAN_REQUOTE_ROWS,
    PLAN_STALENESS_NS,
    STATE_CASH,
    STATE_EQUITY,
    STATE_HEADER_WIDTH,
    STATE_MAX_DRAWDOWN,
    STATE_ORDER_COUNT,
    STATE_PEAK_EQUITY,
    STATE_POSITION,
    STATE_REPLACE_HASH,
    STATE_REPLACES,
)
from forven.kernels.schema import INT64_MAX, MISSING, ORDER_LIMIT

WATCH_NOTHING = 0
WATCH_MARK = 1
WATCH_BOOK = 2
WATCH_BOOK_AND_MARK = 3
WATCH_SIZES = 4


class Shown(NamedTuple):
    """The book of a frame."""

    bid: int
    ask: int
    bid_size: int
    ask_size: int
    mark2: int
    prints: int


class Ruler(NamedTuple):
    """The tick, and the prices [low, high) around which it holds."""

    tick: int
    low: int
    high: int


class Pair(NamedTuple):
    """The resting orders of a bot, and the re-quotes that have landed: how many, and their hash."""

    buy: Resting
    sell: Resting
    replaces: int
    digest: int


class Purse(NamedTuple):
    """What marking changes."""

    equity: int
    peak: int
    drawdown: int


@step
def shown_at(book, frame):
    """Return the book of a frame."""
    return Shown(
        book[BOOK_BID, frame],
        book[BOOK_ASK, frame],
        book[BOOK_BID_SIZE, frame],
        book[BOOK_ASK_SIZE, frame],
        book[BOOK_MARK2, frame],
        book[BOOK_PRINTS, frame],
    )


@step
def ruler_at(stream, desk, price):
    """Return the tick around a price and the range in which it stays."""
    end = desk.now[NOW_FIGURES_END]
    tick = tick_at(stream, desk, price)
    if end == 0:
        return Ruler(tick, 0, INT64_MAX)
    low = 0
    while end <= price:
        low = end
        end *= 10
    return Ruler(tick, low, end)


@step
def resting_order(plan, row, side):
    """Return the resting order of a side; none, if there is none."""
    for slot in range(row[STATE_ORDER_COUNT]):
        at = STATE_HEADER_WIDTH + slot * ORDER_WIDTH
        if row[at + ORDER_ID] != 0 and row[at + ORDER_SIDE] == side:
            if row[at + ORDER_KIND] == ORDER_LIMIT:
                is_pegged = row[at + ORDER_PEGGED] == 1 and row[at + ORDER_REDUCE_ONLY] == 0
                return load_order(row, at, is_pegged and plan[PLAN_OPENING_ENABLED] == 1)
    return no_order(side)


@step
def load_purse(row):
    """Return what marking changes, from a state row."""
    return Purse(row[STATE_EQUITY], row[STATE_PEAK_EQUITY], row[STATE_MAX_DRAWDOWN])


@step
def store_purse(row, purse):
    """Write what marking changed back."""
    row[STATE_EQUITY] = purse.equity
    row[STATE_PEAK_EQUITY] = purse.peak
    row[STATE_MAX_DRAWDOWN] = purse.drawdown


@step
def marked(purse, equity):
    """Return a purse once an equity has been taken in."""
    peak = max(purse.peak, equity)
    return Purse(equity, peak, max(purse.drawdown, peak - equity))


@step
def hashed(digest, ts, order, price):
    """Return the hash of re-quotes once one more has landed."""
    digest = (digest ^ ts) * HASH_PRIME
    digest = (digest ^ order) * HASH_PRIME
    return (digest ^ price) * HASH_PRIME


@step
def next_book(book, frame, end, shown, mark_mask):
    """Return the first frame in [frame, end) with another best price, print or watched mark."""
    while frame < end:
        if book[BOOK_BID, frame] != shown.bid or book[BOOK_ASK, frame] != shown.ask:
            break
        if book[BOOK_PRINTS, frame] != shown.prints:
            break
        if (book[BOOK_MARK2, frame] ^ shown.mark2) & mark_mask != 0:
            break
        frame += 1
    return frame


@step
def next_size(book, frame, end, shown, due):
    """Return the first frame in [frame, end) that differs in anything, or is at or after `due`."""
    while frame < end and book[BOOK_TS, frame] < due:
        change = (book[BOOK_BID, frame] ^ shown.bid) | (book[BOOK_ASK, frame] ^ shown.ask)
        change |= book[BOOK_BID_SIZE, frame] ^ shown.bid_size
        change |= book[BOOK_ASK_SIZE, frame] ^ shown.ask_size
        change |= book[BOOK_MARK2, frame] ^ shown.mark2
        if change | (book[BOOK_PRINTS, frame] ^ shown.prints) != 0:
            break
        frame += 1
    return frame


@step
def next_mark(book, frame, end, mark2):
    """Return the first frame in [frame, end) with another mark."""
    while frame < end and book[BOOK_MARK2, frame] == mark2:
        frame += 1
    return frame


@step
def next_change(book, frame, end, shown, watch, due):
    """Return the first frame in [frame, end) in which something watched is not as shown."""
    if watch == WATCH_NOTHING:
        return end
    if watch == WATCH_MARK:
        return next_mark(book, frame, end, shown.mark2)
    if due != INT64_MAX or watch == WATCH_SIZES:
        return next_size(book, frame, end, shown, due)
    return next_book(book, frame, end, shown, -1 if watch == WATCH_BOOK_AND_MARK else 0)


@step
def watch_for(plan, has_orders, watches_mark):
    """Return what of the book may matter between a bot's full frames."""
    if not has_orders:
        return WATCH_MARK if watches_mark else WATCH_NOTHING
    if plan[PLAN_FILL_MODEL] != FILL_TOUCH:
        return WATCH_SIZES
    return WATCH_BOOK_AND_MARK if watches_mark else WATCH_BOOK


@step
def load_pair(plan, row):
    """Return the resting orders of a bot, with the re-quotes that have landed so far."""
    buy = resting_order(plan, row, -1)
    sell = resting_order(plan, row, 1)
    return Pair(buy, sell, row[STATE_REPLACES], row[STATE_REPLACE_HASH])


@step
def store_pair(row, pair):
    """Write the resting orders of a bot back."""
    store_order(row, pair.buy)
    store_order(row, pair.sell)
    row[STATE_REPLACES] = pair.replaces
    row[STATE_REPLACE_HASH] = pair.digest


@step
def land_pair(plan, row, pair, shown, ts):
    """Return (whether no re-quote crosses the standing book, the pair once those due landed)."""
    buy = pair.buy
    sell = pair.sell
    replaces = pair.replaces
    digest = pair.digest
    sells_first = sell.flight_ts <= ts and sell.at < buy.at
    if sells_first:
        digest = hashed(digest, ts, row[sell.at + ORDER_ID], sell.flight_price)
    if buy.flight_ts <= ts:
        buy = landed(plan, buy, -1, shown.bid, shown.bid_size)
        digest = hashed(digest, ts, row[buy.at + ORDER_ID], buy.price)
        replaces += 1
    if sell.flight_ts <= ts:
        sell = landed(plan, sell, 1, shown.ask, shown.ask_size)
        replaces += 1
        if not sells_first:
            digest = hashed(digest, ts, row[sell.at + ORDER_ID], sell.price)
    is_plain = buy.price < shown.ask and sell.price > shown.bid
    return is_plain, Pair(buy, sell, replaces, digest)


@step
def served(plan, prints, order, side, best, size, first, end):
    """Return (whether a frame's prints leave an order unfilled, the order after them)."""
    if order.at == MISSING:
        return True, order
    ahead = ahead_after(plan, prints, order, side, first, end)
    if ahead != MISSING and plan[PLAN_FILL_MODEL] != FILL_TOUCH:
        order = queued(plan, prints, order, side, ahead, best, size, first, end)
    return ahead != MISSING, order


@step
def serve_pair(plan, prints, pair, shown, seen):
    """Return (whether a frame's prints leave all unfilled, the pair once its queues moved)."""
    if seen.prints == shown.prints and plan[PLAN_FILL_MODEL] == FILL_TOUCH:
        return True, pair
    first = shown.prints
    end = seen.prints
    is_plain, buy = served(plan, prints, pair.buy, -1, seen.bid, seen.bid_size, first, end)
    if not is_plain:
        return False, pair
    is_plain, sell = served(plan, prints, pair.sell, 1, seen.ask, seen.ask_size, first, end)
    return is_plain, Pair(buy, sell, pair.replaces, pair.digest)


@step
def followed(plan, order, side, both, mid_ticks, ruler, ts, landing):
    """Return (whether the ruler reaches that far, the order once it has followed the mid)."""
    if order.steps == UNPEGGED or order.flight_ts != INT64_MAX:
        return True, order
    target = (mid_ticks + side * order.steps) * ruler.tick
    if target < max(1, ruler.low) or target >= ruler.high:
        return False, order
    return True, repriced(plan, order, side * both, target, ruler.tick, ts, landing)


@step
def follow_pair(plan, pair, both, ruler, ts, landing):
    """Return (whether the ruler reaches that far, the pair once it has followed the mid)."""
    tick = ruler.tick
    floor = both >> 1 if tick == 1 else both // (2 * tick)
    ceiling = floor + (1 if both != 2 * tick * floor else 0)
    is_plain, buy = followed(plan, pair.buy, -1, both, ceiling, ruler, ts, landing)
    if not is_plain:
        return False, pair
    is_plain, sell = followed(plan, pair.sell, 1, both, floor, ruler, ts, landing)
    return is_plain, Pair(buy, sell, pair.replaces, pair.digest)


@step
def passed(stream, plan, row, pair, shown, seen, ruler, frame):
    """Return (whether a frame passes without a fill, the pair as it leaves it, whether settled)."""
    book = stream.book
    ts = book[BOOK_TS, frame]
    is_plain = True
    after = pair
    if pair.buy.flight_ts <= ts or pair.sell.flight_ts <= ts:
        is_plain, after = land_pair(plan, row, pair, shown, ts)
        is_plain = is_plain and plan[PLAN_REQUOTE_ROWS] == 0
    if not is_plain or after.buy.price >= seen.ask or after.sell.price <= seen.bid:
        return False, pair, False
    arrival = book[BOOK_ARRIVAL, frame]
    if arrival - ts > plan[PLAN_STALENESS_NS]:
        return True, after, False
    is_plain, after = serve_pair(plan, stream.prints, after, shown, seen)
    if is_plain:
        landing = arrival + plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS]
        is_plain, after = follow_pair(plan, after, seen.bid + seen.ask, ruler, ts, landing)
    return is_plain, after, plan[PLAN_OPENING_INTERVAL_NS] == 0


@step
def pass_frames(stream, desk, plan, row, frame, end, low, high):
    """Pass the frames of [frame, end) in which nothing fills; return the first not passed.

    low, high   half quanta: the marks between which no stop triggers and no risk is to be looked at
    """
    book = stream.book
    pair = load_pair(plan, row)
    purse = load_purse(row)
    shown = shown_at(book, frame - 1)
    ruler = Ruler(1, 0, 0)
    watches_mark = low > 0 or high < INT64_MAX or row[STATE_POSITION] != 0
    watch = watch_for(plan, pair.buy.at != MISSING or pair.sell.at != MISSING, watches_mark)
    half = row[STATE_POSITION] * stream.contract[CONTRACT_VALUE]
    mark2 = MISSING
    is_settled = False
    while frame < end:
        if is_settled:
            due = min(pair.buy.flight_ts, pair.sell.flight_ts)
            frame = next_change(book, frame, end, shown, watch, due)
            if frame == end:
                break
        seen = shown_at(book, frame)
        if seen.bid == MISSING or seen.bid > seen.ask or seen.mark2 < low or seen.mark2 > high:
            break
        price = (seen.bid + seen.ask) >> 1
        if price < ruler.low or price >= ruler.high:
            ruler = ruler_at(stream, desk, price)
        is_plain, after, is_settled = passed(stream, plan, row, pair, shown, seen, ruler, frame)
        if not is_plain:
            break
        if seen.mark2 != mark2:
            purse = marked(purse, row[STATE_CASH] + ((half * seen.mark2) >> 1))
            mark2 = seen.mark2
        pair = after
        shown = seen
        frame += 1
    store_pair(row, pair)
    store_purse(row, purse)
    return frame
