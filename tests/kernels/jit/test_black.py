"""Prices and greeks agree with published tables, QuantLib and fifty digits."""

import csv
import math

import numpy as np
import pytest
import QuantLib as ql

from forven.kernels import pricing_schema
from forven.kernels.jit import black
from forven.kernels.jit.black import black76_values, black_scholes_values
from forven.kernels.schema import CALL, PUT
from tests.reference import pricing as reference

COLUMN_OF = {
    "price": pricing_schema.VALUE_PRICE,
    "delta": pricing_schema.VALUE_DELTA,
    "gamma": pricing_schema.VALUE_GAMMA,
    "theta": pricing_schema.VALUE_THETA,
    "vega": pricing_schema.VALUE_VEGA,
    "rho": pricing_schema.VALUE_RHO,
    "dividendRho": pricing_schema.VALUE_YIELD_RHO,
}
YEAR_MINUTES = 525_600


def values_of(*row: float) -> np.ndarray:
    """Return the values of (spot, strike, years, sigma, rate, yield, right)."""
    *floats, right = row
    out = np.empty((1, pricing_schema.VALUE_WIDTH))
    columns = [np.array([value], np.float64) for value in floats]
    black_scholes_values(*columns, np.array([right], np.int64), out)
    return out[0]


def forward_values_of(*row: float) -> np.ndarray:
    """Return the values of (forward, strike, years, sigma, rate, right)."""
    *floats, right = row
    out = np.empty((1, pricing_schema.VALUE_WIDTH))
    columns = [np.array([value], np.float64) for value in floats]
    black76_values(*columns, np.array([right], np.int64), out)
    return out[0]


def black_price(forward: float, strike: float, deviation: float, right: int) -> float:
    return float(
        forward_values_of(forward, strike, 1.0, deviation, 0.0, right)[pricing_schema.VALUE_PRICE]
    )


def test_all_published_values_are_met_within_their_tolerance(shared_data):
    with (shared_data / "reference" / "haug_european_values.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 54
    misses = []
    for row in rows:
        names = ("spot", "strike", "t_years", "vol", "rate_r", "div_yield_q")
        numbers = [float(row[name]) for name in names]
        found = values_of(*numbers, CALL if row["right"] == "C" else PUT)
        quantity = row["quantity"]
        if quantity == "elasticity":
            value = (
                found[pricing_schema.VALUE_DELTA] * numbers[0] / found[pricing_schema.VALUE_PRICE]
            )
        elif quantity == "theta_per_day":
            value = found[pricing_schema.VALUE_THETA] / 365.0
        else:
            value = found[COLUMN_OF[quantity]]
        if abs(value - float(row["value"])) > float(row["tol"]):
            misses.append((row, value))
    assert misses == []


@pytest.mark.parametrize("right", [CALL, PUT])
@pytest.mark.parametrize(
    ("spot", "strike", "years", "sigma", "carry"),
    [
        (6000.0, 6000.0, 390 / YEAR_MINUTES, 0.3, (0.0, 0.0)),
        (6000.0, 6025.0, 30 / YEAR_MINUTES, 0.3, (0.05, 0.014)),
        (6000.0, 5950.0, 5 / YEAR_MINUTES, 0.8, (0.05, 0.0)),
        (100.0, 95.0, 0.5, 0.25, (0.1, 0.05)),
        (100.0, 130.0, 2.0, 0.4, (-0.01, 0.03)),
    ],
)
def test_every_greek_is_the_derivative_of_the_price(spot, strike, years, sigma, carry, right):
    found = values_of(spot, strike, years, sigma, *carry, right)
    exact = reference.merton_greeks(spot, strike, years, sigma, carry, right == CALL)
    for name, value in exact.items():
        assert found[COLUMN_OF[name]] == pytest.approx(value, rel=2e-11, abs=1e-13), name


@pytest.mark.parametrize("minutes", [1 / 60, 1, 5, 30, 120, 390, 1440])
@pytest.mark.parametrize("sigma", [0.01, 0.1, 0.3, 1.0, 3.0])
def test_quantlib_agrees_over_the_last_day(minutes, sigma):
    years = minutes / YEAR_MINUTES
    deviation = sigma * math.sqrt(years)
    for width in (-4.0, -1.0, 0.0, 0.2, 2.0, 4.0):
        strike = 6000.0 * math.exp(width * deviation)
        for right, kind in ((CALL, ql.Option.Call), (PUT, ql.Option.Put)):
            payoff = ql.PlainVanillaPayoff(kind, strike)
            theirs = ql.BlackCalculator(payoff, 6000.0, deviation, 1.0)
            found = forward_values_of(6000.0, strike, years, sigma, 0.0, right)
            # QuantLib takes ln(F/K) of a rounded quotient and subtracts two large numbers.
            assert found[pricing_schema.VALUE_PRICE] == pytest.approx(theirs.value(), abs=1e-11)
            assert found[pricing_schema.VALUE_DELTA] == pytest.approx(
                theirs.deltaForward(), abs=2e-10
            )
            assert found[pricing_schema.VALUE_GAMMA] == pytest.approx(
                theirs.gammaForward(), rel=1e-9
            )
            assert found[pricing_schema.VALUE_VEGA] == pytest.approx(theirs.vega(years), rel=1e-9)


@pytest.mark.parametrize("width", [-6.0, -2.0, -0.01, 0.0, 0.01, 2.0, 6.0])
@pytest.mark.parametrize("deviation", [1.1e-8, 2e-6, 1e-3, 0.05, 0.5, 3.0])
def test_prices_keep_their_digits_out_of_the_money(width, deviation):
    strike = 6000.0 * math.exp(width * deviation)
    right = CALL if strike >= 6000.0 else PUT
    exact = float(reference.black_price(6000.0, strike, deviation, right == CALL))
    assert black_price(6000.0, strike, deviation, right) == pytest.approx(exact, rel=2e-13)


def test_rho_and_theta_of_a_forward_option_carry_the_discount():
    found = forward_values_of(100.0, 90.0, 0.5, 0.25, 0.08, CALL)
    up = forward_values_of(100.0, 90.0, 0.5, 0.25, 0.08 + 1e-6, CALL)
    later = forward_values_of(100.0, 90.0, 0.5 - 1e-6, 0.25, 0.08, CALL)
    assert (up[0] - found[0]) / 1e-6 == pytest.approx(found[pricing_schema.VALUE_RHO], rel=1e-5)
    assert (later[0] - found[0]) / 1e-6 == pytest.approx(
        found[pricing_schema.VALUE_THETA], rel=1e-5
    )


@pytest.mark.parametrize(
    ("strike", "right", "price", "delta"),
    [
        (5990.0, CALL, 10.0, 1.0),
        (5990.0, PUT, 0.0, 0.0),
        (6000.0, CALL, 0.0, 0.5),
        (6000.0, PUT, 0.0, -0.5),
        (6010.0, CALL, 0.0, 0.0),
        (6010.0, PUT, 10.0, -1.0),
    ],
)
@pytest.mark.parametrize(("years", "sigma"), [(0.0, 0.3), (1e-4, 0.0), (1e-16, 0.5)])
def test_trap_1_without_deviation_an_option_is_its_intrinsic(
    strike, right, price, delta, years, sigma
):
    found = forward_values_of(6000.0, strike, years, sigma, 0.0, right)
    assert found[pricing_schema.VALUE_PRICE] == price
    assert found[pricing_schema.VALUE_DELTA] == delta
    assert found[pricing_schema.VALUE_GAMMA :].tolist() == [0.0, 0.0, 0.0, -years * price, 0.0]


def test_trap_1_the_branch_begins_where_its_price_has_vanished():
    just_above = black_price(6000.0, 6000.0, black.DEVIATION_MIN, CALL)
    assert 0.0 < just_above < 3e-5
    assert black_price(6000.0, 6000.0, np.nextafter(black.DEVIATION_MIN, 0.0), CALL) == 0.0


def test_trap_6_a_vega_far_out_of_the_money_is_minute_and_not_nothing():
    found = forward_values_of(6000.0, 6025.0, 1 / YEAR_MINUTES, 0.1, 0.0, CALL)
    assert 0.0 < found[pricing_schema.VALUE_VEGA] < 1e-80
    assert found[pricing_schema.VALUE_PRICE] > 0.0
