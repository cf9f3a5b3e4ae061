import math

import numpy as np

from forven.market.synthetic.regime import day_regime, day_regimes
from forven.market.synthetic.spec import SyntheticSpec

SPEC = SyntheticSpec(seed=11)


def test_the_first_day_opens_at_the_index_asked_for():
    assert day_regime(SyntheticSpec(seed=11, index_quanta=600_050), 0).opening == 6_000.5


def test_a_day_opens_near_the_close_of_the_one_before_but_not_at_it():
    gaps = []
    for index in range(60):
        today, tomorrow = day_regime(SPEC, index), day_regime(SPEC, index + 1)
        close = today.opening * math.exp(today.diffusion + today.jump)
        gaps.append(math.log(tomorrow.opening / close) / today.expected_deviation)
    assert np.abs(gaps).max() < 2.5
    assert 0.3 < np.std(gaps) < 0.65


def test_volatility_persists_from_day_to_day_and_is_forgotten_over_months():
    stress = np.array([regime.stress for regime in day_regimes(SPEC, 600)])
    near = np.corrcoef(stress[1:], stress[:-1])[0, 1]
    far = np.corrcoef(stress[120:], stress[:-120])[0, 1]
    assert near > 0.9
    assert far < 0.4


def test_sessions_have_the_volatility_of_the_index_between_8_and_30_percent_a_year():
    for seed in range(6):
        regimes = day_regimes(SyntheticSpec(seed=seed), 250)
        returns = np.array([regime.diffusion + regime.jump for regime in regimes])
        assert 0.08 < returns.std() * math.sqrt(252) < 0.30


def test_falls_raise_the_volatility_of_the_next_day():
    regimes = day_regimes(SPEC, 400)
    returns = np.array([r.diffusion + r.jump for r in regimes[:-1]])
    news = np.diff([r.stress for r in regimes])
    assert np.corrcoef(returns, news)[0, 1] < -0.3


def test_a_day_does_not_depend_on_how_many_others_are_asked_for():
    assert day_regimes(SPEC, 90)[:40] == day_regimes(SPEC, 40)
    assert day_regime(SPEC, 39) == day_regimes(SPEC, 90)[39]
