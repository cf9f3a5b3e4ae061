"""Frame building by Rust, from the Arrow tables of a day's rows, read where they lie."""

import numpy as np
from forven_engine import Ticks

from forven.kernels.rows import DayFrames, DayRows, new_frames


def build_frames(rows: DayRows) -> DayFrames:
    """Return the frames of a day; the caller has checked its rows."""
    ticks = Ticks(rows.quotes, rows.prints)
    number_of = {symbol: number for number, symbol in enumerate(rows.symbols)}
    numbers = np.array([number_of.get(symbol, -1) for symbol in ticks.symbols], np.int32)
    row_count, frame_count = ticks.counts(rows.open_ns, rows.close_ns)
    frames = new_frames(len(rows.symbols), row_count, frame_count)
    ticks.build_frames(
        numbers,
        rows.open_ns,
        rows.close_ns,
        frames.clock,
        frames.row_starts,
        frames.row_frames,
        frames.quotes,
    )
    return frames
