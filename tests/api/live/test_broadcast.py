"""Slow clients and many: frames keep their pace, memory is bounded, the deaf are let go."""

import contextlib
import gc
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import connections
from api.live.broadcast import Broadcast
from api.live.client import Client
from api.live.interest import Filter
from forven.bots.hub import Hub, LiveEvent
from tests.api.live.feeds import TS, Feed, live, price, quick, trade

LONG = "x" * 2_000
CLIENTS = 300
READERS = 270


def handshake(feed: Feed, path: str = "/ws/live") -> socket.socket:
    """Return a raw connection after its handshake, with a small window so that it fills soon."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.connect(("127.0.0.1", feed.running.port))
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return connection


def long_trade(number: int) -> LiveEvent:
    return LiveEvent(type="trade", ts=TS, payload={"data": {"number": number, "text": LONG}})


def test_clients_at_the_same_place_share_one_text() -> None:
    hub = Hub()
    broadcast = Broadcast(hub, quick(), lambda: TS)
    hub.publish([trade(number) for number in range(10)])
    texts = {id(broadcast.compose(Filter(), 0, None).texts[0]) for _ in range(100)}
    assert len(texts) == 1


def test_a_slow_client_gets_the_latest_values_and_every_event_once() -> None:
    hub = Hub()
    broadcast = Broadcast(hub, quick(), lambda: TS)
    client = Client(broadcast, Filter(), 0)
    heard: list[str] = []
    for number in range(1_000):
        hub.publish([price(str(number)), trade(number)])
        broadcast.values_round += 1
        if number % 100 == 99:
            while (text := client.next_message()) is not None:
                assert client.next_message() == text  # not taken: offered again, unchanged
                heard.append(text)
                client.take()
    joined = "".join(heard)
    assert joined.count('"type":"trade"') == 1_000
    assert joined.count('"type":"prices"') == 10
    assert '"SPX":"999"' in joined
    assert f'"sequence":{len(heard)},' in heard[-1]


def test_who_does_not_read_is_let_go_and_others_hear_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.2)
    with live(timing=quick(send=0.2)) as feed, feed.client() as reader:
        reader.next()
        deaf = handshake(feed)
        deadline = time.monotonic() + 60
        number = 0
        while feed.socket.clients < 2:
            time.sleep(0.01)
        while feed.socket.clients > 1 and time.monotonic() < deadline:
            feed.hub.publish([long_trade(number) for _ in range(50)])
            number += 1
            time.sleep(0.02)
        assert feed.socket.clients == 1
        feed.hub.publish([trade(7)])
        while reader.next().get("data") != {"number": 7}:
            pass
        # the connection itself ends too: what was not read is not kept for ever
        kept = feed.running.server.server_state.connections
        while len(kept) > 1:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert [one.disconnected for one in kept] == [False]
        deaf.close()


def test_a_client_that_was_slow_for_a_while_is_told_its_gap_and_goes_on() -> None:
    hub = Hub(ring_events=20)
    with live(hub, quick(send=60.0)) as feed:
        slow = handshake(feed)
        while feed.socket.clients < 1:
            time.sleep(0.01)
        for _ in range(400):
            feed.hub.publish([long_trade(number) for number in range(20)])
            time.sleep(0.002)
        slow.settimeout(5.0)
        text = b""
        feed.hub.publish([trade(123_456)])
        while b"123456" not in text[-4_000:]:
            text += slow.recv(1 << 20)
        slow.close()
    assert b'"type":"gap","from":' in text
    assert text.count(b'"number":0,') < 400


@contextlib.contextmanager
def crowd(port: int, readers: int, deaf: int) -> Iterator[subprocess.Popen[str]]:
    """Run a process with many clients, some of which never read; a line says all are connected."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.live.crowd", str(port), str(readers), str(deaf)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def resident_bytes() -> int:
    """Return this process's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")
def test_hundreds_of_clients_a_tenth_of_them_deaf_hold_back_neither_the_host_nor_each_other() -> (
    None
):
    timing = quick(tick=0.5, send=60.0)  # the deaf stay to the end: they may not cost memory
    sessions = 200
    with live(timing=timing) as feed, crowd(feed.running.port, READERS, CLIENTS - READERS) as many:
        while feed.socket.clients < CLIENTS:
            time.sleep(0.05)
        late_seconds: list[float] = []
        memory: list[int] = []
        done = threading.Event()

        def host() -> None:
            begun = time.monotonic()
            for frame in range(60):
                planned = begun + frame * 0.1
                time.sleep(max(0.0, planned - time.monotonic()))
                values = [
                    LiveEvent(
                        type="position_pnl",
                        ts=TS + frame,
                        session_id=str(number),
                        payload={
                            "positions": [{"total_profit_loss": str(frame)}],
                            "at": LONG[:100],
                        },
                        key=str(number),
                    )
                    for number in range(sessions)
                ]
                events = [trade(frame * 5 + each) for each in range(5)]
                feed.hub.publish(values + events)
                late_seconds.append(time.monotonic() - planned)
                if frame in {20, 59}:
                    gc.collect()
                    memory.append(resident_bytes())
            done.set()

        thread = threading.Thread(target=host)
        thread.start()
        assert done.wait(60)
        thread.join()
        assert many.stdin is not None and many.stdout is not None
        many.stdin.write("count 300\n")
        many.stdin.flush()
        heard = many.stdout.readline().split()
        assert feed.socket.clients == CLIENTS, heard
    # Bounds for a machine that has other things to do; benchmarks/api has the figures.
    report = f"late p50 {sorted(late_seconds)[30]:.4f} s, last {late_seconds[-1]:.4f} s, {heard}"
    assert sorted(late_seconds)[30] < 0.1, report
    assert late_seconds[-1] < 0.5, report
    assert memory[1] - memory[0] < 40 << 20, (report, memory)
    assert heard == ["all", str(READERS), "heard", "300"], report
