"""The whole way: `forven backtest` over synthetic days, from Parquet on disk to the result."""

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.processes import Ran, backtest, synthetic_dataset
from benchmarks.rows import WARM, Row, median
from benchmarks.sizes import BenchmarkFailed, Size

MEASURE = "pipeline"


class Pipeline:
    """One strategy over the dataset of a size, by the real command in a process of its own."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.dataset = synthetic_dataset(size.pipeline_days, size.pipeline_frame_seconds)
        self.ran: list[Ran] = []
        self.digests: list[str] = []

    def run(self) -> None:
        """Run the command once; it must keep to its memory and to its digest."""
        ran, digest = backtest(self.dataset)
        self.ran.append(ran)
        self.digests.append(digest)
        if ran.rss_bytes >= self.size.pipeline_rss_max:
            raise BenchmarkFailed(
                f"expected a peak below {self.size.pipeline_rss_max / 1e6:.0f} MB, "
                f"found {ran.rss_bytes / 1e6:.0f} MB"
            )
        if len(set(self.digests)) != 1:
            raise BenchmarkFailed(f"expected one digest, found {sorted(set(self.digests))}")

    def row(self) -> Row:
        """Return what was measured."""
        samples = [ran.seconds for ran in self.ran]
        days = self.size.pipeline_days
        peak = max(ran.rss_bytes for ran in self.ran)
        frames = f"{self.size.pipeline_frame_seconds}-second frames"
        return Row(
            measure=MEASURE,
            label=f"forven backtest, {days} days of {frames}, peak {peak / 1e6:.0f} MB",
            state=WARM,
            value=days / median(samples),
            unit="days/s",
            samples=samples,
            digest=self.digests[0],
            details={"days": days, "rss_peak_bytes": peak},
        )


def bench_pipeline(benchmark: BenchmarkFixture, size: Size) -> None:
    workload = Pipeline(size)
    benchmark.pedantic(workload.run, rounds=size.process_rounds)
    benchmark.extra_info["rows"] = [workload.row().as_dict()]
