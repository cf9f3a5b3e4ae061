"""The normal distribution to full relative accuracy in both tails, and a quick quantile.

Written out rather than taken from the C library, so that every backend gives the same bits from
the same `exp`. The rational coefficients are those of W. J. Cody, "Rational Chebyshev
approximations for the error function", Math. Comp. 23 (1969), and of M. J. Wichura, "Algorithm
AS 241: the percentage points of the normal distribution", Appl. Statist. 37 (1988), PPND7.
"""

import math

from forven.kernels.jit.compile import inner

SQRT_HALF = 0.7071067811865476
SQRT_HALF_PI = 1.2533141373155003
SQRT_TWO_PI = 2.5066282746310002
LOG_SQRT_TWO_PI = 0.9189385332046727
_ONE_OVER_SQRT_PI = 0.5641895835477563
_SMALL = 0.46875
"""Cody's first boundary: below it the error function itself is approximated."""


@inner
def _erf_small(y):
    """Return erf(y) for |y| <= 0.46875."""
    z = y * y
    top = (
        ((1.85777706184603153e-1 * z + 3.16112374387056560) * z + 1.13864154151050156e2) * z
        + 3.77485237685302021e2
    ) * z + 3.20937758913846947e3
    bottom = (
        ((z + 2.36012909523441209e1) * z + 2.44024637934444173e2) * z + 1.28261652607737228e3
    ) * z + 2.84423683343917062e3
    return y * (top / bottom)


@inner
def _erfcx_middle(y):
    """Return exp(y^2) erfc(y) for 0.46875 <= y <= 4."""
    top = (
        (
            (
                (
                    (
                        (
                            (2.15311535474403846e-8 * y + 5.64188496988670089e-1) * y
                            + 8.88314979438837594
                        )
                        * y
                        + 6.61191906371416295e1
                    )
                    * y
                    + 2.98635138197400131e2
                )
                * y
                + 8.81952221241769090e2
            )
            * y
            + 1.71204761263407058e3
        )
        * y
        + 2.05107837782607147e3
    ) * y + 1.23033935479799725e3
    bottom = (
        (
            (
                (
                    (
                        ((y + 1.57449261107098347e1) * y + 1.17693950891312499e2) * y
                        + 5.37181101862009858e2
                    )
                    * y
                    + 1.62138957456669019e3
                )
                * y
                + 3.29079923573345963e3
            )
            * y
            + 4.36261909014324716e3
        )
        * y
        + 3.43936767414372164e3
    ) * y + 1.23033935480374942e3
    return top / bottom


@inner
def _erfcx_large(y):
    """Return exp(y^2) erfc(y) for y >= 4."""
    z = 1.0 / (y * y)
    top = (
        (
            ((1.63153871373020978e-2 * z + 3.05326634961232344e-1) * z + 3.60344899949804439e-1) * z
            + 1.25781726111229246e-1
        )
        * z
        + 1.60837851487422766e-2
    ) * z + 6.58749161529837803e-4
    bottom = (
        (((z + 2.56852019228982242) * z + 1.87295284992346725) * z + 5.27905102951428412e-1) * z
        + 6.05183413124413191e-2
    ) * z + 2.33520497626869185e-3
    return (_ONE_OVER_SQRT_PI - z * (top / bottom)) / y


@inner
def mills(z):
    """Return Y(z) = N(z) / n(z), the cumulative over the density; finite for z < 37.

    errors    none: above 37 it overflows to infinity   source  Cody (1969)
    """
    y = -z * SQRT_HALF
    if y > 4.0:
        return SQRT_HALF_PI * _erfcx_large(y)
    if y >= _SMALL:
        return SQRT_HALF_PI * _erfcx_middle(y)
    if y >= -_SMALL:
        return SQRT_HALF_PI * math.exp(y * y) * (1.0 - _erf_small(y))
    square = math.exp(0.5 * z * z)
    if y >= -4.0:
        return SQRT_HALF_PI * (2.0 * square - _erfcx_middle(-y))
    return SQRT_HALF_PI * (2.0 * square - _erfcx_large(-y))


@inner
def _lower_tail(z):
    """Return N(-z) for z >= 0.66: the square is split so that its exponential keeps all digits."""
    y = z * SQRT_HALF
    scaled = _erfcx_middle(y) if y <= 4.0 else _erfcx_large(y)
    coarse = math.floor(16.0 * z) * 0.0625
    rest = (z - coarse) * (z + coarse)
    return 0.5 * (math.exp(-0.5 * coarse * coarse) * math.exp(-0.5 * rest)) * scaled


@inner
def normal_cdf(z):
    """Return N(z), relatively accurate in the lower tail, down to the least double.

    errors    none: 0 and 1 beyond the range of doubles   source  Cody (1969)
    """
    y = z * SQRT_HALF
    if -_SMALL <= y <= _SMALL:
        return 0.5 + 0.5 * _erf_small(y)
    if z < 0.0:
        return 0.0 if z < -39.0 else _lower_tail(-z)
    return 1.0 if z > 39.0 else 1.0 - _lower_tail(z)


@inner
def normal_pdf(z):
    """Return the normal density n(z)."""
    return math.exp(-0.5 * z * z) / SQRT_TWO_PI


@inner
def normal_quantile(p):
    """Return z with N(z) = p to about 7 digits, for 0 < p < 1: a start for an iteration.

    errors    none: the caller checks        source  Wichura (1988), PPND7
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((5.9109374720e1 * r + 1.5929113202e2) * r + 5.0434271938e1) * r + 3.3871327179)
            / (((6.7187563600e1 * r + 7.8757757664e1) * r + 1.7895169469e1) * r + 1.0)
        )
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        z = (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) / (
            (1.2021132975e-1 * r + 7.3700164250e-1) * r + 1.0
        )
    else:
        r -= 5.0
        z = (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150) / (
            (1.2258202635e-2 * r + 2.4197894225e-1) * r + 1.0
        )
    return -z if q < 0.0 else z
