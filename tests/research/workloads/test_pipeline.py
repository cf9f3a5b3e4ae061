from dataclasses import replace
from typing import Any

import pytest

from forven.research.workloads.pipeline import Pipeline
from forven.research.workloads.processes import Ran
from forven.research.workloads.sizes import BenchmarkFailed, Size


def settings(size: Size, home, **changes) -> dict[str, Any]:
    given = {
        "home": str(home),
        "data": None,
        "days": size.pipeline_days,
        "frame_seconds": size.pipeline_frame_seconds,
        "variants": 1,
        "rss_bytes_max": size.pipeline_rss_bytes_max,
        "strategy": None,
    }
    return {**given, **changes}


def test_the_command_gives_the_digest_of_its_journals_and_keeps_to_its_memory(
    size: Size, bench_home
) -> None:
    taken = Pipeline(settings(size, bench_home)).round()
    assert taken.units == size.pipeline_days
    assert len(taken.digest) == 64
    assert 20e6 < taken.details["command_rss_peak_bytes"] < size.pipeline_rss_bytes_max


def test_many_variants_are_as_many_bot_days_over_the_same_days(size: Size, bench_home) -> None:
    variants = size.pipeline_variants
    taken = Pipeline(settings(size, bench_home, variants=variants)).round()
    assert taken.units == size.pipeline_days * variants
    assert taken.details["days_per_second"] == pytest.approx(size.pipeline_days / taken.seconds)
    assert len(taken.digest) == 64


def test_a_command_that_takes_more_memory_than_it_may_is_refused(
    size: Size, bench_home, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(size, pipeline_rss_bytes_max=10_000_000)
    workload = Pipeline(settings(small, bench_home))
    heavy = Ran(seconds=1.0, rss_bytes=10_000_000, output="")
    monkeypatch.setattr(
        "forven.research.workloads.pipeline.backtest", lambda *asked: (heavy, "0" * 64)
    )
    with pytest.raises(BenchmarkFailed, match="expected a peak below 10 MB, found 10 MB"):
        workload.round()
