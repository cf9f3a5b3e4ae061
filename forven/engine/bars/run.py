"""Runs strategies that were compiled over bars: plans made, kernel called, results tabled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from forven.engine.bars.market_rows import bar_rows, funding_sums
from forven.engine.bars.policy import BarPolicy
from forven.engine.bars.results import BarResults
from forven.engine.bars.segments import check_segments, split_segments
from forven.engine.checks import check_threads
from forven.kernels import backend
from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import BarArrays, BarTrace, new_results, new_trace
from forven.market.bars.bars import Bars
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TRACE_BYTES_MAX = 1_000_000_000
"""Of trades and equity curves at a time: beyond, fewer runs are to be traced together."""


class CompiledRuns(Protocol):
    """What a run reads of `forven.strategies.bars.compilation.Compiled`.

    runs   int64 [K, 6], the first fields of each run's plan      warmups  int64 [K] bars
    """

    @property
    def columns(self) -> Floats:
        """Columns over the bars, (C, n)."""

    @property
    def constants(self) -> Floats:
        """Constants, (c,)."""

    @property
    def masks(self) -> npt.NDArray[np.uint64]:
        """Rows of bits that were handed in, (M, W)."""

    @property
    def program(self) -> Integers:
        """Instructions of all runs, (P, 6)."""

    @property
    def runs(self) -> Integers:
        """Where each run's program is, and the registers of its signals, (K, 6)."""

    @property
    def warmups(self) -> Integers:
        """Bars before each run's signals are as if there had always been bars, (K,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What is worked out.

    has_detail   sums of every bar's return and the drawdown, from which Sharpe and the like come
    has_trades   a row each                has_equity   the value at each bar's close
    has_funding  whether funding is paid   threads      runs are shared out among them
    """

    has_detail: bool = True
    has_trades: bool = False
    has_equity: bool = False
    has_funding: bool = True
    threads: int = 1


def run_bars(
    bars: Bars,
    compiled: CompiledRuns,
    policies: BarPolicy | Sequence[BarPolicy],
    segments: Integers | None = None,
    options: RunOptions | None = None,
) -> BarResults:
    """Run every compiled run over every segment.

    policies   one for all runs, or one a run
    segments   int64 [S, 2]; None: train and test, after the longest warm-up
    errors     InvalidInput, TooLittleHistory
    """
    options = options or RunOptions()
    check_threads(options.threads)
    count = len(bars)
    warmup = int(compiled.warmups.max(initial=0))
    if segments is None:
        segments = split_segments(count, warmup)
    check_segments(segments, count, warmup)
    plans = plan_rows(compiled.runs, policies, options.has_detail)
    has_atr = bool((plans[:, schema.PLAN_SIZING] == schema.SIZING_ATR).any())
    arrays = BarArrays(
        bars=bar_rows(bars.prices, has_atr),
        funding=funding_sums(bars, options.has_funding),
        columns=compiled.columns,
        constants=compiled.constants,
        masks=compiled.masks,
        program=compiled.program,
        plans=plans,
        segments=np.ascontiguousarray(segments),
    )
    counts, sums = new_results(arrays)
    kernel = backend.load("bars")
    kernel.sweep(arrays, counts, sums, options.threads)
    results = BarResults(bars=bars, plans=plans, segments=segments, counts=counts, sums=sums)
    if not options.has_trades and not options.has_equity:
        return results
    written = _room(arrays, counts, options)
    kernel.trace(arrays, counts, sums, written)
    return replace(
        results,
        traded=(written.trades, written.trade_values) if options.has_trades else None,
        values=written.values if options.has_equity else None,
    )


def plan_rows(
    runs: Integers, policies: BarPolicy | Sequence[BarPolicy], has_detail: bool = True
) -> Integers:
    """Return `plans`, int64 [K, PLAN_WIDTH], of runs and their policies."""
    listed = [policies] * len(runs) if isinstance(policies, BarPolicy) else list(policies)
    if len(listed) != len(runs):
        raise InvalidInput(f"policies: expected one or {len(runs)}, found {len(listed)}")
    rows: dict[BarPolicy, Integers] = {}
    for policy in listed:
        if policy not in rows:
            rows[policy] = policy.plan_row(has_detail)
    plans = np.array([rows[policy] for policy in listed], np.int64)
    plans = plans.reshape(len(runs), schema.PLAN_WIDTH)
    plans[:, : runs.shape[1]] = runs
    return plans


def _room(arrays: BarArrays, counts: Integers, options: RunOptions) -> BarTrace:
    """Return room for what is traced: rows of trades were counted before."""
    trades = 0
    if options.has_trades:
        counted = [schema.COUNT_TRADES, schema.SIDE_COUNTS + schema.COUNT_TRADES]
        trades = int(counts[:, :, [*counted, schema.COUNT_SHADOWS]].sum())
    needed = 8 * trades * (schema.TRADE_WIDTH + schema.TRADE_VALUES)
    if options.has_equity:
        needed += 8 * len(arrays.plans) * len(arrays.segments) * arrays.count
    if needed > TRACE_BYTES_MAX:
        raise InvalidInput(
            f"runs: expected at most {TRACE_BYTES_MAX:,} bytes of trades and equity, found "
            f"{needed:,}; trace fewer runs together"
        )
    return new_trace(arrays, trades, values=options.has_equity)
