"""The sweep by forven: as a user asks for it, by the kernel alone, and as a whole process."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bars.inputs import agreements, crossings, sweep_bars, sweep_request
from forven.kernels import backend
from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import new_results
from forven.primitives.identifiers import bytes_hash
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from forven.research.workloads.processes import run_python
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken, timed


class Sweep:
    """The sweep as a user asks for it: strategy's file read, averages, runs, metrics, table.

    settings  bars, fast, slow, detail, threads
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.bars = sweep_bars(settings["bars"])
        axes = (settings["fast"], settings["slow"])
        self.request = sweep_request(self.bars, *axes, settings["detail"])
        self.threads: int = settings["threads"]

    def round(self) -> Taken:
        """Run the sweep once."""
        seconds, results = timed(self._run)
        table = results.table
        trades = table["total_trades"].to_numpy()
        return Taken(
            seconds=seconds,
            units=table.num_rows * len(self.bars),
            digest=results.digest,
            agreements=agreements(trades, table["ending_value"].to_numpy()),
            details={"combinations": table.num_rows, "trades": int(trades.sum())},
        )

    def _run(self) -> SweepResults:
        """Check what is asked for and run it."""
        return run_sweep(self.request.plan(), SweepRun(workers=Here(self.threads)))


class Kernel:
    """The kernel alone, on columns, programs and plans that were made before.

    settings  bars, fast, slow, detail, threads
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        crossed = crossings(sweep_bars(settings["bars"]), settings["fast"], settings["slow"])
        self.arrays = crossed.arrays(settings["detail"])
        self.threads: int = settings["threads"]
        self.counts, self.sums = new_results(self.arrays)

    def round(self) -> Taken:
        """Call the kernel once."""
        kernel = backend.load("bars")
        seconds, _ = timed(lambda: kernel.sweep(self.arrays, self.counts, self.sums, self.threads))
        trades = self.counts[:, 0, schema.COUNT_TRADES]
        is_nan = np.isnan(self.sums)
        sums = np.where(is_nan, np.nan, self.sums)  # one bit pattern for all that is undefined
        return Taken(
            seconds=seconds,
            units=len(self.arrays.plans) * self.arrays.count,
            digest=bytes_hash([self.counts.tobytes(), sums.tobytes()]),
            agreements=agreements(trades, self.sums[:, 0, schema.SUM_EQUITY]),
            details={"trades": int(trades.sum())},
        )


class Whole:
    """A process from nothing to the results of a sweep: imports, bars made, sweep.

    settings  bars, fast, slow, detail, threads, compiled: whether kernels lie on disk
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def round(self) -> Taken:
        """Start one, wait for its end."""
        with tempfile.TemporaryDirectory() as folder:
            kernels = None if self.settings["compiled"] else Path(folder) / "kernels"
            ran = run_python(
                "-m",
                "benchmarks.bars.once",
                json.dumps(self.settings),
                home=Path(folder),
                kernels=kernels,
            )
        told = json.loads(ran.output)
        if len(told["digest"]) != 64:
            raise BenchmarkFailed(f"expected a digest, found {told['digest']!r}")
        return Taken(
            seconds=ran.seconds,
            units=told["units"],
            digest=told["digest"],
            agreements=told["agreements"],
            details={
                "process_rss_peak_bytes": float(ran.rss_bytes),
                "first_sweep_seconds": told["seconds"],
            },
        )
