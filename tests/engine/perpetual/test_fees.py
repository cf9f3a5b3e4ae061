"""Fees of perpetuals: tiers by volume, rebates by share, discounts by stake."""

from dataclasses import replace
from datetime import date

import pytest

from forven.engine.perpetual.fees import PerpetualFees
from forven.primitives.errors import InvalidInput

MILLION = 10**12
PUBLISHED = [
    (0, 450, 150), (5, 400, 120), (25, 350, 80), (100, 300, 40),
    (500, 280, 0), (2_000, 260, 0), (7_000, 240, 0),
]  # fmt: skip


@pytest.fixture
def fees():
    return PerpetualFees.named("hyperliquid")


@pytest.mark.parametrize(("millions", "taker", "maker"), PUBLISHED)
def test_a_tier_holds_from_above_its_volume(fees, millions, taker, maker):
    above = millions * MILLION + 1
    assert (fees.taker_ppm(above), fees.maker_ppm(above)) == (taker, maker)
    if millions:
        assert fees.taker_ppm(millions * MILLION) > taker


def test_a_new_account_pays_the_first_tier(fees):
    assert (fees.taker_ppm(), fees.maker_ppm()) == (450, 150)


@pytest.mark.parametrize(
    ("share", "maker"),
    [(5_000, 150), (5_001, -10), (15_000, -10), (15_001, -20), (30_001, -30), (999_999, -30)],
)
def test_makers_of_much_volume_are_paid(fees, share, maker):
    assert fees.maker_ppm(0, share) == maker
    assert fees.maker_ppm(0, share, staking_level=6) == (90 if share == 5_000 else maker)


@pytest.mark.parametrize(
    ("level", "taker", "maker"),
    [(0, 450, 150), (1, 428, 143), (2, 405, 135), (3, 383, 128), (4, 360, 120), (6, 270, 90)],
)
def test_a_staking_discount_is_rounded_against_the_trader(fees, level, taker, maker):
    assert fees.taker_ppm(0, level) == taker
    assert fees.maker_ppm(0, 0, level) == maker


def test_levels_that_do_not_exist_are_refused(fees):
    with pytest.raises(InvalidInput, match="staking_level must be a whole number from 0 to 6, was"):
        fees.taker_ppm(0, 7)


@pytest.mark.parametrize("name", ["hyperliquid", "zero"])
def test_a_schedule_reads_back_from_its_document(name):
    fees = PerpetualFees.named(name)
    assert PerpetualFees.from_json(fees.to_json()) == fees
    assert fees.effective_from >= date(2020, 1, 1)


def test_the_zero_schedule_costs_nothing():
    zero = PerpetualFees.named("zero")
    assert (zero.taker_ppm(10**17), zero.maker_ppm(10**17, 10**6)) == (0, 0)


def test_a_schedule_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInput, match="perpetual_fees must be one of hyperliquid, zero or"):
        PerpetualFees.named("binance")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tiers": []}, "fees.tiers.volume_above must begin at 0"),
        ({"tiers": "none"}, "fees.tiers must be a list, was str"),
        ({"tiers": [{"volume_above": "0", "taker_pct": "0.1"}]}, r"fees.tiers\[0\].maker_pct must"),
        (
            {"tiers": [{"volume_above": "0", "taker_pct": "0.00001", "maker_pct": "0"}]},
            r"fees.tiers\[0\].taker_pct must be a decimal string from 0.00 to 10.00",
        ),
        ({"rebates": [{"share_above_pct": "1", "maker_pct": "0.1"}]}, "maker_pct must be a decim"),
        ({"staking_discounts_pct": ["5", "5"]}, "fees.staking_discounts must rise"),
        ({"staking_discounts_pct": [5]}, r"staking_discounts_pct\[0\] must be a decimal string"),
        ({"effective_from": "2025-13-01"}, "expected a date as YYYY-MM-DD"),
        ({"discount": 1}, "fees.discount is no field of fees"),
    ],
)
def test_a_malformed_schedule_is_refused_with_its_path(fees, change, message):
    with pytest.raises(InvalidInput, match=message):
        PerpetualFees.from_json(fees.to_json() | change)


def test_volumes_must_rise(fees):
    with pytest.raises(InvalidInput, match=r"tiers\.volume_above must rise"):
        replace(fees, tiers=(*fees.tiers[:2], fees.tiers[1]))
