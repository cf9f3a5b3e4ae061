"""Columns of recordings: what is missing, of another type or broken is refused by name."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.market.perpetual.readers.recordings import (
    by_time,
    floats_of,
    instrument_rows,
    stamps_of,
)
from forven.primitives.errors import UntrustedData


def test_columns_and_symbols_that_are_missing_are_named(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"symbol": ["A", "B", "A"], "bid": [1.0, 2.0, 3.0]}), path)
    assert instrument_rows(path, ("bid",), "A")["bid"].to_pylist() == [1.0, 3.0]
    with pytest.raises(UntrustedData, match="expected the columns ask, symbol, found no ask"):
        instrument_rows(path, ("ask",), "A")
    with pytest.raises(UntrustedData, match="expected rows of C, found only A, B"):
        instrument_rows(path, ("bid",), "C")
    path.write_bytes(b"PAR1 not a table")
    with pytest.raises(UntrustedData, match="truncated, corrupt"):
        instrument_rows(path, ("bid",), "A")


def test_stamps_are_utc_and_never_null(tmp_path):
    micros = pa.array([1, 2], pa.timestamp("us", "UTC"))
    assert stamps_of(tmp_path, pa.table({"ts": micros}), "ts").tolist() == [1_000, 2_000]
    for column, message in (
        (pa.array([1], pa.timestamp("ns")), "expected timestamps in UTC, found timestamp"),
        (pa.array([1]), "expected timestamps in UTC, found int64"),
        (pa.array([None], pa.timestamp("ns", "UTC")), "expected no null, found 1"),
    ):
        with pytest.raises(UntrustedData, match=message):
            stamps_of(tmp_path, pa.table({"ts": column}), "ts")


def test_numbers_are_numbers(tmp_path):
    assert np.isnan(floats_of(tmp_path, pa.table({"x": pa.array([None], pa.int64())}), "x")[0])
    with pytest.raises(UntrustedData, match="x: expected numbers, found string"):
        floats_of(tmp_path, pa.table({"x": ["1"]}), "x")


def test_rows_out_of_time_are_put_in_order_and_counted():
    counts = {}
    columns = {"ts": np.array([1, 3, 2, 3]), "bid": np.array([10, 30, 20, 31])}
    assert by_time(columns, counts)["bid"].tolist() == [10, 20, 30, 31]
    assert counts == {"sorted": 1}
    assert by_time({"ts": np.array([1, 1])}, counts)["ts"].tolist() == [1, 1]
    assert counts == {"sorted": 1}
