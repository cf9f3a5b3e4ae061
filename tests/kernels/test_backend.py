"""The door to the kernels: what may be asked for, and what is said to anything else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import forven
from forven.kernels import backend
from forven.primitives.errors import BackendUnavailable

ROOT = Path(forven.__file__).parent.parent


@pytest.mark.parametrize("wanted", backend.CHOICES)
def test_every_choice_names_a_backend(wanted):
    assert backend.chosen_backend(wanted) == "numba"


@pytest.mark.parametrize("wanted", ["", "rust!", "NUMBA", "numba "])
def test_another_name_is_refused_with_the_choices(wanted):
    with pytest.raises(BackendUnavailable, match=r"FORVEN_BACKEND: expected one of auto, numba"):
        backend.chosen_backend(wanted)


def test_a_bad_backend_is_one_clear_line_at_the_command_line(tmp_path):
    program = "from forven.cli import main; main()"
    strategy = tmp_path / "none.json"
    done = subprocess.run(
        [sys.executable, "-c", program, "backtest", str(strategy), "--data", "demo"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "FORVEN_BACKEND": "gpu"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: FORVEN_BACKEND: expected one of auto, numba, found 'gpu'; "
        "unset it, or set it to one of these\n"
    )
