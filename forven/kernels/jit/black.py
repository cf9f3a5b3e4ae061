"""Prices and greeks of European options: Black-76 on a forward, Black-Scholes-Merton on a spot.

F. Black, "The pricing of commodity contracts" (1976); E. Haug, "The Complete Guide to Option
Pricing Formulas" (1998), chapter 1. Everything is a derivative per unit: a year, 1.00 of
volatility, 1.00 of rate.
"""

import math

from numba import types

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.jit.normal import normal_cdf, normal_pdf
from forven.kernels.jit.normalised import log_moneyness, normalised_price
from forven.kernels.pricing_schema import (
    VALUE_DELTA,
    VALUE_GAMMA,
    VALUE_PRICE,
    VALUE_RHO,
    VALUE_THETA,
    VALUE_VEGA,
    VALUE_YIELD_RHO,
)
from forven.kernels.schema import CALL

DEVIATION_MIN = 1e-8
"""Below this sigma x sqrt(T) an option is its intrinsic value, and its delta 0, 1/2 or 1."""


@inner
def black_price(forward, strike, deviation, right):
    """Return the undiscounted Black-76 price at sigma x sqrt(T) = `deviation`.

    forward, strike   > 0, one unit      deviation   >= 0      right   CALL or PUT
    errors    none: the caller checks    source      Black (1976); in the money by parity
    """
    intrinsic = max(0.0, forward - strike if right == CALL else strike - forward)
    if deviation < DEVIATION_MIN:
        return intrinsic
    x = -abs(log_moneyness(forward, strike))
    scale = math.sqrt(forward) * math.sqrt(strike)
    return intrinsic + scale * normalised_price(x, deviation)


@inner
def black_terms(forward, strike, deviation, right):
    """Return N(d1) and N(d2) of a call, N(-d1) and N(-d2) of a put, and the density n(d1).

    Without deviation the first two are 0, 1/2 or 1 and the density is 0.
    """
    if deviation < DEVIATION_MIN:
        ahead = forward - strike if right == CALL else strike - forward
        part = 0.5 if ahead == 0.0 else (1.0 if ahead > 0.0 else 0.0)
        return part, part, 0.0
    first = log_moneyness(forward, strike) / deviation + 0.5 * deviation
    second = first - deviation
    if right == CALL:
        return normal_cdf(first), normal_cdf(second), normal_pdf(first)
    return normal_cdf(-first), normal_cdf(-second), normal_pdf(first)


_FLOATS = types.Array(types.float64, 1, "C", readonly=True)
_CODES = types.Array(types.int64, 1, "C", readonly=True)
_VALUES = types.float64[:, ::1]


@kernel(types.void(_FLOATS, _FLOATS, _FLOATS, _FLOATS, _FLOATS, _CODES, _VALUES))
def black76_values(forwards, strikes, years, sigmas, rates, rights, values):
    """Write price and greeks of options on a forward; the delta is with respect to the forward.

    forwards, strikes   (n,) > 0, one unit     years   (n,) >= 0        sigmas   (n,) >= 0
    rates     (n,) continuous, a year          rights  (n,) CALL or PUT
    values    (n, VALUE_WIDTH); the yield rho is 0
    errors    none: the caller checks          source  Black (1976)
    """
    for i in range(forwards.size):
        forward = forwards[i]
        root = math.sqrt(years[i])
        deviation = sigmas[i] * root
        sign = 1.0 if rights[i] == CALL else -1.0
        discount = math.exp(-rates[i] * years[i])
        ahead, _, density = black_terms(forward, strikes[i], deviation, rights[i])
        price = discount * black_price(forward, strikes[i], deviation, rights[i])
        decay = 0.0
        gamma = 0.0
        if deviation >= DEVIATION_MIN:
            gamma = discount * density / (forward * deviation)
            decay = discount * forward * density * sigmas[i] / (2.0 * root)
        values[i, VALUE_PRICE] = price
        values[i, VALUE_DELTA] = sign * discount * ahead
        values[i, VALUE_GAMMA] = gamma
        values[i, VALUE_THETA] = rates[i] * price - decay
        values[i, VALUE_VEGA] = discount * forward * density * root
        values[i, VALUE_RHO] = -years[i] * price
        values[i, VALUE_YIELD_RHO] = 0.0


@kernel(types.void(_FLOATS, _FLOATS, _FLOATS, _FLOATS, _FLOATS, _FLOATS, _CODES, _VALUES))
def black_scholes_values(spots, strikes, years, sigmas, rates, yields, rights, values):
    """Write price and greeks of options on a spot that pays a continuous yield.

    spots, strikes   (n,) > 0, one unit       years   (n,) >= 0        sigmas   (n,) >= 0
    rates, yields    (n,) continuous, a year  rights  (n,) CALL or PUT
    values    (n, VALUE_WIDTH)
    errors    none: the caller checks         source  Haug (1998), chapter 1, Merton (1973)
    """
    for i in range(spots.size):
        time = years[i]
        root = math.sqrt(time)
        deviation = sigmas[i] * root
        sign = 1.0 if rights[i] == CALL else -1.0
        discount = math.exp(-rates[i] * time)
        paid = math.exp(-yields[i] * time)
        forward = spots[i] * math.exp((rates[i] - yields[i]) * time)
        ahead, exercised, density = black_terms(forward, strikes[i], deviation, rights[i])
        asset = sign * spots[i] * paid * ahead
        cash = sign * strikes[i] * discount * exercised
        decay = 0.0
        gamma = 0.0
        if deviation >= DEVIATION_MIN:
            gamma = paid * density / (spots[i] * deviation)
            decay = spots[i] * paid * density * sigmas[i] / (2.0 * root)
        values[i, VALUE_PRICE] = discount * black_price(forward, strikes[i], deviation, rights[i])
        values[i, VALUE_DELTA] = sign * paid * ahead
        values[i, VALUE_GAMMA] = gamma
        values[i, VALUE_THETA] = yields[i] * asset - rates[i] * cash - decay
        values[i, VALUE_VEGA] = spots[i] * paid * density * root
        values[i, VALUE_RHO] = time * cash
        values[i, VALUE_YIELD_RHO] = -time * asset
