"""`python -m benchmarks`: the standard workloads beside the field; writes results and the page."""

import json
import os
import shlex
import sys
import tempfile
from pathlib import Path

import click

from benchmarks.bars.contests import BAR_WORKLOADS, BarField
from benchmarks.bars.sizes import BAR_SIZES
from benchmarks.field import ROOT, Field
from benchmarks.page import write_page
from forven.commands.bench_table import print_results
from forven.commands.progress import session_progress
from forven.primitives.errors import ForvenError
from forven.primitives.storage import write_whole
from forven.research.workloads.contests import Contest
from forven.research.workloads.results import Asked, read_results, take_results
from forven.research.workloads.sizes import SIZES
from forven.research.workloads.suite import WORKLOADS, Suite

PAGE = ROOT / "docs" / "BENCHMARKS.md"
DEFAULT_OUTPUT = ROOT / "build" / "bench"
HOME_VARIABLE = "FORVEN_BENCH_HOME"
COMMAND = ("python", "-m", "benchmarks")
RESULTS_FILE = "results.json"
ALL_WORKLOADS = (*WORKLOADS, *BAR_WORKLOADS)


@click.command("benchmarks")
@click.option("--size", type=click.Choice(list(SIZES)), default="real", show_default=True)
@click.option("--only", type=click.Choice(ALL_WORKLOADS), multiple=True, help="Take only this one.")
@click.option("--write-docs", is_flag=True, help="Write the last results into docs/BENCHMARKS.md.")
@click.option("--output", type=click.Path(path_type=Path), default=DEFAULT_OUTPUT, hidden=True)
def main(size: str, only: tuple[str, ...], write_docs: bool, output: Path) -> None:
    """Take the benchmarks; or, with --write-docs, publish what `make bench` took last.

    Results go to build/bench/results.json. Take them on a machine that does nothing else.
    """
    if write_docs:
        write_page(PAGE, read_results(output / RESULTS_FILE))
        return
    output.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "kernels"))
    command = shlex.join(sum((("--only", name) for name in only), COMMAND + ("--size", size)))
    home = Path(os.environ.get(HOME_VARIABLE) or ROOT / "build" / "bench-home")
    with tempfile.TemporaryDirectory(dir=output) as folder:
        contests = contests_of(size, only or ALL_WORKLOADS, home, Path(folder))
        steps = sum(contest.steps for contest in contests)
        with session_progress(steps, quiet=False) as observer:
            asked = Asked(command=command, size=SIZES[size])
            results = take_results(asked, contests, observer)
    write_whole(output / RESULTS_FILE, (json.dumps(results, indent=1) + "\n").encode())
    print_results(results)


def contests_of(size: str, workloads: tuple[str, ...], home: Path, folder: Path) -> list[Contest]:
    """Return the contests of some workloads, with everybody who can take part.

    home    data root of synthetic days      folder  where what peers read is written
    """
    suite = Suite(SIZES[size], home)
    contests = Field(SIZES[size], folder).joined(suite.contests(workloads))
    bars = BarField(BAR_SIZES[size], folder, suite.backends, suite.missing)
    return [*contests, *bars.contests(workloads)]


if __name__ == "__main__":
    try:
        main(prog_name="python -m benchmarks")
    except ForvenError as error:
        sys.exit(f"error: {error}")
