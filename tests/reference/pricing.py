"""Option values and implied volatilities to fifty digits, written from the definitions.

Greeks are numerical derivatives of the price, so that no formula is shared with the kernels.
"""

from typing import Any

import mpmath as mp

DIGITS = 50


def black_price(forward: Any, strike: Any, deviation: Any, is_call: bool) -> Any:
    """Return the undiscounted Black-76 price to fifty digits; intrinsic without deviation."""
    with mp.workdps(DIGITS):
        return _black_price(mp.mpf(forward), mp.mpf(strike), mp.mpf(deviation), is_call)


def _black_price(forward: Any, strike: Any, deviation: Any, is_call: bool) -> Any:
    """Return the price to the digits in force, so that it can be differentiated numerically."""
    if deviation == 0:
        return max(forward - strike if is_call else strike - forward, mp.mpf(0))
    first = mp.log(forward / strike) / deviation + deviation / 2
    second = first - deviation
    if is_call:
        return forward * mp.ncdf(first) - strike * mp.ncdf(second)
    return strike * mp.ncdf(-second) - forward * mp.ncdf(-first)


def merton_greeks(
    spot: float, strike: float, years: float, sigma: float, carry: tuple, is_call: bool
) -> dict[str, float]:
    """Return price and greeks by differentiating the price: theta a year, the others per 1.00."""
    with mp.workdps(DIGITS):
        at = [mp.mpf(one) for one in (spot, years, sigma, *carry)]

        def price(s: Any, t: Any, v: Any, r: Any, q: Any) -> Any:
            forward = s * mp.exp((r - q) * t)
            return mp.exp(-r * t) * _black_price(forward, mp.mpf(strike), v * mp.sqrt(t), is_call)

        def slope(position: int, order: int = 1) -> Any:
            orders = [0] * 5
            orders[position] = order
            return mp.diff(price, tuple(at), tuple(orders))

        return {
            "price": float(price(*at)),
            "delta": float(slope(0)),
            "gamma": float(slope(0, 2)),
            "theta": -float(slope(1)),
            "vega": float(slope(2)),
            "rho": float(slope(3)),
            "dividendRho": float(slope(4)),
        }


def implied_deviation(price: Any, forward: Any, strike: Any, is_call: bool) -> Any:
    """Return sigma x sqrt(T) by bisection on the logarithm, then Newton; None: no solution."""
    with mp.workdps(DIGITS):
        price, forward, strike = mp.mpf(price), mp.mpf(forward), mp.mpf(strike)
        intrinsic = max(forward - strike if is_call else strike - forward, mp.mpf(0))
        if not intrinsic < price < (forward if is_call else strike):
            return None
        low, high = mp.mpf("1e-12"), mp.mpf(100)
        for _ in range(40):
            middle = mp.sqrt(low * high)
            if black_price(forward, strike, middle, is_call) < price:
                low = middle
            else:
                high = middle
        deviation = mp.sqrt(low * high)
        for _ in range(6):
            first = mp.log(forward / strike) / deviation + deviation / 2
            miss = black_price(forward, strike, deviation, is_call) - price
            deviation -= miss / (forward * mp.npdf(first))
        return deviation


def deviation_of_rounded(price: float, forward: float, strike: float, deviation: float) -> float:
    """Return the exact deviation of an out-of-the-money `price` that was rounded to a double.

    One Newton step from the deviation it was worked out with: the rest is of second order.
    """
    with mp.workdps(DIGITS):
        exact = black_price(forward, strike, deviation, strike >= forward)
        first = mp.log(mp.mpf(forward) / strike) / deviation + mp.mpf(deviation) / 2
        return deviation + (mp.mpf(price) - exact) / (mp.mpf(forward) * mp.npdf(first))
