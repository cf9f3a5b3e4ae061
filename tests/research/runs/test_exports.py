"""Parquet files of a backtest over bars: whole, together, with their provenance."""

import json

import pyarrow.parquet as pq
import pytest

from forven.primitives.errors import CannotWrite
from forven.research.exports import PROVENANCE_KEY
from tests.research.runs.backtests import crossed, ran


def test_the_tables_come_back_as_they_were(tmp_path) -> None:
    found = crossed()
    paths = found.write_parquet(tmp_path / "made")
    assert [path.name for path in paths] == ["trades.parquet", "equity.parquet", "metrics.parquet"]
    read = {path.stem: pq.read_table(path) for path in paths}
    assert read["trades"].to_pylist() == found.trades().to_pylist()
    assert read["equity"].num_rows == found.equity().num_rows
    by_segment = {row.pop("segment"): row for row in read["metrics"].to_pylist()}
    assert by_segment == found.metrics
    provenance = json.loads(read["trades"].schema.metadata[PROVENANCE_KEY])
    assert provenance["digest"] == found.provenance.digest


def test_without_a_trade_the_tables_are_empty_and_typed(tmp_path) -> None:
    found = ran(policy={"sizing_mode": "fixed", "fixed_size": "0.000001"})
    trades, _, metrics = (pq.read_table(path) for path in found.write_parquet(tmp_path))
    assert set(trades["size_fraction"].to_pylist()) <= {0.0}
    assert metrics["total_trades"].to_pylist() == [0, 0]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path) -> None:
    path = tmp_path / "taken"
    path.write_text("")
    with pytest.raises(CannotWrite, match="taken"):
        crossed().write_parquet(path)
