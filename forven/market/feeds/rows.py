"""The rows of many frames as columns, and what a row makes of its sides and of its mark."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.kernels.schema import MISSING
from forven.market.feeds.frame import NO_ROWS, FeedFrame

Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FrameRows:
    """Rows by frame, at most one of an instrument in each: sides as the kernels see them."""

    frames: NDArray[np.int64]
    instruments: Integers
    bids: Integers
    asks: Integers


def rows_of(frames: Sequence[FeedFrame], count: int) -> tuple[FrameRows, NDArray[np.int64]]:
    """Return the rows of frames, and int64 [F, N]: which row each cell has, -1 where it has none.

    Of an instrument's rows in one frame the last stands, as if the others had not come.
    """
    sizes = [len(frame.instruments) for frame in frames]
    places = np.repeat(np.arange(len(frames), dtype=np.int64), sizes)
    numbers, bids, asks = (
        np.concatenate([NO_ROWS, *(getattr(frame, name) for frame in frames)])
        for name in ("instruments", "bids", "asks")
    )
    source = np.full((len(frames), count), -1, np.int64)
    own = np.arange(len(places))
    source[places, numbers] = own
    is_last = source[places, numbers] == own
    if not is_last.all():
        places, numbers, bids, asks = (a[is_last] for a in (places, numbers, bids, asks))
        source[places, numbers] = np.arange(len(places))
    bids, asks = row_quotes(bids, asks)
    return FrameRows(places, numbers, bids, asks), source


def last_of_each(numbers: NDArray) -> NDArray:
    """Return the places of the last row of each instrument, in the order of the rows."""
    _, from_end = np.unique(numbers[::-1], return_index=True)
    return np.sort(len(numbers) - 1 - from_end)


def row_quotes(bids: Integers, asks: Integers) -> tuple[Integers, Integers]:
    """Return the sides of rows: without an ask there is no quote, without a bid it is 0."""
    is_quoted = asks > 0
    return (
        np.where(is_quoted, np.maximum(bids, 0), MISSING).astype(np.int32),
        np.where(is_quoted, asks, MISSING).astype(np.int32),
    )


def row_marks(bids: Integers, asks: Integers, before: Integers) -> tuple[Integers, Integers]:
    """Return the last uncrossed sum after each row, and the mark that the kernels read.

    before  the last uncrossed sum before it, `MISSING` where there was none
    """
    is_good = (asks != MISSING) & (bids <= asks)
    sums = np.where(is_good, bids + asks, before).astype(np.int32)
    is_plain = (sums == MISSING) | (is_good & (bids > 0))
    return sums, np.where(is_plain, sums, -2 - sums).astype(np.int32)


def marks_of(rows: FrameRows, before: Integers) -> tuple[Integers, Integers]:
    """Return what `row_marks` does for rows of many frames, an instrument's taken in order.

    before  (N,) the last uncrossed sum of each instrument before them all
    """
    order = np.argsort(rows.instruments, kind="stable")
    numbers, bids, asks = (a[order] for a in (rows.instruments, rows.bids, rows.asks))
    own = np.arange(len(order))
    is_head = np.ones(len(order), np.bool_)
    is_head[1:] = numbers[1:] != numbers[:-1]
    heads = carried(np.where(is_head, own, 0))
    good = carried(np.where((asks != MISSING) & (bids <= asks), own, -1))
    is_known = good >= heads
    former = np.where(is_known, (bids + asks)[good], before[numbers]) if len(order) else bids
    sums, marks = np.empty_like(bids), np.empty_like(bids)
    sums[order], marks[order] = row_marks(bids, asks, former)
    return sums, marks


def carried(places: NDArray) -> NDArray:
    """Return places carried on downwards: -1 becomes the last place above it."""
    return np.maximum.accumulate(places, axis=0)
