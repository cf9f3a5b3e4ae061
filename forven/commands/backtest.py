"""`forven backtest`: its options; the work is loaded when it runs, so that help is quick."""

from pathlib import Path
from typing import Any

import click

from forven.commands.lazy import load
from forven.engine.fills import FILL_PRESETS


@click.command("backtest")
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="Dataset of the catalog; see `forven data list`.")
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="First session.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Last session, included.")
@click.option(
    "--fills",
    type=click.Choice(FILL_PRESETS),
    default="backtest",
    show_default=True,
    help="How orders fill; natural fills are always shown beside.",
)
@click.option("--capital", default="100000", show_default=True, help="Opening cash a session.")
@click.option("--fees", default="default", show_default=True, help="Fee schedule: name or file.")
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report here.")
@click.option("--parquet", type=click.Path(path_type=Path), help="Write Parquet files here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON instead.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Days in work at once; the result is the same.",
)
@click.option("--profile", is_flag=True, help="Say where the time went, days/s and frames/s.")
def command(**asked: Any) -> None:
    """Backtest STRATEGY (a JSON file) over recorded sessions, each on its own."""
    load("forven.commands.backtest_run", "session.advance").run(**asked)
