"""The arrays that the bar kernel reads and writes: the same for every backend."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels import bars_schema as s

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarArrays:
    """Bars, what strategies say of them, and runs, laid out as `bars_schema.py` says.

    bars      int64 [4 + A, n]      funding   float64 [2, n + 1]     columns   float64 [C, n]
    constants float64 [c]           masks     uint64 [M, W]          program   int64 [P, 6]
    plans     int64 [K, PLAN_WIDTH]                                  segments  int64 [S, 2]
    """

    bars: Integers
    funding: Floats
    columns: Floats
    constants: Floats
    masks: Words
    program: Integers
    plans: Integers
    segments: Integers

    @property
    def count(self) -> int:
        """The number of bars."""
        return int(self.bars.shape[1])

    @property
    def words(self) -> int:
        """Words of a row of bits."""
        return words_of(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarTrace:
    """What a trace writes beside counts and sums; an array of a first axis 0 is not written.

    trades  int64 [T, TRADE_WIDTH]     trade_values  float64 [T, TRADE_VALUES]
    values  float64 [K or 0, S, n]     signals       uint64 [K or 0, 4, W]
    """

    trades: Integers
    trade_values: Floats
    values: Floats
    signals: Words


def words_of(count: int) -> int:
    """Return the words that hold a bit for each of so many bars."""
    return (count + 63) // 64


def new_results(arrays: BarArrays) -> tuple[Integers, Floats]:
    """Return counts and sums for all runs and segments, not yet written."""
    shape = (len(arrays.plans), len(arrays.segments))
    return np.empty((*shape, s.COUNT_WIDTH), np.int64), np.empty((*shape, s.SUM_WIDTH))


def new_trace(
    arrays: BarArrays, trades: int = 0, values: bool = False, signals: bool = False
) -> BarTrace:
    """Return a trace with room for so many trades, and for values and signals where asked for."""
    runs = len(arrays.plans)
    segments = len(arrays.segments)
    return BarTrace(
        trades=np.empty((trades, s.TRADE_WIDTH), np.int64),
        trade_values=np.empty((trades, s.TRADE_VALUES)),
        values=np.empty((runs, segments, arrays.count) if values else (0, 0, 0)),
        signals=np.empty((runs, 4, arrays.words) if signals else (0, 0, 0), np.uint64),
    )
