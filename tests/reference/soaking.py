"""Holds kernels to an oracle over as many random worlds as there is time for."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.reference.sides import installed_sides

Compare = Callable[[int], str]
"""Says where oracle and kernels differ on the world of a seed, or nothing; a function of a module,
which other processes can be sent."""

_CHUNK = 200


def soak_command(kernels: str, module: str, compare: Compare) -> click.Command:
    """Return the command line of a soak.

    kernels  as `installed_sides` calls them        module  what runs the command, to say it again
    """

    @click.command(module, help=f"Hold the {kernels} kernels to the oracle over random worlds.")
    @click.option("--scenarios", default=20_000, show_default=True, help="How many worlds.")
    @click.option("--seed", default=0, show_default=True, help="The first world's seed.")
    @click.option("--jobs", default=1, show_default=True, help="Processes.")
    @click.option("--only", type=int, default=None, help="Check the world of this seed alone.")
    def soak(scenarios: int, seed: int, jobs: int, only: int | None) -> None:
        seeds = range(only, only + 1) if only is not None else range(seed, seed + scenarios)
        names = ", ".join(installed_sides(kernels))
        console = Console()
        console.print(f"{kernels} on {names}: worlds of seeds {seeds.start} to {seeds.stop - 1}")
        begun = time.monotonic()
        words = first_difference(seeds, 1 if only is not None else jobs, compare, console)
        if words:
            console.print(words, markup=False, highlight=False, soft_wrap=True)
            differing = words.removeprefix("seed ").split(",")[0]
            console.print(f"again: python -m {module} --only {differing}")
            sys.exit(1)
        pace = len(seeds) / (time.monotonic() - begun)
        console.print(f"{len(seeds)} worlds agree, {pace:.0f} a second")

    return soak


def first_difference(seeds: range, jobs: int, compare: Compare, console: Console) -> str:
    """Return the first difference in words, or nothing, showing how far the worlds have come."""
    columns = TextColumn("soak"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("soak", total=len(seeds))
        for done, words in differences(seeds, jobs, compare):
            progress.advance(task, done)
            if words:
                return words
    return ""


def differences(seeds: range, jobs: int, compare: Compare) -> Iterator[tuple[int, str]]:
    """Yield (worlds done, first difference in words or nothing), a chunk of seeds at a time."""
    chunks = [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]
    if jobs == 1:
        yield from map(partial(checked, compare), chunks)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(partial(checked, compare), chunks)


def checked(compare: Compare, seeds: range) -> tuple[int, str]:
    """Check seeds in order; stop at the first that differs."""
    for done, seed in enumerate(seeds, start=1):
        try:
            words = compare(seed)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        if words:
            return done, words
    return len(seeds), ""
