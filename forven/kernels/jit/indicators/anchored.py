"""The mean price of a day weighed by volume, from the day's first bar on.

The first day a series shows may be a part of one, so nothing is known of it.
"""

import numpy as np

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.indicators.types import SERIES

COUNT, DAY, DAYS, TURNOVER, VOLUME = range(5)  # bars seen, the day's number, days begun, sums


@kernel((SERIES, SERIES, SERIES, SERIES, SERIES), room="indicators")
def day_vwap(series, volume, day, state, out):
    """Write the mean of a series weighed by volume, over the day's bars so far.

    series, volume, day, out  (n,) NaN in the first day, and while nothing was traded
    state                     (5,) as the constants above
    """
    for i in range(series.size):
        if state[COUNT] == 0.0 or day[i] != state[DAY]:
            if state[COUNT] > 0.0:
                state[DAYS] += 1.0
            state[TURNOVER], state[VOLUME] = 0.0, 0.0
        state[TURNOVER] += series[i] * volume[i]
        state[VOLUME] += volume[i]
        state[DAY] = day[i]
        state[COUNT] += 1.0
        known = state[DAYS] >= 1.0 and state[VOLUME] > 0.0
        out[i] = state[TURNOVER] / state[VOLUME] if known else np.nan
