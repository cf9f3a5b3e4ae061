"""Recorded floats and texts become whole units, or are refused."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.units import price_column, size_column, text_lots, text_quanta
from forven.primitives.errors import UntrustedData
from tests.market.perpetual.made_ticks import CONTRACT, TIERS


@given(st.lists(st.integers(1, 10**9), min_size=1), st.integers(0, 6))
def test_every_price_survives_its_double(quanta, size_decimals):
    contract = PerpetualContract.hyperliquid("COIN", size_decimals, TIERS)
    doubles = np.array([float(each * contract.quantum) for each in quanta])
    assert price_column("price", doubles, contract).tolist() == quanta


@given(st.lists(st.integers(0, 2 * 10**8), min_size=1), st.sampled_from(["0.001", "0.00001", "7"]))
def test_every_size_survives_its_double(lots, lot):
    contract = PerpetualContract.fixed_tick("PERP", "0.1", lot, TIERS)
    doubles = np.array([float(each * Decimal(lot)) for each in lots])
    counts = {}
    assert size_column("size", doubles, contract, counts).tolist() == lots
    assert counts == {"finer_size": 0}


def test_a_part_of_a_lot_is_rounded_down_and_counted():
    counts = {}
    found = size_column("size", np.array([0.0019, 0.002, np.nan, 0.0]), CONTRACT, counts)
    assert found.tolist() == [1, 2, 0, 0]
    assert counts == {"finer_size": 1}
    assert text_lots("0.0019", CONTRACT, counts) == 1
    assert text_lots("0.002", CONTRACT, counts) == 2
    assert counts == {"finer_size": 2}


def test_a_missing_side_is_missing():
    assert price_column("bid", np.array([np.nan, 0.1]), CONTRACT).tolist() == [-1, 1]


@pytest.mark.parametrize("price", [0.15, np.inf, 1e300])
def test_what_is_no_whole_quantum_is_refused(price):
    with pytest.raises(UntrustedData, match="bid, row 1: expected a"):
        price_column("bid", np.array([1.0, price]), CONTRACT)


def test_a_text_that_is_no_whole_quantum_is_refused():
    assert text_quanta("px", "60000.1", CONTRACT) == 600_001
    with pytest.raises(
        UntrustedData,
        match=r"px: expected a multiple of 0\.1 \(PERP\), found 1\.15; give a contract with a fin",
    ):
        text_quanta("px", "1.15", CONTRACT)
