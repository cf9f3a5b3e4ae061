"""An application that says what reached it, and ways to ask for it over real sockets."""

import json
import socket
from contextlib import closing

import orjson
from starlette.types import Receive, Scope, Send

from api.guard.visit import AUTHENTICATED, CORRELATION, PUBLIC_READER


class Echo:
    """Answers what it was asked, and remembers it."""

    def __init__(self) -> None:
        self.calls: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        self.calls.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            said = {
                "authenticated": scope.get(AUTHENTICATED),
                "query": scope["query_string"].decode(),
                "correlation": scope.get(CORRELATION),
            }
            await send({"type": "websocket.send", "text": json.dumps(said)})
            await send({"type": "websocket.close", "code": 1000})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        said = {
            "method": scope["method"],
            "path": scope["path"],
            "body_bytes": len(body),
            "public_reader": scope.get(PUBLIC_READER, False),
            "correlation": scope.get(CORRELATION),
        }
        content = orjson.dumps(said)
        headers = [(b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def raw_exchange(port: int, *parts: bytes, timeout: float = 10.0) -> bytes:
    """Send bytes as they are and return all that comes back until the server closes or pauses."""
    answer = b""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=timeout)) as connection:
        for part in parts:
            connection.sendall(part)
        connection.settimeout(1.0)
        try:
            while chunk := connection.recv(65_536):
                answer += chunk
        except TimeoutError:
            pass
    return answer


def status_of(answer: bytes) -> int:
    """Return the status of a raw answer."""
    return int(answer.split(b" ", 2)[1])
