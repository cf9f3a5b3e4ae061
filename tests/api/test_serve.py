"""A server process from its first line to its last: ports, signals, the switch, what it refuses."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.serve import CannotListen, PortTaken, listening_socket, make_server
from tests.api.serving import open_settings


@contextmanager
def process(log: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server on a free port and yield it with its address."""
    environment = {**os.environ, "FORVEN_PORT": "0", **variables}
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.api.served_process", str(log)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    try:
        line = started.stdout.readline()
        while line.startswith("warning:"):
            line = started.stdout.readline()
        url = line.rpartition(" ")[2].strip()
        wait_for("started", log)
        yield started, url
    finally:
        started.kill()
        started.communicate()


def wait_for(word: str, log: Path) -> None:
    """Wait until the server has noted a word."""
    deadline = time.monotonic() + 20
    while not log.exists() or word not in log.read_text():
        assert time.monotonic() < deadline, f"the server has not noted {word!r}"
        time.sleep(0.01)


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=30.0)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_answers_finish_and_the_application_stop(
    tmp_path: Path, sent: signal.Signals
) -> None:
    log = tmp_path / "log"
    with process(log) as (server, url):
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(get(url + "/slow")))
        asking.start()
        wait_for("asked", log)
        server.send_signal(sent)
        assert server.wait(timeout=10) == 0
        asking.join(timeout=5)
    assert answers[0].status_code == 200
    assert log.read_text().split() == ["started", "asked", "answered", "stopped"]


def test_the_switch_stops_the_server_as_a_signal_does(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with process(log) as (server, url):
        assert get(url + "/stop").status_code == 200
        assert server.wait(timeout=10) == 0
    assert log.read_text().split() == ["started", "stopped"]


def test_a_second_signal_does_not_wait_for_an_answer_that_never_comes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with process(log) as (server, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as asking:
            asking.sendall(b"GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n")
            wait_for("asked", log)
            server.send_signal(signal.SIGTERM)
            time.sleep(0.7)
            assert server.poll() is None
            begun = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=10)
            assert time.monotonic() - begun < 3.0


def test_a_taken_port_is_told_with_who_has_it_and_what_to_do(tmp_path: Path) -> None:
    with process(tmp_path / "log") as (_, url):
        port = int(url.rpartition(":")[2])
        with pytest.raises(PortTaken) as refused:
            listening_socket(open_settings(port=port))
        second = subprocess.run(
            [sys.executable, "-m", "tests.api.served_process", str(tmp_path / "second")],
            env={**os.environ, "FORVEN_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert str(refused.value) == (
        f"port {port} is taken: another forven, which is alive, answers at 127.0.0.1:{port}; "
        f"stop it, or pick another port with FORVEN_PORT={port + 1}"
    )
    assert second.returncode == 1 and str(refused.value) in second.stderr
    assert not (tmp_path / "second").exists()


def test_a_port_taken_by_a_program_that_says_nothing_is_told_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken: another program answers"):
            listening_socket(open_settings(port=port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_cannot_be_listened_at(host: str) -> None:
    with pytest.raises(CannotListen, match="expected"):
        listening_socket(open_settings(bind_host=host))


def test_a_server_that_would_stand_open_does_not_start(tmp_path: Path) -> None:
    for variables in ({"FORVEN_BIND_HOST": "0.0.0.0"}, {"FORVEN_AUTH_REQUIRED": "true"}):
        refused = subprocess.run(
            [sys.executable, "-m", "tests.api.served_process", str(tmp_path / "log")],
            env={**os.environ, "FORVEN_PORT": "0", **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert refused.returncode == 1
        assert "expected both keys" in refused.stderr
    assert not (tmp_path / "log").exists()


def test_an_application_that_does_not_start_is_told(tmp_path: Path) -> None:
    failed = subprocess.run(
        [sys.executable, "-m", "tests.api.served_process", str(tmp_path / "log"), "--fail"],
        env={**os.environ, "FORVEN_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert failed.returncode == 1
    assert "expected the application to start" in failed.stderr
    assert "no host today" in failed.stderr


def test_peers_are_taken_from_the_socket_and_addresses_are_not_logged() -> None:
    config = make_server(lambda scope: None).config  # type: ignore[arg-type, return-value]
    assert config.proxy_headers is False
    assert config.access_log is False
