"""`python -m benchmarks`: takes the benchmarks, shows them, and writes results and page."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks.page import write_page
from benchmarks.results import print_table, read_results, results_document
from benchmarks.sizes import ROOT, SIZE_VARIABLE, SIZES, BenchmarkFailed
from forven.primitives.errors import ForvenError
from forven.primitives.storage import write_whole

MEASURES = ("option_day", "fleet", "pipeline", "start")
PAGE = ROOT / "docs" / "BENCHMARKS.md"
DEFAULT_OUTPUT = ROOT / "build" / "bench"
COMMAND = ("python", "-m", "benchmarks")
RESULTS_FILE = "results.json"
BUSY_LOAD = 0.5
"""Load average above which figures are not worth much: something else is running."""


@click.command("benchmarks")
@click.option("--size", type=click.Choice(list(SIZES)), default="real", show_default=True)
@click.option("--only", type=click.Choice(MEASURES), multiple=True, help="Take only this one.")
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
    command = shlex.join(sum((("--only", name) for name in only), COMMAND + ("--size", size)))
    results = take(size, only or MEASURES, command)
    write_whole(output / RESULTS_FILE, (json.dumps(results, indent=1) + "\n").encode())
    print_table(results)
    busy = results["load"][0]
    if busy > BUSY_LOAD:
        click.echo(f"load average was {busy:.2f} before: take it again on a quiet machine")


def take(size: str, measures: tuple[str, ...], command: str) -> dict[str, Any]:
    """Return the results of some measures, taken by pytest-benchmark in a process of its own."""
    environment = {**os.environ, SIZE_VARIABLE: size}
    environment.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "kernels"))
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"),
                *("-p", "no:xdist", "-o", "python_files=bench_*.py"),
                *("-o", "python_functions=bench_*", "--benchmark-quiet"),
                *(f"--benchmark-json={report}", "--disable-warnings"),
                *(str(ROOT / "benchmarks" / f"bench_{measure}.py") for measure in measures),
            ],
            cwd=ROOT,
            env=environment,
            check=False,
        )
        if ran.returncode != 0:
            raise BenchmarkFailed(f"expected every benchmark to pass, found exit {ran.returncode}")
        load = [before, os.getloadavg()[0]]
        return results_document(report, size, command, load)


if __name__ == "__main__":
    try:
        main(prog_name="python -m benchmarks")
    except ForvenError as error:
        sys.exit(f"error: {error}")
