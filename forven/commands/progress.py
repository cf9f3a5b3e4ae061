"""Progress bars on standard error: off when it is no terminal or when JSON was asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def session_progress(total: int, quiet: bool) -> Iterator[Callable[[object], None]]:
    """Yield a function to call with each session (or day) that is done."""
    console = Console(stderr=True)
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
