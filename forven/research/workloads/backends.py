"""Which backends this installation has: each is asked in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import forven
from forven.research.workloads.sizes import BenchmarkFailed

BACKEND_VARIABLE = "FORVEN_BACKEND"
BACKENDS = ("rust", "numba")
_ASK = (
    "from forven.kernels import backend; "
    "[backend.load(part) for part in backend.PARTS]; "
    "print(backend.NAME)"
)
"""Loads the kernels too, so that they are compiled before anything is timed."""
_REFUSED = "BackendUnavailable: "


def available_backends() -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the backends that load, and for each other one why it does not.

    errors: BenchmarkFailed for one that fails in any other way than to say it is not there
    """
    found: list[str] = []
    missing: dict[str, str] = {}
    for name in BACKENDS:
        environment = {**os.environ, BACKEND_VARIABLE: name}
        environment["PYTHONPATH"] = str(Path(forven.__file__).resolve().parents[1])
        command = [sys.executable, "-c", _ASK]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode == 0 and ran.stdout.strip() == name:
            found.append(name)
        elif _REFUSED in ran.stderr:
            missing[name] = ran.stderr.strip().splitlines()[-1].partition(_REFUSED)[2]
        else:
            raise BenchmarkFailed(
                f"{name}: expected a backend that loads or says why not, found "
                f"exit {ran.returncode}: {ran.stderr[-500:]}"
            )
    return tuple(found), missing
