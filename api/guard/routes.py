"""Which routes the guard treats apart, decided so that no spelling of a path slips through.

What lifts a rule (health needs no key) holds for the exact path alone. What adds one (an operator's
key) holds for each spelling that comes to the same path: doubled slashes, other cases, percent
signs, dots, the old prefix.
"""

import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote

HEALTH = frozenset({"/health", "/api/health"})
SHUTDOWN = "/api/shutdown"
LIVE_SOCKETS = frozenset({"/ws/live", "/api/ws/live"})
OPERATOR_ROUTES = ("/api/system/stop", "/api/system/start", SHUTDOWN, "/api/bot-factory")
"""What needs the operator's key, reading included; each with all that lies below it."""

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PUBLIC = re.compile(f"/strategies/{_UUID}(/results(/days/[0-9-]{{10}})?)?")
_DECODINGS_MAX = 4
_REMEMBERED_LENGTH_MAX = 200


def plain_path(path: str) -> str:
    """Return what all spellings of a path come to: lower case, decoded, without the old prefix."""
    return _short_path(path) if len(path) <= _REMEMBERED_LENGTH_MAX else _reduced(path)


def _reduced(path: str) -> str:
    """Work a plain path out."""
    for _ in range(_DECODINGS_MAX):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    parts = posixpath.normpath("/" + path.replace("\\", "/").lower()).strip("/").split("/")
    parts = [part.partition(";")[0].strip() for part in parts]
    if "forven" in parts[:2]:
        parts = ["api", *parts[parts.index("forven") + 1 :]]
    return "/" + "/".join(parts)


_short_path = lru_cache(maxsize=4_096)(_reduced)


def needs_operator(path: str) -> bool:
    """Return whether a path, however spelt, is the operator's alone, to read and to change."""
    return any(
        spelt == route or spelt.startswith(route + "/")
        for spelt in {path.lower(), plain_path(path)}
        for route in OPERATOR_ROUTES
    )


def is_shutdown(path: str) -> bool:
    """Return whether a path, however spelt, stops the server."""
    return plain_path(path) == SHUTDOWN


def is_public(method: str, path: str) -> bool:
    """Return whether a path shows a saved strategy, which its owner may have made public."""
    return method in {"GET", "HEAD"} and _PUBLIC.fullmatch(path) is not None
