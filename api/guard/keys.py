"""Keys: what was sent beside what is configured, compared in constant time."""

import hmac
from urllib.parse import parse_qsl, urlencode

from pydantic import SecretStr
from starlette.types import Scope

from api.guard.visit import Visit

_QUERY_KEYS = frozenset({"key", "api_key", "apikey"})


class Key:
    """A configured key, or that none is."""

    def __init__(self, secret: SecretStr | None) -> None:
        self._secret = None if secret is None else secret.get_secret_value().encode()

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return self._secret is not None

    def opens(self, offered: list[bytes]) -> bool:
        """Return whether one of the offered keys is this one; all of them are compared."""
        if self._secret is None:
            return False
        return bool(sum([hmac.compare_digest(key, self._secret) for key in offered]))


def offered_keys(visit: Visit, header: bytes) -> list[bytes]:
    """Return the keys a visit offers: in `header`, and in Authorization bare or as Bearer."""
    offered = [visit.headers[header]] if header in visit.headers else []
    authorization = visit.headers.get(b"authorization")
    if authorization is not None:
        scheme, _, rest = authorization.partition(b" ")
        offered.append(rest.strip() if scheme.lower() == b"bearer" and rest else authorization)
    return offered


def take_query_keys(scope: Scope) -> list[bytes]:
    """Return the keys in a socket's address and take them out of it, so that nobody logs them."""
    query = scope.get("query_string", b"")
    if b"key" not in query.lower():
        return []
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    scope["query_string"] = urlencode(
        [(name, value) for name, value in pairs if name.lower() not in _QUERY_KEYS]
    ).encode()
    return [value.encode() for name, value in pairs if name.lower() in _QUERY_KEYS]
