import math

import numpy as np
import pytest

from forven.kernels.jit.synthetic import (
    SURFACE_CURVATURE,
    SURFACE_DEVIATION,
    SURFACE_FORWARD,
    SURFACE_SKEW,
    SURFACE_WIDENING,
)
from forven.market.synthetic.path import index_path
from forven.market.synthetic.regime import day_regime
from forven.market.synthetic.spec import SyntheticSpec
from forven.market.synthetic.surface import day_surface
from forven.primitives.seeds import generator


def surface_of(spec, index, bounds):
    regime = day_regime(spec, index)
    path = index_path(regime, bounds, spec.frame_seconds, generator(spec.seed, index, 2))
    return regime, path, day_surface(spec, regime, path, generator(spec.seed, index, 3))


def test_the_forward_stays_within_a_point_of_the_index(regular):
    _, path, surface = surface_of(SyntheticSpec(seed=1, frame_seconds=60), 0, regular)
    basis = surface[:, SURFACE_FORWARD] / 100.0 - path.points[:-1]
    assert np.abs(basis).max() < 0.6


def test_the_implied_deviation_runs_out_towards_the_close(regular):
    _, _, surface = surface_of(SyntheticSpec(seed=1, frame_seconds=60), 0, regular)
    deviation = surface[:, SURFACE_DEVIATION]
    assert deviation[-1] < 0.15 * deviation[0]
    assert deviation[-1] > 0.00006


def test_volatile_days_open_with_dearer_options(regular):
    spec = SyntheticSpec(seed=4, frame_seconds=60)
    pairs = [surface_of(spec, index, regular) for index in range(0, 300, 5)]
    realised = [math.log(regime.deviation) for regime, _, _ in pairs]
    implied = [math.log(surface[0, SURFACE_DEVIATION]) for _, _, surface in pairs]
    assert np.corrcoef(realised, implied)[0, 1] > 0.6


def test_skew_and_smile_grow_under_stress_and_in_the_last_hour(regular):
    spec = SyntheticSpec(seed=4, frame_seconds=60)
    _, _, surface = surface_of(spec, 0, regular)
    assert np.all(surface[:, SURFACE_SKEW] < 0.0)
    assert surface[-1, SURFACE_CURVATURE] > 1.5 * surface[0, SURFACE_CURVATURE]
    assert surface[0, SURFACE_WIDENING] > 2.0 * surface[120, SURFACE_WIDENING]
    assert surface[-1, SURFACE_WIDENING] > 2.0 * surface[300, SURFACE_WIDENING]
    slopes = [surface_of(spec, i, regular)[2][200, SURFACE_SKEW] for i in range(0, 200, 10)]
    stress = [day_regime(spec, i).stress for i in range(0, 200, 10)]
    assert np.corrcoef(slopes, stress)[0, 1] < -0.3


@pytest.mark.parametrize(("minute", "tolerance"), [(31, 0.08), (150, 0.08), (270, 0.09)])
def test_implied_variance_is_what_will_be_realised_and_a_mild_premium(regular, minute, tolerance):
    implied, realised = [], []
    for seed in range(1_500):
        _, path, surface = surface_of(SyntheticSpec(seed=seed, frame_seconds=60), 8, regular)
        implied.append(surface[minute, SURFACE_DEVIATION] ** 2)
        realised.append(np.sum(np.diff(np.log(path.points[minute:])) ** 2))
    assert np.mean(implied) / np.mean(realised) == pytest.approx(1.01, abs=tolerance)
