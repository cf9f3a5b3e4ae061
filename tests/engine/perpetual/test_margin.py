"""Margin tier by tier, against the venue's own form of it: a rate less a deduction."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.engine.perpetual.contracts import ContractSchedule
from forven.engine.perpetual.margin import (
    equity_micros,
    initial_margin,
    liquidation_mark2,
    maintenance_margin,
    notional_micros,
)

BTC = ContractSchedule.named("hyperliquid").contract("BTC")


def maintenance_by_deduction(contract, notional):
    """The venue's formula: notional x rate(tier) - deduction(tier)."""
    deduction, rate = Fraction(0), Fraction(0)
    for tier in contract.tiers:
        if notional <= tier.from_micros:
            break
        own = Fraction(1, 2 * tier.leverage)
        deduction += tier.from_micros * (own - rate)
        rate = own
    return notional * rate - deduction


@given(lots=st.integers(-(10**8), 10**8), mark2=st.integers(2, 4 * 10**6))
def test_maintenance_is_the_venues_up_to_a_micro_a_tier(lots, mark2):
    notional = notional_micros(BTC, lots, mark2)
    exact = maintenance_by_deduction(BTC, notional)
    assert 0 <= maintenance_margin(BTC, lots, mark2) - exact < len(BTC.tiers)


@pytest.mark.parametrize(
    ("leverage", "expected"), [(1, 300 * 10**12), (10, 30 * 10**12), (40, 11_250_000 * 10**6)]
)
def test_a_position_of_300_million(leverage, expected):
    """150 million at 40 and 150 million at 20 need 3.75 + 7.5 million at the most leverage."""
    lots, mark2 = 30_000 * 10_000, 2 * 10**6  # 3,000 BTC at 100,000.0
    assert notional_micros(BTC, lots, mark2) == 300 * 10**12
    assert initial_margin(BTC, lots, mark2, leverage) == expected
    assert maintenance_margin(BTC, lots, mark2) == 5_625_000 * 10**6


def test_odd_halves_are_floored_and_margins_are_not():
    assert notional_micros(BTC, 1, 3) == 1
    assert equity_micros(BTC, 0, -1, 3) == -2
    assert equity_micros(BTC, 0, 1, 3) == 1
    assert initial_margin(BTC, 1, 2, 40) == 1


@given(
    lots=st.integers(-(10**7), 10**7).filter(lambda each: abs(each) > 100),
    price=st.integers(10**4, 10**6),
    share=st.integers(10, 99),
)
def test_the_liquidation_mark_is_the_nearest_that_breaks(lots, price, share):
    cash = abs(lots) * price * share // 100 - lots * price
    found = liquidation_mark2(BTC, cash, lots)
    if found is None:
        assert equity_micros(BTC, cash, lots, 1) >= maintenance_margin(BTC, lots, 1)
        return
    safer = found + (1 if lots > 0 else -1)
    assert equity_micros(BTC, cash, lots, found) < maintenance_margin(BTC, lots, found)
    assert equity_micros(BTC, cash, lots, safer) >= maintenance_margin(BTC, lots, safer)


def test_who_holds_nothing_is_never_liquidated():
    assert liquidation_mark2(BTC, -5, 0) is None
    assert liquidation_mark2(BTC, 10**12, 1) is None
