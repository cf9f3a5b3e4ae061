"""LEAN archives: zips of headless CSV entries whose names carry date, contract and resolution.

Option entries count milliseconds since midnight in New York and write prices and strikes x 10000;
index entries count them in Chicago and write prices as they are. A bar carries its start, so its
length is added. Source: the folder readmes of QuantConnect/Lean `Data/`.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from forven.market.readers.mapping import ColumnMap, PriceMap
from forven.market.readers.rows import RowBlock, block_of
from forven.primitives.errors import UntrustedData

_OPTION_ENTRY = re.compile(
    r"(?P<day>\d{8})_(?P<root>[a-z0-9]+)_(?P<bar>minute|second)_quote_(european|american)"
    r"_(?P<right>call|put)_(?P<strike>\d+)_(?P<expiry>\d{8})\.csv"
)
_INDEX_ENTRY = re.compile(r"(?P<day>\d{8})_[a-z0-9]+_(?P<bar>minute|second)_trade\.csv")
_BAR_SECONDS = {"minute": 60, "second": 1}
_OPTION_COLUMNS = (
    *("ms", "bid_open", "bid_high", "bid_low", "bid", "bid_size"),
    *("ask_open", "ask_high", "ask_low", "ask", "ask_size"),
)
_INDEX_COLUMNS = ("ms", "open", "high", "low", "price", "updates")
_LEAN_SCALE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanEntries:
    """The entries of a LEAN archive that a reader takes, each with the fields of its name."""

    path: Path
    entries: tuple[tuple[str, dict[str, str]], ...]


def option_entries(path: Path) -> LeanEntries:
    """Return the option quote entries of an archive; none if it is no such archive."""
    return _entries(path, _OPTION_ENTRY)


def index_entries(path: Path) -> LeanEntries:
    """Return the index trade entries of an archive; none if it is no such archive."""
    return _entries(path, _INDEX_ENTRY)


def option_blocks(archive: LeanEntries) -> Iterator[RowBlock]:
    """Yield one block of rows for each contract of an option archive."""
    for number, (name, named) in enumerate(archive.entries, start=1):
        table = _read_entry(archive.path, name, _OPTION_COLUMNS)
        count = table.num_rows
        rows = pa.table(
            {
                "ts": _local_milliseconds(table, named["day"], f"{archive.path}, entry {name}"),
                "expiry": pa.repeat(named["expiry"], count),
                "strike": pa.repeat(int(named["strike"]), count),
                "right": pa.repeat(named["right"], count),
                "root": pa.repeat(named["root"].upper(), count),
                **{side: table.column(side) for side in ("bid", "ask", "bid_size", "ask_size")},
            }
        )
        columns = ColumnMap(
            **{name: name for name in rows.column_names},
            zone="America/New_York",
            ts_unit="ms",
            shift_seconds=_BAR_SECONDS[named["bar"]],
            price_scale=_LEAN_SCALE,
            strike_scale=_LEAN_SCALE,
        )
        place = f"{archive.path}, entry {name}"
        yield block_of(rows, columns, 1, place, number / len(archive.entries))


def index_tables(archive: LeanEntries) -> Iterator[tuple[pa.Table, PriceMap, str]]:
    """Yield the rows of each index entry as columns `ts` and `price`, with how to read them."""
    for name, named in archive.entries:
        place = f"{archive.path}, entry {name}"
        table = _read_entry(archive.path, name, _INDEX_COLUMNS)
        ts = _local_milliseconds(table, named["day"], place)
        columns = PriceMap(
            ts="ts",
            price="price",
            zone="America/Chicago",
            ts_unit="ms",
            shift_seconds=_BAR_SECONDS[named["bar"]],
        )
        yield pa.table({"ts": ts, "price": table.column("price")}), columns, place


def _entries(path: Path, pattern: re.Pattern[str]) -> LeanEntries:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise UntrustedData(f"{path}: the zip is truncated or corrupt: {error}") from None
    found = [(name, pattern.fullmatch(name)) for name in names]
    return LeanEntries(
        path=path,
        entries=tuple((name, match.groupdict()) for name, match in found if match is not None),
    )


def _read_entry(path: Path, name: str, columns: tuple[str, ...]) -> pa.Table:
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UntrustedData(f"{path}, entry {name}: truncated or corrupt: {error}") from None
    if not text.strip():
        return pa.table({column: pa.array([], pa.string()) for column in columns})
    try:
        return pa.csv.read_csv(
            pa.BufferReader(text),
            read_options=pa.csv.ReadOptions(column_names=list(columns), use_threads=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException as error:
        reason = " ".join(str(error).split())[:300]
        raise UntrustedData(f"{path}, entry {name}: truncated or corrupt: {reason}") from None


def _local_milliseconds(table: pa.Table, day: str, place: str) -> pa.ChunkedArray:
    text = table.column("ms")
    is_whole = pc.match_substring_regex(text, r"^[0-9]{1,8}$")
    milliseconds = pc.if_else(is_whole, text, pa.scalar(None, pa.string())).cast(pa.int64())
    try:
        midnight = datetime.combine(
            date(int(day[:4]), int(day[4:6]), int(day[6:])), datetime.min.time(), tzinfo=UTC
        )
    except ValueError:
        raise UntrustedData(f"{place}: expected a date in the name, found {day!r}") from None
    return pc.add(milliseconds, int(midnight.timestamp()) * 1_000)
