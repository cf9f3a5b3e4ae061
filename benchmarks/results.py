"""The file `build/bench/results.json`: made from what pytest-benchmark wrote, checked, shown."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.rows import ROW_FIELDS, figure_text, ratio_text, seconds_text
from benchmarks.sizes import SIZES, BenchmarkFailed

SCHEMA = 1
FIELDS = frozenset(
    {"schema", "command", "size", "sizes", "machine", "load", "taken", "seconds", "rows"}
)
DIGEST_SHOWN = 12


def results_document(report: Path, size: str, command: str, load: list[float]) -> dict[str, Any]:
    """Return the results of one pytest-benchmark report.

    command  that takes them      load  the system's load average before and after
    """
    document = json.loads(report.read_text("utf-8"))
    taken = document["benchmarks"]
    return checked(
        {
            "schema": SCHEMA,
            "command": command,
            "size": size,
            "sizes": SIZES[size].as_dict(),
            "machine": document["machine_info"]["forven"],
            "load": load,
            "taken": document["datetime"],
            "seconds": sum(sum(benchmark["stats"]["data"]) for benchmark in taken),
            "rows": [row for benchmark in taken for row in benchmark["extra_info"]["rows"]],
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


def print_table(document: dict[str, Any]) -> None:
    """Show the rows: what, cold or warm, figure, ratio and the digest's beginning."""
    table = Table(title=f"benchmarks, size {document['size']}", title_justify="left")
    table.add_column("measure", overflow="fold")
    for name in ("state", "figure", "ratio", "digest"):
        table.add_column(name, no_wrap=True)
    for row in document["rows"]:
        label, state, figure, ratio, _, digest = cells(row)
        table.add_row(label, state, figure, ratio, digest)
    Console().print(table)


def cells(row: dict[str, Any]) -> list[str]:
    """Return a row as the texts of a table."""
    return [
        row["label"],
        row["state"],
        figure_text(row),
        ratio_text(row),
        seconds_text(row),
        row["digest"][:DIGEST_SHOWN],
    ]


def _check_fields(path: str, found: frozenset[str], expected: frozenset[str]) -> None:
    """Refuse an object whose fields are not exactly those expected."""
    if found != expected:
        odd = sorted(found ^ expected)
        raise BenchmarkFailed(f"{path}: expected exactly its fields, found a difference in {odd}")
