import math

import numpy as np
import pytest

from forven.market.synthetic.path import index_path, variance_clock, wandering
from forven.market.synthetic.regime import DayRegime, day_regimes
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.seeds import generator

CALM = DayRegime(
    opening=5_000.0,
    expected_deviation=0.008,
    deviation=0.008,
    diffusion=0.004,
    jump=0.0,
    jump_at=0.5,
    stress=0.0,
)


def test_the_variance_clock_is_u_shaped_and_sums_to_one():
    clock = variance_clock(390)
    assert clock.sum() == pytest.approx(1.0, abs=1e-12)
    opening, midday, closing = clock[:15].mean(), clock[180:240].mean(), clock[-15:].mean()
    assert 2.0 < opening / midday < 4.0
    assert 1.4 < closing / midday < 2.5


def test_a_path_ends_at_the_return_its_regime_asked_for(regular):
    path = index_path(CALM, regular, 60, generator(3))
    assert path.points[0] == 5_000.0
    assert path.points[-1] == pytest.approx(5_000.0 * math.exp(0.004), rel=1e-12)
    assert path.remaining[0] == pytest.approx(1.0)


def test_a_path_moves_as_much_as_its_regime_says(regular):
    totals = [
        np.sum(np.diff(np.log(index_path(CALM, regular, 60, generator(seed)).points)) ** 2)
        for seed in range(400)
    ]
    assert math.sqrt(np.mean(totals)) == pytest.approx(0.008, rel=0.05)


def test_minutes_have_fatter_tails_than_the_normal_distribution(regular):
    clock = variance_clock(390)
    scaled = np.concatenate(
        [
            np.diff(np.log(index_path(CALM, regular, 60, generator(seed)).points)) / np.sqrt(clock)
            for seed in range(200)
        ]
    )
    kurtosis = np.mean(scaled**4) / np.mean(scaled**2) ** 2
    assert 3.8 < kurtosis < 9.0


def test_a_jump_happens_in_one_frame(regular):
    spec = SyntheticSpec(seed=2)
    regime = next(r for r in day_regimes(spec, 200) if abs(r.jump) > 0.008)
    path = index_path(regime, regular, 1, generator(2))
    moves = np.diff(np.log(path.points))
    frame = int(regime.jump_at * 23_400)
    assert np.argmax(np.abs(moves)) == frame
    assert moves[frame] == pytest.approx(regime.jump, abs=0.003)


def test_an_early_close_carries_less_variance_than_a_whole_session(shortened):
    path = index_path(CALM, shortened, 60, generator(3))
    assert path.points.size == 211
    assert 210 / 390 < path.share < 0.7


def test_settlement_lies_near_the_last_print_and_is_not_the_last_print(regular):
    paths = [index_path(CALM, regular, 60, generator(seed)) for seed in range(100)]
    differences = np.array([path.settlement - path.points[-1] for path in paths])
    assert np.all(differences != 0.0)
    assert 0.2 < differences.std() < 0.5


def test_wandering_keeps_its_stationary_deviation():
    series = wandering(200_000, 8.0, 1.0 / 60.0, generator(9))
    assert series.std() == pytest.approx(8.0, rel=0.1)
