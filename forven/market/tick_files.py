"""The files of one stored day: `quotes.parquet`, `prints.parquet` and `day.json` beside them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from forven.market.bounds import SessionBounds
from forven.market.columns import columns_of
from forven.market.frames import check_underlying, list_instruments, settlement_of
from forven.market.instruments import card_of
from forven.market.ticks import DayTicks
from forven.primitives.errors import CannotWrite, InvalidInput, UntrustedData
from forven.primitives.identifiers import bytes_hash, content_hash

QUOTES_FILE = "quotes.parquet"
PRINTS_FILE = "prints.parquet"
DAY_FILE = "day.json"
_VERSION = 1
_Document = TypeVar("_Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecord:
    """What `day.json` says of a stored day; prices in quanta.

    settlement            None: there is none, the day cannot be backtested
    settlement_estimated  it is the last print before the close
    underlying_close      the official settlement, else the last print of the session, else None
    content_hash          identity of rows, bounds and settlement, however they are encoded
    files                 SHA-256 of each Parquet file, by name
    """

    bounds: SessionBounds
    root: str
    underlying: str
    settlement: int | None
    settlement_estimated: bool
    underlying_close: int | None
    counts: dict[str, int]
    quote_rows: int
    print_rows: int
    content_hash: str
    files: dict[str, str]

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values under a checksum; `from_dict` reads them back."""
        document: dict[str, object] = {name: getattr(self, name) for name in _DAY_FIELDS}
        document |= {"version": _VERSION, "bounds": self.bounds.as_dict()}
        return {**document, _CHECKSUM: content_hash(document)}

    @classmethod
    def from_dict(cls, document: object) -> "DayRecord":
        """Return the record that `as_dict` wrote; InvalidInput names the field that is wrong."""
        names = {"version", "bounds", _CHECKSUM, *_DAY_FIELDS}
        if not isinstance(document, dict) or set(document) != names:
            raise InvalidInput(f"expected an object of the fields {sorted(names)}")
        if document["version"] != _VERSION:
            raise InvalidInput(f"version: expected {_VERSION}, found {document['version']!r}")
        rest = {name: value for name, value in document.items() if name != _CHECKSUM}
        if document[_CHECKSUM] != content_hash(rest):
            raise InvalidInput("its checksum is not that of its content")
        for name, kinds in _DAY_FIELDS.items():
            if type(document[name]) not in kinds:
                raise InvalidInput(f"{name}: found {document[name]!r}")
        values = {name: document[name] for name in _DAY_FIELDS}
        return cls(bounds=SessionBounds.from_dict(document["bounds"]), **values)


_DAY_FIELDS: dict[str, tuple[type, ...]] = {
    "root": (str,),
    "underlying": (str,),
    "settlement": (int, type(None)),
    "settlement_estimated": (bool,),
    "underlying_close": (int, type(None)),
    "counts": (dict,),
    "quote_rows": (int,),
    "print_rows": (int,),
    "content_hash": (str,),
    "files": (dict,),
}
_CHECKSUM = "checksum"


def write_day(folder: Path, ticks: DayTicks, bounds: SessionBounds) -> DayRecord:
    """Check a day's ticks, write its three files into a new folder and return their record.

    errors  UntrustedData: the ticks are no day that can be run      CannotWrite: no room, no right
    """
    if ticks.day != bounds.day:
        raise InvalidInput(f"expected ticks of {bounds.day} (the session), found {ticks.day}")
    columns = columns_of(ticks)
    inside = columns.between(bounds.open_ns, bounds.close_ns)
    root = list_instruments(inside, bounds).root
    check_underlying(ticks, card_of(root))
    settlement, estimated = settlement_of(inside, bounds)
    last = int(inside.print_last[-1]) if inside.print_last.size else None
    with writing(folder):
        folder.mkdir(parents=True)
        files = {
            QUOTES_FILE: _write_table(ticks.quotes, folder / QUOTES_FILE),
            PRINTS_FILE: _write_table(ticks.prints, folder / PRINTS_FILE),
        }
    record = DayRecord(
        bounds=bounds,
        root=root,
        underlying=ticks.underlying,
        settlement=settlement,
        settlement_estimated=estimated,
        underlying_close=last if estimated or settlement is None else settlement,
        counts=dict(ticks.counts),
        quote_rows=ticks.quotes.num_rows,
        print_rows=ticks.prints.num_rows,
        content_hash=columns.content_hash(bounds),
        files=files,
    )
    write_json(folder / DAY_FILE, record.as_dict())
    return record


def read_record(folder: Path) -> DayRecord:
    """Return the record of a stored day; UntrustedData if `day.json` is lost or damaged."""
    return read_json(folder / DAY_FILE, DayRecord.from_dict)


def read_day(folder: Path, record: DayRecord) -> DayTicks:
    """Return the ticks of a stored day; UntrustedData if they are not those that were written."""
    return DayTicks(
        day=record.bounds.day,
        underlying=record.underlying,
        quotes=_read_table(folder / QUOTES_FILE, record),
        prints=_read_table(folder / PRINTS_FILE, record),
        settlement=None if record.settlement_estimated else record.settlement,
        counts=record.counts,
    )


def read_json(path: Path, parse: Callable[[object], _Document]) -> _Document:
    """Return a JSON file as `parse` understands it; UntrustedData names the file and the reason."""
    try:
        return parse(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, InvalidInput) as error:
        raise UntrustedData(damage_text(path, str(error))) from None


def write_json(path: Path, document: object) -> None:
    """Write a document as indented JSON with sorted keys."""
    text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False)
    with writing(path):
        path.write_text(text + "\n", "utf-8")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into CannotWrite, naming the file."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotWrite(
            f"{path}: cannot write ({reason}); free some room, mend the permissions, "
            "or point FORVEN_HOME to another folder"
        ) from error


def damage_text(path: Path, reason: str) -> str:
    """Return what to say of a stored file that cannot be trusted, with the way to mend it."""
    return (
        f"{path}: expected the file as forven wrote it, found damage: {reason}; "
        "import that day again (replacing it), or restore the dataset from a copy"
    )


def _write_table(table: pa.Table, path: Path) -> str:
    """Write a table as one row group and return the SHA-256 of the file."""
    table = table.unify_dictionaries().combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        row_group_size=max(1, table.num_rows),
        use_dictionary=[field.name for field in table.schema if field.name != "ts"],
        column_encoding={"ts": "DELTA_BINARY_PACKED"},
    )
    content = memoryview(sink.getvalue())
    path.write_bytes(content)
    return bytes_hash([content])


def _read_table(path: Path, record: DayRecord) -> pa.Table:
    """Return the table of a file after its bytes have proved to be those that were written."""
    try:
        content = path.read_bytes()
        found, expected = bytes_hash([content]), record.files.get(path.name)
        if found != expected:
            reason = f"SHA-256 {str(expected)[:12]} expected, {found[:12]} found"
            raise UntrustedData(damage_text(path, reason))
        with pq.ParquetFile(pa.BufferReader(content)) as file:  # `pq.read_table` loads pandas
            # A worker thread that lets go of `content` while Python ends aborts the process.
            return file.read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise UntrustedData(damage_text(path, str(error))) from None
