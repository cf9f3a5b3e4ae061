"""The table in docs/BENCHMARKS.md: written from results, between two marks, never by hand."""

from pathlib import Path
from typing import Any

from forven.primitives.storage import write_whole
from forven.research.workloads.results import HEADER, cells, missing_texts
from forven.research.workloads.sizes import BenchmarkFailed

BEGIN = "<!-- written by `python -m benchmarks --write-docs` -->"
END = "<!-- end of what is written -->"


def table_text(document: dict[str, Any]) -> str:
    """Return the machine, the rows, who is missing and the notes of some results as Markdown."""
    lines = [
        taken_text(document),
        "",
        f"| {' | '.join(HEADER)} |",
        f"|{'---|' * len(HEADER)}",
        *(f"| {' | '.join(cells(row))} |" for row in document["rows"]),
        "",
        *(f"- {text}" for text in missing_texts(document)),
        *(f"- *{name}*: {note}." for name, note in document["notes"].items()),
        "",
        *detail_lines(document["rows"]),
    ]
    return "\n".join(lines)


def taken_text(document: dict[str, Any]) -> str:
    """Return in a sentence what was taken where, when and with which versions."""
    machine = document["machine"]
    before, after = document["load"]
    versions = "; ".join(
        f"{name}: {', '.join(f'{package} {number}' for package, number in found.items())}"
        for name, found in document["versions"].items()
    )
    return (
        f"`{document['command']}`, {document['taken'][:10]}, {document['seconds']:.0f} s: "
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, {machine['python']}, forven {document['forven']} ({versions}). "
        f"Load average {before:.2f} before and {after:.2f} after."
    )


def detail_lines(rows: list[dict[str, Any]]) -> list[str]:
    """Return one line a row that has more to say than its figure."""
    return [
        f"- {row['label']}, {row['entrant']}: "
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
