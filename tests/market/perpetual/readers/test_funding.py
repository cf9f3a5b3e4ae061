"""Funding histories: recorded rates are exact, oracle prices come from where they are said to."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.frames import build_stream, with_fundings
from forven.market.perpetual.readers.funding import FundingRates, read_funding_rates
from forven.primitives.errors import UntrustedData
from tests.market.perpetual.made_ticks import CONTRACT, ticks


@pytest.mark.data
def test_recorded_rates_are_exact(shared_data):
    path = shared_data / "hyperliquid" / "funding_btc_hourly_2023.parquet"
    rates = read_funding_rates(path, "BTC")
    table = pq.read_table(path)
    exact = [Decimal(repr(each)) * 10**10 for each in table["funding_rate"].to_pylist()]
    assert len(exact) == 1_038
    assert [Decimal(each) for each in rates.rate.tolist()] == exact
    assert rates.ts.tolist() == table["ts"].cast(pa.int64()).to_pylist()
    assert np.count_nonzero(rates.rate == 125_000) > 100  # the venue's base rate, 0.0000125


@pytest.mark.data
def test_the_last_recorded_rates_follow_the_venues_formula(shared_data):
    """An eighth of premium + clamp(0.0001 - premium, 0.0005): the rule of its last two days."""
    path = shared_data / "hyperliquid" / "funding_btc_hourly_2023.parquet"
    rates = read_funding_rates(path, "BTC").rate.tolist()[-44:]
    premium = [Decimal(repr(each)) for each in pq.read_table(path)["premium"].to_pylist()[-44:]]
    limit = Decimal("0.0005")
    for rate, paid in zip(rates, premium, strict=True):
        eight_hours = paid + max(-limit, min(limit, Decimal("0.0001") - paid))
        assert abs(Decimal(rate) / 10**10 - eight_hours / 8) < Decimal("1e-9")


def test_rows_carry_an_oracle_of_ones_own():
    rates = FundingRates(ts=np.array([10, 20]), rate=np.array([5, -5]))
    assert rates.rows(np.array([100, 200])).tolist() == [[10, 5, 100], [20, -5, 200]]
    assert rates.rows(7).tolist() == [[10, 5, 7], [20, -5, 7]]


def test_marks_stand_in_for_an_oracle_while_the_stream_runs():
    stream = build_stream(CONTRACT, ticks([(10, 100, 103, 1, 1), (30, 104, 106, 1, 1)]), end_ns=40)
    rates = FundingRates(ts=np.array([5, 10, 29, 30, 40, 41]), rate=np.arange(6))
    rows = rates.rows_at_marks(stream)
    assert rows.tolist() == [[10, 1, 101], [29, 2, 101], [30, 3, 105], [40, 4, 105]]
    assert with_fundings(stream, rows).fundings[0, layout.FUNDING_ORACLE] == 101


@pytest.mark.parametrize(
    ("stamps", "rates", "row"),
    [
        ([1, 2], [0.1, 0.01], 0),
        ([1, 2], [0.01, float("nan")], 1),
        ([1, 2], [0.01, 1.5e-11], 1),
        ([2, 2], [0.01, 0.01], 1),
    ],
)
def test_rates_that_cannot_be_trusted_are_refused(tmp_path, stamps, rates, row):
    path = tmp_path / "f.parquet"
    ts = pa.array(stamps, pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"ts": ts, "symbol": ["BTC"] * 2, "funding_rate": rates}), path)
    with pytest.raises(UntrustedData, match=f"row {row}: expected times that rise and rates"):
        read_funding_rates(path, "BTC")
