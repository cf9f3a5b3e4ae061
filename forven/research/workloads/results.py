"""The results of a whole run as one document: made, checked, and its rows as cells of a table."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from forven import __version__
from forven.research.workloads.contests import Contest, Observer, take_all
from forven.research.workloads.machine import machine_facts
from forven.research.workloads.rows import (
    ROW_FIELDS,
    cold_text,
    figure_text,
    ratios_text,
    seconds_text,
)
from forven.research.workloads.sizes import BenchmarkFailed, Size

SCHEMA = 2
FIELDS = frozenset(
    {
        *("schema", "command", "size", "sizes", "machine", "forven", "versions"),
        *("load", "taken", "seconds", "rows", "missing", "notes"),
    }
)
DIGEST_SHOWN = 12
RANGE = "seconds, median (range)"
HEADER = ("workload", "by", "figure", RANGE, "cold", "beside others", "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for: the command that takes it again, and the size."""

    command: str
    size: Size


def take_results(asked: Asked, contests: Iterable[Contest], observer: Observer) -> dict[str, Any]:
    """Take contests and return the results: machine, versions, load average, rows, what misses."""
    contests = list(contests)
    before, start = os.getloadavg()[0], perf_counter()
    taking = take_all(contests, observer)
    missing = [
        {"label": contest.label, "entrant": name, "reason": reason}
        for contest in contests
        for name, reason in contest.missing.items()
    ]
    entrants = [entrant for contest in contests for entrant in contest.entrants]
    return checked(
        {
            "schema": SCHEMA,
            "command": asked.command,
            "size": asked.size.name,
            "sizes": asked.size.as_dict(),
            "machine": machine_facts(),
            "forven": __version__,
            "versions": taking.versions,
            "load": [before, os.getloadavg()[0]],
            "taken": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": perf_counter() - start,
            "rows": [row.as_dict() for row in taking.rows],
            "missing": missing,
            "notes": {entrant.name: entrant.note for entrant in entrants if entrant.note},
        }
    )


def checked(document: dict[str, Any]) -> dict[str, Any]:
    """Return a results document; BenchmarkFailed names the field that is missing or unknown."""
    _check_fields("results", frozenset(document), FIELDS)
    if document["schema"] != SCHEMA:
        raise BenchmarkFailed(f"results.schema: expected {SCHEMA}, found {document['schema']!r}")
    for index, row in enumerate(document["rows"]):
        _check_fields(f"results.rows[{index}]", frozenset(row), ROW_FIELDS)
        if len(row["digest"]) != 64 or not row["samples"]:
            raise BenchmarkFailed(f"results.rows[{index}]: expected a SHA-256 and samples")
    return document


def read_results(path: Path) -> dict[str, Any]:
    """Return the results of a file that an earlier run wrote."""
    if not path.exists():
        raise BenchmarkFailed(f"{path}: expected results, found none; run `make bench` first")
    return checked(json.loads(path.read_text("utf-8")))


def cells(row: dict[str, Any]) -> list[str]:
    """Return a row as the texts below `HEADER`."""
    return [
        row["label"],
        row["entrant"],
        figure_text(row),
        seconds_text(row),
        cold_text(row),
        ratios_text(row),
        row["digest"][:DIGEST_SHOWN],
    ]


def missing_texts(document: dict[str, Any]) -> list[str]:
    """Return one line for each entrant that is missing, and why."""
    reasons = {(one["entrant"], one["reason"]) for one in document["missing"]}
    return [f"{entrant}: no rows: {reason}" for entrant, reason in sorted(reasons)]


def _check_fields(path: str, found: frozenset[str], expected: frozenset[str]) -> None:
    """Refuse an object whose fields are not exactly those expected."""
    if found != expected:
        odd = sorted(found ^ expected)
        raise BenchmarkFailed(f"{path}: expected exactly its fields, found a difference in {odd}")
