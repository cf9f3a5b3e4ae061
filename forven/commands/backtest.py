"""`forven backtest`: its options; the work is loaded when it runs, so that help is quick."""

from pathlib import Path
from typing import Any

import click

from forven.commands.bar_options import BARS_ONLY, CAPITAL, SESSION_CAPITAL, policy_options
from forven.commands.kinds import for_bars, for_sessions, refuse_said
from forven.commands.lazy import load
from forven.engine.fills import FILL_PRESETS
from forven.strategies.naming import runs_over_bars

_SESSIONS_ONLY = ("fills", "fees", "jobs", "profile")
_BARS_ONLY = ("parameters", "train_pct", *BARS_ONLY)


@click.command("backtest")
@click.argument("strategy")
@click.option("--data", required=True, help="Dataset of the catalog; see `forven data list`.")
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="First session or day of bars.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Last one, included.")
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report here.")
@click.option("--parquet", type=click.Path(path_type=Path), help="Write Parquet files here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON instead.")
@click.option(
    "--fills",
    type=click.Choice(FILL_PRESETS),
    default="backtest",
    show_default=True,
    help="Sessions: how orders fill; natural fills are always shown beside.",
)
@click.option(
    "--fees", default="default", show_default=True, help="Sessions: fee schedule, name or file."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Sessions: days in work at once; the result is the same.",
)
@click.option("--profile", is_flag=True, help="Sessions: where the time went, days/s, frames/s.")
@click.option(
    "--set",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bars: a parameter of the strategy, as in fast=12; repeat it for more.",
)
@click.option(
    "--train-pct",
    type=click.IntRange(1, 100),
    default=70,
    show_default=True,
    help="Bars: percent before the cut between train and test; 100: no cut.",
)
@policy_options
@click.pass_context
def command(context: click.Context, /, strategy: str, **asked: Any) -> None:
    """Backtest STRATEGY over recorded sessions, each on its own, or over a series of bars.

    A JSON file is run over sessions of option quotes; the name of a built-in strategy
    (`forven strategies list`) or a .py file (FILE.py, FILE.py:NAME) over bars. What sizes, stops
    and charges runs (--mode to --slippage-bps) is for bars.
    """
    if runs_over_bars(strategy):
        refuse_said(context, _SESSIONS_ONLY, for_sessions(strategy))
        for name in _SESSIONS_ONLY:
            del asked[name]
        load("forven.commands.backtest_bars").run(strategy=strategy, **asked)
        return
    refuse_said(context, _BARS_ONLY, for_bars(strategy))
    capital = asked.pop(CAPITAL) or SESSION_CAPITAL
    for name in _BARS_ONLY:
        del asked[name]
    work = load("forven.commands.backtest_run", "session.advance")
    work.run(strategy=Path(strategy), capital=capital, **asked)
