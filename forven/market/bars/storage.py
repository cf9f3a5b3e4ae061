"""The two files of a stored series: `bars.parquet`, and `dataset.json` that says what it is."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from forven.market.bars.bars import Bars
from forven.market.bars.columns import PRICE_NAMES
from forven.market.manifest import BARS, BARS_FILE, MANIFEST_FILE
from forven.market.tick_files import read_json, write_json, writing
from forven.primitives.errors import InvalidInput, UntrustedData

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BarManifest:
    """What a series says of itself.

    source        where it came from            seed    that made it; None for recorded bars
    first_end_ns, last_end_ns  ends of the first and the last bar
    columns       names beside prices and volume
    counts        what became of the rows that were read, by rule, over all imports
    content_hash  of `Bars`: checked whenever the series is read
    """

    source: str
    description: str
    symbol: str
    timeframe: str
    calendar: str
    decimals: int
    rows: int
    first_end_ns: int
    last_end_ns: int
    columns: list[str]
    counts: dict[str, int]
    content_hash: str
    seed: int | None = None


def write_series(folder: Path, bars: Bars, manifest: BarManifest) -> None:
    """Write a series into a new folder; CannotWrite: no room, no permission."""
    with writing(folder / BARS_FILE):
        pq.write_table(
            _table(bars),
            folder / BARS_FILE,
            compression="zstd",
            use_dictionary=False,
            column_encoding={"end": "DELTA_BINARY_PACKED"},
        )
    write_json(
        folder / MANIFEST_FILE, {"kind": BARS, "version": _VERSION, "bars": asdict(manifest)}
    )


def manifest_of(
    bars: Bars,
    source: str,
    description: str,
    counts: dict[str, int],
    seed: int | None,
) -> BarManifest:
    """Return what a series says of itself."""
    return BarManifest(
        source=source,
        description=description,
        symbol=bars.symbol,
        timeframe=bars.timeframe,
        calendar=bars.calendar,
        decimals=bars.decimals,
        rows=len(bars),
        first_end_ns=int(bars.ends_ns[0]),
        last_end_ns=int(bars.ends_ns[-1]),
        columns=list(bars.columns),
        counts=counts,
        content_hash=bars.content_hash,
        seed=seed,
    )


def read_bar_manifest(folder: Path) -> BarManifest:
    """Return what a stored series says of itself; UntrustedData if that is lost or damaged."""
    try:
        return read_json(folder / MANIFEST_FILE, _manifest)
    except UntrustedData as error:
        raise UntrustedData(f"{error}. {_MENDING}") from None


def read_series(folder: Path) -> Bars:
    """Return a stored series; UntrustedData if it is not the one that was written."""
    manifest = read_bar_manifest(folder)
    path = folder / BARS_FILE
    try:
        # Opened by hand: `pq.read_table` loads pandas, and a worker thread may outlive Python.
        with path.open("rb") as source, pq.ParquetFile(source) as file:
            table = file.read(use_threads=False)
        bars = _bars(table, manifest)
    except (OSError, EOFError, KeyError, pa.ArrowException, InvalidInput) as error:
        raise UntrustedData(_damage(path, str(error))) from None
    if bars.content_hash != manifest.content_hash:
        reason = f"content {manifest.content_hash[:12]} listed, {bars.content_hash[:12]} found"
        raise UntrustedData(_damage(path, reason))
    return bars


_MENDING = "Import the series again with --replace, or restore the dataset from a copy"


def _damage(path: Path, reason: str) -> str:
    return f"{path}: expected the bars as forven wrote them, found damage: {reason}. {_MENDING}"


def _table(bars: Bars) -> pa.Table:
    arrays: dict[str, Any] = {"end": pa.array(bars.ends_ns).cast(pa.timestamp("ns", tz="UTC"))}
    arrays |= {name: pa.array(bars.prices[row]) for row, name in enumerate(PRICE_NAMES)}
    arrays["volume"] = pa.array(bars.volume)
    arrays |= {name: pa.array(values) for name, values in bars.columns.items()}
    return pa.table(arrays)


def _bars(table: pa.Table, manifest: BarManifest) -> Bars:
    """Return the series of a file's table; KeyError or InvalidInput if it is none."""
    for name in table.column_names:
        if table.column(name).null_count:
            raise InvalidInput(f"column {name}: expected no null")
    arrays = {name: np.asarray(table.column(name)) for name in table.column_names}
    return Bars(
        symbol=manifest.symbol,
        timeframe=manifest.timeframe,
        calendar=manifest.calendar,
        decimals=manifest.decimals,
        ends_ns=arrays["end"].astype("datetime64[ns]").astype(np.int64),
        prices=np.array([arrays[name] for name in PRICE_NAMES]),
        volume=arrays["volume"],
        columns={name: arrays[name] for name in manifest.columns},
    )


def _manifest(document: object) -> BarManifest:
    if not isinstance(document, dict) or set(document) != {"kind", "version", "bars"}:
        raise InvalidInput("expected an object of the fields kind, version and bars")
    if document["version"] != _VERSION:
        raise InvalidInput(f"version: expected {_VERSION}, found {document['version']!r}")
    series = document["bars"]
    names = {field.name for field in fields(BarManifest)}
    if not isinstance(series, dict) or set(series) != names:
        raise InvalidInput(f"bars: expected an object of the fields {sorted(names)}")
    for name, kinds in _KINDS.items():
        if type(series[name]) not in kinds:
            raise InvalidInput(f"bars.{name}: found {series[name]!r}")
    if not all(type(name) is str for name in series["columns"]):
        raise InvalidInput("bars.columns: expected names")
    if not all(type(count) is int for count in series["counts"].values()):
        raise InvalidInput("bars.counts: expected whole numbers")
    return BarManifest(**series)


_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("source", "description", "symbol", "timeframe", "calendar"), (str,)),
    **dict.fromkeys(("decimals", "rows", "first_end_ns", "last_end_ns"), (int,)),
    "columns": (list,),
    "counts": (dict,),
    "content_hash": (str,),
    "seed": (int, type(None)),
}
