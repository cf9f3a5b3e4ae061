"""The work of `forven sweep`: run it with progress, keep it, show the leaders."""

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forven.commands.backtest_run import check_file, check_folder, tell_file
from forven.commands.bar_options import policy_taken
from forven.commands.data_tables import print_table
from forven.commands.lazy import load
from forven.commands.progress import runs_progress
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date
from forven.research.sweeps.leaders import DEFAULT_METRIC, FAST_METRIC, notes_on, shown_metrics
from forven.research.sweeps.plan import SweepPlan
from forven.research.sweeps.report import write_sweep_report
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, Workers, run_sweep
from forven.research.sweeps.services import SweepRequest, default_folder


def run(**asked: Any) -> None:
    """Run a sweep as the command's options ask for it."""
    policy = policy_taken(asked)
    report, output = asked["report"], asked["output"]
    if report is not None:
        check_file(report)
    if output is not None:
        check_folder(output)
    train_pct = None if asked["train_pct"] == 100 else asked["train_pct"]
    plan = SweepRequest(
        strategy=asked["strategy"],
        data=asked["data"],
        grid=[*asked["grid"], *asked["more"]],
        random=asked["random"],
        sobol=asked["sobol"],
        seed=asked["seed"],
        policy=policy,
        first_day=None if asked["first_day"] is None else parse_date(asked["first_day"]),
        last_day=None if asked["last_day"] is None else parse_date(asked["last_day"]),
        train_pct=train_pct,
        has_detail=not asked["is_fast"],
    ).plan()
    metric = asked["sort"] or (FAST_METRIC if asked["is_fast"] else DEFAULT_METRIC)
    folder = output or default_folder(plan)
    results = _run(plan, folder, _workers(asked), metric, asked["as_json"])
    results.column(metric)
    _show(plan, results, metric, folder, asked)
    if report is not None:
        write_sweep_report(report, results, metric)
        tell_file("report", report)


def _workers(asked: dict[str, Any]) -> Workers:
    """Return where chunks are run."""
    if asked["cluster"] is None:
        return Here(asked["threads"])
    try:
        cluster = load("forven.research.sweeps.cluster")
    except ModuleNotFoundError as error:
        raise InvalidInput(
            f"--on: expected the package distributed, found no {error.name}; "
            "install forven[distributed]"
        ) from error
    return cluster.Cluster(asked["cluster"], asked["threads"])


def _run(plan: SweepPlan, folder: Path, workers: Workers, metric: str, quiet: bool) -> SweepResults:
    """Run it, with the best so far beside the progress; what is done when it is cut short stays."""
    count = len(plan.combinations)
    best = -np.inf
    with runs_progress(count, quiet) as observe:

        def observed(_: int, table: pa.Table) -> None:
            nonlocal best
            name = ("train_" if plan.settings.train_pct is not None else "") + metric
            if name in table.column_names:
                values = pc.cast(table[name], pa.float64()).to_numpy()
                best = np.fmax(best, np.nanmax(np.append(values, -np.inf)))
            observe(table.num_rows, f"best {metric} {best:.3g}" if np.isfinite(best) else "")

        try:
            run = SweepRun(workers=workers, folder=folder, observer=observed)
            return run_sweep(plan, run)
        except KeyboardInterrupt:
            click.echo(
                f"stopped; what is done stays in {folder}. The same command goes on there.",
                err=True,
            )
            raise


def _show(
    plan: SweepPlan, results: SweepResults, metric: str, folder: Path, asked: dict[str, Any]
) -> None:
    """Print the leaders and what to bear in mind about them."""
    leaders = results.leaders(metric, asked["top"])
    notes = notes_on(results, metric)
    rows = leaders.to_pylist()
    if asked["as_json"]:
        document = {
            "plan": results.document,
            "digest": results.digest,
            "backend": results.backend,
            "results": str(folder),
            "sorted_by": metric,
            "notes": notes,
            "leaders": [{name: _plain(value) for name, value in row.items()} for row in rows],
        }
        click.echo(json.dumps(document, indent=2, allow_nan=False))
        return
    columns = shown_metrics(results, metric)
    count, left_out = len(plan.combinations), plan.combinations.left_out
    out = f", {left_out:,} left out by {', '.join(map(str, plan.strategy.space.relations))}"
    click.echo(
        f"{plan.strategy.name} over {len(plan.bars):,} bars of {plan.bars.symbol} "
        f"{plan.bars.timeframe}: {count:,} combinations{out if left_out else ''}"
    )
    shown = [{name: _text(row[name]) for name in columns} for row in rows]
    print_table(f"best by {results.column(metric)}", shown, tuple(columns))
    for note in notes:
        click.echo(f"! {note}")
    click.echo(f"backend {results.backend}, digest {results.digest[:12]}, results in {folder}")


def _plain(value: object) -> object:
    """Return a value as JSON has it: what is not a number is null."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _text(value: object) -> str:
    """Return a value as a table shows it."""
    if isinstance(value, bool) or not isinstance(value, float):
        return (
            f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
        )
    return "-" if np.isnan(value) else f"{value:,.4g}"
