"""Bars as somebody else's function gets them: a copy of its own, in memory nobody can write."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars


def sealed(bars: Bars) -> Bars:
    """Return the same bars over arrays that numpy refuses to make writeable.

    Each call copies: whatever is done to the copy reaches neither the engine nor another function.
    """
    return replace(
        bars,
        ends_ns=_frozen(bars.ends_ns),
        prices=_frozen(bars.prices),
        volume=_frozen(bars.volume),
        columns={name: _frozen(series) for name, series in bars.columns.items()},
    )


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array over immutable bytes."""
    return np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)
