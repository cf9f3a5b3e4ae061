"""What the readers of recorded perpetuals share: columns of one instrument, stamps, tables."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from forven.market.perpetual import schema
from forven.market.readers.tables import refusing
from forven.primitives.errors import UntrustedData

Stamps = npt.NDArray[np.int64]


def instrument_rows(path: Path, columns: tuple[str, ...], symbol: str) -> pa.Table:
    """Return the rows of one symbol in a Parquet file, in file order; UntrustedData if none."""
    with refusing(path):
        names = pa.parquet.read_schema(path).names
        missing = [name for name in (*columns, "symbol") if name not in names]
        if missing:
            raise UntrustedData(
                f"{path}: expected the columns {', '.join((*columns, 'symbol'))}, "
                f"found no {missing[0]}"
            )
        table = pa.parquet.read_table(path, columns=[*columns, "symbol"])
    rows = table.filter(pc.equal(table["symbol"], symbol)).select(list(columns))
    if not rows.num_rows:
        there = ", ".join(sorted(map(str, pc.unique(table["symbol"]).to_pylist()))[:20])
        raise UntrustedData(f"{path}: expected rows of {symbol}, found only {there or 'none'}")
    return rows.combine_chunks()


def stamps_of(path: Path, table: pa.Table, column: str) -> Stamps:
    """Return a column of UTC timestamps as int64 nanoseconds; UntrustedData if it is none."""
    kind = table[column].type
    if not pa.types.is_timestamp(kind) or kind.tz != "UTC":
        raise UntrustedData(f"{path}.{column}: expected timestamps in UTC, found {kind}")
    if table[column].null_count:
        raise UntrustedData(f"{path}.{column}: expected no null, found {table[column].null_count}")
    return table[column].cast(pa.timestamp("ns", tz="UTC")).cast(pa.int64()).to_numpy()


def floats_of(path: Path, table: pa.Table, column: str) -> npt.NDArray[np.float64]:
    """Return a numeric column as doubles, a null as NaN."""
    if not pa.types.is_floating(table[column].type) and not pa.types.is_integer(table[column].type):
        raise UntrustedData(f"{path}.{column}: expected numbers, found {table[column].type}")
    return table[column].cast(pa.float64()).to_numpy()


def texts_are(table: pa.Table, column: str, text: str) -> npt.NDArray[np.bool_]:
    """Return where a text column is `text`."""
    return pc.fill_null(pc.equal(table[column], text), False).to_numpy()


def quote_table(columns: dict[str, Stamps]) -> pa.Table:
    """Return int64 columns as a `schema.QUOTES` table, with `arrival` if there is one."""
    return _table(schema.QUOTES, columns)


def trade_table(columns: dict[str, Stamps]) -> pa.Table:
    """Return int64 columns as a `schema.TRADES` table, with `arrival` if there is one."""
    return _table(schema.TRADES, columns)


def by_time(columns: dict[str, Stamps], counts: dict[str, int]) -> dict[str, Stamps]:
    """Return columns stably sorted by `ts`, counting the rows where it went backwards."""
    backwards = int(np.count_nonzero(np.diff(columns["ts"]) < 0))
    if not backwards:
        return columns
    counts["sorted"] = counts.get("sorted", 0) + backwards
    order = np.argsort(columns["ts"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _table(expected: pa.Schema, columns: dict[str, Stamps]) -> pa.Table:
    """Return columns in the order and the types of a schema."""
    fields = [*expected, *([schema.ARRIVAL] if "arrival" in columns else [])]
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in fields]
    return pa.table(arrays, schema=pa.schema(fields))
