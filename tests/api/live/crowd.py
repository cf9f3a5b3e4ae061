"""Many clients in a process of their own: `python -m tests.api.live.crowd PORT READERS DEAF`.

Prints `connected` when all are. A line `count N` on its input is answered when each reader has
heard N trades, each once and in order: `all READERS heard N`; or with what they heard in 30 s.
"""

import asyncio
import re
import socket
import sys

from websockets.asyncio.client import ClientConnection, connect

_TRADE = re.compile(r'"type":"trade"[^}]*"number":([0-9]+)')


class Reader:
    """A client that counts trades and checks their order and the sequence of its messages."""

    def __init__(self) -> None:
        self.heard = 0
        self.sequence = 0

    async def read(self, connection: ClientConnection) -> None:
        async for message in connection:
            self.sequence += 1
            assert str(message).startswith(f'{{"sequence":{self.sequence},'), str(message)[:100]
            for number in _TRADE.findall(str(message)):
                assert int(number) == self.heard, (number, self.heard)
                self.heard += 1


def deaf_client(port: int) -> socket.socket:
    """Return a client that never reads."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        b"GET /ws/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return connection


async def main(port: int, readers: int, deaf: int) -> None:
    """Connect all, then count when asked to."""
    silent = [deaf_client(port) for _ in range(deaf)]
    listening = [Reader() for _ in range(readers)]
    tasks = []
    for reader in listening:
        connection = await connect(
            f"ws://127.0.0.1:{port}/ws/live", compression=None, max_size=None, proxy=None
        )
        tasks.append(asyncio.create_task(reader.read(connection)))
    print("connected", flush=True)
    line = await asyncio.to_thread(sys.stdin.readline)
    wanted = int(line.split()[1])
    for _ in range(300):
        failed = [task for task in tasks if task.done()]
        if failed or all(reader.heard >= wanted for reader in listening):
            break
        await asyncio.sleep(0.1)
    heard = sorted({reader.heard for reader in listening})
    if failed:
        print("failed", repr(failed[0].exception() or "closed"), flush=True)
    elif heard == [wanted]:
        print("all", readers, "heard", wanted, flush=True)
    else:
        print("only", heard, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for connection in silent:
        connection.close()


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:])))
