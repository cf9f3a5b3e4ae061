from pathlib import Path

import pytest

from benchmarks.bench_start import Start
from benchmarks.processes import Ran
from benchmarks.rows import COLD, ROW_FIELDS, WARM
from benchmarks.sizes import BenchmarkFailed, Size


def test_a_warm_start_and_the_help_give_whole_rows(size: Size) -> None:
    workload = Start(size)
    workload.run_warm()
    rows = [row.as_dict() for row in workload.rows()]
    assert [row["state"] for row in rows] == [WARM, WARM]
    assert all(set(row) == ROW_FIELDS for row in rows)
    assert rows[1]["value"] < rows[0]["value"]


def test_a_cold_start_compiles_into_a_folder_of_its_own_that_is_gone_afterwards(
    size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []

    def backtest(dataset: str, kernels: Path | None) -> tuple[Ran, str]:
        assert kernels is not None
        assert list(kernels.iterdir()) == []
        folders.append(kernels)
        return Ran(seconds=9.0, rss_bytes=1, output=""), "0" * 64

    workload = Start(size)
    monkeypatch.setattr("benchmarks.bench_start.backtest", backtest)
    workload.run_cold()
    assert workload.backtest_samples[COLD] == [9.0]
    assert not folders[0].exists()


def test_a_start_with_another_digest_is_refused(
    size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    workload = Start(size)
    ran = Ran(seconds=1.0, rss_bytes=1, output="")
    monkeypatch.setattr("benchmarks.bench_start.backtest", lambda *asked: (ran, "1" * 64))
    workload.digests = {"0" * 64}
    with pytest.raises(BenchmarkFailed, match="expected one digest"):
        workload.run_warm()
