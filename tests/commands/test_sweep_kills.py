"""A real `forven sweep`, killed at every kind of moment, ends as one that nobody touched."""

import json
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.test_sweep import forven, home, started, swept

__all__ = ["home"]

GRID = ("--grid", "fast=2:60:1", "slow=61:160:1")
DEADLINE_SECONDS = 120


def has_digest(folder: Path) -> bool:
    path = folder / "sweep.json"
    return path.exists() and "digest" in json.loads(path.read_text())


def parts(folder: Path) -> int:
    return len(list(folder.glob("parts/part-*.parquet")))


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "the folder is made": lambda folder: folder.exists(),
    "the plan is written": lambda folder: (folder / "sweep.json").exists(),
    "a part is being written": lambda folder: any(folder.glob("parts/.part-*.part")),
    "some parts are there": lambda folder: parts(folder) >= 3,
    "the results are being written": lambda folder: any(folder.glob(".results.parquet.*.part")),
    "the results are there": lambda folder: (folder / "results.parquet").exists(),
    "the digest is written": has_digest,
}


TRIES = 5
"""Some moments are short: a process may be past them, or at its end, before it is killed."""


@pytest.fixture(scope="module")
def whole(home, tmp_path_factory) -> str:
    """The digest of the sweep when nobody kills it."""
    folder = tmp_path_factory.mktemp("whole") / "kept"
    return swept(home, *GRID, "--output", folder)["digest"]


def killed_when(process: subprocess.Popen, folder: Path, is_reached: Callable) -> bool:
    """Kill a process as soon as a moment is reached; return whether it was still at work."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while process.poll() is None and not is_reached(folder):
        assert time.monotonic() < deadline
    process.kill()
    process.communicate()
    return process.returncode == -9


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_a_moment_changes_nothing(home, tmp_path, whole, moment) -> None:
    for attempt in range(TRIES):
        folder = tmp_path / f"killed{attempt}"
        process = started(home, "sweep", "dema_cross", *GRID, "--data", "hours", "--output", folder)
        if killed_when(process, folder, MOMENTS[moment]):
            break
    assert swept(home, *GRID, "--output", folder)["digest"] == whole


def test_kills_at_random_moments_one_after_another_change_nothing(home, tmp_path, whole) -> None:
    folder = tmp_path / "killed"
    draw = random.Random(7)
    words = ("sweep", "dema_cross", *GRID, "--data", "hours", "--output", folder, "--json")
    kills = 0
    for _ in range(6):
        process = started(home, *words)
        until = parts(folder) + draw.randint(0, 2)
        wait_seconds = draw.uniform(0.0, 0.05)
        while process.poll() is None and not (folder.exists() and parts(folder) >= until):
            time.sleep(0.001)
        time.sleep(wait_seconds)
        process.kill()
        process.communicate()
        kills += process.returncode == -9
    assert kills
    done = forven(home, *words)
    assert json.loads(done.out)["digest"] == whole
    assert sorted(path.name for path in folder.iterdir()) == [
        "results.parquet", "sweep.json", "sweep.lock",
    ]  # fmt: skip
