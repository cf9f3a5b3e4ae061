"""Volatilities are exact to the last digits near expiry, and say why where there are none."""

import math

import mpmath as mp
import numpy as np
import pytest
import QuantLib as ql
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels import pricing_schema
from forven.kernels.jit import black, volatility
from forven.kernels.schema import CALL, PUT
from tests.reference import pricing as reference

YEAR_SECONDS = 365 * 86_400
SECONDS = [1.0, 10.0, 60.0, 300.0, 1800.0, 23_400.0, 86_400.0]
SIGMAS = [0.01, 0.05, 0.15, 0.3, 1.0, 3.0]
WIDTHS = [-7.0, -4.0, -1.5, -0.3, -1e-3, 0.0, 1e-3, 0.3, 1.5, 4.0, 7.0]


def implied_volatility(price, forward, strike, years, right):
    columns = [np.array([value], np.float64) for value in (price, forward, strike, years)]
    sigmas, statuses = np.empty(1), np.empty(1, np.int64)
    volatility.implied_volatilities(*columns, np.array([right], np.int64), sigmas, statuses)
    return sigmas[0], statuses[0]


def implied_deviation(price, forward, strike, right):
    return implied_volatility(price, forward, strike, 1.0, right)


def black_price(forward, strike, deviation, right):
    columns = [np.array([value], np.float64) for value in (forward, strike, 1.0, deviation, 0.0)]
    values = np.empty((1, pricing_schema.VALUE_WIDTH))
    black.black76_values(*columns, np.array([right], np.int64), values)
    return values[0, pricing_schema.VALUE_PRICE]


def strike_at(forward: float, deviation: float, width: float) -> float:
    return forward * math.exp(width * deviation)


@pytest.mark.parametrize("seconds", SECONDS)
def test_every_volatility_near_expiry_is_within_3e_15_of_fifty_digits(seconds):
    years = seconds / YEAR_SECONDS
    worst = 0.0
    for sigma in SIGMAS:
        deviation = sigma * math.sqrt(years)
        for width in WIDTHS:
            forward = 6000.25
            strike = strike_at(forward, deviation, width)
            right = CALL if strike >= forward else PUT
            price = float(reference.black_price(forward, strike, deviation, right == CALL))
            exact = reference.deviation_of_rounded(price, forward, strike, deviation)
            found, status = implied_volatility(price, forward, strike, years, right)
            assert status == volatility.VOLATILITY_OK
            worst = max(worst, abs(float(found * mp.sqrt(mp.mpf(years)) / exact - 1)))
    assert worst < 3e-15


SCALES = [0.12, 0.5, 0.99, 1.01, 2.0, 4.0]
# At x = -50 a double cannot tell the others from nothing or from the maximum.
ANY_MATURITY = [(x, scale) for x in (0.0, -1e-9, -1e-3, -0.2, -2.0) for scale in SCALES]
ANY_MATURITY += [(-50.0, scale) for scale in (0.5, 0.99, 1.01)]


@pytest.mark.parametrize(("x", "scale"), ANY_MATURITY)
def test_volatilities_of_any_maturity_are_as_exact(x, scale):
    s = scale * math.sqrt(-2.0 * x) if x else scale
    price = float(reference.black_price(math.exp(x), 1.0, s, True))
    found, status = implied_deviation(price, math.exp(x), 1.0, CALL)
    exact = reference.deviation_of_rounded(price, math.exp(x), 1.0, s)
    assert status == volatility.VOLATILITY_OK
    # Forward and price are doubles: each puts its own rounding on s, more the flatter the price.
    first = x / s + 0.5 * s
    flatness = price / (s * math.exp(x - 0.5 * first * first) / math.sqrt(2 * math.pi))
    assert abs(float(found / exact - 1)) < 4e-15 * max(1.0, flatness)


@pytest.mark.parametrize("sigma", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("width", [-3.0, -0.5, 0.0, 0.5, 3.0])
def test_quantlib_finds_the_same_volatility(sigma, width):
    for seconds in SECONDS:
        deviation = sigma * math.sqrt(seconds / YEAR_SECONDS)
        strike = strike_at(6000.0, deviation, width)
        right, kind = (CALL, ql.Option.Call) if strike >= 6000.0 else (PUT, ql.Option.Put)
        price = float(reference.black_price(6000.0, strike, deviation, right == CALL))
        found, _ = implied_deviation(price, 6000.0, strike, right)
        theirs = ql.blackFormulaImpliedStdDev(
            kind, strike, 6000.0, price, 1.0, 0.0, deviation * 1.1, 1e-14, 100
        )
        # QuantLib's own price cancels: with a second left it has some ten digits.
        assert found == pytest.approx(theirs, rel=1e-9)


@given(
    st.floats(1.0, 86_400.0),
    st.floats(0.01, 3.0),
    st.floats(-6.0, 6.0),
    st.sampled_from([CALL, PUT]),
)
def test_a_price_made_from_a_volatility_gives_it_back(seconds, sigma, width, right):
    years = seconds / YEAR_SECONDS
    deviation = sigma * math.sqrt(years)
    forward, strike = 6000.0, strike_at(6000.0, deviation, width)
    price = black_price(forward, strike, deviation, right)
    found, status = implied_volatility(price, forward, strike, years, right)
    in_the_money = (strike < forward) == (right == CALL)
    first = math.log(forward / strike) / deviation
    vega = forward * math.exp(-0.5 * first * first) / math.sqrt(2 * math.pi)
    # In the money the price itself has only the digits of time value that intrinsic leaves it.
    lost = 2.0**-52 * price / (vega * deviation) if in_the_money else 0.0
    if lost < 1e-3:
        assert status == volatility.VOLATILITY_OK
        assert found == pytest.approx(sigma, rel=3e-14 + 4 * lost)


@pytest.mark.parametrize(
    ("price", "right", "status"),
    [
        (149.99, CALL, volatility.VOLATILITY_BELOW_INTRINSIC),
        (-0.01, PUT, volatility.VOLATILITY_BELOW_INTRINSIC),
        (150.0, CALL, volatility.VOLATILITY_AT_INTRINSIC),
        (0.0, PUT, volatility.VOLATILITY_AT_INTRINSIC),
        (6000.0, CALL, volatility.VOLATILITY_ABOVE_MAXIMUM),
        (5850.0, PUT, volatility.VOLATILITY_ABOVE_MAXIMUM),
        (1e300, PUT, volatility.VOLATILITY_ABOVE_MAXIMUM),
        (math.nan, CALL, volatility.VOLATILITY_INVALID),
        (math.inf, CALL, volatility.VOLATILITY_INVALID),
    ],
)
def test_trap_2_an_impossible_price_has_a_status_and_no_volatility(price, right, status):
    assert implied_volatility(price, 6000.0, 5850.0, 1e-4, right) == (0.0, status)


@pytest.mark.parametrize("price", [np.nextafter(6000.0, 0.0), np.nextafter(150.0, 6000.0)])
def test_trap_2_the_last_possible_prices_are_solved_and_not_clamped(price):
    deviation, status = implied_deviation(price, 6000.0, 5850.0, CALL)
    assert status == volatility.VOLATILITY_OK
    assert black_price(6000.0, 5850.0, deviation, CALL) == pytest.approx(price, rel=1e-15)


@pytest.mark.parametrize(
    ("forward", "strike", "years", "status"),
    [
        (6000.0, 6000.0, 0.0, volatility.VOLATILITY_NO_TIME),
        (6000.0, 6000.0, -1e-9, volatility.VOLATILITY_NO_TIME),
        (6000.0, 6000.0, math.nan, volatility.VOLATILITY_INVALID),
        (6000.0, 6000.0, math.inf, volatility.VOLATILITY_INVALID),
        (0.0, 6000.0, 1e-4, volatility.VOLATILITY_INVALID),
        (math.nan, 6000.0, 1e-4, volatility.VOLATILITY_INVALID),
        (6000.0, -1.0, 1e-4, volatility.VOLATILITY_INVALID),
        (6000.0, math.inf, 1e-4, volatility.VOLATILITY_INVALID),
    ],
)
def test_an_input_out_of_range_has_a_status_and_no_volatility(forward, strike, years, status):
    assert implied_volatility(1.0, forward, strike, years, CALL) == (0.0, status)


def test_trap_3_in_the_money_the_time_value_is_solved_and_not_the_whole_price():
    deviation = 0.3 * math.sqrt(600 / YEAR_SECONDS)
    strike = 5990.0
    put = black_price(6000.0, strike, deviation, PUT)
    assert put < 1.0
    call = put + 10.0
    found, _ = implied_deviation(call, 6000.0, strike, CALL)
    mirrored, _ = implied_deviation(call - 10.0, 6000.0, strike, PUT)
    assert found == mirrored
    assert found == pytest.approx(deviation, rel=1e-13)


def test_trap_6_a_vega_that_underflows_is_not_divided_by():
    deviation = 0.1 * math.sqrt(60 / YEAR_SECONDS)
    strike = strike_at(6000.0, deviation, 20.0)
    price = black_price(6000.0, strike, deviation, CALL)
    assert 0.0 < price < 1e-80
    found, status = implied_deviation(price, 6000.0, strike, CALL)
    assert (found, status) == (pytest.approx(deviation, rel=1e-12), volatility.VOLATILITY_OK)
    smallest, status = implied_deviation(5e-324, 6000.0, 7000.0, CALL)
    assert status in (volatility.VOLATILITY_OK, volatility.VOLATILITY_AT_INTRINSIC)
    assert 0.0 <= smallest < 0.1


def test_trap_9_kernels_are_compiled_without_fast_mathematics():
    assert not volatility.implied_volatilities.targetoptions.get("fastmath")
    assert not volatility.normalised_deviation.targetoptions.get("fastmath")


def test_the_array_kernel_takes_read_only_columns_and_writes_what_the_scalar_returns():
    prices = np.array([4.2, 0.025, 151.0, 149.0, math.nan])
    forwards, strikes = np.full(5, 6000.0), np.array([6000.0, 6025.0, 5850.0, 5850.0, 6000.0])
    years, rights = np.full(5, 30 / 525_600), np.zeros(5, np.int64)
    for column in (prices, forwards, strikes, years, rights):
        column.setflags(write=False)
    sigmas, statuses = np.full(5, -7.0), np.full(5, -7, np.int64)
    volatility.implied_volatilities(prices, forwards, strikes, years, rights, sigmas, statuses)
    one_by_one = [
        implied_volatility(*row)
        for row in zip(prices, forwards, strikes, years, rights, strict=True)
    ]
    assert list(zip(sigmas, statuses, strict=True)) == one_by_one
    assert statuses[:3].tolist() == [volatility.VOLATILITY_OK] * 3
    assert statuses[3] == volatility.VOLATILITY_BELOW_INTRINSIC
    assert statuses[4] == volatility.VOLATILITY_INVALID
