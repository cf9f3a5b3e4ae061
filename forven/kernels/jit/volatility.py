"""Implied volatility by "Let's Be Rational": a rational first guess, then Householder steps.

The algorithm is Peter Jaeckel's, "Let's Be Rational" (2013; Wilmott, January 2015, pp 40-53):
normalised Black function, four regions with a rational first guess each, third-order Householder
steps on an objective that suits the region. Copyright 2013-2014 Peter Jaeckel. Permission to use,
copy, modify, and distribute this software is freely granted, provided that this notice is
preserved. It comes "as is", without warranty of any kind.
"""

import math

from numba import types

from forven.kernels.jit.compile import inner, kernel
from forven.kernels.jit.first_guess import (
    REGION_LOWEST,
    REGION_UPPER,
    bachelier_guess,
    rational_guess,
)
from forven.kernels.jit.normal import LOG_SQRT_TWO_PI
from forven.kernels.jit.normalised import black_ratio, log_moneyness, normalised_vega
from forven.kernels.pricing_schema import (
    VOLATILITY_ABOVE_MAXIMUM,
    VOLATILITY_AT_INTRINSIC,
    VOLATILITY_BELOW_INTRINSIC,
    VOLATILITY_INVALID,
    VOLATILITY_NO_TIME,
    VOLATILITY_OK,
)
from forven.kernels.schema import CALL

_STEPS_MAX = 4
_STEP_LAST = 3e-5
"""A fourth-order step that small leaves nothing behind that a double could hold."""
_BACHELIER_S_MAX = 0.3


@inner
def _step(price, log_price, x, s, price_max, region):
    """Return the Householder step from `s` on the objective of its region.

    The objective is 1/ln b in the lowest region, b in the middle and -ln(b_max - b) above.
    """
    ratio = black_ratio(x, s)
    h = x / s
    halley = h * h / s - 0.25 * s
    third = halley * halley - 3.0 * (h / s) * (h / s) - 0.25
    if region == REGION_LOWEST:
        log_now = math.log(ratio) - 0.5 * (h * h + 0.25 * s * s) - LOG_SQRT_TWO_PI
        inverse = 1.0 / log_now
        slope = 1.0 / ratio
        newton = (log_price - log_now) * log_now / log_price * ratio
        twice = 1.0 + 2.0 * inverse
        third += slope * (
            2.0 * slope * (1.0 + 3.0 * inverse * (1.0 + inverse)) - 3.0 * halley * twice
        )
        halley -= slope * twice
    else:
        vega = normalised_vega(x, s)
        newton = price / vega - ratio
        if region == REGION_UPPER:
            left = price_max - ratio * vega
            if left > 0.0:
                slope = vega / left
                newton = math.log(left / (price_max - price)) / slope
                third += slope * (2.0 * slope + 3.0 * halley)
                halley += slope
    return (
        newton
        * (1.0 + 0.5 * halley * newton)
        / (1.0 + newton * (halley + third * newton * (1.0 / 6.0)))
    )


@inner
def normalised_deviation(price, x):
    """Return s with normalised Black price `price`, for x <= 0 and 0 < price < exp(x/2).

    errors    none: the caller checks        source  Jaeckel (2013)
    """
    s = math.inf
    region = REGION_LOWEST
    price_max = 1.0
    if x < 0.0:
        s, region = bachelier_guess(price, x)
    if s > _BACHELIER_S_MAX:
        price_max = math.exp(0.5 * x)
        s, region = rational_guess(price, x, price_max)
    log_price = math.log(price) if region == REGION_LOWEST else 0.0
    for _ in range(_STEPS_MAX):
        step = _step(price, log_price, x, s, price_max, region)
        if not abs(step) < math.inf:
            break
        s = s + step if s + step > 0.0 else 0.5 * s
        if abs(step) <= _STEP_LAST * s:
            break
    return s


@inner
def implied_deviation(price, forward, strike, right):
    """Return (sigma x sqrt(T), status) of an undiscounted option price; (0, status) if none.

    price, forward, strike   in one unit, whichever    right   CALL or PUT
    errors    the status says why there is none   source  Jaeckel (2013)
    """
    if not (forward > 0.0 and strike > 0.0 and forward < math.inf and strike < math.inf):
        return 0.0, VOLATILITY_INVALID
    if not abs(price) < math.inf:
        return 0.0, VOLATILITY_INVALID
    intrinsic = forward - strike if right == CALL else strike - forward
    if price >= (forward if right == CALL else strike):
        return 0.0, VOLATILITY_ABOVE_MAXIMUM
    value = price - intrinsic if intrinsic > 0.0 else price
    if value < 0.0:
        return 0.0, VOLATILITY_BELOW_INTRINSIC
    x = -abs(log_moneyness(forward, strike))
    normalised = value / (math.sqrt(forward) * math.sqrt(strike))
    if normalised <= 0.0:
        return 0.0, VOLATILITY_AT_INTRINSIC
    if normalised >= math.exp(0.5 * x):
        return 0.0, VOLATILITY_ABOVE_MAXIMUM
    return normalised_deviation(normalised, x), VOLATILITY_OK


@inner
def implied_volatility(price, forward, strike, years, right):
    """Return (sigma per square root year, status) of an undiscounted price; (0, status) if none.

    price, forward, strike   in one unit      years   time to expiry on the caller's clock
    right     CALL or PUT                     errors  the status says why there is none
    source    Jaeckel (2013)
    """
    if not (years > 0.0 and years < math.inf):
        return 0.0, VOLATILITY_NO_TIME if years <= 0.0 else VOLATILITY_INVALID
    deviation, status = implied_deviation(price, forward, strike, right)
    return deviation / math.sqrt(years), status


_FLOATS = types.Array(types.float64, 1, "C", readonly=True)
_CODES = types.Array(types.int64, 1, "C", readonly=True)


@kernel(
    types.void(_FLOATS, _FLOATS, _FLOATS, _FLOATS, _CODES, types.float64[::1], types.int64[::1])
)
def implied_volatilities(prices, forwards, strikes, years, rights, sigmas, statuses):
    """Write the volatility and the status of each undiscounted option price.

    prices, forwards, strikes   (n,) one unit      years     (n,) time to expiry, in years
    rights    (n,) CALL or PUT                     sigmas    (n,) per square root year; 0: none
    statuses  (n,) VOLATILITY_*                    errors    none: the statuses say
    source    Jaeckel (2013)
    """
    for i in range(prices.size):
        sigmas[i], statuses[i] = implied_volatility(
            prices[i], forwards[i], strikes[i], years[i], rights[i]
        )
