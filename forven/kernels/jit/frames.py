"""Builds a day's frames from its sorted rows: forward-filled quotes, marks, ages and the spot."""

from numba.core import types

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.schema import (
    CLOCK_ARRIVAL,
    CLOCK_SPOT,
    CLOCK_TS,
    MISSING,
    QUOTE_ASK,
    QUOTE_BID,
    QUOTE_MARK2,
)

_INT64_MAX = 2**63 - 1
_I4_IN = types.Array(types.int32, 1, "C", readonly=True)
_I8_IN = types.Array(types.int64, 1, "C", readonly=True)
_I4_TABLE = types.int32[:, ::1]
_I8_TABLE = types.int64[:, ::1]
_I4_CUBE = types.int32[:, :, ::1]


@inner
def next_ts(quote_ts, quote, print_ts, printed):
    """Return the earliest stamp not yet taken of two sorted columns; the caller knows one is."""
    ts = _INT64_MAX
    if quote < quote_ts.size:
        ts = quote_ts[quote]
    if printed < print_ts.size and print_ts[printed] < ts:
        ts = print_ts[printed]
    return ts


@kernel(types.int64(_I8_IN, _I8_IN, types.int64))
def count_frames(quote_ts, print_ts, close_ns):
    """Return how many frames `build_frames` will write: distinct stamps, and one at the close.

    quote_ts, print_ts  (Q,), (P,) ns, sorted, none after the close     close_ns  ns
    errors  none: the caller checks                                     source    docs/ENGINE.md 1
    """
    quote = printed = frames = 0
    ts = close_ns - 1
    while quote < quote_ts.size or printed < print_ts.size:
        ts = next_ts(quote_ts, quote, print_ts, printed)
        while quote < quote_ts.size and quote_ts[quote] == ts:
            quote += 1
        while printed < print_ts.size and print_ts[printed] == ts:
            printed += 1
        frames += 1
    return frames if ts == close_ns else frames + 1


@inner
def place_quote(quotes, updated, instrument, frame, bid, ask):
    """Put one row's quote into its frame: no ask is no quote, an ask without a bid is bid 0."""
    if ask <= 0:
        bid = ask = MISSING
    elif bid < 0:
        bid = 0
    quotes[QUOTE_BID, instrument, frame] = bid
    quotes[QUOTE_ASK, instrument, frame] = ask
    updated[instrument, frame] = frame


@inner
def fill_forward(quotes, updated, instrument):
    """Carry one instrument's quotes over the frames without a row, and write its marks."""
    bid = ask = mark = mark2 = MISSING
    last = -1
    for frame in range(updated.shape[1]):
        if updated[instrument, frame] >= 0:
            last = frame
            bid = quotes[QUOTE_BID, instrument, frame]
            ask = quotes[QUOTE_ASK, instrument, frame]
            uncrossed = ask != MISSING and bid <= ask
            if uncrossed:
                mark = bid + ask
            mark2 = mark if mark == MISSING or (uncrossed and bid > 0) else -2 - mark
        else:
            quotes[QUOTE_BID, instrument, frame] = bid
            quotes[QUOTE_ASK, instrument, frame] = ask
            updated[instrument, frame] = last
        quotes[QUOTE_MARK2, instrument, frame] = mark2


@kernel(
    types.void(
        *(_I8_IN, _I4_IN, _I4_IN, _I4_IN, _I8_IN, _I4_IN, types.int64),
        *(_I8_TABLE, _I4_CUBE, _I4_TABLE),
    )
)
def build_frames(
    quote_ts, quote_instrument, quote_bid, quote_ask, print_ts, print_last, close_ns,
    clock, quotes, updated,
):  # fmt: skip
    """Write the frames of a day; of several rows of an instrument with one stamp the last wins.

    quote_*   (Q,) sorted by ts: ns, instrument number, quanta     print_*  (P,) ns, quanta > 0
    close_ns  ns; no row is later; a frame stands at it always     clock    [3, T] written
    quotes    [3, N, T] written                                    updated  [N, T] written: frame
              of the instrument's last row, -1 before its first
    errors    none: the caller checks; T is what `count_frames` returned
    source    docs/ENGINE.md 1
    """
    updated[:, :] = -1
    quote = printed = frame = 0
    spot = MISSING
    while quote < quote_ts.size or printed < print_ts.size:
        ts = next_ts(quote_ts, quote, print_ts, printed)
        while quote < quote_ts.size and quote_ts[quote] == ts:
            bid, ask = quote_bid[quote], quote_ask[quote]
            place_quote(quotes, updated, quote_instrument[quote], frame, bid, ask)
            quote += 1
        while printed < print_ts.size and print_ts[printed] == ts:
            spot = print_last[printed]
            printed += 1
        clock[CLOCK_TS, frame] = clock[CLOCK_ARRIVAL, frame] = ts
        clock[CLOCK_SPOT, frame] = spot
        frame += 1
    if frame < clock.shape[1]:
        clock[CLOCK_TS, frame] = clock[CLOCK_ARRIVAL, frame] = close_ns
        clock[CLOCK_SPOT, frame] = spot
    for instrument in range(updated.shape[0]):
        fill_forward(quotes, updated, instrument)
