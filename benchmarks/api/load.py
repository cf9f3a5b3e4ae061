"""A load generator in a process of its own: kept connections, one request at a time on each.

`python -m benchmarks.api.load JSON` takes a `Load` as JSON and prints what it measured as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import uvloop

_SMALLEST_MS = 0.001
_clock = time.perf_counter
"""uvloop's own clock counts whole milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to ask for, and how hard.

    paths       asked for in turn
    per_second  0: as fast as answers come; else requests begin at this rate, however late answers
                are, and a request's time counts from when it should have begun
    """

    url: str
    paths: tuple[str, ...]
    connections: int = 16
    seconds: float = 5.0
    per_second: float = 0.0


class Connection(asyncio.Protocol):
    """One kept connection that knows how to wait for a whole answer."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answered: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None
        self._wanted = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._wanted:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            lowered = bytes(self._buffer[:head]).lower()
            place = lowered.find(b"content-length:")
            assert place > 0, "expected an answer with its length"
            self._wanted = head + 4 + int(lowered[place + 15 :].split(b"\r", 1)[0])
        if len(self._buffer) >= self._wanted and self._answered is not None:
            status = int(self._buffer[9:12])
            self._buffer.clear()
            self._wanted = 0
            answered, self._answered = self._answered, None
            answered.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError(f"the server hung up: {error}"))

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        """Send a request and return what becomes its status."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered


async def measured(load: Load) -> dict[str, Any]:
    """Return requests a second and the times of a load."""
    place = urlsplit(load.url)
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode() for path in load.paths
    ]
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(Connection, place.hostname, place.port))[1]
        for _ in range(load.connections)
    ]
    times: list[float] = []
    wrong: list[int] = []
    begun = _clock()

    async def one(number: int, connection: Connection) -> None:
        turn = number
        gap = load.connections / load.per_second if load.per_second else 0.0
        planned = begun + gap * number / load.connections
        while (now := _clock()) < begun + load.seconds:
            if gap:
                if planned > now:
                    await asyncio.sleep(planned - now)
            else:
                planned = now
            status = await connection.ask(requests[turn % len(requests)])
            times.append(_clock() - planned)
            if status != 200:
                wrong.append(status)
            turn += load.connections
            planned += gap

    await asyncio.gather(*(one(number, each) for number, each in enumerate(connections)))
    return summary(times, wrong, _clock() - begun)


def summary(times: list[float], wrong: list[int], seconds: float) -> dict[str, Any]:
    """Return what was measured: rates, times in milliseconds, answers that were not 200."""
    ordered = sorted(times) or [0.0]

    def at(share: float) -> float:
        spot = ordered[min(len(ordered) - 1, int(share * len(ordered)))]
        return round(max(spot * 1e3, _SMALLEST_MS), 3)

    return {
        "requests": len(times),
        "per_second": round(len(times) / seconds, 1),
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
        "most_ms": at(1.0),
        "not_200": len(wrong),
        "statuses": sorted(set(wrong)),
    }


def started(load: Load) -> "subprocess.Popen[str]":
    """Start a load in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.api.load", json.dumps(asdict(load))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait for a load and return what it measured."""
    output, _ = process.communicate()
    assert process.returncode == 0, "expected the load generator to end well"
    result: dict[str, Any] = json.loads(output)
    return result


if __name__ == "__main__":
    asked = Load(**json.loads(sys.argv[1]))
    print(json.dumps(uvloop.run(measured(asked))))
