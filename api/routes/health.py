"""Routes that say whether the server answers, and what it is."""

from starlette.responses import Response

from api.operations import OPEN, Call, Operation, RouteTable
from api.replies import Reply, raw_response
from forven.primitives.version import __version__

TABLE = RouteTable("health")
_OK = b'{"status":"ok","service":"forven"}'
_HEALTH = Operation(summary="Say that the server answers", answers={200: "Health"}, access=OPEN)


@TABLE.route("GET", "/health", _HEALTH)
async def read_health(call: Call) -> Response:  # noqa: ARG001 -- health asks for nothing
    """Say so."""
    return raw_response(200, _OK)


@TABLE.route("GET", "/api/health", _HEALTH)
async def read_api_health(call: Call) -> Response:  # noqa: ARG001 -- health asks for nothing
    """Say so."""
    return raw_response(200, _OK)


@TABLE.route("GET", "/", Operation(summary="Say what this server is", answers={200: "Root"}))
async def read_root(call: Call) -> Reply:  # noqa: ARG001 -- it is the same for everybody
    """Say it."""
    document = {"service": "forven", "version": __version__, "openapi": "/openapi.json"}
    return Reply(200, document)
