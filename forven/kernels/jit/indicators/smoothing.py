"""Averages that go on from the bar before."""

import numpy as np

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.indicators.types import NUMBER, SERIES

COUNT, LAST = range(2)


@kernel((SERIES, NUMBER, SERIES, SERIES), room="indicators")
def wilder(series, window, state, out):
    """Write Wilder's average: begun with a simple one, then last + (number - last) / window.

    series, out  (n,)   window  bars, at least 1   state  (2,) bars seen, last average or sum
    source  Wilder, New Concepts in Technical Trading Systems (1978)
    """
    for i in range(series.size):
        state[COUNT] += 1.0
        if state[COUNT] < window:
            state[LAST] += series[i]
            out[i] = np.nan
            continue
        if state[COUNT] == window:
            state[LAST] = (state[LAST] + series[i]) / window
        else:
            state[LAST] += (series[i] - state[LAST]) / window
        out[i] = state[LAST]


@kernel((SERIES, NUMBER, NUMBER, SERIES, SERIES), room="indicators")
def smoothed(series, window, start, state, out):
    """Write last + (number - last) / window, the last one before the first bar being `start`.

    series, out  (n,)   window  bars, at least 1   state  (2,) bars seen, last average
    """
    for i in range(series.size):
        if state[COUNT] == 0.0:
            state[LAST] = start
        state[COUNT] += 1.0
        state[LAST] += (series[i] - state[LAST]) / window
        out[i] = state[LAST]


@kernel((SERIES, SERIES, SERIES), room="indicators")
def streak(series, state, out):
    """Write for how many bars in a row a series has risen (positive) or fallen; 0: unchanged.

    series, out  (n,)   state  (3,) bars seen, last streak, last number
    source  Connors and Alvarez, An Introduction to ConnorsRSI (2012)
    """
    for i in range(series.size):
        if state[COUNT] == 0.0:
            out[i] = np.nan
        else:
            if series[i] > state[2]:
                state[LAST] = max(state[LAST], 0.0) + 1.0
            elif series[i] < state[2]:
                state[LAST] = min(state[LAST], 0.0) - 1.0
            else:
                state[LAST] = 0.0
            out[i] = state[LAST]
        state[COUNT] += 1.0
        state[2] = series[i]
