"""The normalised Black price keeps its digits in every region, above all where s is minute."""

import math

import mpmath as mp
import numpy as np
import pytest

from forven.kernels.jit.normalised import (
    black_ratio,
    log_moneyness,
    normalised_price,
    normalised_vega,
)


def exact_price(x: float, s: float) -> object:
    with mp.workdps(60):
        x, s = mp.mpf(x), mp.mpf(s)
        ahead = mp.exp(x / 2) * mp.ncdf(x / s + s / 2)
        return ahead - mp.exp(-x / 2) * mp.ncdf(x / s - s / 2)


def exact_vega(x: float, s: float) -> object:
    with mp.workdps(60):
        return mp.exp(-((mp.mpf(x) / s) ** 2 + mp.mpf(s) ** 2 / 4) / 2) / mp.sqrt(2 * mp.pi)


@pytest.mark.parametrize("h", [0.0, -0.01, -0.8, -3.0, -9.9, -10.1, -25.0])
@pytest.mark.parametrize("s", [1e-7, 1e-4, 0.0399, 0.0401, 0.4199, 0.4201, 2.0, 9.0])
def test_price_and_vega_agree_with_fifty_digits(h, s):
    x = h * s
    price, vega = exact_price(x, s), exact_vega(x, s)
    # A price is as sensitive to h as h^2, and h is rounded once.
    allowed = 4e-15 + 1e-15 * h * h
    assert abs(float(normalised_vega(x, s) / vega - 1)) < allowed
    assert abs(float(normalised_price(x, s) / price - 1)) < allowed
    assert abs(float(black_ratio(x, s) / (price / vega) - 1)) < allowed


def test_the_plain_difference_of_cumulatives_would_lose_every_digit():
    x, s = -5e-7, 1e-7
    plain = math.exp(x / 2) * math.erfc(-(x / s + s / 2) / math.sqrt(2)) / 2
    plain -= math.exp(-x / 2) * math.erfc(-(x / s - s / 2) / math.sqrt(2)) / 2
    assert abs(plain / float(exact_price(x, s)) - 1) > 1e-8
    assert abs(normalised_price(x, s) / float(exact_price(x, s)) - 1) < 3e-14


@pytest.mark.parametrize("gap", [1e-9, -0.005, 0.005, 25.0, -3000.1, 5999.0, 60_000.0])
def test_log_moneyness_is_relatively_accurate_next_to_the_money(gap):
    strike, forward = 6000.0, 6000.0 + gap
    with mp.workdps(40):
        exact = mp.log(mp.mpf(forward) / strike)
    assert log_moneyness(forward, strike) == pytest.approx(float(exact), rel=5e-16)


def test_an_option_worth_its_maximum_has_a_finite_price():
    assert normalised_price(-1.0, 80.0) == pytest.approx(math.exp(-0.5), rel=1e-15)
    assert np.isinf(black_ratio(-1.0, 80.0))
