"""The list of a dataset's days, `dataset.json`: what is in it, and the content of each day."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forven.market.tick_files import read_json, write_json
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date

MANIFEST_FILE = "dataset.json"
DAYS_FOLDER = "days"
BARS_FILE = "bars.parquet"
TICKS, BARS = "ticks", "bars"
"""The kinds of a dataset: days of option quotes, or one series of bars."""

_VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEntry:
    """One day of a dataset: the identity of its content and its rows."""

    content_hash: str
    quote_rows: int
    print_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a dataset says of itself; a day that is not listed here is not part of it.

    source  where the data came from, as `synthetic` or a file's name
    seed    that made every day of it; None for recorded data
    """

    source: str
    description: str
    days: dict[date, DayEntry]
    seed: int | None = None

    def write(self, folder: Path) -> None:
        """Write the manifest into a dataset's folder."""
        days = {
            day.isoformat(): {name: getattr(entry, name) for name in _ENTRY_FIELDS}
            for day, entry in sorted(self.days.items())
        }
        document: dict[str, object] = {
            "version": _VERSION,
            "source": self.source,
            "description": self.description,
        }
        if self.seed is not None:
            document["seed"] = self.seed
        write_json(folder / MANIFEST_FILE, {**document, "days": days})


_ENTRY_FIELDS = {"content_hash": str, "quote_rows": int, "print_rows": int}


def read_manifest(folder: Path) -> Manifest:
    """Return a dataset's manifest; UntrustedData if it is lost or damaged."""
    return read_json(folder / MANIFEST_FILE, _manifest)


def kind_of(folder: Path) -> str:
    """Return the kind of the dataset in a folder; of a damaged one what its files look like."""
    try:
        document = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return BARS if (folder / BARS_FILE).exists() else TICKS
    return BARS if isinstance(document, dict) and document.get("kind") == BARS else TICKS


def is_name(text: str) -> bool:
    """Return whether a dataset may be called so."""
    return _NAME.fullmatch(text) is not None


def checked_name(name: str) -> str:
    """Return a dataset's name if it is one that stays inside the data root; else InvalidInput."""
    if not isinstance(name, str) or not is_name(name):
        raise InvalidInput(
            "dataset name: expected 1 to 64 of a-z, 0-9, '_', '.' and '-', a letter or digit "
            f"first, found {name!r}"
        )
    return name


def day_folder(folder: Path, day: date) -> Path:
    """Return where a dataset keeps one day."""
    return folder / DAYS_FOLDER / day.isoformat()


def _manifest(document: object) -> Manifest:
    if not isinstance(document, dict):
        raise InvalidInput("expected an object")
    if set(document) - {"seed"} != {"version", "source", "description", "days"}:
        raise InvalidInput(f"expected version, source, description, days; found {list(document)}")
    if document["version"] != _VERSION:
        raise InvalidInput(f"version: expected {_VERSION}, found {document['version']!r}")
    if not isinstance(document["source"], str) or not isinstance(document["description"], str):
        raise InvalidInput("source and description: expected texts")
    seed = document.get("seed")
    if type(seed) is not int and "seed" in document:
        raise InvalidInput("seed: expected a whole number")
    if not isinstance(document["days"], dict):
        raise InvalidInput("days: expected an object")
    days = {parse_date(day): _entry(day, entry) for day, entry in document["days"].items()}
    return Manifest(
        source=document["source"], description=document["description"], days=days, seed=seed
    )


def _entry(day: str, entry: object) -> DayEntry:
    if not isinstance(entry, dict) or set(entry) != set(_ENTRY_FIELDS):
        raise InvalidInput(f"days.{day}: expected an object of the fields {list(_ENTRY_FIELDS)}")
    for name, kind in _ENTRY_FIELDS.items():
        if type(entry[name]) is not kind:
            raise InvalidInput(f"days.{day}.{name}: expected {kind.__name__}")
    return DayEntry(**entry)
