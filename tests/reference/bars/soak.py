"""Holds the bar kernels to the oracle over as many random scenarios as there is time for.

`python -m tests.reference.bars.soak --scenarios 20000 --seed 1 --jobs 2`; a scenario that differs
is shown again by `--only SEED`.
"""

import multiprocessing
import sys
import time
from collections.abc import Iterator

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.reference.bars.kernel_run import first_difference
from tests.reference.bars.runners import KERNELS

_CHUNK = 200


def differences(seeds: range, jobs: int) -> Iterator[tuple[int, str]]:
    """Yield (scenarios done, first difference in words or nothing), a chunk of seeds at a time."""
    chunks = [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]
    if jobs == 1:
        yield from map(checked, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(checked, chunks)


def checked(seeds: range) -> tuple[int, str]:
    """Check seeds in order; stop at the first that differs."""
    for done, seed in enumerate(seeds, start=1):
        try:
            words = first_difference(KERNELS, seed)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        if words:
            return done, words
    return len(seeds), ""


@click.command()
@click.option("--scenarios", default=20_000, show_default=True, help="How many scenarios.")
@click.option("--seed", default=0, show_default=True, help="The first scenario's seed.")
@click.option("--jobs", default=1, show_default=True, help="Processes.")
@click.option("--only", type=int, default=None, help="Check the scenario of this seed alone.")
def main(scenarios: int, seed: int, jobs: int, only: int | None) -> None:
    """Hold the bar kernels to the oracle; end with 1 at the first difference."""
    console = Console()
    seeds = range(only, only + 1) if only is not None else range(seed, seed + scenarios)
    console.print(
        f"{', '.join(KERNELS)}: scenarios of bars of seeds {seeds.start} to {seeds.stop - 1}"
    )
    begun, done = time.monotonic(), 0
    columns = TextColumn("soak"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("soak", total=len(seeds))
        for count, words in differences(seeds, 1 if only is not None else jobs):
            done += count
            progress.advance(task, count)
            if words:
                progress.stop()
                console.print(words, markup=False, highlight=False, soft_wrap=True)
                differing = words.removeprefix("seed ").split(",")[0]
                console.print(f"again: python -m tests.reference.bars.soak --only {differing}")
                sys.exit(1)
    seconds = time.monotonic() - begun
    console.print(f"{done} scenarios agree, {done / seconds:.0f} a second")


if __name__ == "__main__":
    main()
