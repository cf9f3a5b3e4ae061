"""Prices of days, from bars within them: of the day before, and of a day's first bars.

The first day a series shows may be a part of one, so nothing is known of it.
"""

import numpy as np

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.indicators.types import NUMBER, SERIES

COUNT, DAY, DAYS = range(3)  # bars seen, the day's number, days begun since the first
HIGH, LOW, CLOSE, FORMER_HIGH, FORMER_LOW, FORMER_CLOSE = range(3, 9)
BARS = 5  # of this day, in opening_range


@kernel((SERIES, SERIES, SERIES, SERIES, SERIES, SERIES, SERIES, SERIES), room="indicators")
def previous_day(high, low, close, day, state, out_high, out_low, out_close):
    """Write the high, low and close of the day before; NaN while that is none or the first.

    high, low, close, day, out_*  (n,) day: its number, which changes with the day
    state                         (9,) as the constants above
    """
    for i in range(close.size):
        if state[COUNT] > 0.0 and day[i] != state[DAY]:
            state[DAYS] += 1.0
            for k in range(3):
                state[FORMER_HIGH + k] = state[HIGH + k]
        if state[COUNT] == 0.0 or day[i] != state[DAY]:
            state[HIGH], state[LOW] = high[i], low[i]
        else:
            state[HIGH], state[LOW] = max(state[HIGH], high[i]), min(state[LOW], low[i])
        state[CLOSE], state[DAY] = close[i], day[i]
        state[COUNT] += 1.0
        known = state[DAYS] >= 2.0
        out_high[i] = state[FORMER_HIGH] if known else np.nan
        out_low[i] = state[FORMER_LOW] if known else np.nan
        out_close[i] = state[FORMER_CLOSE] if known else np.nan


@kernel((SERIES, SERIES, SERIES, NUMBER, SERIES, SERIES, SERIES), room="indicators")
def opening_range(high, low, day, bars, state, out_high, out_low):
    """Write the range of a day's first `bars` bars, from the last of them to the day's end.

    high, low, day, out_*  (n,) NaN outside   bars  at least 1
    state                  (6,) bars seen, day, days begun, high, low, bars of this day
    """
    for i in range(high.size):
        if state[COUNT] > 0.0 and day[i] != state[DAY]:
            state[DAYS] += 1.0
            state[BARS] = 0.0
        if state[BARS] == 0.0:
            state[HIGH], state[LOW] = high[i], low[i]
        elif state[BARS] < bars:
            state[HIGH], state[LOW] = max(state[HIGH], high[i]), min(state[LOW], low[i])
        state[BARS] += 1.0
        state[DAY] = day[i]
        state[COUNT] += 1.0
        known = state[DAYS] >= 1.0 and state[BARS] >= bars
        out_high[i] = state[HIGH] if known else np.nan
        out_low[i] = state[LOW] if known else np.nan
