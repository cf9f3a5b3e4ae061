"""The guard itself: pure ASGI before the application, for HTTP and sockets alike."""

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guard import bodies, routes
from api.guard.keys import Key, offered_keys, take_query_keys
from api.guard.places import Places
from api.guard.rates import LimitUnavailable, RateLimit, client_name
from api.guard.refusals import Headers, Refusal, refuse_request, refuse_socket
from api.guard.visit import AUTHENTICATED, CORRELATION, PUBLIC_READER, Visit, visit_of
from api.settings import Settings

_log = logging.getLogger("forven.guard")
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_EXPOSED = b"x-correlation-id, retry-after, idempotent-replay, deprecation, sunset, link, location"
_PREFLIGHT_SECONDS = b"600"
API_KEY, OPERATOR_KEY = "API key", "operator key"
"""Whose holders are counted by their key."""


class Guard:
    """Lets in who may come in: host, origin, rate, keys and body, in this order."""

    def __init__(
        self,
        application: ASGIApp,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._places = Places(settings)
        self._api_key = Key(settings.api_key)
        self._operator_key = Key(settings.operator_key)
        self._csrf = settings.csrf_protect
        self._bytes_max = settings.max_body_bytes
        self._rate = RateLimit(*settings.rate, clock) if settings.rate_limit_enabled else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; lifespan messages pass as they are."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge an HTTP request, read its body, pass both on."""
        visit = visit_of(scope)
        scope[CORRELATION] = visit.correlation.decode()
        respond = self._marked(visit, send)
        refusal = self._wrong_place(visit)
        if refusal is None and visit.method == "OPTIONS" and _is_preflight(visit):
            await self._preflight(visit, respond)
            return
        if refusal is None:
            refusal = self._wrong_origin(visit) or self._wrong_key(visit, scope)
        if refusal is None and bodies.has_body(visit):
            body = await bodies.read_body(visit, receive, self._bytes_max)
            if body.content is not None:
                receive = bodies.replaying(body.content, receive)
            elif body.refusal is None:
                return
            refusal = body.refusal
        if refusal is not None:
            _log.debug("%s %s refused: %s", visit.method, visit.path, refusal.code)
            await refuse_request(refusal, respond)
            return
        await self._application(scope, receive, respond)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge a socket by its handshake; to a live one the key may come as first message."""
        scope = dict(scope)
        visit = visit_of(scope)
        scope[CORRELATION] = visit.correlation.decode()
        offered = offered_keys(visit, b"x-api-key") + take_query_keys(scope)
        opens = self._api_key.opens(offered)
        refusal = self._wrong_place(visit)
        if refusal is None and self._is_foreign(visit):
            refusal = _foreign(visit)
        if refusal is None:
            refusal = self._too_often(visit, API_KEY if opens else None, changes=False)
        if refusal is None and self._api_key.configured and not opens:
            if offered or visit.path not in routes.LIVE_SOCKETS:
                refusal = _unauthorized("the API key")
        if refusal is not None:
            _log.debug("socket %s refused: %s", visit.path, refusal.code)
            await refuse_socket(refusal, scope, receive, send)
            return
        scope[AUTHENTICATED] = opens or not self._api_key.configured
        await self._application(scope, receive, send)

    def _wrong_place(self, visit: Visit) -> Refusal | None:
        """Refuse a request that came to another host's name."""
        host = visit.headers.get(b"host")
        if b"host" not in visit.repeated and self._places.knows_host(host):
            return None
        return Refusal(
            status=400,
            code="host_not_allowed",
            detail="expected a Host of FORVEN_ALLOWED_HOSTS, found another, none or several",
        )

    def _is_foreign(self, visit: Visit) -> bool:
        """Return whether a page of an origin that is not ours sent this."""
        origin = visit.headers.get(b"origin")
        if origin is None:
            return False
        if b"origin" in visit.repeated:
            return True
        return not self._places.knows_origin(origin, visit.headers[b"host"])

    def _wrong_origin(self, visit: Visit) -> Refusal | None:
        """Refuse what foreign pages may not do, and a shutdown from another machine."""
        is_shutdown = routes.is_shutdown(visit.path)
        if is_shutdown and not visit.is_local:
            return Refusal(
                status=403,
                code="not_loopback",
                detail="expected a shutdown from this machine, found one from another",
            )
        if (is_shutdown or (visit.changes and self._csrf)) and self._is_foreign(visit):
            return _foreign(visit)
        return None

    def _wrong_key(self, visit: Visit, scope: Scope) -> Refusal | None:
        """Refuse what came too often or without the key it needs."""
        if visit.path in routes.HEALTH:
            return None
        offered = offered_keys(visit, b"x-api-key")
        opens = self._api_key.opens(offered)
        refusal = self._too_often(visit, self._holder(visit, opens), visit.changes)
        if refusal is not None or visit.method == "OPTIONS":
            return refusal
        if self._api_key.configured and not opens and visit.path != routes.SHUTDOWN:
            if offered or not routes.is_public(visit.method, visit.path):
                return _unauthorized("the API key")
            scope[PUBLIC_READER] = True
        if routes.needs_operator(visit.path):
            return self._wrong_operator(visit)
        return None

    def _wrong_operator(self, visit: Visit) -> Refusal | None:
        """Refuse who is not the operator; without any key everybody on this machine is."""
        if self._operator_key.configured:
            if self._operator_key.opens(offered_keys(visit, b"x-operator-key")):
                return None
            return _unauthorized("the operator key")
        if not self._api_key.configured:
            return None
        return Refusal(
            status=503,
            code="operator_key_unconfigured",
            detail="expected FORVEN_OPERATOR_KEY to be set on the server, found none",
        )

    def _holder(self, visit: Visit, opens: bool) -> str | None:
        """Return by whose key a visit is counted; None where by its address."""
        if opens:
            return API_KEY
        is_operator = self._operator_key.opens(offered_keys(visit, b"x-operator-key"))
        return OPERATOR_KEY if is_operator else None

    def _too_often(self, visit: Visit, holder: str | None, changes: bool) -> Refusal | None:
        """Count a visit, of a key's holder by the key: whoever crowds the addresses locks no key
        out. Where counting is not possible, what changes something is refused.
        """
        if self._rate is None:
            return None
        try:
            if holder is not None:
                wait_seconds = self._rate.holder_seconds_to_wait(holder)
            else:
                wait_seconds = self._rate.seconds_to_wait(client_name(visit.peer))
        except LimitUnavailable as error:
            _log.warning("rate limit: %s", error)
            if not changes:
                return None
            return Refusal(
                status=503,
                code="rate_limit_unavailable",
                detail="expected to be able to count requests; changes are refused until then",
                headers=((b"retry-after", b"1"),),
            )
        if not wait_seconds:
            return None
        return Refusal(
            status=429,
            code="rate_limit_exceeded",
            detail=f"expected fewer requests, try again in {wait_seconds} s",
            headers=((b"retry-after", str(wait_seconds).encode()),),
            fields={"retry_after_seconds": wait_seconds},
        )

    async def _preflight(self, visit: Visit, respond: Send) -> None:
        """Answer a browser that asks beforehand what a page may do."""
        if self._is_foreign(visit):
            await refuse_request(_foreign(visit), respond)
            return
        headers: Headers = [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
        ]
        wanted = visit.headers.get(b"access-control-request-headers")
        if wanted:
            headers.append((b"access-control-allow-headers", wanted))
        await respond({"type": "http.response.start", "status": 204, "headers": headers})
        await respond({"type": "http.response.body", "body": b""})

    def _marked(self, visit: Visit, send: Send) -> Send:
        """Return a `send` that adds the correlation id and what a listed page needs to read."""
        added: Headers = [
            (b"x-correlation-id", visit.correlation),
            (b"x-content-type-options", b"nosniff"),
            (b"vary", b"origin"),
        ]
        origin = visit.headers.get(b"origin")
        if origin is not None and b"host" in visit.headers and not self._is_foreign(visit):
            added += [
                (b"access-control-allow-origin", origin),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", _EXPOSED),
            ]

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        return send_marked


def guard(application: ASGIApp, settings: Settings) -> Guard:
    """Return the application behind the guard."""
    return Guard(application, settings)


def _is_preflight(visit: Visit) -> bool:
    """Return whether a browser asks before it sends."""
    return b"origin" in visit.headers and b"access-control-request-method" in visit.headers


def _unauthorized(key: str) -> Refusal:
    """Return the refusal of a missing or wrong key."""
    return Refusal(
        status=401,
        code="unauthorized",
        detail=f"expected {key}, found none or another",
        headers=((b"www-authenticate", b"Bearer"),),
    )


def _foreign(visit: Visit) -> Refusal:
    """Return the refusal of a page that is not ours."""
    origin = visit.headers.get(b"origin", b"")[:200].decode("latin-1")
    return Refusal(
        status=403,
        code="origin_not_allowed",
        detail=f"expected an Origin of FORVEN_CORS_ORIGINS, found {origin!r}",
    )
