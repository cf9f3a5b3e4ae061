"""Serves the old address of every route: `/api/forven/...` is `/api/...`, said to be deprecated."""

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROOTS = (("/api/forven", "/api"),)
_ROOTS_OF = {"http": _ROOTS, "websocket": (*_ROOTS, ("/forven", ""))}
"""Old roots and their successors; only the live socket had an address beside `/api`."""

DEPRECATED_AT = "@1751241600"
"""2025-06-30T00:00:00Z, as RFC 9745 spells it."""

SUNSET_AT = "Tue, 30 Jun 2026 00:00:00 GMT"
"""From this day on the old addresses may be gone."""


class LegacyPaths:
    """Rewrites old paths before anything else sees them, of HTTP requests and WebSockets alike.

    It stands before the guard, so that an old address is guarded exactly as its successor.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, old paths as new ones."""
        path = successor(scope["type"], scope["path"]) if "path" in scope else None
        if path is None:
            await self._inner(scope, receive, send)
            return
        rewritten = {**scope, "path": path, "raw_path": quote(path).encode("ascii")}
        await self._inner(rewritten, receive, _announcing(send, path))


def successor(kind: str, path: str) -> str | None:
    """Return the present path of an old one, of http or websocket; None: it is no old one."""
    for old, new in _ROOTS_OF[kind]:
        if path == old or path.startswith(f"{old}/"):
            return f"{new}{path.removeprefix(old)}" or "/"
    return None


def _announcing(send: Send, path: str) -> Send:
    """Return `send` that adds the headers of deprecation to the answer."""

    async def send_announced(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            headers["Deprecation"] = DEPRECATED_AT
            headers["Sunset"] = SUNSET_AT
            headers["Link"] = f'<{quote(path)}>; rel="successor-version"'
        await send(message)

    return send_announced
