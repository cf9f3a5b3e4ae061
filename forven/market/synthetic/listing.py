"""Which strikes a synthetic day lists, and when each contract is first and last quoted."""

import numpy as np
import numpy.typing as npt

from forven.kernels.jit.synthetic import SURFACE_DEVIATION, SURFACE_FORWARD

_STEP_QUANTA = 500
_INDEX_PER_STEP = 8_000.0
"""The grid doubles with the index: 5 points below 12,000, 10 points above."""
_WINGS = ((2, 10, 10), (5, 8, 8), (20, 6, 3))
"""Beyond the near strikes: grid in steps, strikes below, strikes above."""
_FIRST_SECONDS = 1.0
_NEAR_DELAY_SECONDS = 2.0
_FAR_DELAY_SECONDS = 8.0
_LAST_SECONDS = 90.0
_WITHDRAWN_SHARE = 0.12


def list_strikes(opening: float, near_strikes: int) -> npt.NDArray[np.int64]:
    """Return the day's strikes in quanta, rising: fine around the open, coarser in the wings."""
    step = _STEP_QUANTA * max(1, round(opening / _INDEX_PER_STEP))
    centre = round(100.0 * opening / step) * step
    below = centre - near_strikes * step
    above = centre + near_strikes * step
    strikes = list(range(below, above + step, step))
    for multiple, down, up in _WINGS:
        grid = multiple * step
        first_down, first_up = (below - 1) // grid * grid, (above // grid + 1) * grid
        strikes += [first_down - number * grid for number in range(down)]
        strikes += [first_up + number * grid for number in range(up)]
        below, above = first_down - (down - 1) * grid, first_up + (up - 1) * grid
    listed = np.array(sorted(strikes), np.int64)
    return listed[listed > 0]


def quoting_windows(
    strikes: npt.NDArray[np.int64],
    surface: npt.NDArray[np.float64],
    frame_seconds: int,
    random: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Return (2K, 2) frames of the first quote and of the withdrawal; calls first, then puts.

    Quotes begin a second or more after the open, later in the wings. A share of the contracts is
    withdrawn in the last minute and a half; the frame count stands for never.
    """
    frames = surface.shape[0]
    forward, deviation = surface[0, SURFACE_FORWARD], surface[0, SURFACE_DEVIATION]
    distance = np.minimum(np.abs(np.log(strikes / forward)) / deviation, 8.0)
    mean_delay = np.tile(_NEAR_DELAY_SECONDS + _FAR_DELAY_SECONDS * distance / 4.0, 2)
    delay = _FIRST_SECONDS + mean_delay * random.standard_exponential(2 * strikes.size)
    early = _LAST_SECONDS * random.random(2 * strikes.size)
    withdrawn = random.random(2 * strikes.size) < _WITHDRAWN_SHARE
    windows = np.empty((2 * strikes.size, 2), np.int64)
    windows[:, 0] = np.minimum(np.ceil(delay / frame_seconds), frames - 1)
    gone = np.ceil(np.maximum(frames - early / frame_seconds, 0.0))
    windows[:, 1] = np.where(withdrawn, np.minimum(gone, frames), frames)
    return windows
