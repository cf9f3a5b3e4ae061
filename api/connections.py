"""Connections with limits: uvicorn's protocols, less what lets a client hold memory or a place.

uvicorn itself bounds bodies in flight and the size of messages. These classes bound what it
leaves open: the head of a request in bytes and seconds, pings and empty fragments on a socket, and
the time that a client which does not read may keep a socket the server has closed. They reach into
uvicorn, so pyproject.toml bounds its version from both sides: raise a bound with these tests run.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

HEAD_BYTES_MAX = 64 << 10
UNREAD_BYTES_MAX = 4 << 20
FRAGMENTS_MAX = 1_024
LINGER_SECONDS = 2.0


class HttpConnection(HttpToolsProtocol):
    """An HTTP connection whose request heads are bounded in bytes and time."""

    head_seconds_max: ClassVar[float] = 10.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first head its time."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the timer go."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is complete, and end the connection beyond its limit."""
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX + len(data):
                self._head_came()
                self.send_400_response("Request head too large.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A head begins: of a further request on a connection it gets its own time."""
        super().on_message_begin()
        if self._head_timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head_came()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        """Start the clock of a head."""
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.head_seconds_max, self._head_late)

    def _head_came(self) -> None:
        """Stop the clock of a head."""
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        """End a connection that never says what it wants."""
        self._head_timer = None
        self.transport.close()


class SocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket connection that a client cannot make hold memory by not reading."""

    def handle_ping(self) -> None:
        """Answer a ping, unless so many answers wait unread that the client means harm."""
        if self.transport.get_write_buffer_size() > UNREAD_BYTES_MAX:
            self.transport.abort()
            return
        super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment; countless ones, which may be empty, end the connection."""
        if len(self.frames) >= FRAGMENTS_MAX:
            self.frames = []
            self.conn.fail(1009, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Give a client that was let go a moment to read the rest, then end the connection."""
        super().on_task_complete(task)
        if not self.disconnected:
            self.loop.call_later(LINGER_SECONDS, self._end)

    def _end(self) -> None:
        """End what is still open."""
        if not self.disconnected:
            self.transport.abort()


def connection_options() -> dict[str, Any]:
    """Return uvicorn's options for both kinds of connection."""
    return {
        "http": HttpConnection,
        "ws": SocketConnection,
        "ws_max_size": 64 << 10,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "ws_per_message_deflate": False,
    }
