"""The lines of a report: values bar by bar, thinned so that no peak or trough is lost."""

from typing import Any

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars

Floats = npt.NDArray[np.float64]
POINTS_MAX = 10_000
_DIGITS = 6


def kept_points(values: Floats, most: int = POINTS_MAX) -> npt.NDArray[np.int64]:
    """Return which values a line needs: all, or the lowest and highest of each equal stretch."""
    if values.size <= most:
        return np.arange(values.size)
    length = -(-values.size // (most // 2 - 1))
    whole = values.size // length
    stretches = values[: whole * length].reshape(whole, length)
    starts = np.arange(whole) * length
    rest = np.arange(whole * length, values.size)
    picked = [starts + stretches.argmin(axis=1), starts + stretches.argmax(axis=1)]
    if rest.size:
        picked.append(rest[[values[rest].argmin(), values[rest].argmax()]])
    return np.unique(np.concatenate([*picked, [0, values.size - 1]]))


def price_line(bars: Bars) -> dict[str, Any]:
    """Return the closes that are drawn."""
    closes = bars.floats("close")
    kept = kept_points(closes)
    return {
        "times": times_of(bars.ends_ns[kept]),
        "closes": _short(closes[kept]),
        "bars": len(bars),
    }


def equity_lines(bars: Bars, begin: int, values: Floats, capital: float) -> dict[str, Any]:
    """Return a segment's value, what holding would have made of the capital, and both drawdowns.

    Holding is bought at the first close, without leverage, costs or funding.
    """
    closes = bars.floats("close")[begin : begin + values.size]
    held = capital * (closes / closes[0])
    kept = np.union1d(kept_points(values, POINTS_MAX // 2), kept_points(held, POINTS_MAX // 2))
    return {
        "times": times_of(bars.ends_ns[begin + kept]),
        "values": _short(values[kept]),
        "held": _short(held[kept]),
        "falls": _short(below_peak(values, capital)[kept]),
        "held_falls": _short(below_peak(held, capital)[kept]),
        "bars": int(values.size),
    }


def below_peak(values: Floats, capital: float) -> Floats:
    """Return how far each value lies below the highest so far, the capital included: 0 to -1."""
    peaks = np.maximum.accumulate(np.maximum(values, capital))
    return np.asarray(values / peaks - 1.0)


def times_of(moments: npt.NDArray[np.int64]) -> list[str]:
    """Return moments in nanoseconds as a chart reads them, UTC."""
    return [str(moment) for moment in moments.astype("datetime64[ns]").astype("datetime64[s]")]


def _short(values: Floats) -> list[float]:
    """Return values with the digits a chart can show."""
    return np.round(values, _DIGITS).tolist()
