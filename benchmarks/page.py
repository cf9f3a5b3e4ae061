"""The tables in docs/BENCHMARKS.md: written from results, between two marks, never by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars.contests import BAR_WORKLOADS
from forven.primitives.storage import write_whole
from forven.research.workloads.results import HEADER, cells, missing_texts
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.suite import WORKLOADS

END = "<!-- end of what is written -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The part of the page between `begin` and the next END: the rows of some workloads."""

    begin: str
    workloads: tuple[str, ...]


SECTIONS = (
    Section(begin="<!-- written by `python -m benchmarks --write-docs` -->", workloads=WORKLOADS),
    Section(
        begin="<!-- written by `python -m benchmarks --write-docs`: bars -->",
        workloads=BAR_WORKLOADS,
    ),
)


def part_of(document: dict[str, Any], workloads: Iterable[str]) -> dict[str, Any]:
    """Return results with the rows of some workloads, and what is said of who took part in them."""
    wanted = set(workloads)
    rows = [row for row in document["rows"] if row["workload"] in wanted]
    labels = {row["label"] for row in rows}
    entrants = {row["entrant"] for row in rows}
    return {
        **document,
        "rows": rows,
        "missing": [one for one in document["missing"] if one["label"] in labels],
        "notes": {name: note for name, note in document["notes"].items() if name in entrants},
        "versions": {
            name: found for name, found in document["versions"].items() if name in entrants
        },
    }


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
    """Put the results between the marks of a page, section by section; one without rows stays.

    errors  BenchmarkFailed for a page that has not all marks; it is left alone
    """
    text = page.read_text("utf-8")
    for section in SECTIONS:
        part = part_of(document, section.workloads)
        head, old, tail = _split(page, text, section.begin)
        written = f"\n{table_text(part)}\n" if part["rows"] else old
        text = f"{head}{section.begin}{written}{END}{tail}"
    write_whole(page, text.encode())


def _split(page: Path, text: str, begin: str) -> tuple[str, str, str]:
    """Return what stands before a mark, between it and the next end, and after that."""
    head, mark, rest = text.partition(begin)
    old, end, tail = rest.partition(END)
    if not mark or not end or begin in rest or "<!-- written" in old:
        raise BenchmarkFailed(f"{page}: expected the lines {begin!r} and {END!r}, in that order")
    return head, old, tail
