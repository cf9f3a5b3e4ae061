"""The shortest way for pegged orders that fill at a touch: a frame costs a few comparisons.

Where the mid moves, both orders are aimed anew; the re-quotes land one frame later, and until the
next move only the book is compared. What else may happen is left to `passing.py`.
"""

from typing import NamedTuple

from forven.kernels.jit.perpetual.passing import (
    Pair,
    Ruler,
    hashed,
    is_in_flight,
    load_pair,
    load_purse,
    marked,
    ruler_at,
    shown_at,
    store_pair,
    store_purse,
)
from forven.kernels.jit.perpetual.resting import UNPEGGED, Resting
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    BOOK_ARRIVAL,
    BOOK_ASK,
    BOOK_BID,
    BOOK_MARK2,
    BOOK_PRINTS,
    BOOK_TS,
    CONTRACT_VALUE,
    ORDER_ID,
    PLAN_FEED_LATENCY_NS,
    PLAN_OPENING_TOLERANCE_TICKS,
    PLAN_ORDER_LATENCY_NS,
    PLAN_STALENESS_NS,
    STATE_CASH,
    STATE_POSITION,
)
from forven.kernels.schema import INT64_MAX, MISSING


class Peg(NamedTuple):
    """A pegged order: in flight to `target` where that is not its price."""

    price: int
    target: int
    reference2: int
    flat_since: int
    last_replace: int


class Course(NamedTuple):
    """Both orders, when their re-quotes land, and the re-quotes landed so far."""

    buy: Peg
    sell: Peg
    landing: int
    replaces: int
    digest: int


@part
def peg_of(order):
    """Return a resting order as a peg."""
    price = order.price
    return Peg(price, price, order.reference2, order.flat_since, order.last_replace)


@part
def order_of(peg, order, landing):
    """Return a peg as the resting order it was made of."""
    is_moving = peg.target != peg.price
    return Resting(
        order.at,
        order.steps,
        peg.price,
        order.ahead,
        order.level,
        landing if is_moving else INT64_MAX,
        peg.target if is_moving else 0,
        peg.reference2,
        peg.flat_since,
        peg.last_replace,
    )


@part
def aimed(peg, moves, mid2, target, tolerance2, ts):
    """Return a peg that has followed the signed mid."""
    is_far = moves and abs(mid2 - peg.reference2) > tolerance2
    goes = moves and target != peg.price
    return Peg(
        peg.price,
        target if goes else peg.price,
        mid2 if is_far else peg.reference2,
        ts if is_far else peg.flat_since,
        ts if goes else peg.last_replace,
    )


@part
def aimed_both(plan, pair, course, both, ruler, ts, arrival):
    """Return (whether the ruler reaches both targets, the course once it has followed the mid)."""
    tick = ruler.tick
    floor = both >> 1 if tick == 1 else both // (2 * tick)
    ceiling = floor + (1 if both != 2 * tick * floor else 0)
    buys = pair.buy.steps != UNPEGGED
    sells = pair.sell.steps != UNPEGGED
    buy_target = (ceiling - pair.buy.steps) * tick if buys else ruler.low
    sell_target = (floor + pair.sell.steps) * tick if sells else ruler.low
    is_reached = buy_target >= ruler.low and sell_target >= ruler.low
    is_reached = is_reached and buy_target < ruler.high and sell_target < ruler.high
    tolerance2 = 2 * plan[PLAN_OPENING_TOLERANCE_TICKS] * tick
    buy = aimed(course.buy, buys, -both, buy_target, tolerance2, ts)
    sell = aimed(course.sell, sells, both, sell_target, tolerance2, ts)
    landing = arrival + plan[PLAN_FEED_LATENCY_NS] + plan[PLAN_ORDER_LATENCY_NS]
    return is_reached, Course(buy, sell, landing, course.replaces, course.digest)


@part
def at_target(peg):
    """Return a peg whose re-quote has landed."""
    return Peg(peg.target, peg.target, peg.reference2, peg.flat_since, peg.last_replace)


@part
def landed_both(row, pair, course, ts):
    """Return the course once its re-quotes have landed, in the order of the rows."""
    buys = course.buy.target != course.buy.price
    sells = course.sell.target != course.sell.price
    digest = course.digest
    if buys and sells and pair.sell.at < pair.buy.at:
        digest = hashed(digest, ts, row[pair.sell.at + ORDER_ID], course.sell.target)
    at = pair.buy.at if buys else pair.sell.at
    target = course.buy.target if buys else course.sell.target
    digest = hashed(digest, ts, row[at + ORDER_ID], target)
    if buys and sells and pair.buy.at < pair.sell.at:
        digest = hashed(digest, ts, row[pair.sell.at + ORDER_ID], course.sell.target)
    count = (1 if buys else 0) + (1 if sells else 0)
    buy = at_target(course.buy)
    return Course(buy, at_target(course.sell), course.landing, course.replaces + count, digest)


@part
def is_moving(course):
    """Return whether a re-quote is in flight."""
    return course.buy.target != course.buy.price or course.sell.target != course.sell.price


@part
def is_as_shown(book, frame, shown):
    """Return whether a frame's best prices, mark and prints are those shown."""
    if book[BOOK_BID, frame] != shown.bid or book[BOOK_ASK, frame] != shown.ask:
        return False
    return book[BOOK_MARK2, frame] == shown.mark2 and book[BOOK_PRINTS, frame] == shown.prints


@part
def next_move(book, frame, end, shown, watches_all):
    """Return the first frame in [frame, end) that moves the book, or what else is watched."""
    if watches_all:
        while frame < end and is_as_shown(book, frame, shown):
            frame += 1
        return frame
    bid = shown.bid
    ask = shown.ask
    while frame < end and book[BOOK_BID, frame] == bid and book[BOOK_ASK, frame] == ask:
        frame += 1
    return frame


@part
def is_reached(course, seen):
    """Return whether a book reaches a price of an order, or is none to follow."""
    if seen.bid == MISSING or seen.bid > seen.ask:
        return True
    return course.buy.price >= seen.ask or course.sell.price <= seen.bid


@part
def next_landing(book, frame, end, shown, course):
    """Return the frame in which re-quotes land on the book shown; `end` if another comes before."""
    while frame < end and book[BOOK_TS, frame] < course.landing:
        if not is_as_shown(book, frame, shown):
            return frame, False
        frame += 1
    return frame, frame < end


@part
def crosses(course, shown):
    """Return whether a re-quote would cross the book on which it lands."""
    return course.buy.target >= shown.ask or course.sell.target <= shown.bid


@step
def race(stream, desk, plan, row, frame, end, low, high):
    """Do what `pass_frames` does, as far as orders only follow the mid.

    Return (the first frame not passed, whether a price is reached there: then it is not quiet).
    """
    book = stream.book
    pair = load_pair(plan, row)
    if is_in_flight(pair):
        return frame, False
    course = Course(peg_of(pair.buy), peg_of(pair.sell), 0, pair.replaces, pair.digest)
    purse = load_purse(row)
    shown = shown_at(book, frame - 1)
    ruler = Ruler(1, 0, 0)
    half = row[STATE_POSITION] * stream.contract[CONTRACT_VALUE]
    watches_mark = low > 0 or high < INT64_MAX or half != 0
    watches_all = watches_mark or book[BOOK_PRINTS, end - 1] != shown.prints
    former = course
    fills = False
    while frame < end:
        seen = shown_at(book, frame)
        ts = book[BOOK_TS, frame]
        arrival = book[BOOK_ARRIVAL, frame]
        price = (seen.bid + seen.ask) >> 1
        if price < ruler.low or price >= ruler.high:
            ruler = ruler_at(desk.now, max(1, price))
        is_plain, after = aimed_both(plan, pair, course, seen.bid + seen.ask, ruler, ts, arrival)
        fills = is_reached(course, seen)
        if not is_plain or fills or seen.prints != shown.prints:
            break
        if seen.mark2 < low or seen.mark2 > high or arrival - ts > plan[PLAN_STALENESS_NS]:
            break
        purse = marked(purse, row[STATE_CASH] + ((half * seen.mark2) >> 1))
        course = after
        former = after
        shown = seen
        frame += 1
        if is_moving(course):
            frame, lands = next_landing(book, frame, end, shown, course)
            if not lands or crosses(course, shown):
                break
            course = landed_both(row, pair, course, book[BOOK_TS, frame])
            if not is_as_shown(book, frame, shown):
                continue
            former = course
            frame += 1
        frame = next_move(book, frame, end, shown, watches_all)
    buy = order_of(former.buy, pair.buy, former.landing)
    sell = order_of(former.sell, pair.sell, former.landing)
    store_pair(row, Pair(buy, sell, former.replaces, former.digest))
    store_purse(row, purse)
    return frame, fills
