"""The underlying's values: one print a stamp, in whole quanta, rounded half to even and counted."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from forven.market.readers.rows import Numbers
from forven.market.readers.rules import PRICE_QUANTA_MAX, is_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotSeries:
    """Values of the underlying: int64 stamps, strictly rising, and int64 quanta."""

    ts: np.ndarray
    quanta: np.ndarray
    counts: Counter[str]


def usable_spots(spot: Numbers) -> np.ndarray:
    """Return float64 quanta, NaN where unusable, storage noise around a whole quantum removed."""
    values = spot.values
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(values) & (values > 0.5) & (values <= PRICE_QUANTA_MAX)
    snapped = np.where(is_whole(spot), np.rint(values), values)
    return np.where(usable, snapped, np.nan)


def spot_series(ts: np.ndarray, values: np.ndarray) -> SpotSeries:
    """Return the series of (stamp, `usable_spots` value) pairs: by time, the last of each stamp."""
    order = np.argsort(ts, kind="stable")
    ts, values = ts[order], values[order]
    last = np.append(np.diff(ts) != 0, True)[: ts.size]
    ts, values = ts[last], values[last]
    usable = ~np.isnan(values)
    ts, values = ts[usable], values[usable]
    quanta = np.rint(values).astype(np.int64)
    return SpotSeries(
        ts=ts,
        quanta=quanta,
        counts=Counter(
            bad_underlying=int((~usable).sum()), underlying_rounded=int((quanta != values).sum())
        ),
    )
