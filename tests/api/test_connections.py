"""Connections of clients that mean harm, over real sockets: each ends alone."""

import os
import socket
import struct
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import connect

from api.connections import HttpConnection
from tests.api.guard.visitors import Echo, raw_exchange, status_of
from tests.api.serving import Running, served

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Waiting(Echo):
    """Accepts a socket and reads it to its end."""

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        if scope["type"] != "websocket":
            await super().__call__(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            pass


@pytest.fixture
def running() -> Iterator[Running]:
    with served(Waiting()) as server:
        yield server


def alive(running: Running) -> bool:
    """Return whether others are still answered."""
    answer = raw_exchange(running.port, b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    return status_of(answer) == 200


def frame(opcode: int, payload: bytes, final: bool = True) -> bytes:
    """Return a client's frame with an empty mask."""
    head = bytes([opcode | (0x80 if final else 0)])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", len(payload))
    return head + b"\0\0\0\0" + payload


def opened(running: Running) -> socket.socket:
    """Return a connection after the handshake of a socket."""
    connection = socket.create_connection(("127.0.0.1", running.port), timeout=10)
    connection.sendall(HANDSHAKE)
    assert connection.recv(4_096).startswith(b"HTTP/1.1 101")
    return connection


def ended(connection: socket.socket, seconds: float) -> bool:
    """Return whether the server ends a connection in time, whatever it says before."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_a_head_that_never_ends_is_cut_off(running: Running) -> None:
    for piece in (b"x" * 1_000, b"x-a: y\r\n" * 100):
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            sent = b"GET / HTTP/1.1\r\nHost: a\r\nx-long: "
            try:
                connection.sendall(sent)
                for _ in range(1_000):
                    connection.sendall(piece)
            except OSError:
                pass
            assert ended(connection, 5.0)
    assert alive(running)


def test_a_head_that_comes_too_slowly_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HttpConnection, "head_seconds_max", 0.3)
    with served(Waiting()) as running:
        silent = socket.create_connection(("127.0.0.1", running.port))
        slow = socket.create_connection(("127.0.0.1", running.port))
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        kept = socket.create_connection(("127.0.0.1", running.port))
        kept.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        kept.recv(4_096)
        kept.sendall(b"GET /x HTTP/1.1\r\nHost:")  # a second head on a kept connection is timed too
        with silent, slow, kept:
            assert ended(silent, 3.0) and ended(slow, 3.0) and ended(kept, 3.0)
        with connect(running.socket_url + "/ws", proxy=None) as client:
            time.sleep(0.6)  # a socket has no head any more
            client.ping().wait(5)


def test_a_kept_connection_answers_again_and_again(running: Running) -> None:
    with httpx.Client(base_url=running.url, trust_env=False, verify=False) as client:
        answers = [client.get("/x", headers={"x-long": "y" * 20_000}) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    "hostile",
    [
        frame(0x1, b"x" * 70_000),
        frame(0x1, b"", final=False) + frame(0x0, b"", final=False) * 2_000,
        frame(0x1, b"\xff\xfe"),
        frame(0x3, b"x"),
        os.urandom(5_000),
    ],
    ids=["too long", "empty fragments", "no UTF-8", "unknown kind", "noise"],
)
def test_frames_that_break_the_protocol_end_their_own_connection(
    running: Running, hostile: bytes
) -> None:
    with opened(running) as connection, connect(running.socket_url + "/ws", proxy=None) as other:
        connection.sendall(hostile)
        assert ended(connection, 5.0)
        other.ping().wait(5)
    assert alive(running)


def test_pings_whose_answers_are_not_read_end_the_connection(running: Running) -> None:
    with opened(running) as connection:
        connection.settimeout(20.0)
        with pytest.raises(ConnectionError):
            connection.sendall(frame(0x9, b"x" * 125) * 480_000)
    assert alive(running)
