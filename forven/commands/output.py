"""How commands print documents: as JSON where asked for, else as tables and named values."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

from forven.commands.data_tables import print_table

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")

Command = Callable[..., Any]


def print_rows(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], as_json: bool, nothing: str
) -> None:
    """Print documents of one kind: all of each as JSON, else these columns as a table.

    nothing  what to say where there are none
    """
    if as_json:
        click.echo(json.dumps(list(rows), indent=2))
    elif not rows:
        click.echo(nothing)
    else:
        print_table("", [{name: _plain(row.get(name)) for name in columns} for row in rows], ())


def print_document(document: dict[str, Any], as_json: bool) -> None:
    """Print one document: as JSON, else a line for each of its values."""
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    width = max((len(name) for name in document), default=0)
    for name, value in document.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {_plain(value)}")


def print_done(document: object, as_json: bool, sentence: str) -> None:
    """Print the answer to an action: its document as JSON, else a sentence."""
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo(sentence)


def _plain(value: object) -> object:
    """Return a value as a cell shows it; nested ones as JSON in one line."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
