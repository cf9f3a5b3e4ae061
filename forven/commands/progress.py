"""Progress bars on standard error: off when it is no terminal or when JSON was asked for."""

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
def session_progress(total: int, quiet: bool) -> Iterator[Callable[[object], None]]:
    """Yield a function to call with each session (or day) that is done."""
    console = Console(file=sys.stderr)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )
    with progress:
        task = progress.add_task("sessions", total=total)

        def observe(day: object) -> None:
            progress.update(task, advance=1, description=str(day))

        yield observe


@contextmanager
def compiling() -> Iterator[None]:
    """Say that kernels are being compiled, with a running clock where there is a terminal."""
    text = "compiling kernels for this machine, once: up to a minute or two"
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        console.print(text, highlight=False)
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(text, total=None)
        yield
