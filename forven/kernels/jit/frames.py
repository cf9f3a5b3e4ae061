"""Builds a day's frames from its sorted rows: the clock, the spot, and quotes carried forward."""

import numpy as np
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
_I4_OUT = types.int32[::1]
_I8_OUT = types.int64[::1]
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
    """Return how many frames `place_rows` will write: distinct stamps, and one at the close.

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
def open_groups(quote_instrument, row_starts):
    """Make `row_starts[n + 1]` the place of the first row of instrument n among all rows."""
    row_starts[:] = 0
    for row in range(quote_instrument.size):
        row_starts[quote_instrument[row] + 1] += 1
    place = 0
    for group in range(1, row_starts.size):
        count = row_starts[group]
        row_starts[group] = place
        place += count


@kernel(
    types.void(
        *(_I8_IN, _I4_IN, _I8_IN, _I4_IN, types.int64),
        *(_I8_TABLE, _I8_OUT, _I4_OUT, _I4_OUT),
    )
)
def place_rows(
    quote_ts, quote_instrument, print_ts, print_last, close_ns,
    clock, row_starts, row_frames, row_order,
):  # fmt: skip
    """Write the clock of a day, and its quote rows by instrument, each with its frame.

    quote_*     (Q,) sorted by ts: ns, instrument    print_*     (P,) ns, quanta > 0
    close_ns    ns; no row is later; a frame stands at it always
    clock       [3, T] written; T is what `count_frames` returned
    row_starts  [N + 1] written: the rows of instrument n stand from its place n to before n + 1
    row_frames  [Q] written: frames, by instrument   row_order   [Q] written: the rows they are of
    errors      none: the caller checks              source      docs/ENGINE.md 1
    """
    open_groups(quote_instrument, row_starts)
    quote = printed = frame = 0
    spot = MISSING
    while quote < quote_ts.size or printed < print_ts.size:
        ts = next_ts(quote_ts, quote, print_ts, printed)
        while quote < quote_ts.size and quote_ts[quote] == ts:
            group = quote_instrument[quote] + 1
            place = row_starts[group]
            row_frames[place], row_order[place] = frame, quote
            row_starts[group] = place + 1
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


@inner
def fill(line, first, after, value):
    """Write one value into a run of frames."""
    # Unsigned frames cannot count from the end, so that the loop is one plain stretch of stores.
    for frame in range(np.uint64(first), np.uint64(after)):
        line[frame] = value


@inner
def carry_forward(quote_bid, quote_ask, row_frames, row_order, bids, asks, marks):
    """Write one instrument's lines of quotes and marks: each row's values until its next row."""
    rows, frames = row_frames.size, bids.size
    before = row_frames[0] if rows else frames
    for line in (bids, asks, marks):
        fill(line, 0, before, MISSING)
    mark = MISSING
    for row in range(rows):
        first = row_frames[row]
        after = row_frames[row + 1] if row + 1 < rows else frames
        if first == after:
            continue  # of several rows with one stamp only the last ever stood
        bid, ask = quote_bid[row_order[row]], quote_ask[row_order[row]]
        if ask <= 0:
            bid = ask = MISSING
        elif bid < 0:
            bid = 0
        uncrossed = ask != MISSING and bid <= ask
        if uncrossed:
            mark = bid + ask
        fill(bids, first, after, bid)
        fill(asks, first, after, ask)
        is_live = mark == MISSING or (uncrossed and bid > 0)
        fill(marks, first, after, mark if is_live else -2 - mark)


@kernel(types.void(_I4_IN, _I4_IN, _I8_IN, _I4_IN, _I4_IN, _I4_CUBE))
def fill_quotes(quote_bid, quote_ask, row_starts, row_frames, row_order, quotes):
    """Write the quotes and marks of a day; of an instrument's rows with one stamp the last wins.

    quote_bid, quote_ask  (Q,) quanta: no ask is no quote, an ask without a bid is bid 0
    row_*                 what `place_rows` wrote          quotes  [3, N, T] written
    errors                none: the caller checks          source  docs/ENGINE.md 1
    """
    for instrument in range(quotes.shape[1]):
        start, end = row_starts[instrument], row_starts[instrument + 1]
        carry_forward(
            quote_bid,
            quote_ask,
            row_frames[start:end],
            row_order[start:end],
            quotes[QUOTE_BID, instrument],
            quotes[QUOTE_ASK, instrument],
            quotes[QUOTE_MARK2, instrument],
        )
