"""Made-up days kept in files: made once, read after a restart, and proved by their hash."""

import hashlib
import io
import os
from pathlib import Path

import pyarrow as pa

from forven.market.schema import PRINTS, QUOTES
from forven.market.tick_files import writing
from forven.market.ticks import DayTicks
from forven.primitives.errors import UntrustedData
from forven.primitives.time import parse_date

KEPT_MAX = 4
_DAY, _UNDERLYING, _SETTLEMENT = b"day", b"underlying", b"settlement"
_HASH_BYTES = 32


def write_ticks(path: Path, ticks: DayTicks) -> None:
    """Write a day's ticks so that the file is whole or not there; CannotWrite if it cannot be.

    Of the other days in the folder the latest few stay.
    """
    sink = io.BytesIO()
    head = {
        _DAY: ticks.day.isoformat().encode(),
        _UNDERLYING: ticks.underlying.encode(),
        _SETTLEMENT: str(ticks.settlement).encode(),
    }
    for table in (ticks.quotes.replace_schema_metadata(head), ticks.prints):
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table.unify_dictionaries().combine_chunks())
    content = sink.getvalue()
    part = path.with_suffix(f".{os.getpid()}.part")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(hashlib.sha256(content).digest() + content)
        part.replace(path)
        for former in sorted(path.parent.glob(f"*{path.suffix}"))[:-KEPT_MAX]:
            if former != path:
                former.unlink(missing_ok=True)


def read_ticks(path: Path) -> DayTicks:
    """Return the ticks of a file; UntrustedData if they are not those that were written."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UntrustedData(f"{path}: cannot be read ({error.strerror})") from None
    found, rows = content[:_HASH_BYTES], content[_HASH_BYTES:]
    if hashlib.sha256(rows).digest() != found:
        raise UntrustedData(f"{path}: expected the day as it was written, found other bytes")
    source = pa.BufferReader(rows)
    quotes = pa.ipc.open_stream(source).read_all()
    prints = pa.ipc.open_stream(source).read_all()
    head = quotes.schema.metadata
    return DayTicks(
        day=parse_date(head[_DAY].decode()),
        underlying=head[_UNDERLYING].decode(),
        quotes=quotes.cast(QUOTES),
        prints=prints.cast(PRINTS),
        settlement=int(head[_SETTLEMENT]),
    )
