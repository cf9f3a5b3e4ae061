"""What `served.py` runs as the bare loop: the sweep's averages, crosses, fees and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.bars.crossing import cross_all
from benchmarks.bars.inputs import COST, agreements, crossings, sweep_bars
from forven.engine.bars.policy import BarPolicy
from forven.kernels.bars_schema import BAR_CLOSE, BAR_OPEN, SEGMENT_BEGIN
from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.served import Round
from forven.research.workloads.taken import Taken, timed


class BareLoop:
    """All combinations by a bare loop, shared out evenly among threads.

    settings  bars, fast, slow, threads
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.threads: int = settings["threads"]
        crossed = crossings(sweep_bars(settings["bars"]), settings["fast"], settings["slow"])
        prices = crossed.bars.prices
        self.prices = (_sealed(prices[BAR_OPEN]), _sealed(prices[BAR_CLOSE]))
        self.columns, self.pairs = _sealed(crossed.compiled.columns), _sealed(crossed.pairs)
        self.begin = int(crossed.segments[0, SEGMENT_BEGIN])
        self.money = (float(BarPolicy().initial_capital), COST)
        self.trades = np.zeros(len(self.pairs), np.int64)
        self.equity = np.zeros(len(self.pairs))

    def round(self) -> Taken:
        """Go through all of them once."""
        seconds, _ = timed(self._all)
        return Taken(
            seconds=seconds,
            units=len(self.pairs) * self.prices[0].size,
            digest=bytes_hash([self.trades.tobytes(), self.equity.tobytes()]),
            agreements=agreements(self.trades, self.equity),
            details={"trades": int(self.trades.sum())},
        )

    def _all(self) -> None:
        """Share the combinations out."""
        bounds = [len(self.pairs) * part // self.threads for part in range(self.threads + 1)]
        if self.threads == 1:
            self._some(*bounds)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(self._some, bounds[:-1], bounds[1:]))

    def _some(self, first: int, last: int) -> None:
        """Go through some of them."""
        bounds = (self.begin, first, last)
        out = (self.trades, self.equity)
        cross_all(self.prices, self.columns, self.pairs, bounds, self.money, out)


def _sealed(array: np.ndarray) -> np.ndarray:
    """Return a view that cannot be written: the type that the kernel takes."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def versions() -> dict[str, str]:
    """Return what this loop runs on."""
    return {"numba": version("numba"), "numpy": version("numpy")}


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of the loop."""
    loop = BareLoop(settings)
    return lambda: loop.round().as_dict()
