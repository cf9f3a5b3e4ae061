"""A scan of the whole library: every built-in strategy at its defaults over the same bars."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.bars.sizes import SEED
from forven.engine.bars.policy import policy_of
from forven.engine.bars.results import BarResults
from forven.engine.bars.run import run_bars
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.taken import Taken, timed
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.registry import built_in
from forven.strategies.bars.strategy import BarStrategy


class Scan:
    """Every built-in strategy with its default parameters, train and test, all metrics' sums.

    settings  bars, threads: strategies are shared out among them
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.bars = random_bars(settings["bars"], SEED, columns=tuple(ENRICHMENT))
        self.threads: int = settings["threads"]

    def round(self) -> Taken:
        """Scan once."""
        strategies = [own for _, own in sorted(built_in().items())]
        seconds, results = timed(lambda: self._all(strategies))
        return Taken(
            seconds=seconds,
            units=len(strategies) * len(self.bars),
            digest=bytes_hash(one.digest.encode() for one in results),
            details={"strategies": len(strategies)},
        )

    def _all(self, strategies: list[BarStrategy]) -> list[BarResults]:
        """Run the strategies, each with its own columns."""
        if self.threads == 1:
            return list(map(self._one, strategies))
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(self._one, strategies))

    def _one(self, strategy: BarStrategy) -> BarResults:
        """Compile and run one."""
        compiled = compile_runs(strategy, [{}], self.bars)
        layout = compiled.layout
        leverage = float(layout.leverage[0])
        said = leverage if leverage == leverage else None  # NaN: not said
        given = {"trade_mode": strategy.mode}
        policy = policy_of(given, layout.controls[0].given(), said)
        return run_bars(self.bars, compiled, policy)
