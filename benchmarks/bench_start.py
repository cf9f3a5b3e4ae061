"""The start: `forven backtest` of one small day without and with compiled kernels, and the help."""

import tempfile
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.processes import backtest, run_forven, synthetic_dataset
from benchmarks.rows import COLD, WARM, Row, median
from benchmarks.sizes import ROOT, BenchmarkFailed, Size
from forven.primitives.identifiers import bytes_hash

MEASURE = "start"


class Start:
    """Processes from nothing to their end."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.dataset = synthetic_dataset(1, size.start_frame_seconds)
        self.backtest_samples: dict[str, list[float]] = {COLD: [], WARM: []}
        self.help_samples: list[float] = []
        self.digests: set[str] = set()
        self.help_digests: set[str] = set()

    def run_cold(self) -> None:
        """Start once with an empty folder of kernels: they are compiled before the first day."""
        (ROOT / "build").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-kernels-", dir=ROOT / "build") as folder:
            self._backtest(COLD, Path(folder))

    def run_warm(self) -> None:
        """Start once with the kernels on disk, and ask for the help once."""
        self._backtest(WARM, None)
        ran = run_forven("--help")
        self.help_samples.append(ran.seconds)
        self.help_digests.add(bytes_hash([ran.output.encode()]))

    def _backtest(self, state: str, kernels: Path | None) -> None:
        """Start a backtest of the one day; its journal must be the same each time."""
        ran, digest = backtest(self.dataset, kernels)
        self.backtest_samples[state].append(ran.seconds)
        self.digests.add(digest)
        if len(self.digests) != 1:
            raise BenchmarkFailed(f"expected one digest, found {sorted(self.digests)}")

    def rows(self) -> list[Row]:
        """Return what was measured: cold if it was, warm, and the help."""
        digest = next(iter(self.digests))
        texts = {COLD: "kernels compiled first", WARM: "kernels on disk"}
        rows = [
            self._row(f"forven backtest of one day, {texts[state]}", state, samples, digest)
            for state, samples in self.backtest_samples.items()
            if samples
        ]
        help_digest = next(iter(self.help_digests))
        return [*rows, self._row("forven --help", WARM, self.help_samples, help_digest)]

    @staticmethod
    def _row(label: str, state: str, samples: list[float], digest: str) -> Row:
        """Return the row of one way to start."""
        return Row(
            measure=MEASURE,
            label=label,
            state=state,
            value=median(samples),
            unit="s",
            samples=samples,
            digest=digest,
        )


def bench_start(benchmark: BenchmarkFixture, size: Size) -> None:
    workload = Start(size)
    if size.cold_start:
        workload.run_cold()
    benchmark.pedantic(workload.run_warm, rounds=size.process_rounds + 1)
    benchmark.extra_info["rows"] = [row.as_dict() for row in workload.rows()]
