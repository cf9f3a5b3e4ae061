"""What is dear to make, made once for all workers of a test run, whichever of them asks first."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECONDS_MAX = 1_800
"""Of a machine with more workers than cores; what fails is told at once."""


def once(folders: pytest.TempPathFactory, name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, as JSON holds it; workers that ask later wait for it.

    Where it fails, it fails for all who ask.
    """
    shared = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made, failed = shared / f"{name}.json", shared / f"{name}.failed"
    try:
        (shared / f"{name}.begun").touch(exist_ok=False)
    except FileExistsError:
        _wait_for(made, failed)
        return json.loads(made.read_text("utf-8"))
    try:
        text = json.dumps(make())
    except BaseException:
        failed.touch()
        raise
    part = made.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(made)
    return json.loads(text)


def _wait_for(made: Path, failed: Path) -> None:
    """Wait until another worker has made it; fail with it."""
    deadline = time.monotonic() + SECONDS_MAX
    while not made.exists():
        assert not failed.exists(), f"{made.stem}: another worker could not make it and says why"
        assert time.monotonic() < deadline, f"{made.stem}: another worker has not made it in time"
        time.sleep(0.1)
