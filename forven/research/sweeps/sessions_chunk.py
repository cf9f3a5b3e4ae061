"""One chunk of a sweep over sessions: every run over every day, measured; a table comes back."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.engine.fills import FillModel
from forven.engine.session import SessionRun
from forven.market.day import MarketDay
from forven.primitives.errors import ForvenError
from forven.primitives.money import MICROS_PER_UNIT
from forven.research.metrics import sessions
from forven.research.metrics.judgement import GAIN, LOW_SUM, NEITHER, RATE, Judgement
from forven.research.metrics.sessions import Metrics, measure
from forven.research.records import account_of
from forven.research.sweeps.plan import SEGMENT_NAMES
from forven.research.sweeps.sessions_plan import SessionsPlan
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import StructuredStrategy

Integers = npt.NDArray[np.int64]
Columns = dict[str, npt.NDArray[Any]]

_COMPLETED = "completed"
KEPT_OF_ACCOUNTS = ("profit", "fees", "slippage", "entries", "exits", "skipped")
KEPT = (*KEPT_OF_ACCOUNTS, "natural_profit", "ended_early")
"""What is kept of each run's sessions; money in micros."""
JUDGED: dict[str, Judgement] = {
    **sessions.JUDGED,
    "natural_net_profit": GAIN,
    "natural_sharpe": RATE,
    "fees": LOW_SUM,
    "slippage": LOW_SUM,
    "entries": NEITHER,
    "exits": NEITHER,
    "skipped": NEITHER,
    "ended_early": LOW_SUM,
}
"""How each metric of a row is to be judged, in its order."""


class SessionsHere:
    """Runs chunks in this process, one after another, each day's runs shared out among threads."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    def warmup(self, plan: SessionsPlan, chunks: list[tuple[int, int]]) -> int:  # noqa: ARG002
        """Return 0: a session needs none before it."""
        return 0

    def tables(
        self, plan: SessionsPlan, todo: list[tuple[int, tuple[int, int]]], segments: Integers
    ) -> Iterator[tuple[int, pa.Table]]:
        """Yield each chunk's rows, in order."""
        for number, (begin, end) in todo:
            yield number, run_chunk(plan, begin, end, segments, self.threads)


def run_chunk(
    plan: SessionsPlan, begin: int, end: int, segments: Integers, threads: int = 1
) -> pa.Table:
    """Run the combinations from `begin` to `end - 1` over all days; return a row of each."""
    strategies = plan.strategies(begin, end)
    kept = {name: np.zeros((len(strategies), len(plan.days)), np.int64) for name in KEPT}
    for at, day in enumerate(plan.days):
        for name, values in _run_day(plan, plan.dataset.load(day), strategies, threads).items():
            kept[name][:, at] = values
    columns: dict[str, Any] = {"run": pa.array(np.arange(begin, end))}
    for name, values in plan.combinations.columns.items():
        columns[name] = pa.array(values[begin:end].tolist())
    names = SEGMENT_NAMES if len(segments) > 1 else ("",)
    for segment, (first, after) in zip(names, segments.tolist(), strict=True):
        part = {name: values[:, first:after] for name, values in kept.items()}
        for metric, figures in _measured(part, plan.capital / MICROS_PER_UNIT).items():
            columns[f"{segment}_{metric}" if segment else metric] = pa.array(figures)
    return pa.table(columns)


def _run_day(
    plan: SessionsPlan, day: MarketDay, strategies: list[StructuredStrategy], threads: int
) -> dict[str, Integers]:
    """Return what is kept of one day, a value a run: with the fills chosen, natural ones beside."""
    rows = []
    for policy in (plan.policy, replace(plan.policy, fills=FillModel.preset("natural"))):
        for strategy in strategies:
            row = policy.plan_row(plan.capital)
            compile_strategy(strategy, day.bounds, row)
            rows.append(row)
    run = SessionRun(day, np.stack(rows), [plan.capital] * len(rows), threads=threads)
    run.advance(day.frame_count)
    if run.is_short:
        raise ForvenError(f"{day.day}: expected every session to end, found some that did not")
    results = run.results()
    accounts = [account_of(result) for result in results[: len(strategies)]]
    natural = [result.profit for result in results[len(strategies) :]]
    kept = {name: [getattr(one, name) for one in accounts] for name in KEPT_OF_ACCOUNTS}
    kept["natural_profit"] = natural
    kept["ended_early"] = [account.status != _COMPLETED for account in accounts]
    return {name: np.array(values, np.int64) for name, values in kept.items()}


def _measured(kept: dict[str, Integers], capital: float) -> Columns:
    """Return the metrics of each run over one segment, and sums of what else is kept."""
    daily = kept["profit"] / MICROS_PER_UNIT
    natural = kept["natural_profit"] / MICROS_PER_UNIT
    measured = [measure(capital, one) for one in daily]
    beside = [measure(capital, one) for one in natural]
    columns: Columns = {
        field.name: _column([getattr(one, field.name) for one in measured])
        for field in fields(Metrics)
    }
    columns["natural_net_profit"] = _column([one.net_profit for one in beside])
    columns["natural_sharpe"] = _column([one.sharpe for one in beside])
    for name in ("fees", "slippage"):
        columns[name] = kept[name].sum(axis=1) / MICROS_PER_UNIT
    for name in ("entries", "exits", "skipped", "ended_early"):
        columns[name] = kept[name].sum(axis=1)
    return columns


def _column(values: list[Any]) -> npt.NDArray[Any]:
    """Return figures of runs; NaN where one is not defined."""
    if all(isinstance(value, int) for value in values):
        return np.array(values, np.int64)
    return np.array([np.nan if value is None else value for value in values], np.float64)
