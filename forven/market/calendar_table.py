"""The exchange's closures and early closes, read from a table that ships with forven."""

import json
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import parse_clock, parse_date

TABLE_FILE = Path(__file__).resolve().parent / "calendar_table.json"
"""Made by `python -m forven.market.calendar_maker` from exchange_calendars; not edited by hand."""

TABLE_VERSION = 1
_FIELDS = {"version", "source", "first_day", "last_day", "closures", "early_closes"}
_WEEKEND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTable:
    """Every weekday from one day to another is a session, 9:30 to 16:00, but for these.

    closures      weekdays without a session, with the holiday's name; None: an exceptional closure
    early_closes  when the session ends that day, New York
    """

    first_day: date
    last_day: date
    closures: dict[date, str | None]
    early_closes: dict[date, time]

    def days(self) -> list[date]:
        """Return the days of all sessions, in order."""
        first, last = self.first_day.toordinal(), self.last_day.toordinal()
        weekdays = (date.fromordinal(day) for day in range(first, last + 1) if _is_weekday(day))
        return [day for day in weekdays if day not in self.closures]


def read_table(path: Path = TABLE_FILE) -> CalendarTable:
    """Return the table of a JSON file; UntrustedData names the file and the entry."""
    try:
        return _table(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, InvalidInput) as error:
        raise UntrustedData(
            f"{path}: expected the table of the exchange's calendar, found damage: {error}; "
            "install forven again"
        ) from None


def _table(document: Any) -> CalendarTable:
    """Return the table of a document; InvalidInput names what is not as expected."""
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise InvalidInput(f"expected an object of the fields {sorted(_FIELDS)}")
    if document["version"] != TABLE_VERSION:
        raise InvalidInput(f"version: expected {TABLE_VERSION}, found {document['version']!r}")
    listed = [document["closures"], document["early_closes"]]
    if not all(isinstance(part, dict) for part in listed):
        raise InvalidInput("expected closures and early_closes by day")
    closures = {parse_date(day): _name(day, name) for day, name in listed[0].items()}
    early_closes = {parse_date(day): parse_clock(str(clock)) for day, clock in listed[1].items()}
    table = CalendarTable(
        first_day=parse_date(str(document["first_day"])),
        last_day=parse_date(str(document["last_day"])),
        closures=closures,
        early_closes=early_closes,
    )
    for day in (*closures, *early_closes):
        if not table.first_day <= day <= table.last_day or not _is_weekday(day.toordinal()):
            raise InvalidInput(f"expected weekdays of its range, found {day}")
    if both := sorted(set(closures) & set(early_closes)):
        raise InvalidInput(f"expected {both[0]} as a closure or an early close, found both")
    return table


def _name(day: str, name: object) -> str | None:
    """Return a closure's name as it stands in the table."""
    if name is not None and not (isinstance(name, str) and name):
        raise InvalidInput(f"closures.{day}: expected a name or null, found {name!r}")
    return name


def _is_weekday(ordinal: int) -> bool:
    """Return whether a day, by its ordinal, is a Monday to Friday."""
    return (ordinal + 6) % 7 < _WEEKEND
