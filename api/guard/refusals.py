"""How the guard says no: a status and a machine code over HTTP, a close code on a socket."""

from dataclasses import dataclass, field

import orjson
from starlette.types import Receive, Scope, Send

POLICY = 1008
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request does not get in.

    code      for programs          detail   for people
    closing   the HTTP connection ends with the answer
    """

    status: int
    code: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    fields: dict[str, int] = field(default_factory=dict)
    closing: bool = False

    def body(self) -> bytes:
        """Return the answer's body."""
        return orjson.dumps({"error": self.code, "detail": self.detail, **self.fields})

    def all_headers(self) -> Headers:
        """Return the answer's headers."""
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body())).encode()),
            *self.headers,
        ]
        if self.closing:
            headers.append((b"connection", b"close"))
        return headers


async def refuse_request(refusal: Refusal, send: Send) -> None:
    """Answer an HTTP request with a refusal."""
    await send(
        {
            "type": "http.response.start",
            "status": refusal.status,
            "headers": refusal.all_headers(),
        }
    )
    await send({"type": "http.response.body", "body": refusal.body()})


async def refuse_socket(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a socket: 401 and 403 by close code 1008, which a browser sees, others by status."""
    if (await receive())["type"] != "websocket.connect":
        return
    if refusal.status in {401, 403} or "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": POLICY, "reason": refusal.code})
        return
    await send(
        {
            "type": "websocket.http.response.start",
            "status": refusal.status,
            "headers": refusal.all_headers(),
        }
    )
    await send({"type": "websocket.http.response.body", "body": refusal.body()})
