"""How results of workloads look on a terminal: the table, and who is missing."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from forven.research.workloads.results import HEADER, cells, missing_texts

BUSY_LOAD = 0.5
"""Load average above which figures are not worth much: something else is running."""


def print_results(document: dict[str, Any]) -> None:
    """Show the rows, who is missing and why, and whether the machine was quiet."""
    machine = document["machine"]
    title = (
        f"forven {document['forven']}, size {document['size']}: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['python']}"
    )
    table = Table(title=title, title_justify="left")
    for name in HEADER:
        is_text = name in ("workload", "beside others")
        table.add_column(name, overflow="fold", no_wrap=not is_text)
    label = None
    for row in document["rows"]:
        texts = cells(row)
        if label == texts[0]:
            texts[0] = ""
        elif label is not None:
            table.add_section()
        label = row["label"]
        table.add_row(*texts)
    Console().print(table)
    for text in missing_texts(document):
        click.echo(text)
    busy = document["load"][0]
    if busy > BUSY_LOAD:
        click.echo(f"load average was {busy:.2f} before: take it again on a quiet machine")
