"""A backtest as Parquet for other programs: sessions, fills and the journal."""

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from forven.engine.executions import fills_of
from forven.engine.journal import code_name
from forven.kernels import schema
from forven.primitives.errors import CannotWrite
from forven.primitives.identifiers import canonical_json
from forven.primitives.storage import whole_file
from forven.research.figures import BacktestFigures
from forven.research.records import SessionRecord

PROVENANCE_KEY = b"forven"
"""Key of each file's metadata under which its provenance stands, as canonical JSON."""
_JOURNAL_COLUMNS = ("sequence", "ts", "kind", "order", "a", "b", "c", "d", "e", "f")

_SESSIONS = pa.schema(
    [
        pa.field("date", pa.date32(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        *(
            pa.field(name, pa.int64(), nullable=False)
            for name in ("net_pnl_micros", "natural_net_pnl_micros", "fees_micros")
        ),
        *(
            pa.field(name, pa.int64(), nullable=False)
            for name in ("slippage_micros", "max_drawdown_micros", "ending_value_micros")
        ),
        *(
            pa.field(name, pa.int32(), nullable=False)
            for name in ("entries", "exits", "settled", "settled_in", "skipped")
        ),
        pa.field("underlying_open_quanta", pa.int32(), nullable=False),
        pa.field("settlement_quanta", pa.int32(), nullable=False),
        pa.field("settlement_estimated", pa.bool_(), nullable=False),
        pa.field("journal_digest", pa.string(), nullable=False),
    ]
)
_FILLS = pa.schema(
    [
        pa.field("date", pa.date32(), nullable=False),
        pa.field("ts", pa.timestamp("ns", tz="UTC"), nullable=False),
        pa.field("order", pa.int64(), nullable=False),
        pa.field("net_quanta", pa.int64(), nullable=False),
        pa.field("quantity", pa.int64(), nullable=False),
        pa.field("leg", pa.int32(), nullable=False),
        pa.field("instrument", pa.string(), nullable=False),
        pa.field("change_lots", pa.int64(), nullable=False),
        pa.field("value_quanta", pa.int64(), nullable=False),
        pa.field("fee_micros", pa.int64(), nullable=False),
    ]
)


def sessions_table(result: BacktestFigures) -> pa.Table:
    """Return one row a session: money in micros, index values in quanta of 0.01."""
    ending = result.plan.capital
    rows = []
    for record in result.records:
        chosen = record.chosen
        ending += chosen.profit
        rows.append(
            {
                "date": record.day,
                "status": chosen.status,
                "net_pnl_micros": chosen.profit,
                "natural_net_pnl_micros": record.natural.profit,
                "fees_micros": chosen.fees,
                "slippage_micros": chosen.slippage,
                "max_drawdown_micros": chosen.max_drawdown,
                "ending_value_micros": ending,
                "entries": chosen.entries,
                "exits": chosen.exits,
                "settled": chosen.settled,
                "settled_in": chosen.settled_in,
                "skipped": chosen.skipped,
                "underlying_open_quanta": record.underlying_open,
                "settlement_quanta": record.settlement,
                "settlement_estimated": record.settlement_estimated,
                "journal_digest": chosen.digest,
            }
        )
    return pa.Table.from_pylist(rows, schema=_SESSIONS)


def fills_table(result: BacktestFigures) -> pa.Table:
    """Return one row a filled leg: change in contracts, value in quanta a unit, fee in micros."""
    rows = [row for record in result.records for row in _fill_rows(record)]
    return pa.Table.from_pylist(rows, schema=_FILLS)


def _fill_rows(record: SessionRecord) -> list[dict[str, object]]:
    """Return the filled legs of one session."""
    return [
        {
            "date": record.day,
            "ts": fill.ts,
            "order": fill.order,
            "net_quanta": fill.net,
            "quantity": fill.quantity,
            "leg": number,
            "instrument": record.symbols[leg.instrument],
            "change_lots": leg.change,
            "value_quanta": leg.value,
            "fee_micros": leg.fee,
        }
        for fill in fills_of(record.rows)
        for number, leg in enumerate(fill.legs)
    ]


def journal_table(result: BacktestFigures) -> pa.Table:
    """Return every journal row as the digests count it; `event` is the name of its kind."""
    rows = np.concatenate([record.rows for record in result.records])
    lengths = [len(record.rows) for record in result.records]
    days = np.repeat(np.array([record.day for record in result.records], "datetime64[D]"), lengths)
    names = [code_name("EVENT", kind) for kind in rows[:, schema.JOURNAL_KIND].tolist()]
    columns = {
        name: pa.array(rows[:, schema.JOURNAL_SEQUENCE + index])
        for index, name in enumerate(_JOURNAL_COLUMNS)
    }
    event = pa.array(names, pa.string()).dictionary_encode()
    return pa.table({"date": pa.array(days, pa.date32()), "event": event, **columns})


def write_parquet(result: BacktestFigures, folder: Path) -> list[Path]:
    """Write `sessions`, `fills` and `journal` Parquet files into a folder, made if absent.

    None of them takes its name before all are written; errors: CannotWrite
    """
    tables = {
        "sessions": sessions_table(result),
        "fills": fills_table(result),
        "journal": journal_table(result),
    }
    return write_tables(tables, asdict(result.provenance), folder)


def write_tables(
    tables: dict[str, pa.Table], provenance: dict[str, Any], folder: Path
) -> list[Path]:
    """Write a Parquet file a table into a folder, made if absent; each tells its provenance.

    None of them takes its name before all are written; errors: CannotWrite
    """
    make_folder(folder)
    metadata = {PROVENANCE_KEY: canonical_json(provenance).encode("ascii")}
    paths = [folder / f"{name}.parquet" for name in tables]
    with ExitStack() as stack:
        asides = [stack.enter_context(whole_file(path)) for path in paths]
        for table, aside in zip(tables.values(), asides, strict=True):
            pq.write_table(table.replace_schema_metadata(metadata), aside, compression="zstd")
    return paths


def make_folder(folder: Path) -> None:
    """Make a folder to write into if there is none; errors: CannotWrite."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise CannotWrite(f"{folder}: expected a folder to write into ({reason})") from error
