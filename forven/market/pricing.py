"""Option prices, greeks and implied volatilities, each with the clock its volatility runs on.

Two clocks measure time to expiry. `calendar` counts every minute, 525,600 a year (the convention
of the VIX); `trading` counts session minutes, 252 x 390 = 98,280 a year. One price has two
volatilities: sigma_calendar = sigma_trading x sqrt(525600 / 98280) = sigma_trading x 2.3126.
Delta and gamma are the same on both; theta is per day of the clock; vega scales with its sigma.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import isfinite, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from forven.kernels import backend, pricing_schema
from forven.kernels.schema import CALL, PUT
from forven.primitives.errors import InvalidInput
from forven.primitives.time import NANOSECONDS_PER_MINUTE, NANOSECONDS_PER_SECOND

_kernels = backend.part("pricing")

Clock = Literal["calendar", "trading"]
Floats = npt.NDArray[np.float64]

YEAR_MINUTES: dict[Clock, int] = {"calendar": 525_600, "trading": 98_280}
YEAR_DAYS: dict[Clock, int] = {"calendar": 365, "trading": 252}
SESSION_MINUTES = 390
TRADING_TO_CALENDAR = sqrt(YEAR_MINUTES["calendar"] / YEAR_MINUTES["trading"])
"""What a trading-clock volatility is multiplied by to be a calendar-clock one: 2.3126."""
GREEKS_FLOOR_NS = NANOSECONDS_PER_SECOND
"""Greeks of an unexpired option are taken with at least one second left."""


class VolatilityStatus(IntEnum):
    """Why a price has no implied volatility; `OK` where it has one."""

    OK = pricing_schema.VOLATILITY_OK
    BELOW_INTRINSIC = pricing_schema.VOLATILITY_BELOW_INTRINSIC
    AT_INTRINSIC = pricing_schema.VOLATILITY_AT_INTRINSIC
    ABOVE_MAXIMUM = pricing_schema.VOLATILITY_ABOVE_MAXIMUM
    NO_TIME = pricing_schema.VOLATILITY_NO_TIME
    INVALID = pricing_schema.VOLATILITY_INVALID


@dataclass(frozen=True, slots=True)
class TimeToExpiry:
    """Years left on one clock; 0 at and after expiry."""

    years: float
    clock: Clock = "calendar"

    def __post_init__(self) -> None:
        if self.clock not in YEAR_MINUTES:
            raise InvalidInput(f"clock: expected calendar or trading, found {self.clock!r}")
        if not (isfinite(self.years) and self.years >= 0.0):
            raise InvalidInput(f"years: expected a number >= 0, found {self.years}")

    @property
    def greeks_floor_years(self) -> float:
        """One second on this clock, in years."""
        return GREEKS_FLOOR_NS / (YEAR_MINUTES[self.clock] * NANOSECONDS_PER_MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValues:
    """Prices and greeks in the units traders quote; all arrays have the inputs' broadcast shape.

    price           in the unit of strike and underlying     delta   signed: puts are negative
    gamma           change of delta per unit of underlying
    theta_per_day   price per day of `clock` passing (1/365 or 1/252 of a year)
    vega_per_point  price per percentage point of volatility
    rho_per_point, yield_rho_per_point   price per percentage point of rate, of dividend yield
    """

    price: Floats
    delta: Floats
    gamma: Floats
    theta_per_day: Floats
    vega_per_point: Floats
    rho_per_point: Floats
    yield_rho_per_point: Floats
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedVolatilities:
    """Volatilities per square root year of `clock`, 0.0 where `statuses` says there is none."""

    sigmas: Floats
    statuses: npt.NDArray[np.int64]
    clock: Clock

    @property
    def solved(self) -> npt.NDArray[np.bool_]:
        """Where there is a volatility."""
        return self.statuses == pricing_schema.VOLATILITY_OK


def time_to_expiry(now_ns: int, expiry_ns: int, clock: Clock = "calendar") -> TimeToExpiry:
    """Return the time from `now_ns` to `expiry_ns` (nanoseconds UTC); 0 at and after expiry.

    `expiry_ns` is the close the contract settles at: 16:00 New York, or 13:00 on an early close.
    The trading clock measures within the session that ends at expiry: beyond 390 minutes is
    InvalidInput, as minutes between sessions do not count on it.
    """
    left = max(0, expiry_ns - now_ns)
    if clock == "trading" and left > SESSION_MINUTES * NANOSECONDS_PER_MINUTE:
        raise InvalidInput(
            f"trading clock: expected at most {SESSION_MINUTES} minutes to expiry, "
            f"found {left / NANOSECONDS_PER_MINUTE:g}; use the calendar clock across sessions"
        )
    minutes = YEAR_MINUTES.get(clock, YEAR_MINUTES["calendar"])  # TimeToExpiry refuses others
    return TimeToExpiry(left / (minutes * NANOSECONDS_PER_MINUTE), clock)


def convert_volatility(sigma: npt.ArrayLike, source: Clock, target: Clock) -> Floats:
    """Return the volatility on the clock `target` of the price that has `sigma` on `source`."""
    factor = sqrt(YEAR_MINUTES[_known(target)] / YEAR_MINUTES[_known(source)])
    return np.asarray(sigma, np.float64) * factor


def black76(
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    time: TimeToExpiry,
    sigma: npt.ArrayLike,
    right: npt.ArrayLike,
    rate: npt.ArrayLike = 0.0,
) -> OptionValues:
    """Return prices and greeks of European options on a forward, by Black-76.

    forward, strike   > 0, one unit (points)      sigma   >= 0, per square root year of the clock
    right             CALL or PUT                 rate    continuous, per year of the clock
    Delta and gamma are with respect to the forward; rho keeps the forward. Inputs broadcast.
    At expiry and below sigma x sqrt(T) = 1e-8 the price is intrinsic and the delta 0, 1/2 or 1.
    Raises InvalidInput for a number out of range.
    """
    shape, columns, rights = _columns(right, forward=forward, strike=strike, sigma=sigma, rate=rate)
    forwards, strikes, sigmas, rates = columns
    values = np.empty((2, rights.size, pricing_schema.VALUE_WIDTH))
    for years, out in zip(_years(time, rights.size), values, strict=True):
        _kernels.black76_values(forwards, strikes, years, sigmas, rates, rights, out)
    return _option_values(values, shape, time.clock)


def black_scholes(
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    time: TimeToExpiry,
    sigma: npt.ArrayLike,
    right: npt.ArrayLike,
    carry: tuple[float, float] = (0.0, 0.0),
) -> OptionValues:
    """Return prices and greeks of European options on a spot, by Black-Scholes-Merton.

    spot, strike   > 0, one unit (points)       sigma   >= 0, per square root year of the clock
    right          CALL or PUT                  carry   (rate, dividend yield), continuous
    Delta and gamma are with respect to the spot. Otherwise as `black76`.
    """
    shape, columns, rights = _columns(
        right, spot=spot, strike=strike, sigma=sigma, rate=carry[0], dividend_yield=carry[1]
    )
    spots, strikes, sigmas, rates, yields = columns
    values = np.empty((2, rights.size, pricing_schema.VALUE_WIDTH))
    for years, out in zip(_years(time, rights.size), values, strict=True):
        _kernels.black_scholes_values(spots, strikes, years, sigmas, rates, yields, rights, out)
    return _option_values(values, shape, time.clock)


def implied_volatilities(
    price: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    time: TimeToExpiry,
    right: npt.ArrayLike,
    rate: float = 0.0,
) -> ImpliedVolatilities:
    """Return the Black-76 volatilities of European option prices, with the reason where none is.

    price, forward, strike   one unit (points)     right   CALL or PUT     rate   continuous
    Nothing is clamped: a price below intrinsic, at or above its bound, NaN, or of an expired
    option gets sigma 0.0 and a status. Inputs broadcast; `right` out of range is InvalidInput.
    In the money only price - intrinsic carries the volatility: prefer the other right's quote.
    """
    arrays = np.broadcast_arrays(*(_floats(one) for one in (price, forward, strike)), right)
    shape = arrays[0].shape
    prices, forwards, strikes = (
        np.ascontiguousarray(one, np.float64).ravel() for one in arrays[:3]
    )
    rights = _rights(arrays[3])
    undiscounted = prices * np.exp(rate * time.years)
    sigmas, statuses = np.empty(rights.size), np.empty(rights.size, np.int64)
    years = np.full(rights.size, time.years)
    _kernels.implied_volatilities(undiscounted, forwards, strikes, years, rights, sigmas, statuses)
    return ImpliedVolatilities(
        sigmas=sigmas.reshape(shape), statuses=statuses.reshape(shape), clock=time.clock
    )


def _known(clock: Clock) -> Clock:
    if clock not in YEAR_MINUTES:
        raise InvalidInput(f"clock: expected calendar or trading, found {clock!r}")
    return clock


def _floats(values: npt.ArrayLike) -> Floats:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(f"expected numbers, found {values!r}") from None


def _rights(right: npt.ArrayLike) -> npt.NDArray[np.int64]:
    codes = np.asarray(right)
    if not np.isin(codes, (CALL, PUT)).all():
        raise InvalidInput(f"right: expected CALL ({CALL}) or PUT ({PUT}), found {right!r}")
    return np.ascontiguousarray(codes, np.int64).ravel()


def _columns(
    right: npt.ArrayLike, **inputs: npt.ArrayLike
) -> tuple[tuple[int, ...], list[Floats], npt.NDArray[np.int64]]:
    """Return the broadcast shape and flat columns of checked inputs."""
    arrays = {name: _floats(values) for name, values in inputs.items()}
    for name, values in arrays.items():
        sound, bound = np.isfinite(values), ""
        if name in ("forward", "spot", "strike"):
            sound, bound = sound & (values > 0.0), " > 0"
        elif name == "sigma":
            sound, bound = sound & (values >= 0.0), " >= 0"
        if not sound.all():
            found = values[~sound].flat[0]
            raise InvalidInput(f"{name}: expected a number{bound}, found {found}")
    *floats, codes = np.broadcast_arrays(*arrays.values(), right)
    columns = [np.ascontiguousarray(values, np.float64).ravel() for values in floats]
    return codes.shape, columns, _rights(codes)


def _years(time: TimeToExpiry, count: int) -> tuple[Floats, Floats]:
    """Return the years for the price, and those for the greeks: a second at least if any."""
    floored = max(time.years, time.greeks_floor_years) if time.years > 0.0 else 0.0
    return np.full(count, time.years), np.full(count, floored)


def _option_values(values: Floats, shape: tuple[int, ...], clock: Clock) -> OptionValues:
    """Return named columns in traders' units: the price from values[0], greeks from values[1]."""
    greeks = values[1].T.reshape(pricing_schema.VALUE_WIDTH, *shape)
    return OptionValues(
        price=values[0, :, pricing_schema.VALUE_PRICE].reshape(shape),
        delta=greeks[pricing_schema.VALUE_DELTA],
        gamma=greeks[pricing_schema.VALUE_GAMMA],
        theta_per_day=greeks[pricing_schema.VALUE_THETA] / YEAR_DAYS[clock],
        vega_per_point=greeks[pricing_schema.VALUE_VEGA] / 100.0,
        rho_per_point=greeks[pricing_schema.VALUE_RHO] / 100.0,
        yield_rho_per_point=greeks[pricing_schema.VALUE_YIELD_RHO] / 100.0,
        clock=clock,
    )
