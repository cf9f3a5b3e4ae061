"""Lines that follow the price at a distance, and candles that average it."""

from forven.kernels.jit.compile import kernel
from forven.kernels.jit.indicators.types import SERIES

COUNT, CLOSE, LOWER, UPPER, DIRECTION = range(5)
OPENED, CLOSED = 1, 2


@kernel((SERIES, SERIES, SERIES, SERIES, SERIES, SERIES), room="indicators")
def trailing_line(close, lower, upper, state, line, direction):
    """Write the line that trails the price, below it in a rise and above it in a fall.

    close, lower, upper  (n,) lower and upper are where the line would lie without a past
    state                (5,) bars seen, last close, lower, upper, direction
    line                 (n,) the lower one in a rise, else the upper one
    direction            (n,) 1 in a rise, -1 in a fall; the first bar: is the close above the
                         middle of the two
    source               Seban's SuperTrend: a lower line only rises while the close stays above
    """
    for i in range(close.size):
        below, above = lower[i], upper[i]
        if state[COUNT] == 0.0:
            state[DIRECTION] = 1.0 if close[i] > (below + above) / 2.0 else -1.0
        else:
            if state[CLOSE] >= state[LOWER]:
                below = max(below, state[LOWER])
            if state[CLOSE] <= state[UPPER]:
                above = min(above, state[UPPER])
            if state[DIRECTION] > 0.0 and close[i] < below:
                state[DIRECTION] = -1.0
            elif state[DIRECTION] < 0.0 and close[i] > above:
                state[DIRECTION] = 1.0
        state[COUNT] += 1.0
        state[CLOSE], state[LOWER], state[UPPER] = close[i], below, above
        direction[i] = state[DIRECTION]
        line[i] = below if state[DIRECTION] > 0.0 else above


@kernel((SERIES, SERIES, SERIES, SERIES, SERIES, SERIES, SERIES), room="indicators")
def heikin_ashi(open_, high, low, close, state, opened, closed):
    """Write the open and close of Heikin-Ashi candles.

    open_, high, low, close  (n,)   state  (3,) bars seen, last open, last close
    opened, closed           (n,) the first opens between its bar's open and close
    source                   Valcu, Technical Analysis of Stocks & Commodities 2/2004
    """
    for i in range(close.size):
        if state[COUNT] == 0.0:
            opened[i] = (open_[i] + close[i]) / 2.0
        else:
            opened[i] = (state[OPENED] + state[CLOSED]) / 2.0
        closed[i] = (open_[i] + high[i] + low[i] + close[i]) / 4.0
        state[COUNT] += 1.0
        state[OPENED], state[CLOSED] = opened[i], closed[i]
