"""Frame building by numba, from the plain columns of a day's rows."""

from typing import cast

import numpy as np

from forven.kernels.jit.frames import count_frames, fill_quotes, place_rows
from forven.kernels.rows import DayFrames, DayRows, new_frames


def build_frames(rows: DayRows) -> DayFrames:
    """Return the frames of a day; the caller has checked its rows."""
    count = cast(int, count_frames(rows.quote_ts, rows.print_ts, rows.close_ns))
    frames = new_frames(len(rows.symbols), rows.quote_ts.size, count)
    row_order = np.empty(rows.quote_ts.size, np.int32)
    place_rows(
        rows.quote_ts,
        rows.number_of_code[rows.quote_code],
        rows.print_ts,
        rows.print_last,
        rows.close_ns,
        frames.clock,
        frames.row_starts,
        frames.row_frames,
        row_order,
    )
    fill_quotes(
        rows.quote_bid,
        rows.quote_ask,
        frames.row_starts,
        frames.row_frames,
        row_order,
        frames.quotes,
    )
    return frames
