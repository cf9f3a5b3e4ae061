"""What frames are built from and what they are: the same for every backend."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


class ArrowStream(Protocol):
    """A table of any library that hands it on by Arrow's PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object = ...) -> object:
        """Return a capsule of its batches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRows:
    """A day's checked rows, sorted by time: plain columns, and the Arrow tables they lie in.

    quotes, prints     all rows of the day, in the schemas of `market/schema.py`
    open_ns, close_ns  ns: the columns hold the rows between them, both included
    symbols            (N,) the instruments in their order
    quote_ts, quote_code, quote_bid, quote_ask   (Q,) ns, code, quanta, quanta
    number_of_code     each code's instrument; -1: none of the rows has it
    print_ts, print_last                         (P,) ns, quanta > 0
    """

    quotes: ArrowStream
    prints: ArrowStream
    open_ns: int
    close_ns: int
    symbols: tuple[str, ...]
    quote_ts: npt.NDArray[np.int64]
    quote_code: npt.NDArray[np.int32]
    quote_bid: npt.NDArray[np.int32]
    quote_ask: npt.NDArray[np.int32]
    number_of_code: npt.NDArray[np.int32]
    print_ts: npt.NDArray[np.int64]
    print_last: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class DayFrames:
    """A day's frames, laid out as `forven.kernels.schema` says; N instruments, T frames.

    clock       int64 [3, T]          quotes      int32 [3, N, T]
    row_frames  int32 [Q] the frames in which an instrument has a quote row, by instrument
    row_starts  int64 [N + 1] those of instrument n stand from its place n to before n + 1
    """

    clock: npt.NDArray[np.int64]
    row_starts: npt.NDArray[np.int64]
    row_frames: npt.NDArray[np.int32]
    quotes: npt.NDArray[np.int32]


def new_frames(instruments: int, rows: int, frames: int) -> DayFrames:
    """Return frames of a size, not yet written."""
    return DayFrames(
        clock=np.empty((3, frames), np.int64),
        row_starts=np.empty(instruments + 1, np.int64),
        row_frames=np.empty(rows, np.int32),
        quotes=np.empty((3, instruments, frames), np.int32),
    )
