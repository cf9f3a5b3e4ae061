"""One chunk of a sweep: its runs laid out, simulated and measured; a table comes back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.engine.bars.policy import BarPolicy, policy_of
from forven.engine.bars.run import RunOptions, run_bars
from forven.research.metrics.bars import Span, bar_metrics
from forven.research.sweeps.plan import SEGMENT_NAMES, SweepPlan
from forven.strategies.bars.compilation import Compiled, Layout, compile_runs, fill, lay_out
from forven.strategies.bars.parameters import Value
from forven.strategies.bars.strategy import RULES

COLUMN_BYTES = 128_000_000
"""Of the columns of one call: a chunk that needs more is computed in halves."""

Sets = list[dict[str, Value]]


def warmup_of_chunk(plan: SweepPlan, begin: int, end: int) -> tuple[int, Layout | None]:
    """Return the longest warm-up of some runs, in bars, and their layout where they have one."""
    sets = plan.combinations.sets(begin, end)
    if plan.strategy.kind != RULES:
        resolve = plan.strategy.resolve
        return max(plan.strategy.warmup(resolve(one)) for one in sets), None
    layout = lay_out(plan.strategy, sets, plan.bars.timeframe)
    return int(layout.warmups.max()), layout


def run_chunk(
    plan: SweepPlan,
    begin: int,
    end: int,
    segments: npt.NDArray[np.int64],
    threads: int = 1,
    layout: Layout | None = None,
) -> pa.Table:
    """Run the combinations from `begin` to `end - 1`; return a row of each.

    segments  of all chunks alike, after the longest warm-up of all runs
    layout    of exactly these runs, where it was made before
    """
    sets = plan.combinations.sets(begin, end)
    parts = []
    for some, compiled in _compiled(plan, sets, layout):
        options = RunOptions(has_detail=plan.settings.has_detail, threads=threads)
        results = run_bars(plan.bars, compiled, _policies(plan, compiled), segments, options)
        lengths = segments[:, 1] - segments[:, 0]
        span = Span(bars=lengths, bars_per_year=plan.bars.bars_per_year, capital=plan.capital)
        measured = bar_metrics(results.counts, results.sums, span)
        parts.append(_table(plan, some, compiled.layout, measured))
    table = pa.concat_tables(parts)
    return table.add_column(0, "run", pa.array(np.arange(begin, end)))


def _compiled(
    plan: SweepPlan, sets: Sets, layout: Layout | None
) -> Sequence[tuple[Sets, Compiled]] | Any:
    """Yield parameter sets with their compiled runs, as many at a time as the columns allow."""
    if plan.strategy.kind != RULES:
        yield sets, compile_runs(plan.strategy, sets, plan.bars)
        return
    layout = layout or lay_out(plan.strategy, sets, plan.bars.timeframe)
    if layout.bytes_of(len(plan.bars)) <= COLUMN_BYTES or len(sets) == 1:
        yield sets, fill(layout, plan.bars)
        return
    half = len(sets) // 2
    yield from _compiled(plan, sets[:half], None)
    yield from _compiled(plan, sets[half:], None)


def _policies(plan: SweepPlan, compiled: Compiled) -> list[BarPolicy]:
    """Return each run's policy: the plan's, over what the strategy brings for its parameters."""
    known: dict[tuple[object, float | None], BarPolicy] = {}
    policies = []
    layout = compiled.layout
    for controls, leverage in zip(layout.controls, layout.leverage.tolist(), strict=True):
        said = leverage if leverage == leverage else None  # NaN: not said, and equal to no other
        key = (controls, said)
        if key not in known:
            known[key] = policy_of(plan.policy_given, controls.given(), said)
        policies.append(known[key])
    return policies


def _table(
    plan: SweepPlan, sets: Sets, layout: Layout, measured: dict[str, npt.NDArray[Any]]
) -> pa.Table:
    """Return parameters, warm-up and metrics, those of each segment under its name."""
    columns: dict[str, Any] = {
        name: pa.array([one[name] for one in sets]) for name in plan.combinations.columns
    }
    columns["warmup_bars"] = pa.array(layout.warmups)
    segments = next(iter(measured.values())).shape[1]
    names = SEGMENT_NAMES if segments > 1 else ("",)
    for at, name in enumerate(names):
        for metric, values in measured.items():
            label = f"{name}_{metric}" if name else metric
            columns[label] = pa.array(np.ascontiguousarray(values[:, at]))
    return pa.table(columns)
