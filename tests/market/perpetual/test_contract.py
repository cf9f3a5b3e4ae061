"""Contracts: what one quantum of one lot is worth, exact conversions, and what is refused."""

from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.primitives.errors import InvalidInput, InvalidOrder

TIERS = (MarginTier(from_micros=0, leverage=40), MarginTier(from_micros=10**14, leverage=20))


@pytest.mark.parametrize("size_decimals", range(7))
def test_a_hyperliquid_quantum_of_a_lot_is_one_micro(size_decimals):
    contract = PerpetualContract.hyperliquid("BTC", size_decimals, TIERS)
    assert contract.value_micros == 1
    assert contract.quantum * contract.lot == Decimal("0.000001")
    assert contract.quanta_per_unit == 10 ** (6 - size_decimals)


@pytest.mark.parametrize(
    ("tick", "lot", "quantum", "tick_quanta", "value"),
    [
        ("0.10", "0.001", "0.1", 1, 100),
        ("0.5", "0.001", "0.1", 5, 100),
        ("0.00001", "1", "0.00001", 1, 10),
        ("5", "1", "1", 5, 1_000_000),
        ("0.25", "0.0001", "0.01", 25, 1),
    ],
)
def test_a_fixed_tick_is_a_number_of_quanta(tick, lot, quantum, tick_quanta, value):
    contract = PerpetualContract.fixed_tick("PERP", tick, lot, TIERS)
    assert contract.quantum == Decimal(quantum)
    assert contract.tick_quanta == tick_quanta
    assert contract.value_micros == value


def test_the_kernels_rows_hold_the_contract():
    contract = PerpetualContract.hyperliquid("BTC", 5, TIERS, 10_000_000)
    row = contract.row(5, 9, 3)
    expected = np.zeros(layout.CONTRACT_WIDTH, np.int64)
    expected[layout.CONTRACT_VALUE] = 1
    expected[layout.CONTRACT_FIGURES] = 5
    expected[layout.CONTRACT_WHOLE] = 10
    expected[layout.CONTRACT_TICK] = 1
    expected[layout.CONTRACT_VALUE_MIN] = 10_000_000
    expected[layout.CONTRACT_OPEN] = 5
    expected[layout.CONTRACT_END] = 9
    expected[layout.CONTRACT_ORDERS] = 3
    assert_array_equal(row, expected)
    assert_array_equal(contract.tier_rows(), [[0, 40], [10**14, 20]])
    assert contract.leverage_max == 40


def test_sizes_are_whole_lots():
    contract = PerpetualContract.hyperliquid("BTC", 5, TIERS)
    assert contract.size_lots("0.00123") == 123
    assert contract.size_decimal(123) == Decimal("0.00123")
    with pytest.raises(
        InvalidOrder,
        match=r"size: expected a multiple of 0.00001 BTC from 0.00001 to 2000.00000, "
        r"found 0.001234; nearest below 0.00123, above 0.00124",
    ):
        contract.size_lots("0.001234")


@pytest.mark.parametrize("size", ["0", "-1", "2000.00001", "0.000001"])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(InvalidOrder, match="size: expected a multiple"):
        PerpetualContract.hyperliquid("BTC", 5, TIERS).size_lots(size)


@pytest.mark.parametrize("text", ["1e3", "NaN", "", "one", "1_000", "inf", True, 1.5])
def test_only_plain_decimals_are_prices_and_sizes(text):
    contract = PerpetualContract.hyperliquid("BTC", 5, TIERS)
    with pytest.raises(InvalidInput):
        contract.price_quanta(text)
    with pytest.raises(InvalidInput):
        contract.size_lots(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"symbol": ""}, "symbol: expected 1 to 40 printable characters"),
        ({"quantum": Decimal("0.5")}, "quantum: expected a power of ten of at most 1"),
        ({"quantum": Decimal(10)}, "quantum: expected a power of ten of at most 1"),
        ({"lot": Decimal(0)}, "lot: expected a decimal above 0"),
        ({"lot": Decimal("NaN")}, "lot: expected a decimal above 0"),
        ({"lot": Decimal("0.000001")}, "expected quantum x lot .*choose a coarser lot"),
        ({"figures": 13}, "expected 0 to 12 figures"),
        ({"tick_quanta": 0}, "a tick of 1 to"),
        ({"minimum_micros": -1}, "expected a minimum value of 0"),
        ({"tiers": ()}, "margin tiers that begin at 0 and rise, found none"),
        ({"tiers": TIERS[1:]}, "margin tiers that begin at 0 and rise, found 100000000.00"),
        ({"tiers": (TIERS[0], TIERS[0])}, "margin tiers that begin at 0 and rise"),
        ({"tiers": (MarginTier(from_micros=0, leverage=0),)}, "expected a leverage of 1 to 1000"),
    ],
)
def test_a_contract_that_cannot_be_is_refused(changes, message):
    good = {
        "symbol": "BTC", "quantum": Decimal("0.1"), "lot": Decimal("0.00001"), "figures": 5,
        "tick_quanta": 1, "minimum_micros": 0, "tiers": TIERS,
    }  # fmt: skip
    PerpetualContract(**good)
    with pytest.raises(InvalidInput, match=message):
        PerpetualContract(**(good | changes))


def test_size_decimals_beyond_the_venues_are_refused():
    with pytest.raises(InvalidInput, match="expected size_decimals of 0 to 6, found 7"):
        PerpetualContract.hyperliquid("BTC", 7, TIERS)
