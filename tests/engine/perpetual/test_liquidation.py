"""The venue's liquidation price in exact arithmetic, and its schedule of liquidations."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.engine.perpetual.liquidation import (
    LiquidationSchedule,
    cross_margin,
    isolated_margin,
    liquidation_price,
)
from forven.engine.perpetual.margin import liquidation_mark2
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.primitives.errors import InvalidInput

# (price, position, account value, most leverage) and the price at which it is liquidated, worked
# out by hand: a long's p solves value + position x (p - price) = position x p / (2 x leverage).
CASES = [
    (100, 1, 10, 10, Fraction(90, 1) / Fraction(95, 100)),  # 94.7368...: 10 - 5 = 5; 5 / 0.95
    (100, -1, 10, 10, Fraction(110, 1) / Fraction(105, 100)),
    (50_000, 2, 10_000, 40, Fraction(90_000, 2) / Fraction(79, 80)),
    (50_000, -2, 10_000, 40, Fraction(110_000, 2) / Fraction(81, 80)),
    (1, 1_000, 1_000, 3, None),  # fully paid for: no price above 0
    (1, -1_000, 1_000, 3, Fraction(2_000, 1_000) / Fraction(7, 6)),
    (100, 1, 100, 1, None),
    (100, 1, Fraction(5), 10, 100),  # equity is maintenance already
]


@pytest.mark.parametrize(("price", "position", "value", "leverage", "expected"), CASES)
def test_a_table_of_cross_positions(price, position, value, leverage, expected):
    margin = cross_margin(Fraction(price), Fraction(position), Fraction(value), leverage)
    assert liquidation_price(Fraction(price), Fraction(position), margin, leverage) == expected


@pytest.mark.parametrize("mark", [80, 100, 104])
def test_an_isolated_position_has_one_price_whatever_the_mark(mark):
    deposit, entry, position, leverage = Fraction(10), Fraction(100), Fraction(-2), 20
    margin = isolated_margin(Fraction(mark), position, entry, deposit, leverage)
    found = liquidation_price(Fraction(mark), position, margin, leverage)
    assert found == Fraction(210) / (2 * Fraction(41, 40))


@given(
    price=st.fractions(Fraction(1, 100), 10**6, max_denominator=1_000),
    position=st.fractions(-1_000, 1_000, max_denominator=1_000).filter(bool),
    value=st.fractions(0, 10**6, max_denominator=100),
    leverage=st.integers(1, 50),
)
def test_at_the_price_found_equity_is_maintenance(price, position, value, leverage):
    margin = cross_margin(price, position, value, leverage)
    found = liquidation_price(price, position, margin, leverage)
    if found is None:
        equity = value - position * price  # what a long has at a mark of 0
        assert equity >= 0
    else:
        equity = value + position * (found - price)
        assert equity == abs(position) * found / (2 * leverage)


@given(
    price=st.integers(1_000, 10**7),
    lots=st.integers(-(10**6), 10**6).filter(lambda each: abs(each) > 10),
    share=st.integers(5, 90),
    leverage=st.integers(2, 50),
)
def test_the_kernels_integers_are_within_a_half_quantum_of_the_formula(
    price, lots, share, leverage
):
    tiers = (MarginTier(from_micros=0, leverage=leverage),)
    contract = PerpetualContract.hyperliquid("COIN", 3, tiers)
    value = abs(lots) * price * share // 100
    margin = cross_margin(Fraction(price), Fraction(lots), Fraction(value), leverage)
    exact = liquidation_price(Fraction(price), Fraction(lots), margin, leverage)
    found = liquidation_mark2(contract, value - lots * price, lots)
    if exact is not None and 2 <= exact <= 10**9 - 2:
        rounding = Fraction(4, abs(lots))  # a micro of rounding moves the mark by so much
        assert abs(Fraction(found, 2) - exact) <= Fraction(1, 2) + rounding


@pytest.mark.parametrize(("price", "position", "leverage"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_without_a_position_there_is_no_price(price, position, leverage):
    with pytest.raises(InvalidInput, match="liquidation price: expected a position, a price abo"):
        liquidation_price(Fraction(price), Fraction(position), Fraction(1), leverage)


def test_the_venues_schedule():
    schedule = LiquidationSchedule.named("hyperliquid")
    assert schedule.partial_from == 100_000 * 10**6
    assert schedule.partial_ppm == 200_000
    assert schedule.cooldown_ns == 30 * 10**9
    assert schedule.backstop_ppm == 666_667


@pytest.mark.parametrize("name", ["hyperliquid", "whole"])
def test_a_schedule_reads_back_from_its_document(name):
    schedule = LiquidationSchedule.named(name)
    assert LiquidationSchedule.from_json(schedule.to_json()) == schedule
    assert LiquidationSchedule.from_json(name) == schedule


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"partial_pct": "0"}, "liquidation.partial_ppm must be a whole number from 1 to 1000000"),
        ({"backstop_pct": "101"}, "liquidation.backstop_pct must be a decimal string from 0.00 to"),
        ({"cooldown_seconds": -1}, "liquidation.cooldown_seconds must be a whole number from 0"),
        ({"grace": 1}, "liquidation.grace is no field of liquidation"),
    ],
)
def test_a_malformed_schedule_is_refused(change, message):
    document = LiquidationSchedule.named("hyperliquid").to_json()
    with pytest.raises(InvalidInput, match=message):
        LiquidationSchedule.from_json(document | change)
