"""Prices, greeks and volatilities over the last day of an option, against two outside oracles.

The grid: 1 second to 1 day, 1 to 300 % volatility, both rights, strikes up to 37 deviations out.
mpmath works to fifty digits on the very doubles the code gets, so what differs is the code's.
"""

import math
from dataclasses import dataclass
from itertools import product

import mpmath as mp
import numpy as np
import pytest
import QuantLib as ql

from forven.kernels.schema import CALL, PUT
from forven.market import pricing
from forven.market.pricing import TimeToExpiry, VolatilityStatus
from tests.reference import pricing as reference

FORWARD = 6000.25
YEAR_SECONDS = 365 * 86_400
SECONDS = (1.0, 20.0, 300.0, 3_600.0, 23_400.0, 86_400.0)
SIGMAS = (0.01, 0.06, 0.2, 0.7, 3.0)
WIDTHS = (-37.0, -12.0, -5.0, -2.0, -0.4, -1e-3, 0.0, 1e-3, 0.4, 2.0, 5.0, 12.0, 37.0)
RELATIVE = 1e-12
UNDERFLOW = 1e-290
"""Below it a double's density has begun to lose digits: differences there are absolute."""
EPSILON = 2.0**-52


@dataclass(frozen=True)
class Exact:
    """One option of the grid to fifty digits."""

    right: int
    strike: float
    sigma: float
    deviation: mp.mpf
    price: mp.mpf
    greeks: dict[str, mp.mpf]

    @property
    def carried(self) -> float:
        """How much of sigma one rounding of the price moves: 2^-52 x price / (sigma x vega).

        The price is all that a solver gets. In the money it is mostly intrinsic, and the time value
        has only the digits that intrinsic leaves it.
        """
        vega = self.greeks["vega_per_point"] * 100
        return float(EPSILON * self.price / (self.sigma * vega)) if vega else math.inf


def exact_option(right: int, strike: float, years: float, sigma: float) -> Exact:
    """Return the option's values by the formulas of Black (1976), at fifty digits."""
    with mp.workdps(reference.DIGITS):
        forward, root, sign = mp.mpf(FORWARD), mp.sqrt(mp.mpf(years)), 1 if right == CALL else -1
        deviation = sigma * root
        first = mp.log(forward / strike) / deviation + deviation / 2
        density = mp.npdf(first)
        price = reference.black_price(forward, strike, deviation, right == CALL)
        greeks = {
            "delta": sign * mp.ncdf(sign * first),
            "gamma": density / (forward * deviation),
            "theta_per_day": -forward * density * sigma / (2 * root * 365),
            "vega_per_point": forward * density * root / 100,
            "rho_per_point": -years * price / 100,
        }
        return Exact(right, strike, sigma, deviation, price, greeks)


def options_of(seconds: float, sigma: float) -> tuple[TimeToExpiry, list[Exact]]:
    """Return the options of one clock and one volatility, every width in both rights."""
    time = TimeToExpiry(seconds / YEAR_SECONDS)
    deviation = sigma * math.sqrt(time.years)
    strikes = [FORWARD * math.exp(width * deviation) for width in WIDTHS]
    pairs = product((CALL, PUT), strikes)
    return time, [exact_option(right, strike, time.years, sigma) for right, strike in pairs]


@pytest.fixture(scope="module")
def grid() -> list[tuple[TimeToExpiry, float, list[Exact]]]:
    """Return (time, sigma, options) of every clock and volatility."""
    found = []
    for seconds, sigma in product(SECONDS, SIGMAS):
        time, options = options_of(seconds, sigma)
        found.append((time, sigma, options))
    return found


def columns(options: list[Exact]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([one.strike for one in options]), np.array([one.right for one in options])


def solved(time: TimeToExpiry, options: list[Exact]) -> pricing.ImpliedVolatilities:
    strikes, rights = columns(options)
    prices = np.array([float(one.price) for one in options])
    return pricing.implied_volatilities(prices, FORWARD, strikes, time, rights)


def quantlib_of(one: Exact) -> ql.BlackCalculator:
    kind = ql.Option.Call if one.right == CALL else ql.Option.Put
    payoff = ql.PlainVanillaPayoff(kind, one.strike)
    return ql.BlackCalculator(payoff, FORWARD, float(one.deviation), 1.0)


def miss(found: float, exact: mp.mpf) -> float:
    """Return the relative miss; 0 where both are below the range in which doubles keep digits."""
    if max(abs(found), abs(exact)) < UNDERFLOW:
        return 0.0
    return float(abs(mp.mpf(found) / exact - 1))


def test_the_formulas_of_the_oracle_are_derivatives_of_its_price():
    for seconds, sigma in ((20.0, 0.2), (23_400.0, 3.0)):
        time, options = options_of(seconds, sigma)
        for one in options[3:10:3]:
            slopes = reference.merton_greeks(
                FORWARD, one.strike, time.years, sigma, (0.0, 0.0), one.right == CALL
            )
            scales = {"theta_per_day": 365, "vega_per_point": 100, "delta": 1, "gamma": 1}
            for name, scale in scales.items():
                slope = slopes[name.split("_")[0]] / scale
                assert miss(slope, one.greeks[name]) < 1e-14, name


def test_prices_and_greeks_have_twelve_digits_over_the_grid(grid):
    worst = {}
    for time, sigma, options in grid:
        strikes, rights = columns(options)
        found = pricing.black76(FORWARD, strikes, time, sigma, rights)
        for place, one in enumerate(options):
            for name, exact in {"price": one.price, **one.greeks}.items():
                off = miss(getattr(found, name)[place], exact)
                worst[name] = max(worst.get(name, 0.0), off)
    assert set(worst) == {"price", *grid[0][2][0].greeks}
    assert {name: off for name, off in worst.items() if off > RELATIVE} == {}


def test_a_price_gives_its_volatility_to_twelve_digits_where_it_carries_them(grid):
    sharp = blunt = 0
    for time, sigma, options in grid:
        found = solved(time, options)
        for place, one in enumerate(options):
            carried = one.carried
            if carried > 1e-3 or float(one.price) < UNDERFLOW:
                continue
            assert found.statuses[place] == VolatilityStatus.OK
            off = abs(found.sigmas[place] / sigma - 1.0)
            # The price was rounded once, to half of its last bit; sigma follows it linearly.
            assert off <= RELATIVE + carried, (time.years, one)
            sharp, blunt = sharp + (carried < 1e-13), blunt + (carried >= 1e-13)
    assert sharp > 350
    assert blunt > 50


def test_a_price_that_carries_nothing_has_a_status_or_a_volatility_that_gives_it_back(grid):
    seen = set()
    for time, _, options in grid:
        found = solved(time, options)
        for place, one in enumerate(options):
            status = found.statuses[place]
            seen.add(status)
            if status == VolatilityStatus.OK:
                sigma = found.sigmas[place]
                again = pricing.black76(FORWARD, one.strike, time, sigma, one.right).price
                assert miss(float(again), mp.mpf(float(one.price))) <= RELATIVE
            else:
                assert status == VolatilityStatus.AT_INTRINSIC
                assert found.sigmas[place] == 0.0
    assert seen == {VolatilityStatus.OK, VolatilityStatus.AT_INTRINSIC}


def test_quantlib_agrees_within_what_its_own_rounding_leaves_it(grid):
    # QuantLib takes the logarithm of a rounded quotient, which moves d1 by 2^-52 / deviation, and
    # subtracts two products of the size of the forward. It puts its gamma together from terms
    # that cancel, so that the tails beyond six deviations are left to mpmath.
    for time, sigma, options in grid:
        strikes, rights = columns(options)
        found = pricing.black76(FORWARD, strikes, time, sigma, rights)
        for place, one in enumerate(options):
            theirs = quantlib_of(one)
            first = float(mp.log(FORWARD / mp.mpf(one.strike)) / one.deviation + one.deviation / 2)
            moved = 2.0 * EPSILON / float(one.deviation)
            room = 4.0 * EPSILON * max(FORWARD, one.strike)
            assert found.price[place] == pytest.approx(theirs.value(), abs=room)
            assert found.delta[place] == pytest.approx(theirs.deltaForward(), abs=moved)
            if abs(first) < 6.0:
                tails = RELATIVE + moved * (1.0 + first * first)
                vega = theirs.vega(time.years) / 100.0
                assert found.gamma[place] == pytest.approx(theirs.gammaForward(), rel=tails)
                assert found.vega_per_point[place] == pytest.approx(vega, rel=tails)


def test_quantlib_solves_the_same_volatility_as_far_as_its_price_tells(grid):
    compared = 0
    for time, sigma, options in grid:
        found = solved(time, options)
        root = math.sqrt(time.years)
        for place, one in enumerate(options):
            kind = ql.Option.Call if one.right == CALL else ql.Option.Put
            slope = float(one.greeks["vega_per_point"]) * 100.0 * sigma
            room = 4.0 * EPSILON * max(FORWARD, one.strike) / slope if slope else math.inf
            in_the_money = (one.strike < FORWARD) == (one.right == CALL)
            if room > 1e-6 or in_the_money:
                continue
            guess = float(one.deviation) * 1.05
            theirs = ql.blackFormulaImpliedStdDev(
                kind, one.strike, FORWARD, float(one.price), 1.0, 0.0, guess, 1e-15, 200
            )
            assert found.sigmas[place] * root == pytest.approx(theirs, rel=RELATIVE + room)
            compared += 1
    assert compared > 150
