"""`forven sweep`: its options; the work is loaded when it runs, so that help is quick."""

import os
from pathlib import Path
from typing import Any

import click

from forven.commands.bar_options import policy_options
from forven.commands.lazy import load


@click.command("sweep")
@click.argument("strategy")
@click.argument("more", metavar="[NAME=VALUES]...", nargs=-1)
@click.option("--data", required=True, help="Series of bars; see `forven data list`.")
@click.option("--grid", multiple=True, metavar="NAME=VALUES...", help="fast=5:50:5 slow=20,50,100")
@click.option("--random", type=int, metavar="N", help="A random sample of N instead of all.")
@click.option("--sobol", type=int, metavar="N", help="A Sobol sample, which covers evenly.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of a sample.")
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="First day of bars, UTC.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Last day, included.")
@click.option(
    "--train-pct",
    type=click.IntRange(1, 100),
    default=70,
    show_default=True,
    help="Percent of the bars that train; 100: no test.",
)
@policy_options
@click.option("--fast", "is_fast", is_flag=True, help="Metrics of trades alone: no Sharpe of bars.")
@click.option("--sort", default=None, metavar="METRIC", help="What the best is; see METRICS.md.")
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the results; under FORVEN_HOME if not said. Run again, it goes on there.",
)
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report here.")
@click.option("--json", "as_json", is_flag=True, help="Print the leaders as JSON instead.")
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    help="All cores if not said; the result is the same.",
)
@click.option("--on", "cluster", metavar="dask://HOST:PORT", help="Run chunks on a Dask cluster.")
def command(**asked: Any) -> None:
    """Run STRATEGY with every combination of a grid, or a sample of them, over bars.

    STRATEGY is the name of a built-in one (`forven strategies list`) or a .py file.
    """
    load("forven.commands.sweep_run").run(**asked)
