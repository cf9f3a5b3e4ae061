"""Parquet files of a backtest: every number comes back, and no half of them is ever left."""

import errno
import json
import os

import numpy as np
import pyarrow.parquet as pq
import pytest

from forven.engine.journal import digest
from forven.kernels import schema
from forven.primitives.errors import CannotWrite
from forven.research import exports
from tests.research.conftest import DAYS, SEED

NAMES = ["fills.parquet", "journal.parquet", "sessions.parquet"]


@pytest.fixture(scope="module")
def folder(spread, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet") / "a" / "b"
    written = spread.write_parquet(str(folder))
    assert (
        sorted(path.name for path in written)
        == sorted([found.name for found in folder.iterdir()])
        == NAMES
    )
    return folder


def test_sessions_come_back(spread, folder):
    rows = pq.read_table(folder / "sessions.parquet").to_pylist()
    assert len(rows) == DAYS
    for row, record in zip(rows, spread.records, strict=True):
        assert row["date"] == record.day
        assert row["net_pnl_micros"] == record.chosen.profit
        assert row["natural_net_pnl_micros"] == record.natural.profit
        assert row["settlement_quanta"] == record.settlement
        assert row["settled_in"] == record.chosen.settled_in
    ending = spread.plan.capital + sum(record.chosen.profit for record in spread.records)
    assert rows[-1]["ending_value_micros"] == ending


def test_the_digests_can_be_made_again_from_the_journal_file(spread, folder):
    table = pq.read_table(folder / "journal.parquet")
    days = table.column("date").to_pylist()
    cells = np.stack([table.column(name).to_numpy() for name in table.column_names[2:]], axis=1)
    for record in spread.records:
        own = cells[[day == record.day for day in days]]
        rows = np.concatenate([np.zeros((len(own), 1), np.int64), own], axis=1)
        assert digest(rows) == record.chosen.digest


def test_fills_carry_fees_that_sum_to_the_fees_paid(spread, folder):
    table = pq.read_table(folder / "fills.parquet").to_pylist()
    traded = sum(row["fee_micros"] for row in table)
    settled = 5_000_000 * spread.total("settled_in")
    assert traded + settled == spread.total("fees")
    kinds = [row[schema.JOURNAL_KIND] for record in spread.records for row in record.rows]
    assert len(table) == kinds.count(schema.EVENT_LEG_FILLED)
    assert all(row["instrument"].startswith("SPXW  24") for row in table)


def test_every_file_says_where_it_comes_from(folder):
    for name in NAMES:
        metadata = pq.read_schema(folder / name).metadata
        assert json.loads(metadata[exports.PROVENANCE_KEY])["seed"] == SEED


def test_sessions_without_a_fill_are_exported_too(tuesdays, tmp_path):
    idle = type(tuesdays)(
        plan=tuesdays.plan, records=tuesdays.records[1:3], provenance=tuesdays.provenance
    )
    idle.write_parquet(tmp_path)
    assert pq.read_table(tmp_path / "fills.parquet").num_rows == 0
    assert pq.read_table(tmp_path / "sessions.parquet").num_rows == 2


def test_a_full_disk_leaves_the_old_files_all_three(spread, tmp_path, monkeypatch):
    spread.write_parquet(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in NAMES}
    real, calls = pq.write_table, []

    def second_fails(table, where, **more):
        calls.append(where)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(table, where, **more)

    monkeypatch.setattr(exports.pq, "write_table", second_fails)
    with pytest.raises(CannotWrite, match="No space left on device"):
        spread.write_parquet(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in NAMES} == before
    assert sorted([found.name for found in tmp_path.iterdir()]) == NAMES


def test_a_file_in_place_of_the_folder_is_said(spread, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(CannotWrite, match="expected a folder to write into"):
        spread.write_parquet(tmp_path / "taken")
