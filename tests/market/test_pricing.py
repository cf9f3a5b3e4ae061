"""Values come in traders' units, every volatility with its clock, and bad input is refused."""

import math
from datetime import date, time

import numpy as np
import pyarrow.parquet as pq
import pytest

from forven.kernels.schema import CALL, PUT
from forven.market import pricing
from forven.market.pricing import TimeToExpiry, VolatilityStatus, time_to_expiry
from forven.primitives.errors import InvalidInput
from forven.primitives.time import (
    NANOSECONDS_PER_MINUTE,
    NANOSECONDS_PER_SECOND,
    exchange_time,
    nanoseconds_of,
)

DAY = date(2024, 7, 3)
CLOSE = exchange_time(DAY, time(16, 0))

# minutes left, straddle, gamma, vega a point of the 25-point call, its volatility at three prices
MAGNITUDES = [
    (390, 39.12, 0.0081, "5.7e-01", (6.3, 6.8, 7.6)),
    (120, 21.70, 0.0147, "2.4e-01", (11.3, 12.3, 13.6)),
    (30, 10.85, 0.0293, "3.4e-02", (22.6, 24.7, 27.3)),
    (10, 6.26, 0.0508, "6.7e-04", (39, 43, 47)),
    (5, 4.43, 0.0719, "3e-06", (55, 60, 67)),
    (1, 1.98, 0.1607, "4e-24", (124, 135, 149)),
]


def minutes_left(minutes: float, clock: pricing.Clock = "calendar") -> TimeToExpiry:
    return time_to_expiry(CLOSE - int(minutes * NANOSECONDS_PER_MINUTE), CLOSE, clock)


@pytest.mark.parametrize(("minutes", "straddle", "gamma", "vega", "volatilities"), MAGNITUDES)
def test_the_published_magnitudes_come_out(minutes, straddle, gamma, vega, volatilities):
    left = minutes_left(minutes)
    money = pricing.black76(6000.0, 6000.0, left, 0.3, np.array([CALL, PUT]))
    assert round(float(money.price.sum()), 2) == straddle
    assert round(float(money.gamma[0]), 4) == gamma
    wing = pricing.black76(6000.0, 6025.0, left, 0.3, CALL)
    places = len(vega.split("e")[0].partition(".")[2])
    assert f"{float(wing.vega_per_point):.{places}e}" == vega
    found = pricing.implied_volatilities([0.025, 0.05, 0.10], 6000.0, 6025.0, left, CALL)
    places = 1 if minutes >= 30 else 0
    assert tuple(np.round(found.sigmas * 100, places)) == volatilities


def test_trap_5_a_five_cent_bid_grows_its_volatility_without_meaning():
    found = [
        float(pricing.implied_volatilities(0.05, 6000.0, 6025.0, minutes_left(m), CALL).sigmas)
        for m in (390, 120, 30, 10, 5, 1, 0.1)
    ]
    assert found == sorted(found)
    assert found[-1] > 50 * found[0]


def test_the_clocks_differ_by_the_root_of_their_years():
    assert round(pricing.TRADING_TO_CALENDAR, 4) == 2.3126
    calendar = minutes_left(120)
    trading = minutes_left(120, "trading")
    assert (calendar.years, trading.years) == (120 / 525_600, 120 / 98_280)
    price = 7.35
    one = pricing.implied_volatilities(price, 6000.0, 6010.0, calendar, CALL)
    other = pricing.implied_volatilities(price, 6000.0, 6010.0, trading, CALL)
    assert (one.clock, other.clock) == ("calendar", "trading")
    assert one.sigmas == pytest.approx(other.sigmas * 2.3126, rel=2e-5)
    converted = pricing.convert_volatility(other.sigmas, "trading", "calendar")
    assert converted == pytest.approx(one.sigmas, rel=1e-14)


def test_one_price_has_one_delta_and_one_decay_a_minute_on_both_clocks():
    sigma = 0.12
    trading = pricing.black76(6000.0, 6010.0, minutes_left(120, "trading"), sigma, CALL)
    same = pricing.convert_volatility(sigma, "trading", "calendar")
    calendar = pricing.black76(6000.0, 6010.0, minutes_left(120), same, CALL)
    assert trading.delta == pytest.approx(calendar.delta, rel=1e-13)
    assert trading.gamma == pytest.approx(calendar.gamma, rel=1e-13)
    assert trading.theta_per_day / 390 == pytest.approx(calendar.theta_per_day / 1440, rel=1e-12)


def test_trap_11_on_an_early_close_time_ends_at_thirteen():
    noon, early = exchange_time(DAY, time(12, 0)), exchange_time(DAY, time(13, 0))
    right, wrong = time_to_expiry(noon, early), time_to_expiry(noon, CLOSE)
    assert right.years == 60 / 525_600
    assert wrong.years == 4 * right.years
    found = pricing.implied_volatilities(5.0, 6000.0, 6000.0, right, CALL).sigmas
    mistaken = pricing.implied_volatilities(5.0, 6000.0, 6000.0, wrong, CALL).sigmas
    assert found == pytest.approx(2.0 * mistaken, rel=1e-12)


def test_time_stops_at_expiry_and_the_trading_clock_at_its_session():
    assert time_to_expiry(CLOSE, CLOSE).years == 0.0
    assert time_to_expiry(CLOSE + 1, CLOSE).years == 0.0
    assert time_to_expiry(CLOSE - 1, CLOSE).years > 0.0
    with pytest.raises(InvalidInput, match="at most 390 minutes"):
        minutes_left(391, "trading")
    with pytest.raises(InvalidInput, match="calendar or trading"):
        time_to_expiry(0, 1, "lunar")


def test_greeks_keep_a_second_and_prices_do_not():
    instant = TimeToExpiry(0.001 * minutes_left(1 / 60).years)
    second = pricing.black76(6000.0, 6000.0, minutes_left(1 / 60), 0.3, CALL)
    found = pricing.black76(6000.0, 6000.0, instant, 0.3, CALL)
    assert found.gamma == second.gamma
    assert found.theta_per_day == second.theta_per_day
    assert found.price == pytest.approx(second.price * math.sqrt(0.001), rel=1e-6)
    over = pricing.black76([6000.0, 6010.0], 6000.0, TimeToExpiry(0.0), 0.3, CALL)
    assert over.price.tolist() == [0.0, 10.0]
    assert over.delta.tolist() == [0.5, 1.0]
    assert over.gamma.tolist() == [0.0, 0.0]


def test_units_are_a_day_and_a_percentage_point():
    left = minutes_left(390)
    carry = (0.05, 0.01)
    found = pricing.black_scholes(6000.0, 6020.0, left, 0.3, PUT, carry)
    more = pricing.black_scholes(6000.0, 6020.0, left, 0.3001, PUT, carry)
    later = pricing.black_scholes(6000.0, 6020.0, minutes_left(389.9), 0.3, PUT, carry)
    dearer = pricing.black_scholes(6000.0, 6020.0, left, 0.3, PUT, (0.0501, 0.01))
    paying = pricing.black_scholes(6000.0, 6020.0, left, 0.3, PUT, (0.05, 0.0101))
    assert more.price - found.price == pytest.approx(0.01 * found.vega_per_point, rel=1e-3)
    assert later.price - found.price == pytest.approx(found.theta_per_day / 14_400, rel=1e-3)
    assert dearer.price - found.price == pytest.approx(0.01 * found.rho_per_point, rel=1e-3)
    assert paying.price - found.price == pytest.approx(0.01 * found.yield_rho_per_point, rel=1e-3)
    assert -1.0 < float(found.delta) < 0.0


def test_inputs_broadcast_and_keep_their_shape():
    strikes = np.arange(5950.0, 6051.0, 25.0)
    found = pricing.black76(6000.0, strikes[:, None], minutes_left(30), 0.3, [CALL, PUT])
    assert found.price.shape == found.delta.shape == (5, 2)
    parity = found.price[:, 0] - found.price[:, 1]
    np.testing.assert_allclose(parity, 6000.0 - strikes, rtol=1e-12)
    back = pricing.implied_volatilities(
        found.price, 6000.0, strikes[:, None], minutes_left(30), [CALL, PUT]
    )
    assert back.solved.all()
    np.testing.assert_allclose(back.sigmas, 0.3, rtol=1e-9)


def test_a_rate_is_taken_out_before_solving():
    left = TimeToExpiry(0.5)
    price = pricing.black76(100.0, 110.0, left, 0.25, CALL, 0.08).price
    found = pricing.implied_volatilities(price, 100.0, 110.0, left, CALL, 0.08)
    assert found.sigmas == pytest.approx(0.25, rel=1e-13)


def test_trap_2_a_price_without_volatility_says_why():
    found = pricing.implied_volatilities(
        [149.0, 150.0, 6000.0, math.nan, 151.0], 6000.0, 5850.0, minutes_left(30), CALL
    )
    assert [VolatilityStatus(code).name for code in found.statuses] == [
        "BELOW_INTRINSIC",
        "AT_INTRINSIC",
        "ABOVE_MAXIMUM",
        "INVALID",
        "OK",
    ]
    assert found.sigmas[:4].tolist() == [0.0] * 4
    assert found.solved.tolist() == [False] * 4 + [True]
    expired = pricing.implied_volatilities(5.0, 6000.0, 6000.0, TimeToExpiry(0.0), CALL)
    assert expired.statuses == VolatilityStatus.NO_TIME


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"forward": 0.0}, "forward: expected a number > 0, found 0.0"),
        ({"strike": -5.0}, "strike: expected a number > 0, found -5.0"),
        ({"sigma": -0.1}, "sigma: expected a number >= 0, found -0.1"),
        ({"sigma": math.nan}, "sigma: expected a number >= 0, found nan"),
        ({"rate": math.inf}, "rate: expected a number, found inf"),
        ({"right": 2}, "right: expected CALL"),
        ({"strike": "many"}, "expected numbers, found 'many'"),
    ],
)
def test_a_number_out_of_range_is_refused(change, text):
    sound = {"forward": 6000.0, "strike": 6000.0, "sigma": 0.3, "right": CALL, "rate": 0.0}
    with pytest.raises(InvalidInput, match=text):
        pricing.black76(time=minutes_left(30), **(sound | change))


def test_a_yield_that_is_no_number_is_refused_by_its_name():
    with pytest.raises(InvalidInput, match="dividend_yield: expected a number, found nan"):
        pricing.black_scholes(6000.0, 6000.0, minutes_left(30), 0.3, CALL, (0.0, math.nan))


@pytest.mark.parametrize("years", [-1e-9, math.nan, math.inf])
def test_time_is_a_number_from_zero(years):
    with pytest.raises(InvalidInput, match="years: expected a number >= 0"):
        TimeToExpiry(years)


# The broker's model takes the dividends of the week off the index and a money-market rate. Two
# constants stand for both, the same in all 120 rows; they were chosen so that prices agree best.
BROKER_RATE = 0.054
BROKER_DIVIDENDS = 2.8737


def broker_rows(shared_data, dividends: float = BROKER_DIVIDENDS, expiry=time(16, 0)):
    path = shared_data / "reference" / "ib_model_greeks_2023-08-04.parquet"
    rows = [row for row in pq.read_table(path).to_pylist() if row["underlying"] == "SPX"]
    found = []
    for row in rows:
        now = nanoseconds_of(row["ts"])
        left = time_to_expiry(now, exchange_time(row["expiry"], expiry))
        right = CALL if row["right"] == "C" else PUT
        found.append(
            pricing.black_scholes(
                row["undprice"] - dividends,
                row["strike"],
                left,
                row["impliedvol"],
                right,
                (BROKER_RATE, 0.0),
            )
        )
    return rows, found


def differences(rows, found, theirs: str, ours: str) -> np.ndarray:
    return np.array([getattr(f, ours) - r[theirs] for r, f in zip(rows, found, strict=True)])


def test_a_brokers_model_prices_and_greeks_agree(shared_data):
    rows, found = broker_rows(shared_data)
    assert len(rows) == 120
    assert np.abs(differences(rows, found, "price", "price")).max() < 0.004
    assert np.abs(differences(rows, found, "delta", "delta")).max() < 1e-5
    for theirs, ours in (("gamma", "gamma"), ("vega", "vega_per_point")):
        scale = np.array([row[theirs] for row in rows])
        assert np.abs(differences(rows, found, theirs, ours) / scale).max() < 1e-3
    theta = np.abs(differences(rows, found, "theta", "theta_per_day"))
    # Deep in the money the broker's own rate moves theta by a cent; a few of its rows lag more.
    assert np.median(theta) < 0.005
    assert np.percentile(theta, 95) < 0.01


@pytest.mark.parametrize(
    "wrong", [{"dividends": BROKER_DIVIDENDS + 0.05}, {"expiry": time(15, 30)}]
)
def test_the_comparison_with_the_broker_can_fail(shared_data, wrong):
    rows, found = broker_rows(shared_data, **wrong)
    assert np.abs(differences(rows, found, "delta", "delta")).max() > 1e-4
    assert np.abs(differences(rows, found, "price", "price")).max() > 0.02


def test_a_second_is_the_floor_of_greeks_on_either_clock():
    for clock, minutes in pricing.YEAR_MINUTES.items():
        floor = TimeToExpiry(0.0, clock).greeks_floor_years
        assert floor == NANOSECONDS_PER_SECOND / (minutes * NANOSECONDS_PER_MINUTE)
