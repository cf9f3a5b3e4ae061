"""First guesses are near enough that one or two steps reach the last bit."""

import math

import mpmath as mp
import numpy as np
import pytest

from forven.kernels.jit.first_guess import bachelier_guess, rational_guess
from forven.kernels.jit.normalised import normalised_price


@pytest.mark.parametrize("h", np.geomspace(1e-3, 7.9, 60))
def test_the_guess_near_expiry_inverts_the_bachelier_price(h):
    x = -0.004
    part = float(mp.npdf(mp.mpf(h)) / h - mp.ncdf(-mp.mpf(h)))
    s, _ = bachelier_guess(part * -x, x)
    assert s == pytest.approx(-x / h, rel=8e-6)


def test_the_guess_near_expiry_says_where_its_fit_ends():
    assert math.isinf(bachelier_guess(1e-18 * 0.01, -0.01)[0])


@pytest.mark.parametrize("x", [-1e-8, -1e-3, -0.1, -1.0, -10.0])
@pytest.mark.parametrize("scale", [0.15, 0.4, 0.8, 1.0, 1.5, 2.5])
def test_the_guess_of_every_region_is_within_a_tenth(x, scale):
    s = scale * math.sqrt(-2.0 * x)
    price = normalised_price(x, s)
    assert price > 0.0
    assert rational_guess(price, x, math.exp(0.5 * x))[0] == pytest.approx(s, rel=0.1)


@pytest.mark.parametrize("s", [1e-6, 0.02, 0.5, 2.0, 6.0])
def test_the_guess_at_the_money_is_near(s):
    assert rational_guess(normalised_price(0.0, s), 0.0, 1.0)[0] == pytest.approx(s, rel=0.02)
