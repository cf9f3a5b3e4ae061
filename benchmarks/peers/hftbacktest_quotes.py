"""hftbacktest on the quote stream: two pegged orders, re-quoted when the mid moves.

Its fastest documented path: `ROIVectorMarketDepthBacktest`, data in memory as one array, the
strategy in a numba function, `wait_next_feed` once an update, `modify` instead of cancel and new.
An update of the stream is up to four depth events with one timestamp, so that the book has exactly
one level a side. Runs in its own environment and knows nothing of forven.
"""

import hashlib
from importlib.metadata import version
from time import perf_counter

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    CANCELED,
    DEPTH_EVENT,
    EXCH_EVENT,
    EXPIRED,
    FILLED,
    GTX,
    LIMIT,
    LOCAL_EVENT,
    SELL_EVENT,
    TRADE_EVENT,
    BacktestAsset,
    ROIVectorMarketDepthBacktest,
)
from hftbacktest.types import event_dtype
from numba import njit

DEPTH_BUY = DEPTH_EVENT | EXCH_EVENT | LOCAL_EVENT | BUY_EVENT
DEPTH_SELL = DEPTH_EVENT | EXCH_EVENT | LOCAL_EVENT | SELL_EVENT
TRADE_BUY = TRADE_EVENT | EXCH_EVENT | LOCAL_EVENT | BUY_EVENT
TRADE_SELL = TRADE_EVENT | EXCH_EVENT | LOCAL_EVENT | SELL_EVENT
BUY_SIDE, SELL_SIDE = -1, 1
FEED = 2
TIMEOUT_NS = 10**15
ROOM_TICKS = 1_000


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("hftbacktest", "numba", "numpy")}


@njit
def write_events(columns, prints, events):
    """Write the stream as depth and trade events; return how many."""
    ts, bid, ask, bid_size, ask_size = columns
    updates, price, size, aggressors = prints
    count = 0
    cursor = 0
    for index in range(ts.size):
        while cursor < updates.size and updates[cursor] == index:
            kind = TRADE_BUY if aggressors[cursor] > 0 else TRADE_SELL
            put(events[count], kind, ts[index], price[cursor], size[cursor])
            count += 1
            cursor += 1
        is_ask_new = index == 0 or ask[index] != ask[index - 1]
        is_ask_new = is_ask_new or ask_size[index] != ask_size[index - 1]
        is_bid_new = index == 0 or bid[index] != bid[index - 1]
        if is_bid_new or bid_size[index] != bid_size[index - 1] or not is_ask_new:
            put(events[count], DEPTH_BUY, ts[index], bid[index], bid_size[index])
            count += 1
        if is_ask_new:
            put(events[count], DEPTH_SELL, ts[index], ask[index], ask_size[index])
            count += 1
        if index > 0 and bid[index] != bid[index - 1]:
            put(events[count], DEPTH_BUY, ts[index], bid[index - 1], 0)
            count += 1
        if index > 0 and ask[index] != ask[index - 1]:
            put(events[count], DEPTH_SELL, ts[index], ask[index - 1], 0)
            count += 1
    return count


@njit
def put(event, kind, ts, price, size):
    """Write one event, heard the moment it happens."""
    event.ev = kind
    event.exch_ts = ts
    event.local_ts = ts
    event.px = price
    event.qty = size


@njit
def quote(hbt, position_max, fills):
    """Keep a buy and a sell one tick from the middle; return the fills written, the updates seen.

    fills  (n, 3) ts, side, price. An order is first re-priced two updates after it was sent, and a
    side gets a new one in the update in which the old one filled.
    """
    ids = np.zeros(2, np.int64)
    prices = np.zeros(2, np.int64)
    sent = np.zeros(2, np.int64)
    next_id = 1
    count = 0
    index = -1
    position = 0.0
    while hbt.wait_next_feed(False, TIMEOUT_NS) == FEED:
        index += 1
        depth = hbt.depth(0)
        bid, ask = depth.best_bid_tick, depth.best_ask_tick
        mid2 = bid + ask
        target_buy = (mid2 + 1) // 2 - 1
        target_sell = mid2 // 2 + 1
        now = hbt.position(0)
        if now != position:
            side = 0 if now > position else 1
            fills[count, 0] = hbt.current_timestamp
            fills[count, 1] = BUY_SIDE if side == 0 else SELL_SIDE
            fills[count, 2] = prices[side]
            count += 1
            ids[side] = 0
            position = now
            hbt.clear_inactive_orders(0)
        for side in range(2):
            target = target_buy if side == 0 else target_sell
            if ids[side] == 0:
                after = position + 1 if side == 0 else position - 1
                if abs(after) > position_max and abs(after) >= abs(position):
                    continue
                if side == 0:
                    hbt.submit_buy_order(0, next_id, target, 1.0, GTX, LIMIT, False)
                else:
                    hbt.submit_sell_order(0, next_id, target, 1.0, GTX, LIMIT, False)
                ids[side], prices[side], sent[side] = next_id, target, index
                next_id += 1
            elif prices[side] != target and index >= sent[side] + 2:
                hbt.modify(0, ids[side], target, 1.0, False)
                prices[side] = target
    return count, index + 1


def asset(events, lowest, highest, latency_ns, model):
    """Return the instrument: ticks of 1, lots of 1, and the models asked for."""
    built = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(latency_ns, latency_ns)
        .trading_value_fee_model(0.00015, 0.00045)
        .tick_size(1.0)
        .lot_size(1.0)
        .roi_lb(float(lowest - ROOM_TICKS))
        .roi_ub(float(highest + ROOM_TICKS))
        .last_trades_capacity(0)
    )
    # Not `partial_fill_exchange`: in 2.4.4 it ends with code 14 once a fill takes exactly what is
    # left, and orders of one lot are never filled in part.
    if model == "probabilistic":
        return built.power_prob_queue_model(2.0).no_partial_fill_exchange()
    return built.risk_adverse_queue_model().no_partial_fill_exchange()


@njit
def quote_late(hbt, position_max):
    """Keep both orders with latency and queues: whatever is in flight is left alone.

    Return how many updates were seen.
    """
    ids = np.zeros(2, np.uint64)
    next_id = np.uint64(1)
    seen = 0
    while hbt.wait_next_feed(False, TIMEOUT_NS) == FEED:
        seen += 1
        depth = hbt.depth(0)
        mid2 = depth.best_bid_tick + depth.best_ask_tick
        position = hbt.position(0)
        for side in range(2):
            target = (mid2 + 1) // 2 - 1 if side == 0 else mid2 // 2 + 1
            if ids[side] != 0:
                order = hbt.orders(0).get(ids[side])
                if order is None or order.status in (FILLED, EXPIRED, CANCELED):
                    ids[side] = 0
                    hbt.clear_inactive_orders(0)
                elif order.cancellable and order.price_tick != target:
                    hbt.modify(0, ids[side], target, 1.0, False)
            if ids[side] == 0:
                after = position + 1 if side == 0 else position - 1
                if abs(after) > position_max and abs(after) >= abs(position):
                    continue
                if side == 0:
                    hbt.submit_buy_order(0, next_id, target, 1.0, GTX, LIMIT, False)
                else:
                    hbt.submit_sell_order(0, next_id, target, 1.0, GTX, LIMIT, False)
                ids[side] = next_id
                next_id += np.uint64(1)
    return seen


def prepare(settings):
    """Return a round over the stream in the file that the settings name.

    settings  inputs (.npz), updates, position_max, model (`touch`, `queue` or
              `probabilistic`), latency_ns, fills (the agreement's name)
    """
    found = np.load(settings["inputs"])
    updates = settings["updates"]
    names = ("ts", "bid", "ask", "bid_size", "ask_size")
    columns = tuple(found[name][:updates] for name in names)
    is_touch = settings["model"] == "touch"
    prints = tuple(
        np.zeros(0, np.int64) if is_touch else found[name]
        for name in ("print_updates", "print_price", "print_size", "aggressors")
    )
    events = np.zeros(4 * updates + prints[0].size + 1, event_dtype)
    count = write_events(columns, prints, events)
    # The strategy does not hear the last event, which ends the data: one more, of no account.
    events[count] = (DEPTH_BUY, columns[0][-1] + 1, columns[0][-1] + 1, 0.0, 0.0, 0, 0, 0.0)
    events = events[: count + 1]
    lowest, highest = columns[1].min(), columns[2].max()
    fills = np.zeros((updates, 3), np.int64)

    def take():
        built = asset(events, lowest, highest, settings["latency_ns"], settings["model"])
        hbt = ROIVectorMarketDepthBacktest([built])
        start = perf_counter()
        if is_touch:
            count, seen = quote(hbt, settings["position_max"], fills)
        else:
            count, seen = 0, quote_late(hbt, settings["position_max"])
        seconds = perf_counter() - start
        if seen != updates:
            raise RuntimeError(f"expected {updates} updates to be seen, found {seen}")
        trades = int(hbt.state_values(0).num_trades)
        hbt.close()
        return told(seconds, updates, trades, fills[:count] if is_touch else None, settings)

    return take


def told(seconds, updates, trades, fills, settings):
    """Return a round as the parent reads it."""
    digest = hashlib.sha256(str(trades).encode()).hexdigest()
    agreements = {}
    if fills is not None:
        digest = hashlib.sha256(fills.astype("<i8").tobytes()).hexdigest()
        agreements = {settings["fills"]: digest}
    return {
        "seconds": seconds,
        "units": updates,
        "digest": digest,
        "agreements": agreements,
        "details": {"updates": updates, "fills": trades},
    }
