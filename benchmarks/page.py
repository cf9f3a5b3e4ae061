"""The table in docs/BENCHMARKS.md: written from results, between two marks, never by hand."""

from pathlib import Path
from typing import Any

from benchmarks.results import cells
from benchmarks.sizes import BenchmarkFailed
from forven.primitives.storage import write_whole

BEGIN = "<!-- written by `python -m benchmarks --write-docs` -->"
END = "<!-- end of what is written -->"
_HEADER = ("measure", "state", "figure", "ratio", "seconds, median (range)", "digest")


def table_text(document: dict[str, Any]) -> str:
    """Return the machine and the rows of some results as Markdown."""
    machine = document["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    before, after = document["load"]
    taken_on = (
        f"`{document['command']}`, {document['taken'][:10]}: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"{machine['python']}, backend {machine['backend']}, {versions}. "
        f"Load average {before:.2f} before and {after:.2f} after."
    )
    lines = [
        taken_on,
        "",
        f"| {' | '.join(_HEADER)} |",
        f"|{'---|' * len(_HEADER)}",
        *(f"| {' | '.join(cells(row))} |" for row in document["rows"]),
        "",
        *detail_lines(document["rows"]),
    ]
    return "\n".join(lines)


def detail_lines(rows: list[dict[str, Any]]) -> list[str]:
    """Return one line a row that has more to say than its figure."""
    return [
        f"- {row['label']}: "
        + ", ".join(f"{name} {number:,.6g}" for name, number in row["details"].items())
        for row in rows
        if row["details"]
    ]


def write_page(page: Path, document: dict[str, Any]) -> None:
    """Put the results between the marks of a page; BenchmarkFailed if it has not both."""
    text = page.read_text("utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise BenchmarkFailed(f"{page}: expected the lines {BEGIN!r} and {END!r}, in that order")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    write_whole(page, f"{head}{BEGIN}\n{table_text(document)}\n{END}{tail}".encode())
