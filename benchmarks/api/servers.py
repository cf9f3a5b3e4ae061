"""Servers as processes: the floor and forven itself, for as long as a measurement takes."""

import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_LISTENS = re.compile(r"listens at (http://\S+)")
FLOOR = ("-m", "benchmarks.api.floor")
FORVEN = ("-c", "from forven.cli import main; main()", "serve")


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that runs in a process of its own."""

    url: str
    pid: int

    def get(self, path: str) -> Any:
        """Return the JSON of a path."""
        answer = httpx.get(self.url + path, trust_env=False, timeout=30.0)
        answer.raise_for_status()
        return answer.json()

    def resident_mb(self) -> float | None:
        """Return the process's memory in MB; None where the system does not say."""
        statm = Path(f"/proc/{self.pid}/statm")
        if not statm.exists():
            return None
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6

    def processor_seconds(self) -> float:
        """Return the processor time the process has used; 0 where the system does not say."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(arguments: tuple[str, ...], **variables: str) -> Iterator[ServerProcess]:
    """Run a server while the block runs; it listens on a free port and has no rate limit."""
    environment = {
        **os.environ,
        "FORVEN_PORT": "0",
        "FORVEN_RATE_LIMIT_ENABLED": "false",
        "FORVEN_LOG_LEVEL": "warning",
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if found := _LISTENS.search(line):
                break
        else:
            raise AssertionError(f"the server did not start:\n{said}")
        # What it says later is read and dropped: a full pipe would hold the server back.
        threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
        server = ServerProcess(found[1], process.pid)
        wait_until_healthy(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_healthy(server: ServerProcess) -> None:
    """Wait until a server answers: its socket is there before its application."""
    deadline = time.monotonic() + 120
    while True:
        try:
            server.get("/health")
            return
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
