"""Many clients of the live feed: `python -m benchmarks.api.listeners URL READERS DEAF`.

Prints `connected` once every reader has heard something; after a line on its input, how many
messages each heard since, and that is not before each has heard one, for half a minute at most.
Frames are only counted, by their headers: the clients must cost less than the server they measure.
"""

import asyncio
import resource
import socket
import sys
from urllib.parse import urlsplit

import uvloop

HANDSHAKE = (
    b"GET /ws/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PATIENCE_S = 30.0


class Listener(asyncio.Protocol):
    """Counts the frames of a server, which are never masked and never in fragments."""

    def __init__(self) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self.messages = 0
        self._head = bytearray()
        self._skip = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self._head.startswith(b"HTTP/1.1 101"), bytes(self._head[:200])
            data = bytes(self._head[end + 4 :])
            self._head.clear()
            self.opened.set_result(True)
        if self._skip >= len(data):
            self._skip -= len(data)
            return
        self._head += data[self._skip :]
        self._skip = 0
        self._count()

    def _count(self) -> None:
        """Count whole frame headers and skip what they announce."""
        head, place = self._head, 0
        while len(head) - place >= 2:
            short = head[place + 1] & 0x7F
            extra = {126: 2, 127: 8}.get(short, 0)
            if len(head) - place < 2 + extra:
                break
            length = int.from_bytes(head[place + 2 : place + 2 + extra], "big") if extra else short
            self.messages += (head[place] & 0x0F) == 1
            place += 2 + extra + length
        if place >= len(head):
            self._skip = place - len(head)
            head.clear()
        else:
            del head[:place]


async def all_heard(listeners: list[Listener], before: list[int]) -> None:
    """Wait until each has heard more than before; no longer than `PATIENCE_S`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    while loop.time() < end:
        if all(now.messages > then for now, then in zip(listeners, before, strict=True)):
            return
        await asyncio.sleep(0.01)


async def main(url: str, readers: int, deaf: int) -> None:
    """Connect all, wait for the word, tell what was heard."""
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    silent = []
    for _ in range(deaf):
        connection = socket.create_connection((place.hostname or "", place.port or 0))
        connection.sendall(HANDSHAKE)
        silent.append(connection)
    listeners = []
    for _ in range(readers):
        _, listener = await loop.create_connection(Listener, place.hostname, place.port)
        await listener.opened
        listeners.append(listener)
    await all_heard(listeners, [0] * readers)
    print("connected", flush=True)
    before = [listener.messages for listener in listeners]
    await asyncio.to_thread(sys.stdin.readline)
    await all_heard(listeners, before)
    heard = [now.messages - then for now, then in zip(listeners, before, strict=True)]
    print(*heard, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for connection in silent:
        connection.close()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
