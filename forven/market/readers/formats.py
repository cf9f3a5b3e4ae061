"""Formats: the layouts of option quotes that are known, told by content, and their rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forven.market.readers import lean, tables
from forven.market.readers.mapping import ColumnMap
from forven.market.readers.rows import RowBlock, block_of
from forven.market.schema import MISSING
from forven.primitives.errors import InvalidInput, UntrustedData

LEAN_ZIP = "lean-zip"
MAPPED = "mapped"


class UnknownFormat(UntrustedData):
    """The file may be sound, but it is not of the format that was asked for, or of none known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One known layout: `telling` are columns that no other layout has beside its needed ones."""

    name: str
    summary: str
    columns: ColumnMap
    telling: tuple[str, ...] = ()

    def lacking(self, found: tuple[str, ...]) -> list[str]:
        """Return the columns of the layout that are not among `found`."""
        wanted = dict.fromkeys((*self.columns.needed(), *self.telling))
        return [name for name in wanted if name not in found]


_CHAIN: dict[str, Any] = {
    name: name for name in ("ts", "root", "expiry", "strike", "right", "bid", "ask")
}
_SIZES: dict[str, Any] = {"bid_size": "bid_size", "ask_size": "ask_size"}

TABLE_FORMATS = (
    Format(
        name="ticks",
        summary="forven's own quotes: OSI instrument, prices in quanta",
        columns=ColumnMap(
            ts="ts",
            symbol="instrument",
            bid="bid",
            ask="ask",
            **_SIZES,
            price_scale=100,
            missing=MISSING,
        ),
    ),
    Format(
        name="cboe-parquet",
        summary="a vendor's interval chain with UTC bar-end stamps and the underlying",
        columns=ColumnMap(**_CHAIN, **_SIZES, spot="active_underlying_price"),
    ),
    Format(
        name="lean-parquet",
        summary="LEAN option quote bars as a table, stamped with the bar's end",
        columns=ColumnMap(**_CHAIN, **_SIZES),
        telling=("ts_start",),
    ),
    Format(
        name="cboe-csv",
        summary="a vendor's interval chain in its own columns, New York local times",
        columns=ColumnMap(
            ts="quote_datetime",
            root="root",
            expiry="expiration",
            strike="strike",
            right="option_type",
            bid="bid",
            ask="ask",
            **_SIZES,
            spot="active_underlying_price",
            zone="America/New_York",
        ),
    ),
)
FORMAT_NAMES = (*(f.name for f in TABLE_FORMATS), LEAN_ZIP, MAPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFile:
    """A file of option quotes whose format is known, ready to be read block by block."""

    path: Path
    format: str
    source: tables.TableFile | lean.LeanEntries
    columns: ColumnMap | None = None

    def blocks(self) -> Iterator[RowBlock]:
        """Yield the file's rows in order, a bounded number at a time."""
        if isinstance(self.source, lean.LeanEntries):
            yield from lean.option_blocks(self.source)
        elif self.columns is not None:
            yield from self._table_blocks(self.source, self.columns)

    def _table_blocks(self, table_file: tables.TableFile, columns: ColumnMap) -> Iterator[RowBlock]:
        first_row = 1
        for table, done_share in tables.read_batches(table_file, columns.needed()):
            with tables.refusing(self.path):
                block = block_of(table, columns, first_row, str(self.path), done_share)
            yield block
            first_row += table.num_rows


def recognise(path: Path, name: str | None = None, columns: ColumnMap | None = None) -> QuoteFile:
    """Return the quotes in a file, its format told by its content unless `name` says it.

    columns  the mapping of a `mapped` file; a mapping without a name means `mapped`
    UnknownFormat lists the known formats and what the file lacks for each of them.
    """
    name = MAPPED if name is None and columns is not None else name
    if name is not None and name not in FORMAT_NAMES:
        raise InvalidInput(f"format: expected one of {', '.join(FORMAT_NAMES)}, found {name!r}")
    if (name == MAPPED) != (columns is not None):
        raise InvalidInput("a column mapping goes with the format mapped, and the format with one")
    kind = tables.table_kind(path)
    if kind == "zip" or name == LEAN_ZIP:
        return _recognise_zip(path, kind, name)
    table = tables.open_table(path, kind)
    if columns is not None:
        lacking = [column for column in columns.needed() if column not in table.columns]
        if lacking:
            raise UnknownFormat(_lacks(path, "the column mapping", lacking, table.columns))
        return QuoteFile(path=path, format=MAPPED, source=table, columns=columns)
    candidates = [f for f in TABLE_FORMATS if name in (None, f.name)]
    for known in candidates:
        if not known.lacking(table.columns):
            return QuoteFile(path=path, format=known.name, source=table, columns=known.columns)
    if name is not None:
        lacking = candidates[0].lacking(table.columns)
        raise UnknownFormat(_lacks(path, f"format {name}", lacking, table.columns))
    raise UnknownFormat(_unknown(path, table.columns))


def _recognise_zip(path: Path, kind: str, name: str | None) -> QuoteFile:
    if kind != "zip":
        raise UnknownFormat(f"{path}: expected a zip for format {LEAN_ZIP}, found a {kind} file")
    if name not in (None, LEAN_ZIP):
        raise UnknownFormat(f"{path}: expected a table for format {name}, found a zip")
    archive = lean.option_entries(path)
    if not archive.entries:
        raise UnknownFormat(
            f"{path}: expected LEAN option entries named like"
            " 20210106_spxw_minute_quote_european_call_37000000_20210106.csv; found none"
        )
    return QuoteFile(path=path, format=LEAN_ZIP, source=archive)


def _lacks(path: Path, what: str, lacking: list[str], found: tuple[str, ...]) -> str:
    return (
        f"{path}: columns missing for {what}: {', '.join(lacking)};"
        f" the file has {', '.join(found) or 'none'}"
    )


def _unknown(path: Path, found: tuple[str, ...]) -> str:
    lines = [f"{path}: no known format of option quotes; missing for"]
    lines += [f"  {f.name} ({f.summary}): {', '.join(f.lacking(found))}" for f in TABLE_FORMATS]
    lines.append(f"  {LEAN_ZIP}: a zip of LEAN option entries")
    lines.append(f"  {MAPPED}: a column mapping, as in --map ts=quote_time,bid=b,ask=a,...")
    lines.append(f"the file has the columns {', '.join(found) or 'none'}")
    return "\n".join(lines)
