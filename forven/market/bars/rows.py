"""The rows of files of bars as arrays, as they are written: nothing is judged here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forven.market.bars.bars import Floats, Integers
from forven.market.bars.layout import SYMBOL_NAMES, Layout, lay_out, unmapped
from forven.market.bars.quanta import DOUBLE_SHARE, SINGLE_SHARE
from forven.market.bars.stamps import StampRules, Stamps, ends_of, read_stamps
from forven.market.bars.timeframes import Timeframe
from forven.market.readers.rows import numbers_in
from forven.market.readers.tables import TableFile, open_table, read_batches, table_kind
from forven.primitives.errors import InvalidInput, UntrustedData

_ROWS_MAX = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are read; `columns` and `stamp` go before what a file's names tell.

    where  column and value: rows with another value in a column of that name are not chosen
    """

    frame: Timeframe
    calendar: str
    stamp: str | None
    columns: dict[str, str]
    where: tuple[tuple[str, str], ...]
    stamps: StampRules
    close_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The chosen rows of one file.

    ends_ns      0 where the calendar has no such bar    readable, on_grid  of the stamps
    prices       (4, n) as written, NaN where there is no number
    share        of a price that its storage may have changed
    numbers      each row's number in the file, from 1
    read         rows in the file, chosen or not
    symbol       the one value of the file's column of symbols, if it has one
    said         what was told by names and sizes rather than asked for
    """

    path: Path
    ends_ns: Integers
    readable: npt.NDArray[np.bool_]
    on_grid: npt.NDArray[np.bool_]
    prices: Floats
    share: float
    volume: Floats
    has_volume: bool
    columns: dict[str, Floats]
    numbers: Integers
    read: int
    symbol: str | None
    said: tuple[str, ...]


def read_rows(path: Path, reading: Reading) -> Rows:
    """Return the rows of a Parquet, Arrow or CSV file; UntrustedData names the file and why."""
    table_file = open_any(path)
    layout = lay_out(path, table_file.columns, reading.columns, close_only=reading.close_only)
    table = read_whole(table_file, tuple({*layout.needed(), *_where_names(table_file, reading)}))
    total = table.num_rows
    numbers = np.arange(1, total + 1)
    chosen = chosen_rows(table, reading.where)
    if not chosen.all():
        table, numbers = table.filter(pa.array(chosen)), numbers[chosen]
    symbol = _single_symbol(path, table, layout, reading.where)
    try:
        stamps = read_stamps(flat(table.column(layout.time)), reading.stamps)
    except UntrustedData as error:
        raise UntrustedData(f"{path}, column {layout.time}: {error}") from None
    ends, on_grid = ends_of(
        stamps, _stamp(path, layout, stamps, reading), reading.frame, reading.calendar
    )
    single = any(pa.types.is_float32(table.column(name).type) for name in layout.prices)
    unknown = np.full(table.num_rows, np.nan)
    return Rows(
        path=path,
        ends_ns=ends,
        readable=stamps.readable,
        on_grid=on_grid,
        prices=np.array([_numbers(path, table, name) for name in layout.prices]),
        share=SINGLE_SHARE if single else DOUBLE_SHARE,
        volume=unknown if layout.volume is None else values_of(path, table, layout.volume),
        has_volume=layout.volume is not None,
        columns={name: values_of(path, table, column) for name, column in layout.beside.items()},
        numbers=numbers,
        read=total,
        symbol=symbol,
        said=_said(layout, stamps, reading),
    )


def open_any(path: Path) -> TableFile:
    """Return the table in a file, told by its content; UntrustedData if it is none."""
    if not path.is_file():
        raise InvalidInput(f"{path}: expected a file of bars, found no such file")
    kind = table_kind(path)
    if kind == "zip":
        raise UntrustedData(f"{path}: expected Parquet, Arrow or CSV, found a zip; unpack it first")
    return open_table(path, kind)


def read_whole(table_file: TableFile, columns: tuple[str, ...]) -> pa.Table:
    """Return all rows of some columns; UntrustedData without a row, or with too many."""
    parts = []
    rows = 0
    for part, _ in read_batches(table_file, columns):
        parts.append(part)
        rows += part.num_rows
        if rows > _ROWS_MAX:
            raise UntrustedData(f"{table_file.path}: expected {_ROWS_MAX:,} rows at most")
    if not rows:
        raise UntrustedData(f"{table_file.path}: expected rows, found none below the names")
    return pa.concat_tables(parts)


def chosen_rows(table: pa.Table, where: Sequence[tuple[str, str]]) -> npt.NDArray[np.bool_]:
    """Return which rows have the values asked for, in those of the columns that there are."""
    chosen = np.ones(table.num_rows, bool)
    for name, value in where:
        if name in table.column_names:
            text = flat(table.column(name)).cast(pa.string())
            chosen &= np.asarray(pc.fill_null(pc.equal(text, value), False))
    return chosen


def values_of(path: Path, table: pa.Table, name: str) -> Floats:
    """Return a column of numbers; NaN where there is none, or one that is not finite."""
    values = _numbers(path, table, name)
    return np.where(np.isfinite(values), values, np.nan)


def _numbers(path: Path, table: pa.Table, name: str) -> Floats:
    return numbers_in(f"{path}, column {name}", flat(table.column(name)), 1.0).values


def flat(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    whole = column.combine_chunks()
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _where_names(table_file: TableFile, reading: Reading) -> list[str]:
    for name, _ in reading.where:
        if name not in table_file.columns:
            raise UntrustedData(
                f"{table_file.path}: expected the column {name!r} to choose rows by, "
                f"found {', '.join(table_file.columns)}"
            )
    return [name for name, _ in reading.where]


def _single_symbol(
    path: Path, table: pa.Table, layout: Layout, where: Sequence[tuple[str, str]]
) -> str | None:
    """Return whose bars the rows are; UntrustedData if they are of several."""
    if not table.num_rows:
        asked = ", ".join(f"{name}={value}" for name, value in where)
        raise UntrustedData(f"{path}: expected rows with {asked}, found none")
    found: dict[str, str] = {}
    for name in layout.choosing:
        words = sorted(str(word) for word in pc.unique(flat(table.column(name))).to_pylist())
        if len(words) > 1:
            raise UntrustedData(
                f"{path}: expected the bars of one {name}, found {', '.join(words[:12])}"
                f"{' and more' if len(words) > 12 else ''}; choose with --where {name}={words[0]}"
            )
        found[name.lower()] = words[0]
    return next((found[name] for name in SYMBOL_NAMES if name in found), None)


def _stamp(path: Path, layout: Layout, stamps: Stamps, reading: Reading) -> str:
    """Return whether stamps are starts or ends; UntrustedData where nothing says so."""
    told = reading.stamp or layout.stamp or ("start" if stamps.are_dates else None)
    if told is None:
        raise UntrustedData(
            f"{path}: expected to be told whether {layout.time!r} is the start or the end of each "
            "bar, found a name that does not say it; add --stamp start or --stamp end (a wrong "
            "one lets a strategy see a bar too early)"
        )
    return told


def _said(layout: Layout, stamps: Stamps, reading: Reading) -> tuple[str, ...]:
    if reading.stamp:
        stamp = f"the {reading.stamp} of the bar"
    elif layout.stamp:
        stamp = f"the {layout.stamp} of the bar, by its name"
    else:
        stamp = "the day of the bar"
    said = [f"time: column {layout.time}, {stamps.taken_for}, {stamp}"]
    if layout.ignored:
        said.append(f"not taken: {', '.join(layout.ignored)}")
    if names := unmapped(layout):
        said.append(f"to take {names[0]} too, add --columns {names[0].lower()}={names[0]}")
    return tuple(said)
