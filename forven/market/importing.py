"""Importing: files of option quotes, an underlying and settlement values into one dataset."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from forven.market.calendar import TradingCalendar
from forven.market.catalog import Catalog
from forven.market.columns import rows_table
from forven.market.instruments import card_of
from forven.market.manifest import checked_name
from forven.market.readers.chain import ChainDay
from forven.market.readers.days import DayReader, Progress
from forven.market.readers.formats import QuoteFile, UnknownFormat, recognise
from forven.market.readers.mapping import ColumnMap, PriceMap
from forven.market.readers.spots import SpotSeries
from forven.market.readers.underlying import Underlying, read_underlying
from forven.market.schema import MISSING, PRINTS
from forven.market.tick_files import DayRecord
from forven.market.ticks import DayTicks
from forven.market.writer import DatasetWriter
from forven.primitives.errors import EmptyRange, InvalidInput, UntrustedData

DATA_SUFFIXES = (".parquet", ".arrow", ".feather", ".csv", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import, and how to read it.

    paths         files, or folders that are searched for `DATA_SUFFIXES`
    format        name of a known format; None: told by content     columns  mapping of `mapped`
    underlying    files of the underlying's values, before those beside the quotes
    settlements   official values in quanta by date
    settlement    the value of the only day in `paths`
    append, replace   as in `Catalog.create`        sort  accept rows in any order of time
    """

    name: str
    paths: tuple[Path, ...]
    description: str = ""
    format: str | None = None
    columns: ColumnMap | None = None
    underlying: tuple[Path, ...] = ()
    underlying_columns: PriceMap | None = None
    settlements: dict[date, int] = field(default_factory=dict)
    settlement: int | None = None
    append: bool = False
    replace: bool = False
    sort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one file gave: rows read, days found, and its rows left out or mended, by kind."""

    path: Path
    format: str
    rows: int
    days: tuple[date, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did; `skipped` are files in folders that no reader knows, with the reason."""

    name: str
    files: tuple[FileReport, ...]
    days: tuple[DayRecord, ...]
    skipped: tuple[tuple[Path, str], ...]


def import_files(
    request: ImportRequest, catalog: Catalog, calendar: TradingCalendar, progress: Progress
) -> ImportReport:
    """Read the files of a request into a dataset of the catalog, all of it or nothing.

    progress  called with a file's name and the share of it that has been read, 0 to 1
    errors    UntrustedData: a file is refused    NotASession: a contract expires on a closed day
              EmptyRange: no contract expires on its own day    InvalidInput: as its text says
    """
    checked_name(request.name)
    files, skipped = _recognised(request)
    underlyings = [
        read_underlying(_existing(path), request.underlying_columns, sort=request.sort)
        for path in request.underlying
    ]
    job = _Import(request, calendar, underlyings, progress)
    source = _source(files)
    with catalog.create(
        request.name, source, request.description, append=request.append, replace=request.replace
    ) as writer:
        reports = [job.read(file, writer) for file in files]
        if not job.days:
            raise EmptyRange(_nothing_text(reports))
        if request.settlement is not None and len(job.days) != 1:
            raise InvalidInput(
                f"expected one day for one settlement value, found {len(job.days)} days;"
                " give a file of values by date instead"
            )
    return ImportReport(
        name=request.name, files=tuple(reports), days=tuple(job.days), skipped=tuple(skipped)
    )


class _Import:
    """Turns chains into days of ticks and hands them to the writer."""

    def __init__(
        self,
        request: ImportRequest,
        calendar: TradingCalendar,
        underlyings: list[Underlying],
        progress: Progress,
    ) -> None:
        self.days: list[DayRecord] = []
        self._request = request
        self._calendar = calendar
        self._underlyings = underlyings
        self._progress = progress
        self._file_of_day: dict[date, Path] = {}

    def read(self, file: QuoteFile, writer: DatasetWriter) -> FileReport:
        """Read one file's days into the writer and report what happened to its rows."""
        reader = DayReader(
            file, self._calendar.bounds, sort=self._request.sort, progress=self._progress
        )
        counts: Counter[str] = Counter()
        found: list[date] = []
        for chain in reader.days():
            former = self._file_of_day.setdefault(chain.day, file.path)
            if former != file.path:
                raise InvalidInput(
                    f"{chain.day} is in two files, {former} and {file.path};"
                    " join them, or leave one out"
                )
            bounds = self._calendar.bounds(chain.day)
            ticks = self._ticks(chain, file)
            self.days.append(writer.add_day(ticks, bounds))
            found.append(chain.day)
            counts.update(ticks.counts)
        for (day, kind), rows in reader.tally.by_day.items():
            if date.fromordinal(day + _EPOCH_ORDINAL) not in found:
                counts[kind] += rows
        counts["unreadable_ts"] = reader.tally.bad["unreadable_ts"]
        counts["sorted"] = reader.sorted_rows
        return FileReport(
            path=file.path,
            format=file.format,
            rows=reader.tally.rows,
            days=tuple(found),
            counts={kind: n for kind, n in sorted(counts.items()) if n},
        )

    def _ticks(self, chain: ChainDay, file: QuoteFile) -> DayTicks:
        spot = self._spot(chain)
        settlement = self._request.settlement or self._request.settlements.get(chain.day)
        if spot is None and settlement is None:
            raise InvalidInput(
                f"{file.path}: no value of the underlying on {chain.day}, and no settlement value;"
                " give --underlying FILE, or at least --settlements FILE"
            )
        counts = Counter(chain.counts)
        if spot is not None and spot is not chain.spot:
            for kind in ("underlying_rounded", "bad_underlying"):
                counts[kind] = spot.counts[kind]
        underlying = card_of(chain.root).underlying
        return DayTicks(
            day=chain.day,
            underlying=underlying,
            quotes=chain.quotes,
            prints=_prints(spot, underlying),
            settlement=settlement,
            counts={kind: n for kind, n in sorted(counts.items()) if n},
        )

    def _spot(self, chain: ChainDay) -> SpotSeries | None:
        """Return the day's underlying: of the first file given that has the day, or its own."""
        bounds = self._calendar.bounds(chain.day)
        for underlying in self._underlyings:
            series = underlying.within(bounds)
            if series.ts.size:
                return series
        return chain.spot if chain.spot is not None and chain.spot.ts.size else None


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _recognised(request: ImportRequest) -> tuple[list[QuoteFile], list[tuple[Path, str]]]:
    """Return the files to read; what a folder holds beside them is skipped with the reason."""
    files: list[QuoteFile] = []
    skipped: list[tuple[Path, str]] = []
    for path in request.paths:
        if not _existing(path).is_dir():
            files.append(recognise(path, request.format, request.columns))
            continue
        for found in _files_in(path):
            try:
                files.append(recognise(found, request.format, request.columns))
            except UnknownFormat as error:
                skipped.append((found, str(error).split("\n", 1)[0]))
    if not files:
        where = ", ".join(str(path) for path in request.paths) or "no path"
        raise UntrustedData(
            f"{where}: expected files of option quotes, found none"
            + "".join(f"\n  {reason}" for _, reason in skipped[:5])
        )
    return files, skipped


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in DATA_SUFFIXES and path.is_file():
            yield path


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InvalidInput(f"{path}: expected a file or folder, found nothing there")
    return path


def _prints(spot: SpotSeries | None, underlying: str) -> pa.Table:
    ts = np.array([], np.int64) if spot is None else spot.ts
    last = np.array([], np.int64) if spot is None else spot.quanta
    return rows_table(
        {
            "ts": ts,
            "instrument": [underlying] * ts.size,
            "last": last,
            "last_size": np.full(ts.size, MISSING),
            "aggressor": np.zeros(ts.size),
        },
        PRINTS,
    )


def _source(files: list[QuoteFile]) -> str:
    names = [file.path.name for file in files]
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{', '.join(sorted({file.format for file in files}))}: {listed}"


def _nothing_text(reports: list[FileReport]) -> str:
    rows = sum(report.rows for report in reports)
    kinds: Counter[str] = Counter()
    for report in reports:
        kinds.update(report.counts)
    listed = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())) or "none left out"
    names = ", ".join(str(report.path) for report in reports[:3])
    return (
        f"{names}: no contract that can be traded expires on the day of its rows;"
        f" {rows} rows were read ({listed})"
    )
