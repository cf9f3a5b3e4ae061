"""The normal distribution keeps its digits where prices near expiry live: in the tails."""

import math

import mpmath as mp
import numpy as np
import pytest

from forven.kernels.jit.normal import mills, normal_cdf, normal_pdf, normal_quantile

EPSILON = 2.0**-52


def relative(found: float, exact: object) -> float:
    return abs(float(mp.mpf(found) / exact - 1))


@pytest.mark.parametrize("z", [*np.linspace(-37.0, 8.0, 181), -0.66291, -0.66292, -5.6568, -5.6569])
def test_the_cumulative_and_the_mills_ratio_are_relatively_accurate(z):
    with mp.workdps(40):
        exact = mp.ncdf(mp.mpf(z))
        assert relative(normal_cdf(z), exact) < 4 * EPSILON
        assert relative(mills(z), exact / mp.npdf(mp.mpf(z))) < 10 * EPSILON


def test_trap_6_the_lower_tail_does_not_underflow_where_one_minus_erf_does():
    assert 0.5 * (1.0 + math.erf(-10.0 / math.sqrt(2.0))) == 0.0
    assert relative(normal_cdf(-10.0), mp.mpf("7.619853024160526065973e-24")) < 4 * EPSILON


def test_the_cumulative_ends_at_zero_and_one():
    assert normal_cdf(-40.0) == 0.0
    assert normal_cdf(40.0) == 1.0
    assert normal_cdf(0.0) == 0.5


@pytest.mark.parametrize("z", np.linspace(-30.0, 5.0, 71))
def test_the_quantile_inverts_the_cumulative_to_seven_digits(z):
    assert normal_quantile(float(mp.ncdf(mp.mpf(z)))) == pytest.approx(z, abs=2.5e-6)


def test_the_density_is_the_slope_of_the_cumulative():
    assert normal_pdf(-1.25) == pytest.approx(float(mp.diff(mp.ncdf, -1.25)), rel=1e-14)
