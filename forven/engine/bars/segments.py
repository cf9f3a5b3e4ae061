"""Which bars a run trades: one segment after the warm-up, or a train and a test segment."""

import numpy as np
import numpy.typing as npt

from forven.primitives.errors import ForvenError, InvalidInput

Integers = npt.NDArray[np.int64]

TRAIN_PCT = 70
SEGMENT_BARS_MIN = 3
"""A signal, the bar it acts in, and one to leave."""


class TooLittleHistory(ForvenError):
    """The bars end before a strategy has warmed up and could trade."""


def whole_segment(count: int, warmup: int) -> Integers:
    """Return one segment from the warm-up to the end, int64 [1, 2]."""
    if count - warmup < SEGMENT_BARS_MIN:
        raise TooLittleHistory(
            f"expected {warmup} bars of warm-up and {SEGMENT_BARS_MIN} or more to trade, "
            f"found {count} bars; give a longer history or shorter periods"
        )
    return np.array([[warmup, count]], np.int64)


def split_segments(count: int, warmup: int, train_pct: int = TRAIN_PCT) -> Integers:
    """Return a train and a test segment, int64 [2, 2].

    The cut lies at `train_pct` percent of all bars, so it does not move with the warm-up.
    """
    if type(train_pct) is not int or not 1 <= train_pct <= 99:
        raise InvalidInput(f"train_pct must be a whole number from 1 to 99, was {train_pct!r}")
    cut = count * train_pct // 100
    if cut - warmup < SEGMENT_BARS_MIN or count - cut < SEGMENT_BARS_MIN:
        raise TooLittleHistory(
            f"expected {warmup} bars of warm-up and {SEGMENT_BARS_MIN} or more to trade before "
            f"and after {train_pct} % of the bars, found {count} bars; give a longer history or "
            "shorter periods"
        )
    return np.array([[warmup, cut], [cut, count]], np.int64)


def check_segments(segments: Integers, count: int, warmup: int) -> None:
    """Refuse segments that are none, begin in the warm-up or reach beyond the bars."""
    if segments.dtype != np.int64 or segments.ndim != 2 or segments.shape[1:] != (2,):
        raise InvalidInput(
            f"segments: expected int64 [S, 2], found {segments.dtype}{list(segments.shape)}"
        )
    if not len(segments):
        raise InvalidInput("segments: expected one or more, found none")
    for begin, end in segments.tolist():
        if begin < warmup:
            raise TooLittleHistory(
                f"segments: expected a begin after the {warmup} bars of warm-up, found {begin}"
            )
        if not begin < end <= count:
            raise InvalidInput(
                f"segments: expected begin < end <= {count}, found {begin} and {end}"
            )
