"""What tests of benchmarks share: the tiny size, and the results of one whole tiny run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.field import ROOT
from benchmarks.page import END, SECTIONS
from forven.research.workloads.sizes import SIZES, Size
from tests.once import once


@pytest.fixture(scope="session")
def size() -> Size:
    """Return the tiny size."""
    return SIZES["tiny"]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Return what `python -m benchmarks --size tiny` shows and the results it writes."""
    shown, results = once(tmp_path_factory, "tiny_run", lambda: ran(tmp_path_factory))
    return shown, results


def ran(folders: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Run all benchmarks in a process."""
    output = folders.mktemp("bench")
    command = [sys.executable, "-m", "benchmarks", "--size", "tiny", "--output", str(output)]
    # A worker of a parallel test run says so to its children.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    home = str(folders.mktemp("bench-home"))
    environment = {**own, "COLUMNS": "240", "FORVEN_BENCH_HOME": home}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads((output / "results.json").read_text("utf-8"))


@pytest.fixture
def results(tiny_run: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a copy of the results of the tiny run, to be changed as one likes."""
    return json.loads(json.dumps(tiny_run[1]))


@pytest.fixture
def marked_page(tmp_path: Path) -> Path:
    """Return a page with an old table between the marks of each section."""
    page = tmp_path / "page.md"
    tables = "between\n".join(f"{one.begin}\nold\n{END}\n" for one in SECTIONS)
    page.write_text(f"before\n{tables}after\n", "utf-8")
    return page
