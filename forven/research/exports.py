"""A backtest as Parquet for other programs: sessions, fills and the journal."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from forven.kernels import schema
from forven.primitives.errors import CannotWrite
from forven.primitives.storage import whole_file
from forven.research.records import SessionRecord
from forven.research.result import BacktestResult

_JOURNAL_COLUMNS = ("sequence", "ts", "kind", "order", "a", "b", "c", "d", "e", "f")


def sessions_table(result: BacktestResult) -> pa.Table:
    """Return one row a session: money in micros, index values in quanta of 0.01."""
    records = result.records
    columns: dict[str, pa.Array] = {
        "date": pa.array([record.day for record in records], pa.date32()),
        "status": pa.array([record.chosen.status for record in records]),
        "net_pnl_micros": pa.array([record.chosen.profit for record in records], pa.int64()),
        "natural_net_pnl_micros": pa.array([record.natural.profit for record in records]),
        "fees_micros": pa.array([record.chosen.fees for record in records], pa.int64()),
        "slippage_micros": pa.array([record.chosen.slippage for record in records], pa.int64()),
        "max_drawdown_micros": pa.array([record.chosen.max_drawdown for record in records]),
        "entries": pa.array([record.chosen.entries for record in records], pa.int32()),
        "exits": pa.array([record.chosen.exits for record in records], pa.int32()),
        "settled": pa.array([record.chosen.settled for record in records], pa.int32()),
        "skipped": pa.array([record.chosen.skipped for record in records], pa.int32()),
        "settlement_quanta": pa.array([record.settlement for record in records], pa.int32()),
        "settlement_estimated": pa.array([r.settlement_estimated for r in records], pa.bool_()),
        "journal_digest": pa.array([record.chosen.digest for record in records]),
    }
    return pa.table(columns)


def fills_table(result: BacktestResult) -> pa.Table:
    """Return one row a filled leg: change in contracts, value in quanta a unit, fee in micros."""
    parts = [_fills_of(record) for record in result.records]
    return pa.concat_tables(parts)


def _fills_of(record: SessionRecord) -> pa.Table:
    """Return the filled legs of one session."""
    kinds = record.rows[:, schema.JOURNAL_KIND]
    legs = record.rows[kinds == schema.EVENT_LEG_FILLED]
    symbols = [record.symbols[index] for index in legs[:, schema.JOURNAL_B].tolist()]
    return pa.table(
        {
            "date": pa.array([record.day] * len(legs), pa.date32()),
            "ts": pa.array(legs[:, schema.JOURNAL_TS], pa.timestamp("ns", tz="UTC")),
            "order": pa.array(legs[:, schema.JOURNAL_ORDER]),
            "instrument": pa.array(symbols, pa.string()),
            "change_lots": pa.array(legs[:, schema.JOURNAL_C]),
            "value_quanta": pa.array(legs[:, schema.JOURNAL_D]),
            "fee_micros": pa.array(legs[:, schema.JOURNAL_E]),
            "position_lots": pa.array(legs[:, schema.JOURNAL_F]),
        }
    )


def journal_table(result: BacktestResult) -> pa.Table:
    """Return every journal row as the digests count it; kinds as in docs/ENGINE.md."""
    rows = np.concatenate([record.rows for record in result.records])
    days = [record.day for record in result.records for _ in range(len(record.rows))]
    columns = {
        name: pa.array(rows[:, schema.JOURNAL_SEQUENCE + index])
        for index, name in enumerate(_JOURNAL_COLUMNS)
    }
    return pa.table({"date": pa.array(days, pa.date32()), **columns})


def write_parquet(result: BacktestResult, folder: Path) -> list[Path]:
    """Write `sessions`, `fills` and `journal` Parquet files into a folder, made if absent.

    Each file appears whole or not at all; errors: CannotWrite
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"{folder}: expected a folder to write into ({error})") from error
    tables = {
        "sessions": sessions_table(result),
        "fills": fills_table(result),
        "journal": journal_table(result),
    }
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        with whole_file(path) as temporary:
            pq.write_table(table, temporary, compression="zstd")
        written.append(path)
    return written
