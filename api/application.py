"""Puts the application together: routes, errors, OpenAPI, the guard, old addresses before all."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from anyio import to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from api.backend import Backend, ResultsInterface, ServicesInterface
from api.direct_routes import DirectRoutes
from api.documents import DocumentCache
from api.errors import answer_defect, answer_http_exception
from api.legacy import LegacyPaths
from api.openapi import openapi_document
from api.operations import DeclaredRoute, Endpoint
from api.replies import raw_response
from api.routes import bots, factory, factory_versions, health, sessions, strategies, system
from api.stop_switch import StopSwitch
from api.workers import Workers
from forven.primitives.version import __version__

WRITERS, READERS, COMPUTERS = 10, 4, 2
"""Threads for calls that may wait, for those that may not, and for those that take a core."""

COMPUTING_MAX = 16
"""Calls that take a core, at work or waiting."""

ENDPOINTS: tuple[Endpoint, ...] = (
    *sessions.TABLE.endpoints,
    *bots.TABLE.endpoints,
    *strategies.TABLE.endpoints,
    *factory.TABLE.endpoints,
    *factory_versions.TABLE.endpoints,
    *system.TABLE.endpoints,
    *health.TABLE.endpoints,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an application may have beside its services.

    results  of strategies over recorded sessions; None: there are none
    sockets  routes of WebSockets
    guarded  puts the guard before the application; the default puts none, for tests of routes
    """

    results: ResultsInterface | None = None
    sockets: tuple[BaseRoute, ...] = ()
    guarded: Callable[[ASGIApp], ASGIApp] = field(default=lambda application: application)


def create_application(
    services: ServicesInterface, switch: StopSwitch, parts: Parts | None = None
) -> ASGIApp:
    """Return the whole application: old addresses, then the guard, then the routes."""
    parts = parts or Parts()
    backend = Backend(
        services=services,
        results=parts.results,
        switch=switch,
        workers=Workers("write", WRITERS),
        readers=Workers("read", READERS),
        computing=Workers("compute", COMPUTERS, COMPUTING_MAX),
        documents=DocumentCache(),
    )
    return LegacyPaths(parts.guarded(routed_application(backend, parts)))


def routed_application(backend: Backend, parts: Parts) -> ASGIApp:
    """Return the routes alone, as FastAPI serves them, with the shorter way to each of them."""
    routes = [DeclaredRoute(endpoint, backend) for endpoint in ENDPOINTS]
    ways = ((route.method, route.path, route.answer) for route in routes)
    return DirectRoutes(ways, fastapi_application(routes, backend, parts))


def fastapi_application(
    declared: Sequence[DeclaredRoute], backend: Backend, parts: Parts
) -> FastAPI:
    """Return the FastAPI application of declared routes."""

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001 -- its form
        yield
        await to_thread.run_sync(backend.close)

    application = FastAPI(
        title="forven",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers={HTTPException: answer_http_exception, Exception: answer_defect},
    )
    routes = application.router.routes
    routes.extend(declared)
    routes.extend(parts.sockets)
    application.state.methods = _methods_of(ENDPOINTS)
    document = openapi_document(ENDPOINTS)
    application.openapi_schema = document
    body = orjson.dumps(document)

    async def read_openapi(request: Request) -> Response:  # noqa: ARG001 -- the same for everybody
        return raw_response(200, body)

    application.add_route("/openapi.json", read_openapi, include_in_schema=False)
    return application


def _methods_of(endpoints: Iterable[Endpoint]) -> dict[str, str]:
    """Return the methods of every path, as an Allow header has them."""
    methods = defaultdict(list)
    for endpoint in endpoints:
        methods[endpoint.path].append(endpoint.method)
    return {path: ", ".join(names) for path, names in methods.items()}
