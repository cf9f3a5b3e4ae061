"""How results of workloads look on a terminal: the table, and who is missing."""

from itertools import groupby
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from forven.research.workloads.results import HEADER, RANGE, cells, missing_texts

BUSY_LOAD = 0.5
"""Load average above which figures are not worth much: something else is running."""


def print_results(document: dict[str, Any]) -> None:
    """Show the rows, who is missing and why, and whether the machine was quiet."""
    machine = document["machine"]
    click.echo(
        f"forven {document['forven']}, size {document['size']}: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['python']}"
    )
    console = Console()
    for label, rows in groupby(document["rows"], key=lambda row: row["label"]):
        console.print(rows_table(label, list(rows)))
    for text in missing_texts(document):
        click.echo(text)
    busy = document["load"][0]
    if busy > BUSY_LOAD:
        click.echo(f"load average was {busy:.2f} before: take it again on a quiet machine")


def rows_table(label: str, rows: list[dict[str, Any]]) -> Table:
    """Return the table of one piece of work: who did it, how fast, and beside whom."""
    table = Table(title=label, title_justify="left", box=SIMPLE, pad_edge=False)
    for name in HEADER[1:]:
        if name != RANGE:
            table.add_column(name, no_wrap=name in ("figure", "digest"), overflow="fold")
    hidden = HEADER.index(RANGE)
    for row in rows:
        texts = cells(row)
        table.add_row(*texts[1:hidden], *texts[hidden + 1 :])
    return table
