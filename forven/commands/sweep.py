"""`forven sweep`: its options; the work is loaded when it runs, so that help is quick."""

import os
from pathlib import Path
from typing import Any

import click

from forven.commands.bar_options import BARS_ONLY, policy_options
from forven.commands.kinds import for_bars, for_sessions, refuse_said
from forven.commands.lazy import load
from forven.engine.fills import FILL_PRESETS
from forven.strategies.naming import runs_over_bars

_SESSIONS_ONLY = ("fills", "fees")
_BARS_ONLY = ("is_fast", "cluster", *BARS_ONLY)


@click.command("sweep")
@click.argument("strategy")
@click.argument("more", metavar="[NAME=VALUES]...", nargs=-1)
@click.option("--data", required=True, help="Dataset; see `forven data list`.")
@click.option("--grid", multiple=True, metavar="NAME=VALUES...", help="fast=5:50:5 slow=20,50,100")
@click.option("--random", type=int, metavar="N", help="A random sample of N instead of all.")
@click.option("--sobol", type=int, metavar="N", help="A Sobol sample, which covers evenly.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of a sample.")
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="First session or day of bars.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Last day, included.")
@click.option(
    "--train-pct",
    type=click.IntRange(1, 100),
    default=70,
    show_default=True,
    help="Percent of the bars or sessions that train; 100: no test.",
)
@click.option(
    "--fills",
    type=click.Choice(FILL_PRESETS),
    default="backtest",
    show_default=True,
    help="Sessions: how orders fill.",
)
@click.option("--fees", default="default", show_default=True, help="Sessions: name or file.")
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
@click.pass_context
def command(context: click.Context, /, strategy: str, **asked: Any) -> None:
    """Run STRATEGY with every combination of a grid, or a sample of them.

    Over bars it is the name of a built-in one (`forven strategies list`) or a .py file, and a grid
    names its parameters. Over sessions of option quotes it is a JSON file, and a grid names places
    in it: legs.0.strike.value=0.10:0.30:0.05 exit.profit_target_pct=25,50
    """
    if runs_over_bars(strategy):
        refuse_said(context, _SESSIONS_ONLY, for_sessions(strategy))
        load("forven.commands.sweep_run").run(strategy=strategy, **asked)
        return
    refuse_said(context, _BARS_ONLY, for_bars(strategy))
    load("forven.commands.sweep_run", "session.advance").run_sessions(strategy=strategy, **asked)
