"""The work of `forven sweep`: run it with progress, keep it, show the leaders."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forven.commands.backtest_run import check_file, check_folder, tell_file
from forven.commands.bar_kernels import load_bar_kernels
from forven.commands.bar_options import CAPITAL, SESSION_CAPITAL, policy_taken
from forven.commands.data_tables import print_table
from forven.commands.lazy import load
from forven.commands.progress import runs_progress
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date
from forven.research.metrics.judgement import Better, Judgement
from forven.research.sweeps.leaders import DEFAULT_METRIC, FAST_METRIC, notes_on, shown_metrics
from forven.research.sweeps.plan import SweepPlan
from forven.research.sweeps.ranking import TRAIN, judgement_of
from forven.research.sweeps.report import write_sweep_report
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import AnyPlan, Here, Plan, SweepRun, Workers, run_sweep
from forven.research.sweeps.services import SweepRequest, default_folder
from forven.research.sweeps.sessions_chunk import SessionsHere
from forven.research.sweeps.sessions_services import SessionsRequest


@dataclass(frozen=True, slots=True)
class Sorting:
    """What runs are ranked by, checked before the first one."""

    metric: str
    judgement: Judgement

    @property
    def word(self) -> str:
        """What stands before the metric of the first run."""
        return "highest" if self.judgement.better is Better.NEITHER else "best"


def run(**asked: Any) -> None:
    """Run a sweep over bars as the command's options ask for it."""
    policy = policy_taken(asked)
    has_detail = not asked["is_fast"]
    metric = asked["sort"] or (DEFAULT_METRIC if has_detail else FAST_METRIC)
    judgement = judgement_of("bars", metric, has_detail)
    plan = SweepRequest(**_said(asked), policy=policy, has_detail=has_detail).plan()
    _sweep(plan, _workers(asked), Sorting(metric, judgement), asked)


def run_sessions(**asked: Any) -> None:
    """Run a sweep over sessions as the command's options ask for it."""
    fills, fees = asked["fills"], asked["fees"]
    capital = asked[CAPITAL] or SESSION_CAPITAL
    metric = asked["sort"] or DEFAULT_METRIC
    sorting = Sorting(metric, judgement_of("sessions", metric))
    plan = SessionsRequest(**_said(asked), fills=fills, fees=fees, capital=capital).plan()
    _sweep(plan, SessionsHere(asked["threads"]), sorting, asked)


def _said(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a sweep of either kind is asked for; refuse files that cannot be written."""
    if asked["report"] is not None:
        check_file(asked["report"])
    if asked["output"] is not None:
        check_folder(asked["output"])
    days = {
        name: None if asked[name] is None else parse_date(asked[name])
        for name in ("first_day", "last_day")
    }
    return {
        **{name: asked[name] for name in ("strategy", "data", "random", "sobol", "seed")},
        **days,
        "grid": [*asked["grid"], *asked["more"]],
        "train_pct": None if asked["train_pct"] == 100 else asked["train_pct"],
    }


def _sweep(
    plan: AnyPlan, workers: Workers[AnyPlan], sorting: Sorting, asked: dict[str, Any]
) -> None:
    """Run it, show the leaders, write the report."""
    folder = asked["output"] or default_folder(plan)
    results = _run(plan, folder, workers, sorting, asked["as_json"])
    _show(plan, results, sorting, folder, asked)
    if asked["report"] is not None:
        write_sweep_report(asked["report"], results, sorting.metric)
        tell_file("report", asked["report"])


def _workers(asked: dict[str, Any]) -> Workers[SweepPlan]:
    """Return where chunks are run."""
    if asked["cluster"] is None:
        load_bar_kernels()
        return Here(asked["threads"])
    try:
        cluster = load("forven.research.sweeps.cluster")
    except ModuleNotFoundError as error:
        raise InvalidInput(
            f"--on: expected the package distributed, found no {error.name}; "
            "install forven[distributed]"
        ) from error
    found: Workers[SweepPlan] = cluster.Cluster(asked["cluster"], asked["threads"])
    return found


def _run(
    plan: AnyPlan, folder: Path, workers: Workers[AnyPlan], sorting: Sorting, quiet: bool
) -> SweepResults:
    """Run it, with the best so far beside the progress; what is done when it is cut short stays."""
    count = len(plan.combinations)
    sign = -1.0 if sorting.judgement.better is Better.LOW else 1.0
    best = -np.inf
    with runs_progress(count, quiet) as observe:

        def observed(_: int, table: pa.Table) -> None:
            nonlocal best
            name = (TRAIN if plan.is_split else "") + sorting.metric
            values = sign * pc.cast(table[name], pa.float64()).to_numpy()
            best = np.fmax(best, np.nanmax(np.append(values, -np.inf)))
            told = f"{sorting.word} {sorting.metric} {sign * best:.3g}"
            observe(table.num_rows, told if np.isfinite(best) else "")

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
    plan: Plan, results: SweepResults, sorting: Sorting, folder: Path, asked: dict[str, Any]
) -> None:
    """Print the leaders and what to bear in mind about them."""
    metric = sorting.metric
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
            "better": sorting.judgement.better.value,
            "notes": notes,
            "leaders": [{name: _plain(value) for name, value in row.items()} for row in rows],
        }
        click.echo(json.dumps(document, indent=2, allow_nan=False))
        return
    columns = shown_metrics(results, metric)
    out = f", {plan.left_out_text}" if plan.left_out_text else ""
    count = len(plan.combinations)
    noun = "combination" if count == 1 else "combinations"
    click.echo(f"{plan.name} over {plan.subject}: {count:,} {noun}{out}")
    shown = [{name: _text(row[name]) for name in columns} for row in rows]
    print_table(f"{sorting.word} by {results.column(metric)}", shown, tuple(columns))
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
