"""The dated exceptions to the exchange calendar: a shipped table and one of the user's own."""

import json
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from forven.market.home import home_folder
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import parse_clock, parse_date

SHIPPED_FILE = Path(__file__).resolve().parent / "calendar_overrides.json"
USER_FILE_NAME = "calendar_overrides.json"
"""The file under the data root whose entries go before the shipped ones."""

CLOSED = "closed"
EARLY_CLOSE = "early_close"
OPEN = "open"
_FIELDS = {"date", "status", "close", "reason", "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One day that is not as the exchange calendar has it, or whose reason is worth naming.

    status  `closed`; `early_close` at `close`; `open` from 9:30 to 16:00 (times of New York)
    """

    day: date
    status: str
    close: time | None
    reason: str
    source: str


def load_overrides(home: Path | None = None) -> dict[date, Override]:
    """Return the shipped overrides with the user's own on top, by day."""
    overrides = read_overrides(SHIPPED_FILE)
    own = home_folder(home) / USER_FILE_NAME
    if own.is_file():
        overrides.update(read_overrides(own))
    return overrides


def read_overrides(path: Path) -> dict[date, Override]:
    """Return the overrides of one JSON file; UntrustedData names the file and the entry."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UntrustedData(f"{path}: expected a calendar override file, found {error}") from None
    if not isinstance(document, dict) or set(document) != {"version", "entries"}:
        raise UntrustedData(f"{path}: expected an object with the fields version and entries")
    if document["version"] != 1 or not isinstance(document["entries"], list):
        raise UntrustedData(f"{path}: expected version 1 and a list of entries")
    overrides: dict[date, Override] = {}
    for number, entry in enumerate(document["entries"]):
        try:
            override = _override(entry)
        except InvalidInput as error:
            raise UntrustedData(f"{path}: entries[{number}]: {error}") from None
        if override.day in overrides:
            raise UntrustedData(f"{path}: entries[{number}]: {override.day} is there twice")
        overrides[override.day] = override
    return overrides


def _override(entry: object) -> Override:
    if not isinstance(entry, dict) or not set(entry) <= _FIELDS:
        raise InvalidInput(f"expected an object of {sorted(_FIELDS)}, found {entry!r}")
    for name in sorted(_FIELDS - {"close"}):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise InvalidInput(f"{name}: expected a text, found {entry.get(name)!r}")
    status, close = entry["status"], entry.get("close")
    if status not in (CLOSED, EARLY_CLOSE, OPEN):
        raise InvalidInput(f"status: expected {CLOSED}, {EARLY_CLOSE} or {OPEN}, found {status!r}")
    if (status == EARLY_CLOSE) != isinstance(close, str) or (close and status != EARLY_CLOSE):
        raise InvalidInput(f"close: expected HH:MM with {EARLY_CLOSE} and only there")
    clock = parse_clock(close) if isinstance(close, str) else None
    if clock is not None and not time(9, 30) < clock < time(16, 0):
        raise InvalidInput(f"close: expected a time between 09:30 and 16:00, found {close}")
    return Override(
        day=parse_date(entry["date"]),
        status=status,
        close=clock,
        reason=entry["reason"],
        source=entry["source"],
    )
