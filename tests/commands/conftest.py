"""The command line in this process, and a real server in another for commands that need one."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from tests.commands.here import Here

ROOT = Path(__file__).resolve().parents[2]
STARTED_SECONDS_MAX = 120
_LISTENS = re.compile(r"listens at (http://\S+)\n")


@dataclass(frozen=True)
class Served:
    """A running server: its address and its home."""

    base: str
    home: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """A server that replays two coarse made-up days, as fast as they come."""
    home = tmp_path_factory.mktemp("served")
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 2)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(Catalog(home), "coarse", spec, sessions, lambda day: None)
    program = "from forven.cli import main; main()"
    arguments = ("serve", "--feed", "replay:coarse", "--speed", "max", "--port", "0")
    log = home / "server.log"
    with log.open("w") as told:  # a file takes whatever is said; a pipe that nobody reads fills up
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "FORVEN_HOME": str(home), "PYTHONPATH": str(ROOT)},
            cwd=home,
            stderr=told,
        )
    try:
        deadline = time.monotonic() + STARTED_SECONDS_MAX
        while (found := _LISTENS.search(log.read_text())) is None:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield Served(found[1], home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.fixture
def server(served, monkeypatch) -> Served:
    """The server, found by commands that run in this process."""
    monkeypatch.setenv("FORVEN_CLIENT_BASE", served.base)
    monkeypatch.setenv("FORVEN_HOME", str(served.home))
    return served


@pytest.fixture
def here(monkeypatch, capsys) -> Here:
    """The command line in this process."""
    return Here(monkeypatch, capsys)
