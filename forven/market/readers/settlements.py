"""Settlement values from a CSV with the columns date, value and, where there are several, kind."""

import csv
from datetime import date
from pathlib import Path

from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.money import CENT_QUANTA_PER_POINT, price_text, scaled_integer
from forven.primitives.time import parse_date

AFTERNOON_KINDS = ("SPXW PM", "SPX close", "PM", "close")
"""Accepted kinds; text after one of them, as in `SPXW PM (13:00 early close)`, is a remark."""


def parse_settlement(text: str, name: str = "settlement") -> int:
    """Return a settlement value in quanta; InvalidInput unless it is a cent multiple above 0."""
    quanta = scaled_integer(text, CENT_QUANTA_PER_POINT, name)
    if not 0 < quanta < 10**9:
        raise InvalidInput(f"{name}: expected a value above 0 and below 10,000,000, found {text}")
    return quanta


def read_settlements(path: Path) -> dict[date, int]:
    """Return the settlement value in quanta of each date in a CSV; refuse it whole if unclear."""
    values: dict[date, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [c for c in ("date", "value") if c not in (reader.fieldnames or [])]
            if lacking:
                raise UntrustedData(
                    f"{path}: columns missing for settlements: {', '.join(lacking)};"
                    f" the file has {', '.join(reader.fieldnames or []) or 'none'}"
                )
            for number, row in enumerate(reader, start=1):
                _take(values, row, f"{path}, row {number}")
    except (UnicodeDecodeError, csv.Error) as error:
        raise UntrustedData(f"{path}: expected CSV text of settlements, found {error}") from None
    return values


def _take(values: dict[date, int], row: dict[str, str | None], place: str) -> None:
    kind = (row.get("kind") or AFTERNOON_KINDS[0]).strip()
    if not kind.startswith(AFTERNOON_KINDS):
        raise UntrustedData(
            f"{place}: expected a closing settlement ({', '.join(AFTERNOON_KINDS)}),"
            f" found kind {kind!r}"
        )
    try:
        day = parse_date((row["date"] or "").strip())
        value = parse_settlement((row["value"] or "").strip(), "value")
    except InvalidInput as error:
        raise UntrustedData(f"{place}: {error}") from None
    if values.setdefault(day, value) != value:
        raise UntrustedData(
            f"{place}: expected one value for {day}, found {price_text(values[day])}"
            f" and {price_text(value)}"
        )
