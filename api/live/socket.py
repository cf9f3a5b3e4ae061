"""The live socket as an ASGI application: accept, greet, then listen and deliver side by side.

Two ways to speak on one address. The plain feed: with its key in the address or a header, a client
hears everything at once, `init` first. Channels: the first message within five seconds says
`{"auth":"public"}` or `{"token":"..."}`, then it hears what it subscribes to.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from api.guard.keys import Key
from api.guard.routes import LIVE_SOCKETS
from api.guard.visit import AUTHENTICATED
from api.live.broadcast import Broadcast
from api.live.client import Client
from api.live.conversation import POLICY, Closing, Conversation
from api.live.interest import Filter, Interest, read_filter, read_query
from api.live.timing import Timing
from api.settings import Settings
from forven.bots.hub import Hub
from forven.primitives.errors import InvalidInput

_log = logging.getLogger("forven.live")
TRY_AGAIN_LATER = 1013
_CURSOR_DIGITS_MAX = 19


class LiveSocket:
    """Every client of the live feed of one server."""

    def __init__(
        self,
        hub: Hub,
        settings: Settings,
        state: Callable[[], Mapping[str, Any]],
        timing: Timing | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`state` gives the document that `init` carries: how the server and its host are."""
        self._timing = timing or Timing()
        self._broadcast = Broadcast(hub, self._timing, now_ns)
        self._key = Key(settings.api_key)
        self._state = state

    @property
    def clients(self) -> int:
        """How many clients listen now."""
        return len(self._broadcast.listeners)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one client until it goes or has to."""
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        if self.clients >= self._timing.clients_max:
            await _close(send, Closing(TRY_AGAIN_LATER, "too many clients"))
            return
        try:
            client, access = self._greet(scope)
        except InvalidInput as error:
            await _close(send, Closing(POLICY, str(error)[:100]))
            return
        self._broadcast.add(client.listener)
        try:
            closing = await self._talk(client, access, receive, send)
        finally:
            self._broadcast.remove(client.listener)
        if closing is not None:
            _log.debug("live client let go: %s", closing.reason)
            await _close(send, closing)

    def _greet(self, scope: Scope) -> tuple[Client, str | None]:
        """Return the client of a handshake and its access; a plain one is told how things are."""
        query = scope.get("query_string", b"")
        cursor = _cursor(read_query(query, "cursor"))
        wants: Filter | Interest = read_filter(query)
        known = scope.get(AUTHENTICATED, not self._key.configured)
        protocol = read_query(query, "protocol")
        if protocol not in (None, "plain", "channels"):
            raise InvalidInput("protocol: expected plain or channels")
        if not known or protocol == "channels":
            return Client(self._broadcast, Interest(), cursor), None
        client = Client(self._broadcast, wants, cursor)
        client.answer({"channel": "live", "type": "init", "data": dict(self._state())})
        return client, "token"

    async def _talk(
        self, client: Client, access: str | None, receive: Receive, send: Send
    ) -> Closing | None:
        """Listen and deliver until one of the two ends; return how to close, if there is a way."""
        conversation = Conversation(client, self._key, access, self._timing)
        listening = asyncio.create_task(self._listen(conversation, receive))
        delivering = asyncio.create_task(self._deliver(client, send))
        try:
            await asyncio.wait({listening, delivering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            listening.cancel()
            delivering.cancel()
            results = await asyncio.gather(listening, delivering, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                _log.error("live client let go after an error", exc_info=result)
        return results[0] if isinstance(results[0], Closing) else None

    async def _listen(self, conversation: Conversation, receive: Receive) -> Closing | None:
        """Take the client's messages; the first one has a time limit where it must come."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timing.auth
        while True:
            try:
                async with asyncio.timeout_at(deadline if conversation.access is None else None):
                    message = await receive()
            except TimeoutError:
                return Closing(POLICY, "expected auth or token in time")
            if message["type"] != "websocket.receive":
                return None
            closing = conversation.hear(message, loop.time())
            if closing is not None:
                return closing

    async def _deliver(self, client: Client, send: Send) -> None:
        """Send what there is; ends where the client went away, or does not read.

        The server writes a message only once there is room for it, so one whose time ran out was
        not written: it is tried again, and its number is not used up.
        """
        wake, timeouts = client.listener.wake, 0
        while True:
            wake.clear()
            while (text := client.next_message()) is not None:
                try:
                    async with asyncio.timeout(self._timing.send):
                        await send({"type": "websocket.send", "text": text})
                except TimeoutError:
                    timeouts += 1
                    if timeouts >= self._timing.timeouts_max:
                        _log.info("live client let go: it does not read")
                        return
                    continue
                except OSError:
                    return
                timeouts = 0
                client.take()
                await asyncio.sleep(0)
            await wake.wait()


def live_routes(
    hub: Hub, settings: Settings, state: Callable[[], Mapping[str, Any]]
) -> tuple[WebSocketRoute, ...]:
    """Return the routes of the live feed: one handler at both of its addresses."""
    handler = LiveSocket(hub, settings, state)
    return tuple(WebSocketRoute(path, handler) for path in sorted(LIVE_SOCKETS))


async def _close(send: Send, closing: Closing) -> None:
    """Say goodbye, if the client still hears it."""
    try:
        async with asyncio.timeout(1.0):
            await send({"type": "websocket.close", "code": closing.code, "reason": closing.reason})
    except (TimeoutError, OSError, RuntimeError):
        # It went first, or does not read: the connection ends either way.
        return


def _cursor(text: str | None) -> int | None:
    """Return the cursor in a socket's address."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _CURSOR_DIGITS_MAX):
        raise InvalidInput("cursor: expected a whole number, 0 or more")
    return int(text)
