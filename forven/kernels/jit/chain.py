"""The chain at a frame: parity forward, at-the-money straddle, and each contract's delta."""

import math

from numba import types

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.jit.normal import normal_cdf
from forven.kernels.jit.normalised import log_moneyness
from forven.kernels.jit.volatility import implied_deviation
from forven.kernels.pricing_schema import VOLATILITY_OK
from forven.kernels.schema import (
    CALL,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    MISSING,
    PUT,
    QUOTE_ASK,
    QUOTE_BID,
)


@inner
def two_sided_sum(quotes, instrument, frame):
    """Return bid + ask where there is a bid and the quote is not crossed; else MISSING."""
    bid = quotes[QUOTE_BID, instrument, frame]
    ask = quotes[QUOTE_ASK, instrument, frame]
    if bid <= 0 or bid > ask:
        return MISSING
    return bid + ask


@inner
def call_count(instruments):
    """Return how many instruments are calls: they come first."""
    count = 0
    while count < instruments.shape[0] and instruments[count, INSTRUMENT_RIGHT] == CALL:
        count += 1
    return count


@inner
def parity_forward(quotes, instruments, frame):
    """Return twice the parity forward and twice the straddle at its strike; MISSING if none."""
    calls = call_count(instruments)
    call = 0
    put = calls
    least = MISSING
    forward2 = MISSING
    move2 = MISSING
    while call < calls and put < instruments.shape[0]:
        strike = instruments[call, INSTRUMENT_STRIKE]
        put_strike = instruments[put, INSTRUMENT_STRIKE]
        if strike < put_strike:
            call += 1
            continue
        if strike > put_strike:
            put += 1
            continue
        call_sum = two_sided_sum(quotes, call, frame)
        put_sum = two_sided_sum(quotes, put, frame)
        if call_sum != MISSING and put_sum != MISSING:
            difference = abs(call_sum - put_sum)
            if least == MISSING or difference < least:
                least = difference
                forward2 = 2 * strike + call_sum - put_sum
                move2 = call_sum + put_sum
        call += 1
        put += 1
    return forward2, move2


@inner
def call_delta(price_sum, forward2, strike, right):
    """Return N(d1) from the out-of-the-money option's bid + ask; negative if there is none.

    The volatility's clock cancels: only sigma sqrt(T) enters, which the price gives directly.
    """
    forward = float(forward2)
    doubled = 2.0 * strike
    deviation, status = implied_deviation(float(price_sum), forward, doubled, right)
    if status != VOLATILITY_OK or deviation <= 0.0:
        return -1.0
    return normal_cdf(log_moneyness(forward, doubled) / deviation + 0.5 * deviation)


@inner
def rounded_delta(delta):
    """Return a delta as integer 1e-6 units, rounded half up."""
    return math.floor(delta * 1e6 + 0.5)


@inner
def chain_deltas(quotes, instruments, frame, years, deltas):
    """Write each contract's unsigned delta; return twice the forward and twice the straddle.

    quotes    int32 [3, N, T] quanta             instruments  int64 [N, 2] by right, then strike
    frame     column of `quotes`                 years        time to the close, in years
    deltas    int64 [N] 1e-6 units; MISSING: none
    returns   (forward2, move2) in half quanta; (MISSING, MISSING) without a forward: ask move2,
              for nonsense quotes can put the forward at or below 0, where nothing has a delta
    errors    none: the caller checks            source       docs/ENGINE.md, section 8
    """
    for i in range(deltas.size):
        deltas[i] = MISSING
    forward2, move2 = parity_forward(quotes, instruments, frame)
    if move2 == MISSING or forward2 <= 0 or years <= 0.0:
        return forward2, move2
    count = instruments.shape[0]
    calls = call_count(instruments)
    call = 0
    put = calls
    while call < calls or put < count:
        has_call = call < calls
        has_put = put < count
        strike = instruments[call if has_call else put, INSTRUMENT_STRIKE]
        if has_call and has_put:
            put_strike = instruments[put, INSTRUMENT_STRIKE]
            has_call = strike <= put_strike
            has_put = put_strike <= strike
            strike = min(strike, put_strike)
        price_sum = MISSING
        right = CALL if 2 * strike >= forward2 else PUT
        if right == CALL and has_call:
            price_sum = two_sided_sum(quotes, call, frame)
        elif right == PUT and has_put:
            price_sum = two_sided_sum(quotes, put, frame)
        delta = call_delta(price_sum, forward2, strike, right) if price_sum != MISSING else -1.0
        if has_call:
            deltas[call] = rounded_delta(delta) if delta >= 0.0 else MISSING
            call += 1
        if has_put:
            deltas[put] = rounded_delta(1.0 - delta) if delta >= 0.0 else MISSING
            put += 1
    return forward2, move2


_QUOTES = types.Array(types.int32, 3, "C", readonly=True)
_INSTRUMENTS = types.Array(types.int64, 2, "C", readonly=True)


@kernel(
    types.UniTuple(types.int64, 2)(
        _QUOTES, _INSTRUMENTS, types.int64, types.float64, types.int64[::1]
    )
)
def deltas_at(quotes, instruments, frame, years, deltas):
    """Do what `chain_deltas` does, for callers outside the kernels."""
    return chain_deltas(quotes, instruments, frame, years, deltas)
