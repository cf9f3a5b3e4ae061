"""Imports go downwards only: the contracts of pyproject.toml hold, and each of them can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

FLOORS = ("primitives", "kernels", "market", "engine", "strategies", "store", "research", "bots")
LINTER = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in a folder with that folder's pyproject.toml."""
    command = [sys.executable, "-c", LINTER, "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """Return a folder with our contracts and a house of empty floors."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = [tmp_path / "api", tmp_path / "forven", *(tmp_path / "forven" / f for f in FLOORS)]
    for room in rooms:
        room.mkdir()
        (room / "__init__.py").write_text("")
    return tmp_path


def test_the_project_keeps_its_contracts() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_house_of_empty_floors_keeps_the_contracts(small_house: Path) -> None:
    done = linted(small_house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "imported", "contract"),
    [
        ("forven/primitives", "forven.market", "Floors import downwards only"),
        ("forven/market", "forven.engine", "Floors import downwards only"),
        ("forven/research", "api", "Floors import downwards only"),
        ("forven/research", "forven.bots", "Floors import downwards only"),
        ("forven/bots", "forven.research", "Floors import downwards only"),
        ("forven/kernels", "pyarrow", "Kernels see arrays only"),
        ("forven/market", "rich", "Terminal output belongs to the command line"),
        ("forven/bots", "rich", "Terminal output belongs to the command line"),
        ("forven/store", "fastapi", "HTTP belongs to the API"),
        ("api", "click", "The API does not write to a terminal"),
        ("forven/engine", "QuantLib", "Test oracles stay in the tests"),
    ],
)
def test_an_import_against_a_contract_breaks_it(
    small_house: Path, room: str, imported: str, contract: str
) -> None:
    (small_house / room / "__init__.py").write_text(f"import {imported}\n")
    done = linted(small_house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout
