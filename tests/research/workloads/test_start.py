from pathlib import Path
from typing import Any

import pytest

from forven.research.workloads.processes import Ran
from forven.research.workloads.sizes import Size
from forven.research.workloads.start import BACKTEST, FIRST_BACKTEST, HELP, Start


def settings(size: Size, home: Path, command: str) -> dict[str, Any]:
    return {"home": str(home), "frame_seconds": size.start_frame_seconds, "command": command}


def test_a_backtest_and_the_help_are_started_and_give_digests(size: Size, bench_home) -> None:
    backtest = Start(settings(size, bench_home, BACKTEST)).round()
    shown = Start(settings(size, bench_home, HELP)).round()
    assert shown.seconds < backtest.seconds
    assert backtest.digest != shown.digest


def test_a_first_backtest_compiles_into_a_folder_of_its_own_that_is_gone_afterwards(
    size: Size, bench_home, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []

    def backtest(strategy: str, dataset: str, home: Path, kernels: Path) -> tuple[Ran, str]:
        assert list(kernels.iterdir()) == []
        folders.append(kernels)
        return Ran(seconds=9.0, rss_bytes=1, output=""), "0" * 64

    workload = Start(settings(size, bench_home, FIRST_BACKTEST))
    monkeypatch.setattr("forven.research.workloads.start.backtest", backtest)
    assert workload.round().seconds == 9.0
    assert not folders[0].exists()
