"""What everybody is given: bars, averages, combinations, and the trades of the engine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bars.sizes import SEED, Axis, values_of
from forven.engine.bars.market_rows import bar_rows, funding_sums
from forven.engine.bars.policy import policy_of
from forven.engine.bars.run import RunOptions, plan_rows, run_bars
from forven.engine.bars.segments import whole_segment
from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import BarArrays
from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.primitives.identifiers import bytes_hash
from forven.research.sweeps.services import SweepRequest, named_strategy
from forven.strategies.bars.compilation import Compiled, compile_runs

STRATEGY = Path(__file__).with_name("sma_cross.py")
COST_BPS = "4.5"
COST = 0.00045
"""Fees of one side as a fraction of the notional."""
POLICY = {"trade_mode": "long_only", "sizing_mode": "full", "fee_bps": COST_BPS, "slippage_bps": 0}
TRADES_PART, EQUITY_PART = "numbers of trades", "equities at the end"
TRADE_FIELDS = (
    schema.TRADE_RUN,
    schema.TRADE_ENTRY_BAR,
    schema.TRADE_EXIT_BAR,
    schema.TRADE_OPEN_AT_END,
)
Integers = NDArray[np.int64]


def sweep_bars(count: int) -> Bars:
    """Return hourly bars made from the seed."""
    return random_bars(count, SEED)


def sweep_request(bars: Bars, fast: Axis, slow: Axis, has_detail: bool) -> SweepRequest:
    """Return the sweep as a user asks for it: a strategy's file, a grid, fees, one segment."""
    grid = [f"{name}={first}:{last}:{step}" for name, (first, last, step) in
            (("fast", fast), ("slow", slow))]  # fmt: skip
    return SweepRequest(
        strategy=str(STRATEGY),
        data=bars,
        grid=grid,
        policy=POLICY,
        train_pct=None,
        has_detail=has_detail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Combinations made ready for whoever simulates them.

    pairs     (K, 2) rows of `compiled.columns`: fast, slow
    segments  (1, 2) the bar from which signals act, and the one after the last
    """

    bars: Bars
    compiled: Compiled
    pairs: Integers
    segments: Integers

    def arrays(self, has_detail: bool) -> BarArrays:
        """Return what the kernel takes, as `run_bars` hands it over."""
        return BarArrays(
            bars=bar_rows(self.bars.prices, False),
            funding=funding_sums(self.bars),
            columns=self.compiled.columns,
            constants=self.compiled.constants,
            masks=self.compiled.masks,
            program=self.compiled.program,
            plans=plan_rows(self.compiled.runs, policy_of(POLICY), has_detail),
            segments=self.segments,
        )

    def trades(self) -> Integers:
        """Return (T, 4) the engine's trades: combination, entry bar, exit bar, open at the end."""
        options = RunOptions(has_detail=False, has_trades=True)
        results = run_bars(self.bars, self.compiled, policy_of(POLICY), self.segments, options)
        assert results.traded is not None
        return results.traded[0][:, TRADE_FIELDS]


def crossings(bars: Bars, fast: Axis, slow: Axis, taken: int | None = None) -> Crossings:
    """Return all combinations, fast by fast; or so many of them, evenly spread."""
    chosen = [(one, other) for one in values_of(fast) for other in values_of(slow)]
    if taken is not None:
        chosen = [chosen[number * len(chosen) // taken] for number in range(taken)]
    sets = [{"fast": one, "slow": other} for one, other in chosen]
    strategy, _ = named_strategy(str(STRATEGY))
    compiled = compile_runs(strategy, sets, bars)
    rows = {column.parameters[0]: row for row, column in enumerate(compiled.layout.columns)}
    pairs = np.array([(rows[one], rows[other]) for one, other in chosen], np.int64)
    segments = whole_segment(len(bars), int(compiled.warmups.max()))
    return Crossings(bars=bars, compiled=compiled, pairs=pairs, segments=segments)


def write_inputs(path: Path, crossed: Crossings) -> Path:
    """Write what a peer reads, once: prices, averages, combinations and the trades expected."""
    if not path.exists():
        bars = crossed.bars
        prices = {name: bars.floats(name) for name in ("open", "high", "low", "close")}
        np.savez(
            path,
            **prices,
            ends_ns=bars.ends_ns,
            columns=crossed.compiled.columns,
            pairs=crossed.pairs,
            begin=crossed.segments[0, 0],
            cost=COST,
            trades=crossed.trades(),
        )
    return path


def agreements(trades: NDArray[Any], equity: NDArray[np.float64] | None = None) -> dict[str, str]:
    """Return the digests of what a sweep gives for each combination."""
    parts = {TRADES_PART: bytes_hash([np.asarray(trades).astype("<i8").tobytes()])}
    if equity is not None:
        parts[EQUITY_PART] = bytes_hash([equity.astype("<f8").tobytes()])
    return parts
