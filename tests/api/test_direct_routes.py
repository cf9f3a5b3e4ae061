"""The short way leads where FastAPI's own routing leads, and takes nothing that is not its own."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from api.application import ENDPOINTS
from api.backend import Backend
from api.direct_routes import DirectRoutes
from api.documents import DocumentCache
from api.operations import DeclaredRoute
from api.stop_switch import StopSwitch
from api.workers import Workers
from tests.api.doubles import ServicesDouble

ID = "123e4567-e89b-42d3-a456-426614174000"
BACKEND = Backend(
    services=ServicesDouble(),
    results=None,
    switch=StopSwitch(),
    workers=Workers("write", 1),
    readers=Workers("read", 1),
    computing=Workers("compute", 1),
    documents=DocumentCache(),
)
ROUTES = [DeclaredRoute(endpoint, BACKEND) for endpoint in ENDPOINTS]
PLAIN = sorted({endpoint.path.replace("{", "").replace("}", "") for endpoint in ENDPOINTS})
ODD = (
    "",
    "/",
    "//",
    "/bots//",
    "/bots/",
    "/Bots",
    "/bots/a/b",
    "/bots/a\n",
    "/health\n",
    "/bots/a%2Fb",
)
PATHS = (*PLAIN, *(f"{path}/" for path in PLAIN), *(f"{path}/more" for path in PLAIN), *ODD)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")


def scope_of(method: str, path: str, **more: Any) -> Scope:
    """Return the scope of a request."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [],
        "query_string": b"",
        **more,
    }


def led(scope: Scope) -> tuple[str, dict[str, str]] | None:
    """Return which route the short way led to and with what; None: to FastAPI."""
    found: list[tuple[str, dict[str, str]] | None] = []

    def handle_of(route: DeclaredRoute) -> Any:
        async def handle(request: Any) -> Response:
            found.append((f"{route.method} {route.path}", request.scope["path_params"]))
            return Response()

        return handle

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(None)

    async def nothing(*_: Any) -> Any:
        return None

    ways = DirectRoutes(
        [(route.method, route.path, handle_of(route)) for route in ROUTES], otherwise
    )
    asyncio.run(ways(scope, nothing, nothing))
    [only] = found
    return only


def routed(scope: Scope) -> tuple[str, dict[str, str]] | None:
    """Return which route FastAPI finds first, and with what."""
    for route in ROUTES:
        match, child = route.matches(scope)
        if match == Match.FULL:
            return f"{route.method} {route.path}", child["path_params"]
    return None


@pytest.mark.parametrize("method", METHODS)
def test_it_finds_what_fastapi_finds(method: str) -> None:
    count = 0
    for path in PATHS:
        found = led(scope_of(method, path))
        if found is None and path.endswith("\n"):
            continue  # FastAPI lets one end a path: such a request goes the long way
        assert found == routed(scope_of(method, path)), path
        count += found is not None
    assert count >= sum(route.method == method for route in ROUTES)


def test_each_route_is_found_with_its_parameters() -> None:
    for route in ROUTES:
        path = route.path.replace("{", "the-").replace("}", "")
        found = led(scope_of(route.method, path))
        assert found is not None
        name, values = found
        assert name == f"{route.method} {route.path}"
        assert values == {each: f"the-{each}" for each in route.param_convertors}


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "websocket", "path": "/health"},
        {"type": "lifespan"},
        scope_of("GET", "/health", root_path="/below"),
    ],
)
def test_all_else_goes_to_fastapi(scope: Scope) -> None:
    assert led(scope) is None
    assert led(scope_of("GET", "/health")) is not None
