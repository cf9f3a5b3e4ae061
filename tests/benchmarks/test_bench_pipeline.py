from dataclasses import replace

import pytest

from benchmarks.bench_pipeline import Pipeline
from benchmarks.processes import Ran
from benchmarks.rows import ROW_FIELDS
from benchmarks.sizes import BenchmarkFailed, Size


def test_the_command_gives_one_digest_twice_and_a_whole_row(size: Size) -> None:
    workload = Pipeline(size)
    workload.run()
    workload.run()
    row = workload.row().as_dict()
    assert set(row) == ROW_FIELDS
    assert set(workload.digests) == {row["digest"]}
    assert row["value"] == pytest.approx(size.pipeline_days / row["seconds_median"])
    assert 20e6 < row["details"]["rss_peak_bytes"] < size.pipeline_rss_max


def test_a_command_that_takes_more_memory_than_it_may_is_refused(
    size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    workload = Pipeline(replace(size, pipeline_rss_max=10_000_000))
    heavy = Ran(seconds=1.0, rss_bytes=10_000_000, output="")
    monkeypatch.setattr("benchmarks.bench_pipeline.backtest", lambda name: (heavy, "0" * 64))
    with pytest.raises(BenchmarkFailed, match="expected a peak below 10 MB, found 10 MB"):
        workload.run()
