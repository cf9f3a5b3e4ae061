"""Values of another table beside the bars: at each bar's end, the last that was known by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from forven.market.bars.bars import Floats, Integers
from forven.market.bars.columns import age_ns, checked_column
from forven.market.bars.layout import time_column
from forven.market.bars.rows import chosen_rows, flat, open_any, read_whole, values_of
from forven.market.bars.stamps import StampRules, read_stamps
from forven.market.bars.timeframes import DAY_NS, HOUR_NS
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import NANOSECONDS_PER_MINUTE, rfc3339

FUNDING = "funding_rate"
FUNDING_HOURS_MAX = 24
_LATE_NS = NANOSECONDS_PER_MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A column to be made of a file's column; `column` None: the one of the name."""

    name: str
    path: Path
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Values and the moments from which each is known, strictly increasing."""

    moments_ns: Integers
    values: Floats


def parse_join(text: str) -> Join:
    """Return the join written as NAME=FILE or NAME=FILE:COLUMN; InvalidInput otherwise."""
    name, separator, rest = text.partition("=")
    if not separator or not rest:
        raise InvalidInput(f"join: expected NAME=FILE or NAME=FILE:COLUMN, found {text!r}")
    path, colon, column = rest.rpartition(":")
    if not colon or Path(rest).is_file():
        path, column = rest, ""
    return Join(name=checked_column(name.strip()), path=Path(path), column=column or None)


def read_known(
    join: Join, rules: StampRules, where: Sequence[tuple[str, str]], funding_hours: int | None
) -> Known:
    """Return the values of a file. A date is known at its end, 24:00 UTC.

    Rows without a value are skipped and rows put in order; two values of one moment are refused.
    `funding_rate` is divided by the hours that a rate is charged for.
    """
    table_file = open_any(join.path)
    column = join.column or join.name
    if column not in table_file.columns:
        raise UntrustedData(
            f"{join.path}: expected the column {column!r}, found {', '.join(table_file.columns)}; "
            f"name it with {join.name}=FILE:COLUMN"
        )
    time = time_column(join.path, table_file.columns)
    asked = [name for name, _ in where if name in table_file.columns]
    table = read_whole(table_file, tuple(dict.fromkeys((time, column, *asked))))
    stamps = read_stamps(flat(table.column(time)), rules)
    moments = stamps.moments_ns + (DAY_NS if stamps.are_dates else 0)
    values = values_of(join.path, table, column)
    kept = np.flatnonzero(stamps.readable & np.isfinite(values) & chosen_rows(table, where))
    order = kept[np.argsort(moments[kept], kind="stable")]
    moments, values = moments[order], values[order]
    if not moments.size:
        raise UntrustedData(f"{join.path}: expected values of {column}, found none")
    again = moments[1:] == moments[:-1]
    if (clash := again & (values[1:] != values[:-1])).any():
        at = int(np.argmax(clash))
        raise UntrustedData(
            f"{join.path}: expected one value of {column} at {rfc3339(int(moments[at]))}, found "
            f"{values[at]} and {values[at + 1]}; choose rows with --where COLUMN=VALUE"
        )
    first = np.append(True, ~again)
    return Known(moments_ns=moments[first], values=values[first] / _hours(join.name, funding_hours))


def as_of(known: Known, ends_ns: Integers, age_ns_max: int) -> Floats:
    """Return at each end the last value known by then; NaN where none is, or it is too old."""
    place = np.searchsorted(known.moments_ns, ends_ns, "right") - 1
    before = np.maximum(place, 0)
    there = (place >= 0) & (ends_ns - known.moments_ns[before] <= age_ns_max)
    return np.where(there, known.values[before], np.nan)


def age_of(name: str, funding_hours: int | None) -> int:
    """Return for how long a value of a column stands; funding for its hours and a minute."""
    if name == FUNDING and funding_hours is not None:
        return funding_hours * HOUR_NS + _LATE_NS
    return age_ns(name)


def _hours(name: str, funding_hours: int | None) -> float:
    return float(checked_hours(funding_hours)) if name == FUNDING else 1.0


def checked_hours(funding_hours: int | None) -> int:
    """Return the hours that a funding rate is charged for; InvalidInput if they are not said."""
    if funding_hours is None or not 1 <= funding_hours <= FUNDING_HOURS_MAX:
        raise InvalidInput(
            f"funding_rate: expected the hours each rate is charged for, 1 to {FUNDING_HOURS_MAX} "
            f"(8 on most venues, 1 on HyperLiquid), found {funding_hours}; say --funding-hours"
        )
    return funding_hours
