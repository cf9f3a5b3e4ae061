"""Files of bars into a dataset of the catalog: all of it is imported or nothing."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from forven.market.bars.bars import DECIMALS_MAX, Bars, Floats
from forven.market.bars.calendars import CALENDARS, MEASURED, calendar_of, expected_ends
from forven.market.bars.catalog import BarCatalog, Provenance
from forven.market.bars.joining import FUNDING, Join, age_of, as_of, checked_hours, read_known
from forven.market.bars.judging import Judged, judge
from forven.market.bars.presets import preset_of
from forven.market.bars.rows import Reading, Rows, read_rows
from forven.market.bars.stamps import STAMPS, StampRules
from forven.market.bars.storage import BarManifest
from forven.market.bars.timeframes import DAY_NS, TIMEFRAMES, timeframe_of
from forven.market.readers.mapping import check_stamps
from forven.primitives.errors import InvalidInput, UntrustedData

_MEASURED_DAYS_MIN = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class BarImportRequest:
    """What to import, and how; None is told by the format, else by the file where it can be.

    columns        part of a bar -> column of the file, as `layout.parse_columns` reads them
    where          column and value that choose rows
    joins          columns to be made of other files
    funding_hours  hours that a funding rate is charged for
    close_only     open, high and low are not known: all four are the close
    now_ns         the import's clock: bars that end later are left out
    """

    name: str
    paths: tuple[Path, ...]
    now_ns: int
    format: str | None = None
    symbol: str | None = None
    timeframe: str | None = None
    calendar: str | None = None
    stamp: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    where: tuple[tuple[str, str], ...] = ()
    stamps: StampRules = field(default_factory=StampRules)
    decimals: int | None = None
    joins: tuple[Join, ...] = ()
    funding_hours: int | None = None
    close_only: bool = False
    description: str = ""
    append: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BarImportReport:
    """What an import did.

    rows     read, in all files          bars     of this import, before an append
    counts   rows by rule                missing  bars due between first and last; None: not known
    said     what was told by names and sizes rather than asked for, a sentence each
    """

    name: str
    rows: int
    bars: Bars
    counts: dict[str, int]
    missing: int | None
    said: tuple[str, ...]
    manifest: BarManifest


def import_bars(request: BarImportRequest, catalog: BarCatalog) -> BarImportReport:
    """Read files of bars into a dataset.

    errors  UntrustedData: a file cannot be trusted, its row and the reason are named
            InvalidInput: what is asked for is not accepted, or the name is taken
    """
    asked = _completed(request)
    if catalog.exists(asked.name) and not asked.append and not asked.replace:
        raise InvalidInput(
            f"dataset {asked.name!r} is there already; ask to append to it or to replace it, "
            "or choose another name"
        )
    reading = _reading(asked)
    parts = [read_rows(path, reading) for path in asked.paths]
    judged = judge(parts, asked.decimals, asked.now_ns)
    bars = _bars(asked, parts, judged)
    counts = dict(judged.counts)
    if asked.close_only:
        counts["close_only"] = len(bars)
    files = ", ".join(path.name for path in asked.paths[:3])
    more = f" and {len(asked.paths) - 3} more" if len(asked.paths) > 3 else ""
    manifest = catalog.write(
        asked.name,
        bars,
        Provenance(source=f"{files}{more}", description=asked.description, counts=counts),
        append=asked.append,
        replace=asked.replace,
    )
    said = [line for part in parts for line in part.said]
    preset = preset_of(asked.format)
    said += [preset.note] if preset and preset.note else []
    said += _measured(bars)
    said += _covered(bars, asked)
    return BarImportReport(
        name=asked.name,
        rows=sum(part.read for part in parts),
        bars=bars,
        counts=counts,
        missing=missing_bars(bars),
        said=tuple(dict.fromkeys(said)),
        manifest=manifest,
    )


def _measured(bars: Bars) -> list[str]:
    """Say what bars a year were measured over, where they were."""
    if bars.calendar != MEASURED:
        return []
    days = int(bars.ends_ns[-1] - bars.ends_ns[0]) / DAY_NS
    warning = "; too few days to tell a year by" if days < _MEASURED_DAYS_MIN else ""
    return [f"{bars.bars_per_year:,.0f} bars a year, measured over {days:,.0f} days{warning}"]


def _covered(bars: Bars, asked: BarImportRequest) -> list[str]:
    """Say of each joined column how many bars it has no value for, where there are some."""
    missing = {
        join.name: int(np.count_nonzero(np.isnan(bars.columns[join.name]))) for join in asked.joins
    }
    return [
        f"{name}: no value at {count:,} of {len(bars):,} bars"
        for name, count in missing.items()
        if count
    ]


def missing_bars(bars: Bars) -> int | None:
    """Return how many bars the calendar has between the first and the last that are not there."""
    ends = bars.ends_ns
    due = expected_ends(bars.timeframe, bars.calendar, int(ends[0]), int(ends[-1]))
    return None if due is None else int(due.size - ends.size)


def _completed(request: BarImportRequest) -> BarImportRequest:
    """Return the request with what its format fixes; InvalidInput names what is not accepted."""
    preset = preset_of(request.format)
    if preset is not None:
        names = ("symbol", "timeframe", "calendar", "stamp", "funding_hours")
        given = {name: getattr(request, name) or getattr(preset, name) for name in names}
        request = replace(
            request,
            **given,
            columns={**preset.columns, **request.columns},
            close_only=request.close_only or preset.close_only,
        )
    if not request.paths:
        raise InvalidInput("import: expected one file or more, found none")
    if request.timeframe is None:
        raise InvalidInput(
            f"timeframe: expected one of {', '.join(TIMEFRAMES)}, found none; say --timeframe"
        )
    if request.calendar is None:
        raise InvalidInput(
            f"calendar: expected one of {', '.join(CALENDARS)}, found none; say --calendar"
        )
    timeframe_of(request.timeframe)
    calendar_of(request.calendar)
    check_stamps(request.stamps.zone or "UTC", request.stamps.unit or "ns")
    if request.stamp not in (None, *STAMPS):
        raise InvalidInput(f"stamp: expected start or end, found {request.stamp!r}")
    if request.decimals is not None and not 0 <= request.decimals <= DECIMALS_MAX:
        raise InvalidInput(f"decimals: expected 0 to {DECIMALS_MAX}, found {request.decimals}")
    if FUNDING in request.columns or FUNDING in {join.name for join in request.joins}:
        checked_hours(request.funding_hours)
    return request


def _reading(asked: BarImportRequest) -> Reading:
    return Reading(
        frame=timeframe_of(asked.timeframe or ""),
        calendar=calendar_of(asked.calendar or ""),
        stamp=asked.stamp,
        columns=asked.columns,
        where=asked.where,
        stamps=asked.stamps,
        close_only=asked.close_only,
    )


def _bars(asked: BarImportRequest, parts: list[Rows], judged: Judged) -> Bars:
    symbols = sorted({part.symbol for part in parts if part.symbol is not None})
    symbol = asked.symbol or (symbols[0] if len(symbols) == 1 else None)
    if symbol is None:
        found = ", ".join(symbols) or "no column that names one"
        raise InvalidInput(f"symbol: expected to be told it, found {found}; say --symbol")
    if not judged.ends_ns.size:
        listed = ", ".join(f"{kind} {count}" for kind, count in judged.counts.items())
        raise UntrustedData(
            f"{parts[0].path}: expected bars, found none that could be kept ({listed})"
        )
    columns = dict(judged.columns)
    if FUNDING in columns:
        columns[FUNDING] = columns[FUNDING] / checked_hours(asked.funding_hours)
    for join in asked.joins:
        columns[join.name] = _joined(join, asked, judged)
    return Bars(
        symbol=symbol,
        timeframe=asked.timeframe or "",
        calendar=asked.calendar or "",
        decimals=judged.decimals,
        ends_ns=judged.ends_ns,
        prices=judged.prices,
        volume=judged.volume,
        columns=columns,
    )


def _joined(join: Join, asked: BarImportRequest, judged: Judged) -> Floats:
    known = read_known(join, asked.stamps, asked.where, asked.funding_hours)
    return as_of(known, judged.ends_ns, age_of(join.name, asked.funding_hours))
