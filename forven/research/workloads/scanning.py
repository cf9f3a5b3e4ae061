"""The memory floor: the least any engine must do, reading the quotes of each bot's own legs once.

Apart from `floor.py`, which is run as a script: a compiled kernel is kept for a module by name.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from forven.kernels.jit.compile import kernel
from forven.kernels.schema import QUOTE_ASK, QUOTE_BID

_QUOTES = types.Array(types.int32, 3, "C", readonly=True)


@kernel(types.void(_QUOTES, types.int64[:, ::1], types.int64[:, ::1], types.int64[::1]))
def scan_legs(quotes, legs, frames, out):  # type: ignore[no-untyped-def]
    """Sum bid + ask over each bot's own legs and frames, bot after bot, leg after leg.

    quotes  int32 [3, N, T] quanta                  legs   (B, L) instruments, negative: none
    frames  (B, 2) from which to before which       out    (B,) quanta
    errors  none: the caller checks                 source this file: the sum of two int32 columns

    Both sides are two contiguous int32 columns: 2 x 4 bytes a leg and frame, nothing else is read.
    The columns are cut first, so that every index is known to be in range and the sum is
    vectorised: a floor that is slower than it need be flatters whatever stands on it.
    """
    for bot in range(legs.shape[0]):
        total = 0
        for leg in range(legs.shape[1]):
            if legs[bot, leg] < 0:
                continue
            bid = quotes[QUOTE_BID, legs[bot, leg], frames[bot, 0] : frames[bot, 1]]
            ask = quotes[QUOTE_ASK, legs[bot, leg], frames[bot, 0] : frames[bot, 1]]
            for index in range(bid.size):
                total += bid[index] + ask[index]
        out[bot] = total


def floor_sums(
    quotes: NDArray[np.int32], legs: NDArray[np.int64], frames: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return (B,) the sums of `scan_legs`, in quanta."""
    out = np.empty(len(legs), np.int64)
    scan_legs(quotes, legs, frames, out)
    return out


def floor_bytes(legs: NDArray[np.int64], frames: NDArray[np.int64]) -> int:
    """Return how many bytes of quotes `scan_legs` reads, counting each bot's reads anew."""
    return int(((frames[:, 1] - frames[:, 0]) * (legs >= 0).sum(axis=1)).sum()) * 2 * 4
