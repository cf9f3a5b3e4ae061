"""Tables of `forven data`: plain columns, never cut short where the output is not a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

_PIPED_WIDTH = 240


def console() -> Console:
    """Return the console of standard output, wide enough for every table when it is piped."""
    found = Console()
    return found if found.is_terminal else Console(width=_PIPED_WIDTH)


def print_table(title: str, rows: list[dict[str, Any]], numeric: tuple[str, ...]) -> None:
    """Print rows of one shape under their keys as headings, the `numeric` ones to the right."""
    table = Table(title=title or None, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(
            heading.replace("_", " "),
            justify="right" if heading in numeric else "left",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    console().print(table, highlight=False, markup=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
