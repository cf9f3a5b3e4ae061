"""The index within a day: a U-shaped clock, volatility that clusters, bursts and jumps."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels.jit.synthetic import mean_reverting
from forven.market.bounds import SessionBounds
from forven.market.synthetic.regime import DayRegime
from forven.primitives.time import NANOSECONDS_PER_MINUTE, NANOSECONDS_PER_SECOND

REVERSION_PER_SECOND = 1.0 / 2_400.0
"""Speed at which intraday volatility returns to the day's."""
CLUSTER_DEVIATION = 0.3
"""Stationary standard deviation of the log of intraday volatility."""

_REGULAR_NS = 390 * NANOSECONDS_PER_MINUTE
_SHORT_SESSION_POWER = 0.7
"""An early close carries (length / regular length) ** this of a whole session's variance."""
_LEVERAGE = -0.3
_BURSTS_A_DAY = 4.0
_BURST_DEVIATION = 0.12
_JUMP_EXCITEMENT = 0.5
_AUCTION_DEVIATION = 0.00006


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPath:
    """The index of one day at its T frames and at the close.

    points     (T + 1,) index points, the last one at the close
    remaining  (T,) share of the day's variance clock still to come
    excitement (T,) log of intraday volatility over the day's
    share      of a whole session's variance that this one carries
    settlement official closing value in points
    """

    points: npt.NDArray[np.float64]
    remaining: npt.NDArray[np.float64]
    excitement: npt.NDArray[np.float64]
    share: float
    settlement: float


def index_path(
    regime: DayRegime, bounds: SessionBounds, frame_seconds: int, random: np.random.Generator
) -> IndexPath:
    """Return the day's index, pinned to the regime's return at the close.

    The pinning is that of a Brownian bridge, so it leaves the variance of the day as it was.
    """
    frames = bounds.duration_ns // (frame_seconds * NANOSECONDS_PER_SECOND)
    clock = variance_clock(frames)
    share = (bounds.duration_ns / _REGULAR_NS) ** _SHORT_SESSION_POWER
    deviation = regime.deviation * math.sqrt(share)
    jump_frame = int(regime.jump_at * frames)
    shocks = random.standard_normal(frames)
    excitement = _excitement(regime, shocks, jump_frame, frame_seconds, random)
    burst_share = _BURSTS_A_DAY * _BURST_DEVIATION**2
    steady = deviation * math.sqrt(1.0 - burst_share)
    returns = steady * np.sqrt(clock) * np.exp(excitement - CLUSTER_DEVIATION**2) * shocks
    bursts = random.poisson(_BURSTS_A_DAY * share)
    at = random.choice(frames, size=bursts, p=clock)
    np.add.at(returns, at, deviation * _BURST_DEVIATION * random.standard_normal(bursts))
    returns += (regime.diffusion * math.sqrt(share) - returns.sum()) * clock
    returns[jump_frame] += regime.jump * math.sqrt(share)
    points = np.empty(frames + 1)
    points[0] = regime.opening
    points[1:] = regime.opening * np.exp(np.cumsum(returns))
    remaining = np.cumsum(clock[::-1])[::-1]
    auction = _AUCTION_DEVIATION * random.standard_normal()
    return IndexPath(
        points=points,
        remaining=np.ascontiguousarray(remaining),
        excitement=excitement,
        share=share,
        settlement=float(points[-1]) * math.exp(auction),
    )


def variance_clock(frames: int) -> npt.NDArray[np.float64]:
    """Return each frame's share of the session's variance: high at the open, less at the close."""
    at = (np.arange(frames) + 0.5) / frames
    weight = 0.72 + 1.6 * np.exp(-at / 0.07) + 0.8 * np.exp(-(1.0 - at) / 0.06)
    return weight / weight.sum()


def auction_variance() -> float:
    """Return the variance of the official closing value around the last print."""
    return _AUCTION_DEVIATION**2


def wandering(
    frames: int, deviation: float, reversion: float, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return a mean-reverting series of a stationary deviation; `reversion` per frame."""
    decay = math.exp(-reversion)
    shocks = deviation * math.sqrt(1.0 - decay**2) * random.standard_normal(frames)
    out = np.empty(frames)
    mean_reverting(shocks, decay, deviation * random.standard_normal(), out)
    return out


def _excitement(
    regime: DayRegime,
    shocks: npt.NDArray[np.float64],
    jump_frame: int,
    frame_seconds: int,
    random: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Return the log of intraday volatility; falls raise it, and a jump leaves it high."""
    decay = math.exp(-frame_seconds * REVERSION_PER_SECOND)
    own = random.standard_normal(shocks.size)
    drivers = np.empty(shocks.size)
    drivers[0] = own[0]
    drivers[1:] = _LEVERAGE * shocks[:-1] + math.sqrt(1.0 - _LEVERAGE**2) * own[1:]
    drivers *= CLUSTER_DEVIATION * math.sqrt(1.0 - decay**2)
    if regime.jump and jump_frame + 1 < shocks.size:
        drivers[jump_frame + 1] += _JUMP_EXCITEMENT
    out = np.empty(shocks.size)
    mean_reverting(drivers, decay, CLUSTER_DEVIATION * random.standard_normal(), out)
    return out
