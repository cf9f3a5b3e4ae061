"""The underlying from its own files."""

from datetime import date, datetime

import numpy as np
import pytest

from forven.market.readers.mapping import PriceMap
from forven.market.readers.underlying import read_underlying
from forven.primitives.errors import UntrustedData
from forven.primitives.time import nanoseconds_of


def write(tmp_path, lines):
    path = tmp_path / "index.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def rows(count):
    return [f"2021-01-06T{14 + n // 60}:{n % 60:02d}:00Z,{3700 + n}" for n in range(count)]


def test_the_chicago_zip_equals_the_index_table(shared_data, calendar):
    archive = read_underlying(shared_data / "lean/raw/index_spx_20210104_trade.zip", sort=False)
    table = read_underlying(shared_data / "lean/spx_index_minute/spx_20210104.parquet", sort=False)
    assert np.array_equal(archive.ts, table.ts)
    assert np.array_equal(archive.values, table.values)
    bounds = calendar.bounds(date(2021, 1, 4))
    series = archive.within(bounds)
    assert series.ts.size == 390
    assert (series.quanta[0], series.quanta[-1]) == (376_663, 370_138)


def test_a_derived_spot_is_rounded_to_the_cent_half_to_even(shared_data, calendar):
    path = shared_data / "lean/spx_index_minute/derived_parity_spot_20210106.parquet"
    series = read_underlying(path, sort=False).within(calendar.bounds(date(2021, 1, 6)))
    assert series.ts.size == 390
    assert series.quanta[:2].tolist() == [371_440, 370_969]  # 3714.4 and 3709.693
    assert series.counts["underlying_rounded"] == 323


def test_the_column_beside_a_chain_can_serve_as_the_underlying(shared_data, calendar):
    bounds = calendar.bounds(date(2018, 1, 5))
    for name in ("spx_index_1min_2018-01-05", "spxw_1min_2018-01-05_exp2018-01-05"):
        found = read_underlying(shared_data / f"cboe_vixr/{name}.parquet", sort=False)
        series = found.within(bounds)
        assert (series.ts.size, series.quanta[0]) == (390, 273_328)


def test_a_mapping_reads_local_times_and_scaled_values(tmp_path):
    path = write(tmp_path, ["when,v", "2021-01-06 09:31,3700250"])
    columns = PriceMap(ts="when", price="v", zone="America/New_York", price_scale=1_000)
    found = read_underlying(path, columns, sort=False)
    moment = datetime.fromisoformat("2021-01-06T14:31:00+00:00")
    assert found.ts.tolist() == [nanoseconds_of(moment)]
    assert found.values.tolist() == [370_025]


def test_one_percent_of_bad_values_is_left_out_and_more_refuse_the_file(tmp_path):
    good = rows(200)
    bad = [good[0].replace("3700", value) for value in ("NaN", "0")]
    accepted = read_underlying(write(tmp_path, ["ts,price", *bad, *good[2:]]), sort=False)
    assert np.isnan(accepted.values).sum() == 2
    with pytest.raises(
        UntrustedData, match=r"index.csv, row 1: .*3 of 201 rows are bad \(1 stamps"
    ):
        read_underlying(write(tmp_path, ["ts,price", "soon,1", *bad, *good[2:]]), sort=False)


def test_time_going_backwards_is_refused_unless_sorted(tmp_path):
    path = write(tmp_path, ["ts,price", *reversed(rows(3))])
    with pytest.raises(UntrustedData, match="row 2: expected rows sorted by time"):
        read_underlying(path, sort=False)
    assert read_underlying(path, sort=True).values.tolist() == [370_000, 370_100, 370_200]


def test_tables_that_hold_no_underlying_are_refused(shared_data, tmp_path):
    trades = shared_data / "lean/spx_option_minute/spxw_20210104_trades.parquet"
    with pytest.raises(UntrustedData, match="no known table of the underlying"):
        read_underlying(trades, sort=False)  # its close is an option's, not the index's
    with pytest.raises(UntrustedData, match="expected a LEAN index entry"):
        read_underlying(
            shared_data / "lean/raw/indexoption_spxw_20210106_quote_european.zip", sort=False
        )
    with pytest.raises(UntrustedData, match="columns missing for the underlying's mapping: p"):
        read_underlying(trades, PriceMap(ts="ts", price="p"), sort=False)
