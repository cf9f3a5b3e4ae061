"""Tables on disk: Parquet, Arrow and CSV files as a stream of Arrow tables with bounded memory."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from forven.primitives.errors import UntrustedData

BATCH_ROWS = 131_072
_CSV_BLOCK_BYTES = 8 << 20
_HEADER_BYTES = 65_536
_CSV_NULLS = ["", "null", "NULL", "None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A table on disk: `kind` is parquet, arrow or csv; `columns` its column names."""

    path: Path
    kind: str
    columns: tuple[str, ...]
    delimiter: str = ","


def table_kind(path: Path) -> str:
    """Return parquet, arrow, zip or csv, told by the file's first bytes; refuse an empty file."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise UntrustedData(f"{path}: expected rows, found an empty file")
    for start, kind in ((b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"PK\x03\x04", "zip")):
        if head.startswith(start):
            return kind
    return "csv"


def open_table(path: Path, kind: str) -> TableFile:
    """Return the table in a file of the given kind with its column names; refuse a broken one."""
    with refusing(path):
        if kind == "parquet":
            names = pa.parquet.read_schema(path).names
        elif kind == "arrow":
            with pa.memory_map(str(path)) as source:
                names = pa.ipc.open_file(source).schema.names
        else:
            return _open_csv(path)
    return TableFile(path=path, kind=kind, columns=_distinct(path, names))


def read_batches(table: TableFile, columns: tuple[str, ...]) -> Iterator[tuple[pa.Table, float]]:
    """Yield the table's rows in order with the share of the file read; CSV columns come as text."""
    stream = {"parquet": _parquet, "arrow": _arrow, "csv": _csv}[table.kind]
    with refusing(table.path):
        yield from stream(table, columns)


def _parquet(table: TableFile, columns: tuple[str, ...]) -> Iterator[tuple[pa.Table, float]]:
    with pa.parquet.ParquetFile(table.path) as file:
        total, done = max(file.metadata.num_rows, 1), 0
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False):
            done += batch.num_rows
            yield pa.Table.from_batches([batch]), done / total


def _arrow(table: TableFile, columns: tuple[str, ...]) -> Iterator[tuple[pa.Table, float]]:
    with pa.memory_map(str(table.path)) as source:
        file = pa.ipc.open_file(source)
        for index in range(file.num_record_batches):
            batch = pa.Table.from_batches([file.get_batch(index)]).select(list(columns))
            yield batch, (index + 1) / file.num_record_batches


def _csv(table: TableFile, columns: tuple[str, ...]) -> Iterator[tuple[pa.Table, float]]:
    size = max(table.path.stat().st_size, 1)
    with table.path.open("rb") as raw:
        reader = pa.csv.open_csv(
            raw,
            read_options=pa.csv.ReadOptions(block_size=_CSV_BLOCK_BYTES, use_threads=False),
            parse_options=pa.csv.ParseOptions(delimiter=table.delimiter),
            convert_options=pa.csv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=_CSV_NULLS,
                strings_can_be_null=True,
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch]), min(raw.tell() / size, 1.0)


def _open_csv(path: Path) -> TableFile:
    with path.open("rb") as file:
        head = file.readline(_HEADER_BYTES)
    try:
        line = head.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        line = "\0"
    if "\0" in line:
        raise UntrustedData(
            f"{path}: expected Parquet, Arrow, a zip or CSV text; found other binary content"
        )
    delimiter = max(",;\t|", key=line.count)
    names = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    return TableFile(path=path, kind="csv", columns=_distinct(path, names), delimiter=delimiter)


def _distinct(path: Path, names: list[str]) -> tuple[str, ...]:
    for name in names:
        if name and names.count(name) > 1:
            raise UntrustedData(f"{path}: expected distinct column names, found {name!r} twice")
    return tuple(names)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a broken file into a refusal that names the file."""
    try:
        yield
    except (pa.ArrowException, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = " ".join(str(error).split())[:300]
        raise UntrustedData(
            f"{path}: the file is truncated, corrupt or not of the types expected: {reason}"
        ) from None
