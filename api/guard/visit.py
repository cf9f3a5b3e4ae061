"""Who asks for what: the few headers the guard decides by, read once from an ASGI scope."""

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Scope

AUTHENTICATED = "forven.authenticated"
PUBLIC_READER = "forven.public_reader"
CORRELATION = "forven.correlation_id"
"""What the guard writes into the scope, for those it lets through to read."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CORRELATION = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_READ = frozenset(
    {b"host", b"origin", b"x-api-key", b"x-operator-key", b"authorization", b"content-length"}
    | {b"transfer-encoding", b"expect", b"x-correlation-id"}
    | {b"access-control-request-method", b"access-control-request-headers"}
)


@dataclass(slots=True)
class Visit:
    """One request or socket.

    headers   the first value of each header in use
    repeated  those of them that came more than once
    """

    method: str
    path: str
    peer: str
    correlation: bytes
    headers: dict[bytes, bytes] = field(default_factory=dict)
    repeated: frozenset[bytes] = frozenset()

    @property
    def changes(self) -> bool:
        """Whether the request may change something."""
        return self.method not in SAFE_METHODS

    @property
    def is_local(self) -> bool:
        """Whether the socket's other end is on this machine; no header has a say in it."""
        try:
            address = ipaddress.ip_address(self.peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback


def visit_of(scope: Scope, token: Callable[[], str] = lambda: os.urandom(8).hex()) -> Visit:
    """Return the visit of an http or websocket scope; a correlation id is made where none came."""
    headers: dict[bytes, bytes] = {}
    repeated: list[bytes] = []
    for name, value in scope["headers"]:
        if name in _READ:
            if name in headers:
                repeated.append(name)
            else:
                headers[name] = value
    client: Any = scope.get("client")
    sent = headers.get(b"x-correlation-id", b"")
    return Visit(
        method=scope.get("method", "GET"),
        path=scope["path"],
        peer=client[0] if client else "",
        correlation=sent if _CORRELATION.fullmatch(sent) else token().encode(),
        headers=headers,
        repeated=frozenset(repeated),
    )
