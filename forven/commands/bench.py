"""`forven bench`: its options; the work is loaded when it runs, so that help is quick."""

from pathlib import Path
from typing import Any

import click

from forven.commands.lazy import load
from forven.research.workloads.sizes import SIZES

NAMES = ("option_day", "fleet", "quote_stream", "pipeline", "start")


@click.command("bench")
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="small",
    show_default=True,
    help="How much work: tiny proves that it works, real takes several minutes.",
)
@click.option("--only", type=click.Choice(NAMES), multiple=True, help="Only this workload.")
@click.option("--data", metavar="NAME", help="Dataset of the catalog instead of synthetic days.")
@click.option(
    "--strategy",
    type=click.Path(path_type=Path),
    help="With --data: this strategy (a JSON file) with many profit targets.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead.")
def command(**asked: Any) -> None:
    """Measure this machine: option day, fleet, quote stream, pipeline and start.

    Every backend there is runs each workload in turn, in processes of their own; results that
    differ are an error. Synthetic days are made once and kept in the data root.
    """
    load("forven.commands.bench_run").run(**asked)
