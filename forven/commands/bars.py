"""Progress as it is drawn on a terminal; nothing else of a command needs what this file imports."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def sessions_bar(total: int) -> Iterator[Callable[[object], None]]:
    """Draw a bar on standard error, gone at the end; yield what to call with each day done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("sessions", total=total)

        def observe(day: object) -> None:
            progress.update(task, advance=1, description=str(day))

        yield observe


@contextmanager
def runs_bar(total: int) -> Iterator[Callable[[int, str], None]]:
    """Draw a bar of runs and a word on them, gone at the end; yield what to call with some done."""
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    said = TextColumn("{task.description}")
    with Progress(*columns, said, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task("", total=total)

        def observe(count: int, text: str) -> None:
            progress.update(task, advance=count, description=text)

        yield observe


@contextmanager
def clock_bar(text: str) -> Iterator[None]:
    """Draw a text and a running clock on standard error, gone at the end."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        progress.add_task(text, total=None)
        yield
