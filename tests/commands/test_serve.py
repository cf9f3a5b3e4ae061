"""`forven serve` as a process: what it says, where it listens, what it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "from forven.cli import main; main()"

pytestmark = pytest.mark.slow


def serve(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a server that is to refuse to start."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "serve", *arguments],
        env={**os.environ, "FORVEN_HOME": str(home), "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("path", ["/ws/live", "/api/ws/live", "/api/forven/ws/live"])
def test_the_live_socket_is_at_every_address(served, path):
    with connect(served.base.replace("http", "ws") + path) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "init"


def test_a_second_server_on_a_home_is_refused_by_name(served):
    done = serve("--feed", "replay:coarse", "--port", "0", home=served.home)
    assert done.returncode == 1
    assert "error: " in done.stderr.splitlines()[-1]
    assert "held" in done.stderr or "in use" in done.stderr or "runs" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_a_port_is_told_who_is_there(served, tmp_path):
    port = served.base.rpartition(":")[2]
    done = serve("--port", port, home=tmp_path)
    assert done.returncode == 1
    assert f"port {port} is taken: another forven, which is alive, answers" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (("--feed", "telepathy"), {}, "feed: expected"),
        (("--feed", "replay:nothing"), {}, "no dataset 'nothing'"),
        (("--speed", "fast"), {}, "FORVEN_FEED_SPEED: expected a positive number or max"),
        (("--port", "99999"), {}, "FORVEN_PORT: expected a whole number from 0 to 65535"),
        (("--from", "yesterday", "--feed", "synthetic:7"), {}, "expected a date as YYYY-MM-DD"),
        (("--host", "0.0.0.0"), {}, "FORVEN_API_KEY and FORVEN_OPERATOR_KEY not set"),
        ((), {"FORVEN_AUTH_REQUIRED": "true"}, "FORVEN_AUTH_REQUIRED=true: expected both keys"),
        ((), {"FORVEN_EXECUTION_MODE": "live"}, "FORVEN_EXECUTION_MODE: expected paper"),
        ((), {"FORVEN_DATABASE_URL": "nonsense"}, "database"),
    ],
)
def test_what_cannot_be_served_is_one_line_that_names_it(tmp_path, arguments, variables, told):
    done = serve(*arguments, home=tmp_path, **variables)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
