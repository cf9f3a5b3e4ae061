"""The work of `forven backtest` over bars: run the strategy, show the result, write its files."""

import json
from pathlib import Path
from typing import Any

import click

from forven.commands.backtest_run import check_file, check_folder, tell_file
from forven.commands.bar_kernels import load_bar_kernels
from forven.commands.bar_options import policy_taken
from forven.commands.lazy import load
from forven.commands.strategies_bars import given_parameters
from forven.market.bars.catalog import BarCatalog
from forven.research.runs.inputs import named_strategy
from forven.research.runs.result import BarBacktestResult
from forven.research.runs.services import BarBacktestRequest, run_request


def run(report: Path | None, parquet: Path | None, as_json: bool, **asked: Any) -> None:
    """Run a backtest as the command's options ask for it; errors as in `services.run_request`."""
    policy = policy_taken(asked)
    if report is not None:
        check_file(report)
    if parquet is not None:
        check_folder(parquet)
    strategy, _ = named_strategy(asked["strategy"])
    request = BarBacktestRequest(
        strategy=asked["strategy"],
        data=asked["data"],
        parameters=given_parameters(strategy, asked["parameters"]),
        policy=policy,
        first_day=asked["first_day"],
        last_day=asked["last_day"],
        train_pct=asked["train_pct"],
    )
    load_bar_kernels()
    result = run_request(request, BarCatalog())
    if as_json:
        click.echo(json.dumps(result.as_document(), indent=2, allow_nan=False))
    else:
        load("forven.commands.summary_bars").print_summary(result)
    _write_files(result, report, parquet)


def _write_files(result: BarBacktestResult, report: Path | None, parquet: Path | None) -> None:
    """Write what was asked for, and say where it is and how large."""
    if report is not None:
        tell_file("report", result.write_report(report))
    if parquet is not None:
        for path in result.write_parquet(parquet):
            tell_file("parquet", path)
