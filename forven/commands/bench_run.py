"""The work of `forven bench`: check what was asked, take the workloads, show them."""

import json
import shlex
from contextlib import nullcontext
from pathlib import Path

import click

from forven.commands.bench_table import print_results
from forven.commands.progress import compiling, session_progress
from forven.kernels.cache import are_compiled
from forven.market.home import home_folder
from forven.research.workloads.results import Asked, take_results
from forven.research.workloads.sizes import SIZES
from forven.research.workloads.suite import OWN_WORKLOADS, WORKLOADS, OwnData, Suite

KERNEL = "session.advance"
HOME = "bench"
"""Folder of the data root that holds the synthetic days; a data root of its own."""


def run(
    size: str, only: tuple[str, ...], data: str | None, strategy: Path | None, as_json: bool
) -> None:
    """Take the workloads asked for and show them.

    errors: UsageError, UnknownDataset, InvalidStrategy, BenchmarkFailed
    """
    if strategy is not None and data is None:
        raise click.UsageError("--strategy: expected --data NAME beside it, found none")
    known = WORKLOADS if data is None else OWN_WORKLOADS
    unfit = [name for name in only if name not in known]
    if unfit:
        raise click.UsageError(
            f"--only {unfit[0]}: expected one of {', '.join(known)} with --data; "
            "the others run on what they make themselves"
        )
    chosen = SIZES[size]
    own = None if data is None else OwnData.opened(data, strategy, chosen)
    # Asking each backend loads it, so this is where kernels are compiled that are not yet.
    with nullcontext() if are_compiled((KERNEL,)) else compiling():
        suite = Suite(chosen, home_folder() / HOME, own)
    contests = suite.contests(only or known)
    steps = sum(contest.steps for contest in contests)
    with session_progress(steps, quiet=as_json) as observer:
        command = command_text(size, only, data, strategy)
        results = take_results(Asked(command=command, size=chosen), contests, observer)
    if as_json:
        click.echo(json.dumps(results, indent=2, allow_nan=False))
    else:
        print_results(results)


def command_text(size: str, only: tuple[str, ...], data: str | None, strategy: Path | None) -> str:
    """Return the command that takes the same again, without any folder's name."""
    words = ["forven", "bench", "--size", size]
    for name in only:
        words += ["--only", name]
    if data is not None:
        words += ["--data", data]
    if strategy is not None:
        words += ["--strategy", strategy.name]
    return shlex.join(words)
