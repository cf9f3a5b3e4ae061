"""Bare compare loops: no order, no account, only the tests themselves.

Apart from `compare_loops.py`, which is run as a script: a compiled kernel is kept for a module by
name.
"""

import numpy as np
from numba import types

from forven.kernels.jit.compile import kernel
from forven.kernels.schema import QUOTE_ASK, QUOTE_BID

_QUOTES = types.Array(types.int32, 3, "C", readonly=True)
_ROWS = types.Array(types.int64, 2, "C", readonly=True)
NO_BUY, NO_SELL = -(2**62), 2**62
_COLUMN = types.Array(types.int64, 1, "C", readonly=True)


@kernel(types.void(_QUOTES, _ROWS, _ROWS, _ROWS, types.int64[::1]))
def compare_legs(quotes, legs, frames, bounds, out):
    """Count, for each bot, the frames it held in which its four legs had reached a threshold.

    quotes  int32 [3, N, T] quanta              legs    (B, 4) sold, bought, sold, bought
    frames  (B, 2) from which to before which   bounds  (B, 2) half quanta: least and most mid2
    out     (B,) frames                         errors  none: the caller checks
    source  this file
    """
    for bot in range(legs.shape[0]):
        first, last = frames[bot, 0], frames[bot, 1]
        bid_a = quotes[QUOTE_BID, legs[bot, 0], first:last]
        ask_a = quotes[QUOTE_ASK, legs[bot, 0], first:last]
        bid_b = quotes[QUOTE_BID, legs[bot, 1], first:last]
        ask_b = quotes[QUOTE_ASK, legs[bot, 1], first:last]
        bid_c = quotes[QUOTE_BID, legs[bot, 2], first:last]
        ask_c = quotes[QUOTE_ASK, legs[bot, 2], first:last]
        bid_d = quotes[QUOTE_BID, legs[bot, 3], first:last]
        ask_d = quotes[QUOTE_ASK, legs[bot, 3], first:last]
        low, high = np.int32(bounds[bot, 0]), np.int32(bounds[bot, 1])
        reached = 0
        for index in range(bid_a.size):
            short = bid_a[index] + ask_a[index] + bid_c[index] + ask_c[index]
            mid2 = bid_b[index] + ask_b[index] + bid_d[index] + ask_d[index] - short
            reached += (mid2 <= low) | (mid2 >= high)
        out[bot] = reached


@kernel(types.int64(_COLUMN, _COLUMN))
def scan_quotes(bid, ask):
    """Return the sum of two columns: what reading them costs.

    bid, ask  (T,) ticks    errors  none    source  this file
    """
    total = 0
    for index in range(bid.size):
        total += bid[index] + ask[index]
    return total


@kernel(types.void(_COLUMN, _COLUMN, types.int64[::1]))
def compare_quotes(bid, ask, out):
    """Count in how many updates a following buy or sell was reached, and followed the middle.

    bid, ask  (T,) ticks              out     (2,) updates reached, updates followed
    errors    none                    source  this file
    """
    buy, sell, last = NO_BUY, NO_SELL, -1
    reached, followed = 0, 0
    for index in range(bid.size):
        reached += (ask[index] <= buy) | (bid[index] >= sell)
        mid2 = bid[index] + ask[index]
        if mid2 != last:
            last = mid2
            buy, sell = ((mid2 + 1) >> 1) - 1, (mid2 >> 1) + 1
            followed += 1
    out[0], out[1] = reached, followed
