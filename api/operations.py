"""Routes as declarations: what they take, answer and refuse, checked and documented from one place.

A handler takes a `Call` and returns a `Reply`. A plain `def` may block: it runs in the bounded pool
of threads. An `async def` runs on the event loop and must not block.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import request_response

from api.backend import Backend
from api.bodies import parse_body, read_bytes, refuse_body
from api.documents import MadeDocument
from api.errors import defect_reply, reply_of
from api.guard.visit import PUBLIC_READER
from api.parameters import IDEMPOTENCY_KEY, Parameter, QueryReader
from api.replies import Reply, raw_response
from api.workers import ServerBusy
from forven.bots.services.interface import AtHandInterface, IdempotencyInterface
from forven.primitives.errors import ForvenError

_LOGGER = logging.getLogger("forven.api")

OPEN, PUBLIC, TOKEN = "open", "public", "token"
"""Who may call: anybody; anybody, who sees what is public then; the holder of the API key."""

OPERATOR, OPERATOR_ALONE = "operator", "operator alone"
"""The holder of both keys; of the operator key."""


@dataclass(slots=True)
class Call:
    """One request, translated: checked parameters, checked body, and what to call."""

    backend: Backend
    request: Request
    values: dict[str, Any]
    body: dict[str, object]
    raw_body: bytes = b""

    @property
    def is_public_reader(self) -> bool:
        """Whether the caller has no key and may see public strategies only."""
        return bool(self.request.scope.get(PUBLIC_READER))

    async def document(
        self,
        key: tuple[str, ...],
        make: Callable[[], Any],
        at_hand: Callable[[], bytes | Reply | None] = lambda: None,
    ) -> Response:
        """Answer a hot read: with bytes that still stand, or with what `make` says in a thread.

        key      names the document, its parameters with it
        make     returns the document, or a `Reply` of status 200 where it has headers
        at_hand  returns the same from memory, at once; None where that does not have it
        """
        backend = self.backend
        stamp = (backend.services.store.changes, backend.services.host.changes)
        made = backend.documents.find(key, stamp)
        if made is None:
            found = at_hand()
            if found is not None:
                return raw_response(200, found) if isinstance(found, bytes) else found.response()
            made = await backend.documents.made(
                key, stamp, lambda: backend.readers.run(lambda: _made(make()))
            )
        return raw_response(200, made.body, made.headers)

    def memory(self) -> AtHandInterface:
        """Return what memory has, and see to it that other processes' changes are looked for."""
        at_hand = self.backend.services.at_hand
        if at_hand.is_check_due():
            with suppress(ServerBusy):  # then documents grow too old and come from the database
                self.backend.readers.begin(at_hand.check)
        return at_hand


def _made(document: Any) -> MadeDocument:
    """Return a document's bytes and headers."""
    if isinstance(document, Reply):
        return MadeDocument(document.body(), document.headers)
    return MadeDocument(orjson.dumps(document))


Handler = Callable[[Call], Reply] | Callable[[Call], Awaitable[Reply | Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route is, apart from its path.

    answers        status and name of the schema; None: no content
    body           name of the body's schema; None: no body is read
    errors         its own machine codes, beside those that every such route has
    access         OPEN, PUBLIC, TOKEN, OPERATOR or OPERATOR_ALONE, where the keys are configured
    is_idempotent  takes an Idempotency-Key
    headers        names of response headers, with what they say
    location       the address of what was made, with fields of the path and of the answer in it
    is_computing   takes a core for a while: runs in a small pool of its own
    """

    summary: str
    answers: Mapping[int, str | None]
    about: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: str | None = None
    errors: tuple[str, ...] = ()
    access: str = TOKEN
    is_idempotent: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str | None = None
    is_computing: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route: method, path, tag, declaration and handler."""

    method: str
    path: str
    tag: str
    operation: Operation
    handler: Handler


class RouteTable:
    """The routes of one tag, in the order they are declared."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.endpoints: list[Endpoint] = []

    def route(self, method: str, path: str, operation: Operation) -> Callable[[Handler], Handler]:
        """Declare the decorated handler as a route."""

        def declare(handler: Handler) -> Handler:
            self.endpoints.append(Endpoint(method, path, self.tag, operation, handler))
            return handler

        return declare


class DeclaredRoute(APIRoute):
    """A route whose handler checks its own request: FastAPI's own solving and encoding stay out.

    Both would cost more than a small read does, and know neither our errors nor our limits.
    """

    def __init__(self, endpoint: Endpoint, backend: Backend) -> None:
        self.method = endpoint.method
        self.answer = handler_of(endpoint, backend)
        super().__init__(
            endpoint.path, self.answer, methods=[self.method], name=endpoint.handler.__name__
        )
        self.app = request_response(self.answer)


def handler_of(endpoint: Endpoint, backend: Backend) -> Callable[[Request], Awaitable[Response]]:
    """Return the function that answers a route's requests, whatever happens inside."""
    translated = _Translator(endpoint.operation, backend)
    perform = _performer(endpoint, backend)

    async def handle(request: Request) -> Response:
        try:
            reply = await perform(await translated(request))
            return reply.response() if isinstance(reply, Reply) else reply
        except ForvenError as error:
            return reply_of(error, request.scope["path"]).response()
        except Exception as error:  # noqa: BLE001 -- the boundary: a defect is logged and answered
            return defect_reply(error, request.scope["path"]).response()

    return handle


class _Translator:
    """Turns a request into a `Call`, or refuses it."""

    def __init__(self, operation: Operation, backend: Backend) -> None:
        self._backend = backend
        self._operation = operation
        of_place = {
            place: tuple(p for p in operation.parameters if p.place == place)
            for place in ("path", "query")
        }
        self._path_parameters = of_place["path"]
        self._query = QueryReader(of_place["query"])

    async def __call__(self, request: Request) -> Call:
        values = self._query.read(request.scope["query_string"])
        given = request.scope["path_params"]
        for parameter in self._path_parameters:
            values[parameter.name] = parameter.read(parameter.name, given[parameter.name])
        call = Call(self._backend, request, values, {})
        if request.method in ("POST", "PUT", "PATCH", "DELETE"):
            call.raw_body = await read_bytes(request)
            media_type = request.headers.get("content-type", "")
            if self._operation.body is None:
                refuse_body(call.raw_body, media_type)
            else:
                call.body = parse_body(call.raw_body, media_type)
        return call


def _performer(
    endpoint: Endpoint, backend: Backend
) -> Callable[[Call], Awaitable[Reply | Response]]:
    """Return what performs a call: on the loop, in the pool, or once per Idempotency-Key."""
    handler: Any = endpoint.handler
    if inspect.iscoroutinefunction(handler):
        return handler
    operation = endpoint.operation
    workers = backend.computing if operation.is_computing else backend.workers

    async def perform(call: Call) -> Reply | Response:
        key = call.request.headers.get(IDEMPOTENCY_KEY.name)
        if key is None or not operation.is_idempotent:
            reply = await workers.run(lambda: handler(call))
        else:
            checked = IDEMPOTENCY_KEY.read(IDEMPOTENCY_KEY.name, key)
            reply = await workers.run(lambda: _performed_once(call, checked, handler))
        if operation.location is not None:
            return _located(reply, operation.location, call.values)
        return reply

    return perform


def _located(reply: Reply, location: str, values: Mapping[str, Any]) -> Reply:
    """Return an answer, the first or a repeated one, with the address of what was made."""
    body = reply.body()
    address = location.format_map({**orjson.loads(body), **values})
    return Reply(reply.status, body, {**reply.headers, "Location": address})


def _performed_once(call: Call, key: str, handler: Callable[[Call], Reply]) -> Reply:
    """Return the first answer that a key got; a refused request gives its key back."""
    register = call.backend.services.idempotency
    scope = f"{call.request.method} {call.request.scope['path']}"
    known = register.recall(key, scope, call.raw_body)
    if known is not None:
        status, body = known
        return Reply(status, body, {"Idempotent-Replay": "true"})
    try:
        reply = handler(call)
        body = reply.body()
    except BaseException:
        _release(register, key, scope)
        raise
    try:
        register.keep(key, scope, reply.status, body)
    except ForvenError:  # it is done all the same: a repeat finds the key in use, and does nothing
        _LOGGER.exception("the answer to %s of key %s could not be kept", scope, key)
    return Reply(reply.status, body, reply.headers)


def _release(register: IdempotencyInterface, key: str, scope: str) -> None:
    """Give a key back; if that fails, what refused the request is still what is answered."""
    try:
        register.forget(key, scope)
    except ForvenError:
        _LOGGER.exception("key %s of %s could not be given back", key, scope)
