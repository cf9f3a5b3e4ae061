"""Numbers of a rolling window, each summed or counted afresh: no error is carried along."""

import numpy as np

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.jit.indicators.types import NUMBER, SERIES

COUNT = 0  # bars seen, then the window itself from 1 on


@inner
def remember(state, number, window):
    """Put a number into the window in place of its oldest; return its place."""
    place = int(state[COUNT]) % window
    state[1 + place] = number
    state[COUNT] += 1.0
    return place


@kernel((SERIES, NUMBER, SERIES, SERIES), room="indicators")
def rolling_sum(series, window, state, out):
    """Write the sum of the last `window` numbers, from the oldest to the newest.

    series, out  (n,)          window  bars, at least 1
    state        (1 + window,) bars seen, then the window as a ring
    """
    size = int(window)
    for i in range(series.size):
        place = remember(state, series[i], size)
        if state[COUNT] < size:
            out[i] = np.nan
            continue
        total = 0.0
        for k in range(size):
            total += state[1 + (place + 1 + k) % size]
        out[i] = total


@kernel((SERIES, NUMBER, SERIES, SERIES), room="indicators")
def percent_rank(series, window, state, out):
    """Write how many of the `window` numbers before are smaller, in percent.

    series (n,); out (n,) 0 to 100    window  bars, at least 1
    state  (1 + window,) bars seen, then the window as a ring
    source Connors and Alvarez, An Introduction to ConnorsRSI (2012)
    """
    size = int(window)
    for i in range(series.size):
        if state[COUNT] < size:
            out[i] = np.nan
        else:
            smaller = 0
            for k in range(size):
                if state[1 + k] < series[i]:
                    smaller += 1
            out[i] = 100.0 * smaller / size
        remember(state, series[i], size)
