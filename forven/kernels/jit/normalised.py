"""The normalised Black function, without cancellation wherever the strike and the clock are.

x = -|ln(F/K)|, price b = p / sqrt(F K) of the out-of-the-money option, deviation s = sigma sqrt(T);
h = x/s, t = s/2. b = vega x ratio with ratio = Y(h+t) - Y(h-t), Y = N/n. Near expiry t is minute
and the difference would lose every digit, so it is summed from the moments of exp(hu - u^2/2).
The normalisation and the choice of a form by region follow P. Jaeckel, "Let's Be Rational" (2013).
"""

import math

from forven.kernels.jit.compile import inner
from forven.kernels.jit.normal import SQRT_TWO_PI, mills, normal_cdf

_SERIES_T_MAX = 0.21
_SHORT_SERIES_T_MAX = 0.02
_FRACTION_H = -10.0
_FRACTION_DEPTH = 24


@inner
def log_moneyness(forward, strike):
    """Return ln(F/K) to full relative accuracy also next to the money."""
    gap = forward - strike
    if abs(gap) < 0.5 * strike:
        return math.log1p(gap / strike)
    return math.log(forward / strike)


@inner
def _ratio_by_series(h, t):
    """Return Y(h+t) - Y(h-t) for small t: odd moments of exp(hu - u^2/2), by forward recursion."""
    q = t * t
    m0 = mills(h)
    m1 = 1.0 + h * m0
    m2 = h * m1 + m0
    m3 = h * m2 + 2.0 * m1
    m4 = h * m3 + 3.0 * m2
    m5 = h * m4 + 4.0 * m3
    m6 = h * m5 + 5.0 * m4
    m7 = h * m6 + 6.0 * m5
    rest = m7
    if t > _SHORT_SERIES_T_MAX:
        m8 = h * m7 + 7.0 * m6
        m9 = h * m8 + 8.0 * m7
        m10 = h * m9 + 9.0 * m8
        m11 = h * m10 + 10.0 * m9
        m12 = h * m11 + 11.0 * m10
        m13 = h * m12 + 12.0 * m11
        m14 = h * m13 + 13.0 * m12
        m15 = h * m14 + 14.0 * m13
        m17 = h * (h * m15 + 15.0 * m14) + 16.0 * m15
        rest = m13 + q * (1.0 / 210.0) * (m15 + q * (1.0 / 272.0) * m17)
        rest = m9 + q * (1.0 / 110.0) * (m11 + q * (1.0 / 156.0) * rest)
        rest = m7 + q * (1.0 / 72.0) * rest
    rest = m3 + q * (1.0 / 20.0) * (m5 + q * (1.0 / 42.0) * rest)
    return 2.0 * t * (m1 + q * (1.0 / 6.0) * rest)


@inner
def _ratio_by_fraction(h, t):
    """Return the same far out of the money: the moments' continued fraction, all terms positive."""
    square = t * t
    quotient = 0.0
    nested = 1.0
    for k in range(_FRACTION_DEPTH // 2, 0, -1):
        upper = (2 * k + 1) / (quotient - h)
        quotient = 2 * k / (upper - h)
        nested = 1.0 + square / ((2 * k) * (2 * k + 1)) * (quotient * upper) * nested
    return 2.0 * t * mills(h) * (1.0 / (quotient - h)) * nested


@inner
def normalised_vega(x, s):
    """Return d(normalised Black price)/ds; 0 where it underflows."""
    h = x / s
    t = 0.5 * s
    return math.exp(-0.5 * (h * h + t * t)) / SQRT_TWO_PI


@inner
def _price_by_cumulatives(x, h, t):
    """Return the normalised price where the option is all but worth its maximum."""
    return normal_cdf(h + t) * math.exp(0.5 * x) - normal_cdf(h - t) * math.exp(-0.5 * x)


@inner
def _is_wide(h, t):
    """Return whether the price is a good part of its maximum, where Y(h+t) would overflow."""
    return t >= _SERIES_T_MAX and h + t > 0.85


@inner
def black_ratio(x, s):
    """Return normalised Black price over its vega, for x <= 0 and s > 0.

    errors    none: infinite where the vega underflows   source  Jaeckel (2013), section 6
    """
    h = x / s
    t = 0.5 * s
    if t < _SERIES_T_MAX:
        return _ratio_by_series(h, t) if h > _FRACTION_H else _ratio_by_fraction(h, t)
    if _is_wide(h, t):
        vega = normalised_vega(x, s)
        return _price_by_cumulatives(x, h, t) / vega if vega > 0.0 else math.inf
    return mills(h + t) - mills(h - t)


@inner
def normalised_price(x, s):
    """Return the normalised Black price of the out-of-the-money option, for x <= 0 and s > 0.

    errors    none                           source  Jaeckel (2013), section 6
    """
    h = x / s
    t = 0.5 * s
    if _is_wide(h, t):
        return _price_by_cumulatives(x, h, t)
    return black_ratio(x, s) * normalised_vega(x, s)
