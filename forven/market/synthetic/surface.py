"""What options cost in each frame: the implied deviation, its smile and how wide quotes are."""

import math

import numpy as np
import numpy.typing as npt

from forven.kernels.jit.synthetic import (
    SURFACE_CURVATURE,
    SURFACE_DEVIATION,
    SURFACE_FORWARD,
    SURFACE_SKEW,
    SURFACE_WIDENING,
    SURFACE_WIDTH,
)
from forven.market.synthetic.path import (
    CLUSTER_DEVIATION,
    REVERSION_PER_SECOND,
    IndexPath,
    auction_variance,
    wandering,
)
from forven.market.synthetic.regime import (
    JUMP_CHANCE,
    JUMP_DEVIATION,
    JUMP_MEAN,
    SURPRISE,
    DayRegime,
)
from forven.market.synthetic.spec import SyntheticSpec

_CARRY_PER_SESSION = 0.000025
"""Interest less dividends of one session, as a share of the index."""
_BASIS_DEVIATION_QUANTA = 8.0
_BASIS_REVERSION_PER_SECOND = 1.0 / 60.0
_OPINION_DEVIATION = 0.02
_OPINION_REVERSION_PER_SECOND = 1.0 / 600.0
_LAST_HOUR_SECONDS = 3_600.0


def day_surface(
    spec: SyntheticSpec, regime: DayRegime, path: IndexPath, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the surface (T, SURFACE_WIDTH) that a day's options are priced from."""
    frames = path.remaining.size
    left = path.remaining
    since_open = np.arange(frames) * float(spec.frame_seconds)
    until_close = (frames - np.arange(frames, dtype=np.float64)) * spec.frame_seconds
    basis = wandering(
        frames,
        _BASIS_DEVIATION_QUANTA,
        _BASIS_REVERSION_PER_SECOND * spec.frame_seconds,
        random,
    )
    opinion = wandering(
        frames, _OPINION_DEVIATION, _OPINION_REVERSION_PER_SECOND * spec.frame_seconds, random
    )
    variance = spec.variance_premium * _expected_variance(regime, path, until_close)
    variance = variance * np.exp(2.0 * opinion) + auction_variance()
    last_hour = np.clip(1.0 - until_close / _LAST_HOUR_SECONDS, 0.0, 1.0)
    stress = np.clip(regime.stress + path.excitement, -0.6, 1.2)
    surface = np.empty((frames, SURFACE_WIDTH))
    surface[:, SURFACE_FORWARD] = 100.0 * path.points[:-1] * (1.0 + _CARRY_PER_SESSION * left)
    surface[:, SURFACE_FORWARD] += basis
    surface[:, SURFACE_DEVIATION] = np.sqrt(variance)
    surface[:, SURFACE_SKEW] = -0.045 - 0.02 * stress - 0.01 * last_hour
    surface[:, SURFACE_CURVATURE] = 0.05 * (1.0 + 0.8 * last_hour)
    surface[:, SURFACE_WIDENING] = (
        spec.spread_scale
        * np.exp(0.4 * stress)
        * (1.0 + 3.0 * np.exp(-since_open / 60.0))
        * (1.0 + 2.5 * np.exp(-until_close / 120.0))
    )
    return surface


def _expected_variance(
    regime: DayRegime, path: IndexPath, until_close: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the variance until the close as the market expects it.

    It opens at what the regime let it expect and learns the day's own volatility as that shows.
    Excitement counts for as long as it lasts, and less while the day's return is still open:
    the second factor is what pinning the path leaves of it.
    """
    left = path.remaining
    known = 0.3 + 0.55 * (1.0 - left)
    expected = 2.0 * math.log(regime.expected_deviation)
    actual = 2.0 * math.log(regime.deviation)
    diffusion = np.exp((1.0 - known) * expected + known * actual + (1.0 - known) * SURPRISE**2)
    span = REVERSION_PER_SECOND * until_close
    lasting = (1.0 - np.exp(-span)) / span
    factor = np.exp(2.0 * lasting * path.excitement - 2.0 * (CLUSTER_DEVIATION * lasting) ** 2)
    diffusion *= 1.0 + (1.0 - left) ** 2 * (factor - 1.0)
    jumps = JUMP_CHANCE * (JUMP_MEAN**2 + JUMP_DEVIATION**2) * regime.expected_deviation**2
    return path.share * left * (diffusion + jumps)
