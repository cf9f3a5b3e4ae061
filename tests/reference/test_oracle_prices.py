"""The oracle's prices, margin and deltas against sums done by hand and searches done in full."""

from functools import cache
from itertools import product
from random import Random
from types import SimpleNamespace

import mpmath
import pytest

from forven.kernels import schema
from tests.reference import margin, prices, strikes
from tests.reference.prices import Leg
from tests.reference.world import Instrument, Quote

OPEN, CLOSE = schema.EFFECT_OPEN, schema.EFFECT_CLOSE
LIVE = SimpleNamespace(lambda_bps=10_000, conceded_ticks=1)
HALF = SimpleNamespace(lambda_bps=5_000, conceded_ticks=0)


def test_a_vertical_is_priced_and_shared_over_its_legs_as_worked_by_hand():
    # mid2 = 440 - 215 = 225, natural = 210 - 115 = 95, mid = floor(225 / 10) * 5 = 110.
    legs = [Leg(0, 1, OPEN), Leg(1, -1, OPEN)]
    quotes = [Quote(210, 230), Quote(100, 115)]
    seen = prices.measure(legs, quotes, schema.BLOCK_OPENING, LIVE)
    assert (seen.mid2, seen.natural, seen.mid) == (225, 95, 110)
    assert (seen.fair, seen.executable) == (110, 105)
    # 10 over widths 20 and 15: floor(5.7) and floor(4.3), one left over for the first leg.
    assert prices.leg_values(legs, seen.quotes, 105) == [216, -111]


def test_half_the_way_is_floored_to_the_increment():
    # natural 95, mid 110: half of 15 is 7.5, floored to 5.
    legs = [Leg(0, 1, OPEN), Leg(1, -1, OPEN)]
    seen = prices.measure(legs, [Quote(210, 230), Quote(100, 115)], 0, HALF)
    assert seen.fair == seen.executable == 100


def test_a_debit_floors_away_from_the_trader():
    # -(430 + 445) = -875 half quanta; increment 10 above 3.00: floor(-875 / 20) * 10 = -440.
    seen = prices.measure([Leg(0, -1, OPEN)], [Quote(430, 445)], 0, LIVE)
    assert (seen.increment, seen.natural, seen.mid, seen.executable) == (10, -445, -440, -445)


def test_a_leg_sold_without_a_bid_is_given_away_in_a_multi_leg_closing_order_alone():
    legs = [Leg(0, -1, CLOSE), Leg(1, 1, CLOSE)]
    quotes = [Quote(20, 30), Quote(0, 15)]
    closing = prices.measure(legs, quotes, schema.BLOCK_CLOSING, LIVE)
    opening = prices.measure(legs, quotes, schema.BLOCK_OPENING, LIVE)
    assert (closing.mid2, closing.natural) == (-50, -30)
    assert (opening.mid2, opening.natural) == (-35, -30)


def test_a_missing_or_crossed_leg_leaves_nothing_to_measure():
    for blocked in (Quote(-1, -1), Quote(11, 10)):
        assert prices.measure([Leg(0, 1, OPEN)], [blocked], 0, LIVE) is None
    assert prices.measure([Leg(0, 1, OPEN)], [Quote(10, 10)], 0, LIVE) is not None


@pytest.mark.parametrize(
    ("price", "legs", "down", "up"),
    [(-301, 1, -310, -300), (305, 1, 300, 310), (303, 1, 300, 310), (-303, 2, -305, -300)],
)
def test_prices_snap_to_the_grid_on_the_signed_price(price, legs, down, up):
    assert prices.snap_down(price, legs) == down
    assert prices.snap_up(price, legs) == up


def put(index, strike):
    return Instrument(index, strike, schema.PUT)


def call(index, strike):
    return Instrument(index, strike, schema.CALL)


def margin_plan(rule, rate_bps, floor_bps=0):
    return SimpleNamespace(margin_rule=rule, margin_rate_bps=rate_bps, margin_floor_bps=floor_bps)


STRIKE_SHARE = margin_plan(schema.MARGIN_STRIKE_SHARE, 2_000)
EXCHANGE = margin_plan(schema.MARGIN_EXCHANGE, 1_500, 1_000)


def test_margins_are_the_published_ones():
    items = [put(0, 595_000), put(1, 594_000), call(2, 605_000), call(3, 607_000)]
    view = margin.MarginView(600_000, dict.fromkeys(range(4), 0), 1_000_000)
    naked = margin.margin({0: -1}, items, view, STRIKE_SHARE)
    vertical = margin.margin({0: -1, 1: 1}, items, view, STRIKE_SHARE)
    condor = margin.margin({0: -1, 1: 1, 2: -1, 3: 1}, items, view, STRIKE_SHARE)
    debit = margin.margin({0: 1, 1: -1}, items, view, STRIKE_SHARE)
    dollars = [micros // 1_000_000 for micros in (naked, vertical, condor, debit)]
    assert dollars == [119_000, 1_000, 2_000, 0]


def test_the_exchange_margin_of_a_naked_put_is_the_published_example():
    # 5950 put at 2.00, index 6000: 200 + max(90,000 - 5,000, 59,500) = 85,200.
    view = margin.MarginView(600_000, {0: 400}, 1_000_000)
    assert margin.margin({0: -1}, [put(0, 595_000)], view, EXCHANGE) == 85_200_000_000


def test_a_strangle_takes_the_greater_side_and_the_other_premium():
    # put 85,200 as above; call 6100 at 1.00: 100 + max(90,000 - 10,000, 60,000) = 80,100.
    view = margin.MarginView(600_000, {0: 200, 1: 400}, 1_000_000)
    items = [call(0, 610_000), put(1, 595_000)]
    assert margin.margin({0: -1, 1: -1}, items, view, EXCHANGE) == 85_300_000_000


@pytest.mark.parametrize("seed", range(60))
def test_the_least_margin_is_what_a_search_over_all_pairings_finds(seed):
    chance = Random(seed)
    right = chance.choice([schema.CALL, schema.PUT])
    items = [Instrument(i, 1_000 + 50 * i, right) for i in range(6)]
    positions = {i: chance.randint(-2, 2) for i in range(6)}
    view = margin.MarginView(1_100, {i: chance.randint(0, 40) for i in range(6)}, 2)
    plan = margin_plan(schema.MARGIN_EXCHANGE, chance.choice([30, 300, 1_500]), 20)
    shorts = [items[i] for i, held in positions.items() for _ in range(-held)]
    longs = tuple(i for i, held in positions.items() for _ in range(held))

    @cache
    def least(at, left):
        if at == len(shorts):
            return (0, 0)
        short = shorts[at]
        total, naked = least(at + 1, left)
        own = margin.naked_cost(short, view, plan)
        tries = [(total + own, naked + margin.premium(short, view))]
        for i in set(left):
            rest = list(left)
            rest.remove(i)
            total, naked = least(at + 1, tuple(rest))
            tries.append((total + margin.pair_cost(short, items[i], 2), naked))
        return min(tries)

    sides = [[(items[i], abs(q)) for i, q in positions.items() if q * sign > 0] for sign in (-1, 1)]
    assert margin.right_total(*sides, view, plan) == least(0, longs)


def test_total_volatility_gives_back_the_price_and_the_delta_of_fifty_digits():
    for strike, total in product((5_800.0, 6_000.0, 6_150.0), (0.002, 0.01, 0.05)):
        is_call = strike >= 6_000.0
        price = strikes.black_price(6_000.0, strike, total, is_call)
        if price < 0.01:
            continue
        found = strikes.total_volatility(price, 6_000.0, strike)
        with mpmath.workdps(50):
            d1 = mpmath.log(mpmath.mpf(6_000) / strike) / total + mpmath.mpf(total) / 2
            wanted = mpmath.ncdf(d1)
        d1 = strikes.log(6_000.0 / strike) / found + found / 2.0
        assert abs(strikes.normal_cdf(d1) - float(wanted)) < 1e-9


def test_a_price_at_or_above_its_bound_has_no_volatility():
    assert strikes.total_volatility(6_000.0, 6_000.0, 6_100.0) is None
    assert strikes.total_volatility(5_900.0, 6_000.0, 5_900.0) is None
