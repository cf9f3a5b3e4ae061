"""First guesses of an implied volatility: by region for every price, and at once near expiry.

The algorithm is Peter Jaeckel's, "Let's Be Rational" (2013; Wilmott, January 2015, pp 40-53).
Copyright 2013-2014 Peter Jaeckel. Permission to use, copy, modify, and distribute this software is
freely granted, provided that this notice is preserved. It comes "as is", without warranty.

Near expiry Black's price tends to Bachelier's, where price / |x| is a function of h = x/s alone:
n(h)/|h| - N(h). Its inverse is fitted here by two rational functions to 6e-6, which leaves one
step where the four regions leave two.
"""

import math

from forven.kernels.jit.compile import inner
from forven.kernels.jit.normal import SQRT_TWO_PI, mills, normal_cdf, normal_quantile
from forven.kernels.jit.normalised import black_ratio, normalised_vega
from forven.kernels.jit.rational import (
    rational_cubic,
    shape_for_left_curvature,
    shape_for_right_curvature,
)

REGION_LOWEST = 0
REGION_MIDDLE = 1
REGION_UPPER = 2

_SQRT_THREE = 1.7320508075688772
_LOWER_SCALE = 1.2091995761561452  # 2 pi / (3 sqrt 3)
_PI = 3.141592653589793
_TINIEST = 2.2250738585072014e-308
_NEAR_PRICE = 0.075  # of price / |x|: above it h is within about 1
_FAR_PRICE = 1e-17  # below it h is beyond 8, where the fit ends


@inner
def bachelier_guess(price, x):
    """Return (s, region) as if prices were normal, for x < 0; s is infinite beyond the fit."""
    part = price / -x
    if part >= _NEAR_PRICE:
        c = 1.0 / (part + 0.5)
        top = ((0.0117902758 * c - 0.0328385594) * c - 0.167406561) * c + 0.398944546
        bottom = ((0.0646861853 * c - 0.162821674) * c - 0.41944858) * c + 1
        return -x * bottom / (c * top), REGION_MIDDLE
    if part <= _FAR_PRICE:
        return math.inf, REGION_LOWEST
    v = math.sqrt(-math.log(part))
    top = ((0.591086476 * v - 1.25869835) * v + 1.36665889) * v - 0.288801544
    bottom = ((0.000824240753 * v + 0.39546787) * v - 0.591684927) * v + 1
    return -x * bottom / top, REGION_LOWEST


@inner
def _guess_lowest(price, x, s_low, price_low):
    """Return the first guess in the lowest region, through the map 2 pi|x|/sqrt(27) N(z)^3."""
    size = -x
    z = size / (_SQRT_THREE * s_low)
    y = z * z
    square = s_low * s_low
    ratio = mills(-z)
    density = math.exp(-0.5 * y) / SQRT_TWO_PI
    tail = ratio * density
    grown = math.exp(0.125 * square)
    mapped = _LOWER_SCALE * size * tail * tail * tail
    slope = y * ratio * ratio * grown
    bracket = 8.0 * _SQRT_THREE * s_low * size
    bracket += (3.0 * square * (square - 8.0) - 8.0 * x * x) * ratio
    curvature = y * ratio * bracket * grown * grown
    curvature /= 24.0 * _PI * square * s_low * density * density * density
    shape = shape_for_right_curvature(price_low, mapped, 1.0, slope, curvature, True)
    guess = rational_cubic(price, 0.0, price_low, 0.0, mapped, 1.0, slope, shape)
    if not guess > 0.0:
        part = price / price_low
        guess = (mapped * part + price_low * (1.0 - part)) * part
    cube = (guess / (_LOWER_SCALE * size)) ** (1.0 / 3.0)
    return size / (_SQRT_THREE * abs(normal_quantile(cube)))


@inner
def _guess_highest(price, x, s_high, price_high, price_max):
    """Return the first guess in the highest region, through the map N(-s/2)."""
    w = (x / s_high) * (x / s_high)
    mapped = normal_cdf(-0.5 * s_high)
    slope = -0.5 * math.exp(0.5 * w)
    curvature = SQRT_TWO_PI * 0.5 * math.exp(w + 0.125 * s_high * s_high) * w / s_high
    width = price_max - price_high
    guess = -1.0
    if width > 0.0:
        shape = shape_for_left_curvature(width, -mapped, slope, -0.5, curvature, True)
        guess = rational_cubic(price, price_high, price_max, mapped, 0.0, slope, -0.5, shape)
    if not guess > 0.0:
        part = (price - price_high) / width if width > 0.0 else 0.5
        guess = mapped * (1.0 - part)
    return -2.0 * normal_quantile(max(guess, _TINIEST))


@inner
def _guess_at_the_money(price):
    """Return the first guess at x = 0, where the price is 1 - 2 N(-s/2)."""
    if price > 0.5:
        return -2.0 * normal_quantile(0.5 * (1.0 - price))
    square = price * price
    return SQRT_TWO_PI * price * (1.0 + square * (_PI / 12.0 + square * (7.0 * _PI * _PI / 480.0)))


@inner
def rational_guess(price, x, price_max):
    """Return the first guess and its region: 0 lowest, 1 middle, 2 the upper half of prices."""
    region = 2 if price > 0.5 * price_max else 1
    if x == 0.0:
        return _guess_at_the_money(price), region
    s_centre = math.sqrt(-2.0 * x)
    vega_centre = normalised_vega(x, s_centre)
    price_centre = black_ratio(x, s_centre) * vega_centre
    if price < price_centre:
        s_low = s_centre - price_centre / vega_centre
        vega_low = normalised_vega(x, s_low)
        price_low = black_ratio(x, s_low) * vega_low
        if price < price_low:
            return _guess_lowest(price, x, s_low, price_low), 0
        rise = s_centre - s_low
        slope0, slope1 = 1.0 / vega_low, 1.0 / vega_centre
        shape = shape_for_right_curvature(
            price_centre - price_low, rise, slope0, slope1, 0.0, False
        )
        return rational_cubic(
            price, price_low, price_centre, s_low, s_centre, slope0, slope1, shape
        ), 1
    s_high = s_centre
    if vega_centre > _TINIEST:
        s_high = s_centre + (price_max - price_centre) / vega_centre
    vega_high = normalised_vega(x, s_high)
    price_high = black_ratio(x, s_high) * vega_high if vega_high > 0.0 else price_max
    if price <= price_high and vega_high > 0.0 and s_high > s_centre:
        slope0, slope1 = 1.0 / vega_centre, 1.0 / vega_high
        shape = shape_for_left_curvature(
            price_high - price_centre, s_high - s_centre, slope0, slope1, 0.0, False
        )
        return rational_cubic(
            price, price_centre, price_high, s_centre, s_high, slope0, slope1, shape
        ), region
    return _guess_highest(price, x, s_high, price_high, price_max), region
