"""The floor: what FastAPI and uvicorn answer here when there is nothing to do.

`python -m benchmarks.api.floor` serves three routes on a free port and prints its address:
/hello, a small document; /list-bytes, 48 KB of positions written by orjson; /list-encoder, the same
list through FastAPI's own encoder.
"""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.responses import Response

from api.serve import serve
from api.settings import Settings
from api.stop_switch import StopSwitch

LIST_BYTES = 48_000
PATHS = {"hello": "/hello", "list_bytes": "/list-bytes", "list_encoder": "/list-encoder"}


def positions() -> list[dict[str, Any]]:
    """Return documents of positions of about 48 KB."""
    row = {
        "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "instrument": "SPXW  261127C06000000",
        "direction": "short",
        "quantity": "1",
        "cost_basis": "420.00",
        "price": "385.00",
        "delta": "-0.312500",
        "unrealized_profit_loss": "35.00",
        "realized_profit_loss": "0.00",
        "total_profit_loss": "33.35",
    }
    count = round(LIST_BYTES / len(orjson.dumps(row)))
    return [row | {"quantity": str(number)} for number in range(count)]


def floor_application() -> FastAPI:
    """Return the application of the floor."""
    application = FastAPI(openapi_url=None)
    rows = positions()

    @application.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @application.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    @application.get("/list-bytes")
    async def list_bytes() -> Response:
        return Response(orjson.dumps(rows), media_type="application/json")

    @application.get("/list-encoder")
    async def list_encoder() -> list[dict[str, Any]]:
        return rows

    return application


def run(announce: Callable[[str], None]) -> None:
    """Serve the floor until a signal comes."""
    serve(Settings.load(port=0), floor_application(), StopSwitch(), announce)


if __name__ == "__main__":
    run(lambda text: print(text, flush=True))
