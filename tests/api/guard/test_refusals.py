"""Sockets at the guard: who gets in, who is closed with 1008, and that no key reaches a log."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from api.guard.guard import Guard
from tests.api.guard.visitors import Echo
from tests.api.serving import Running, open_settings, served

KEY = "socket-key"


@contextmanager
def guarded(**given: object) -> Iterator[tuple[Running, Echo]]:
    echo = Echo()
    settings = open_settings(**given)
    with served(Guard(echo, settings), settings) as running:
        yield running, echo


def heard(running: Running, path: str, **headers: str) -> dict[str, object]:
    """Return what the application said to a socket."""
    with connect(running.socket_url + path, additional_headers=headers, proxy=None) as client:
        said: dict[str, object] = json.loads(client.recv(timeout=5))
        return said


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/ws/live?key={KEY}", {}),
        (f"/ws/live?api_key={KEY}", {}),
        (f"/api/ws/live?apikey={KEY}", {}),
        ("/ws/live", {"x-api-key": KEY}),
        ("/ws/live", {"Authorization": f"Bearer {KEY}"}),
        ("/ws/live", {"Authorization": KEY}),
    ],
)
def test_a_socket_brings_its_key_in_its_address_or_a_header(
    path: str, headers: dict[str, str]
) -> None:
    with guarded(api_key=KEY) as (running, _):
        said = heard(running, path, **headers)
        assert said["authenticated"] is True
        assert KEY not in str(said["query"])


def test_other_parts_of_the_address_reach_the_application() -> None:
    with guarded(api_key=KEY) as (running, _):
        said = heard(running, f"/ws/live?cursor=7&key={KEY}&types=trade%2Cprices")
        assert said["query"] == "cursor=7&types=trade%2Cprices"


def test_a_live_socket_without_a_key_gets_in_unknown_to_say_it_later() -> None:
    with guarded(api_key=KEY) as (running, echo):
        assert heard(running, "/ws/live")["authenticated"] is False
        assert refused_code(running, "/ws/other") == (1008, "unauthorized")
        assert refused_code(running, "/ws/live/") == (1008, "unauthorized")
        assert len(echo.calls) == 1


def test_without_a_key_to_bring_every_socket_is_known() -> None:
    with guarded() as (running, _):
        assert heard(running, "/ws/live")["authenticated"] is True


def refused_code(running: Running, path: str, **headers: str) -> tuple[int, str]:
    """Return the code and reason by which a socket was closed before it heard anything."""
    url = running.socket_url + path
    with (
        connect(url, additional_headers=headers, proxy=None) as client,
        pytest.raises(ConnectionClosed) as closed,
    ):
        client.recv(timeout=5)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def test_a_wrong_key_and_a_foreign_page_are_closed_with_1008() -> None:
    with guarded(api_key=KEY) as (running, echo):
        assert refused_code(running, "/ws/live?key=wrong") == (1008, "unauthorized")
        assert refused_code(running, "/ws/live", Authorization="wrong") == (1008, "unauthorized")
        for origin in ("https://evil.example", "null"):
            closed = refused_code(running, f"/ws/live?key={KEY}", Origin=origin)
            assert closed == (1008, "origin_not_allowed")
        assert echo.calls == []
        listed = heard(running, f"/ws/live?key={KEY}", Origin="http://localhost:5173")
        assert listed["authenticated"] is True


def test_another_hosts_name_and_too_many_sockets_are_refused_by_status() -> None:
    given = {"rate_limit_enabled": True, "rate_limit_default": "1/hour"}
    with guarded(**given) as (running, _):
        heard(running, "/ws/live")
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(running.socket_url + "/ws/live", proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"] == "3600"
    with guarded(allowed_hosts="example.com", bind_host="127.0.0.1") as (running, _):
        url = running.socket_url.replace("127.0.0.1", "localhost") + "/ws/live"
        with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None):
            pass
        assert refused.value.response.status_code == 400


def test_no_key_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with guarded(api_key=KEY) as (running, _):
        heard(running, f"/ws/live?key={KEY}")
        refused_code(running, "/ws/live?key=almost-the-key")
    texts = [
        record.getMessage() for record in caplog.records if record.name.startswith(("uvi", "forv"))
    ]
    assert not any(KEY in text or "almost" in text for text in texts)
