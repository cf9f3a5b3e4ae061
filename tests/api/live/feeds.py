"""A live socket behind the guard on a real server, with short times, and clients that listen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from starlette.types import Receive, Scope, Send
from websockets.sync.client import ClientConnection, connect

from api.guard.guard import Guard
from api.live.socket import LiveSocket
from api.live.timing import Timing
from forven.bots.hub import Hub, LiveEvent
from tests.api.serving import Running, open_settings, served

TS = 1_764_000_000_000_000_000
QUICK = Timing(tick=0.1, round_gap=0.005, ping=30.0, send=0.3, auth=0.4)
Message = dict[str, object]


class Site:
    """The live socket as its only route, for HTTP a short answer."""

    def __init__(self, socket: LiveSocket) -> None:
        self.socket = socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": kind + ".complete"})
                if kind == "lifespan.shutdown":
                    return
        elif scope["type"] == "websocket":
            await self.socket(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})


class Feed:
    """A hub, its server and clients of it."""

    def __init__(self, hub: Hub, socket: LiveSocket, running: Running) -> None:
        self.hub = hub
        self.socket = socket
        self.running = running

    @contextmanager
    def client(self, path: str = "/ws/live", **options: object) -> Iterator["Listener"]:
        url = self.running.socket_url + path
        options = {"proxy": None, "max_size": None, "compression": None} | options
        with connect(url, **options) as connection:  # type: ignore[arg-type]
            yield Listener(connection)


class Listener:
    """A client that reads messages and checks their numbers."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.sequence = 0

    def next(self, seconds: float = 5.0) -> Message:
        """Return the next message, whose sequence must follow the last one."""
        message: Message = json.loads(self.connection.recv(timeout=seconds))
        self.sequence += 1
        assert message["sequence"] == self.sequence, message
        assert isinstance(message["cursor"], int) and isinstance(message["channel"], str)
        return message

    def events(self, count: int, seconds: float = 5.0) -> list[Message]:
        """Return that many events, taken out of batches."""
        found: list[Message] = []
        while len(found) < count:
            message = self.next(seconds)
            inner = message["messages"] if message.get("type") == "batch" else [message]
            assert isinstance(inner, list)
            found += inner
        assert len(found) == count, found
        return found

    def say(self, *messages: object) -> None:
        """Send objects as JSON."""
        for message in messages:
            self.connection.send(json.dumps(message))

    def is_silent(self, seconds: float = 0.3) -> bool:
        """Return whether nothing comes for a while."""
        try:
            self.connection.recv(timeout=seconds)
        except TimeoutError:
            return True
        return False


@contextmanager
def live(hub: Hub | None = None, timing: Timing = QUICK, **given: object) -> Iterator[Feed]:
    """Serve a live feed while the block runs; `given` are settings."""
    hub = hub or Hub()
    settings = open_settings(**given)
    socket = LiveSocket(hub, settings, lambda: {"feed": "synthetic:7"}, timing)
    with served(Guard(Site(socket), settings), settings) as running:
        yield Feed(hub, socket, running)


def quick(**changes: object) -> Timing:
    """Return short times with changes."""
    return replace(QUICK, **changes)  # type: ignore[arg-type]


def trade(number: int, session: str = "s1", bot: str = "b1") -> LiveEvent:
    """Return an event."""
    return LiveEvent(
        type="trade", ts=TS, bot_id=bot, session_id=session, payload={"data": {"number": number}}
    )


def price(value: str) -> LiveEvent:
    """Return a value that concerns no bot."""
    return LiveEvent(type="prices", ts=TS, payload={"prices": {"SPX": value}}, key="prices")


def profit(value: str, session: str = "s1", bot: str = "b1") -> LiveEvent:
    """Return a value of a session."""
    payload = {"positions": [{"total_profit_loss": value}]}
    return LiveEvent(
        type="position_pnl", ts=TS, bot_id=bot, session_id=session, payload=payload, key=session
    )
