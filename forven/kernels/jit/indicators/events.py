"""Extremes of a series since an event."""

import numpy as np

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.indicators.types import SERIES

SEEN, HIGHEST, LOWEST = range(3)  # whether the event was seen, and the extremes since


@kernel((SERIES, SERIES, SERIES, SERIES, SERIES), room="indicators")
def extremes_since(event, series, state, out_highest, out_lowest):
    """Write the greatest and the smallest number since the latest event, its bar included.

    event, series, out_*  (n,) event: not 0 where it happens; out: NaN before the first
    state                 (3,) as the constants above
    """
    for i in range(series.size):
        if event[i] != 0.0:
            state[SEEN], state[HIGHEST], state[LOWEST] = 1.0, series[i], series[i]
        elif state[SEEN] != 0.0:
            state[HIGHEST] = max(state[HIGHEST], series[i])
            state[LOWEST] = min(state[LOWEST], series[i])
        known = state[SEEN] != 0.0
        out_highest[i] = state[HIGHEST] if known else np.nan
        out_lowest[i] = state[LOWEST] if known else np.nan
