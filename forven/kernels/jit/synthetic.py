"""The synthetic market's inner loops: one day's option quotes, and mean-reverting series."""

import math

from numba import float64, int32, int64, types, uint32

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.jit.normal import normal_cdf
from forven.kernels.schema import MISSING

# surface float64 [T, SURFACE_WIDTH]: what every option of a frame is priced from
SURFACE_FORWARD = 0  # quanta
SURFACE_DEVIATION = 1  # standard deviation of the log return until settlement, at the money
SURFACE_SKEW = 2  # slope of the smile per deviation of log moneyness
SURFACE_CURVATURE = 3  # lift of the smile's wings
SURFACE_WIDENING = 4  # multiplies quoted widths
SURFACE_WIDTH = 5

# rows int32 [capacity, ROW_WIDTH]: changed quotes, by frame, then instrument
ROW_FRAME = 0
ROW_INSTRUMENT = 1
ROW_BID = 2
ROW_ASK = 3
ROW_BID_SIZE = 4
ROW_ASK_SIZE = 5
ROW_WIDTH = 6

# maker float64 [MAKER_WIDTH]: how quotes are made
MAKER_FIXED_WIDTH = 0  # quanta
MAKER_WIDTH_SHARE = 1  # of the time value
MAKER_DEEP_WIDTH = 2  # quanta, added deep in the money
MAKER_DEEP_SCALE = 3  # quanta in the money at which 63 % of it is reached
MAKER_REFRESH = 4  # of 256: chance a frame that a standing quote is renewed
MAKER_WIDTH_COUNT = 5

# glitches int64 [G, 3]: frame, instrument, kind; sorted
GLITCH_LOCKED = 0
GLITCH_CROSSED = 1
GLITCH_ONE_SIDED = 2

_STATE_BID = 0
_STATE_ASK = 1
_STATE_LIVE = 2  # 0: not quoted yet
STATE_WIDTH = 3
_STEADY = 1
_TO_BE_RENEWED = 2

_FINE_LIMIT = 300
_INNER_BAND = 0.15
"""A quote is renewed when the value comes closer to a side than this share of its width."""
_FAR_DEVIATIONS = 9.0


@inner
def smile(moneyness, skew, curvature):
    """Return a strike's volatility over the at-the-money one; moneyness in deviations."""
    level = 1.0 + skew * moneyness + curvature * (math.sqrt(moneyness * moneyness + 1.0) - 1.0)
    return max(level, 0.5)


@inner
def _time_value(frame, strike):
    """Return the Black-76 value of the out-of-the-money option at a strike, in quanta."""
    forward, deviation = frame[SURFACE_FORWARD], frame[SURFACE_DEVIATION]
    log_moneyness = math.log(strike / forward)
    moneyness = log_moneyness / deviation
    deviation *= smile(moneyness, frame[SURFACE_SKEW], frame[SURFACE_CURVATURE])
    d1 = 0.5 * deviation - log_moneyness / deviation
    d2 = d1 - deviation
    if abs(d1) > _FAR_DEVIATIONS:
        return 0.0
    if strike >= forward:
        value = forward * normal_cdf(d1) - strike * normal_cdf(d2)
    else:
        value = strike * normal_cdf(-d2) - forward * normal_cdf(-d1)
    return max(value, 0.0)


@inner
def _floor_price(price):
    step = 5 if price <= _FINE_LIMIT else 10
    return max(int(math.floor(price / step)) * step, 0)


@inner
def _ceiling_price(price):
    step = 5 if price <= _FINE_LIMIT else 10
    return max(int(math.ceil(price / step)) * step, 5)


@inner
def _size(base, noise):
    """Return a displayed size in lots around `base`, from one random byte."""
    share = noise / 128.0
    return 1 + int(base * share * share)


@inner
def _write_row(rows, count, frame, instrument, bid, ask, time_value, in_the_money, noise):
    """Write one quote with its sizes: large far out of the money, small elsewhere."""
    cheap = 800.0 / (1.0 + time_value / 10.0)
    base = 25.0 if in_the_money > 2_500.0 else 18.0
    ask_base = base + cheap if in_the_money <= 0.0 else base
    bid_base = base + 0.3 * cheap if in_the_money <= 0.0 else base
    rows[count, ROW_FRAME] = frame
    rows[count, ROW_INSTRUMENT] = instrument
    rows[count, ROW_BID] = bid
    rows[count, ROW_ASK] = ask
    rows[count, ROW_BID_SIZE] = _size(bid_base, (noise >> 8) & 255) if bid > 0 else 0
    rows[count, ROW_ASK_SIZE] = _size(ask_base, (noise >> 16) & 255) if ask > 0 else MISSING
    return count + 1


@inner
def _write_withdrawal(rows, count, frame, instrument):
    """Write the row that takes a contract's quote away."""
    rows[count, ROW_FRAME] = frame
    rows[count, ROW_INSTRUMENT] = instrument
    rows[count, ROW_BID:] = MISSING
    return count + 1


@inner
def _half_width(maker, time_value, in_the_money, widening, noise):
    """Return half the width a quote is made with, before it is rounded outwards to the grid."""
    width = maker[MAKER_FIXED_WIDTH] + maker[MAKER_WIDTH_SHARE] * time_value
    if in_the_money > 0.0:
        depth = in_the_money / maker[MAKER_DEEP_SCALE]
        width += maker[MAKER_DEEP_WIDTH] * (1.0 - math.exp(-depth * depth))
    return 0.5 * width * widening * (0.7 + (noise & 255) / 320.0)


@inner
def _skip_glitches(glitches, glitch, frame, instrument):
    """Return the first glitch, from `glitch` on, that does not lie before this quote."""
    while glitch < glitches.shape[0] and (
        glitches[glitch, 0] < frame
        or (glitches[glitch, 0] == frame and glitches[glitch, 1] < instrument)
    ):
        glitch += 1
    return glitch


@inner
def _is_at(glitches, glitch, frame, instrument):
    """Return whether a glitch strikes this instrument in this frame."""
    if glitch >= glitches.shape[0]:
        return False
    return glitches[glitch, 0] == frame and glitches[glitch, 1] == instrument


@inner
def _spoiled(bid, ask, kind):
    """Return the sides of a quote after a glitch."""
    if kind == GLITCH_LOCKED:
        return ask, ask
    if kind == GLITCH_CROSSED:
        return ask + (5 if ask < _FINE_LIMIT else 10), ask
    return bid, MISSING


@kernel(
    float64(
        types.Array(float64, 1, "C", readonly=True), float64, float64, types.Array(float64, 1, "C")
    )
)
def mean_reverting(shocks, decay, level, out):
    """Write level[t] = decay * level[t-1] + shocks[t], and return the last one.

    shocks    (n,) finite                    decay   weight of the past, in [0, 1)
    level     before shock 0                 out     (n,) the levels
    errors    none: the caller checks        source  first-order autoregression
    """
    for i in range(shocks.size):
        level = decay * level + shocks[i]
        out[i] = level
    return level


@kernel(
    int64(
        types.Array(float64, 2, "C", readonly=True),
        types.Array(float64, 1, "C", readonly=True),
        types.Array(int64, 2, "C", readonly=True),
        types.Array(uint32, 2, "C", readonly=True),
        types.Array(int64, 2, "C", readonly=True),
        types.Array(float64, 1, "C", readonly=True),
        types.Array(float64, 1, "C"),
        types.Array(int32, 2, "C"),
        types.Array(int32, 2, "C"),
    )
)
def quote_chain(surface, strikes, windows, noise, glitches, maker, values, state, rows):
    """Write a row for each quote that a day's surface changes, and return how many there are.

    surface   (T, SURFACE_WIDTH)             strikes   (K,) quanta, rising
    windows   (2K, 2) frames: quoted from, withdrawn from; calls 0..K-1, then puts
    noise     (T, 2K) 32 random bits         glitches  (G, 3) sorted by frame, then instrument
    maker     (MAKER_WIDTH_COUNT,)           values    (K,) room for time values
    state     (2K, STATE_WIDTH) zeros        rows      (at least T * 2K, ROW_WIDTH)
    errors    none: the caller checks        source    Black (1976); otherwise our own
    """
    count, glitch = 0, 0
    strike_count = strikes.size
    for t in range(surface.shape[0]):
        forward = surface[t, SURFACE_FORWARD]
        for k in range(strike_count):
            values[k] = _time_value(surface[t], strikes[k])
        for n in range(2 * strike_count):
            glitch = _skip_glitches(glitches, glitch, t, n)
            if t < windows[n, 0] or t > windows[n, 1]:
                continue
            if t == windows[n, 1]:
                count = _write_withdrawal(rows, count, t, n)
                continue
            k = n if n < strike_count else n - strike_count
            time_value, bits = values[k], noise[t, n]
            in_the_money = forward - strikes[k] if n < strike_count else strikes[k] - forward
            value = time_value + max(in_the_money, 0.0)
            bid, ask = state[n, _STATE_BID], state[n, _STATE_ASK]
            glitched = _is_at(glitches, glitch, t, n)
            renewed = state[n, _STATE_LIVE] != _STEADY or (bits >> 24) < maker[MAKER_REFRESH]
            band = _INNER_BAND * (ask - bid)
            if not renewed and not glitched and bid + band <= value <= ask - band:
                continue
            half = _half_width(maker, time_value, in_the_money, surface[t, SURFACE_WIDENING], bits)
            new_bid, new_ask = _floor_price(value - half), _ceiling_price(value + half)
            state[n, _STATE_LIVE] = _STEADY
            if glitched and new_bid > 0:
                state[n, _STATE_LIVE] = _TO_BE_RENEWED
                new_bid, new_ask = _spoiled(new_bid, new_ask, glitches[glitch, 2])
            elif new_bid == bid and new_ask == ask and not renewed:
                continue
            state[n, _STATE_BID], state[n, _STATE_ASK] = new_bid, new_ask
            count = _write_row(rows, count, t, n, new_bid, new_ask, time_value, in_the_money, bits)
    return count
