"""Routes of the host: its state, its heartbeat, its halt, and the end of the server."""

import time
from collections import Counter
from typing import Any

from starlette.responses import Response

from api.operations import OPERATOR, OPERATOR_ALONE, Call, Operation, RouteTable
from api.replies import Reply
from forven.kernels import backend as kernels
from forven.primitives.money import micros_of, money_text
from forven.primitives.time import NANOSECONDS_PER_SECOND, rfc3339
from forven.primitives.version import __version__

TABLE = RouteTable("system")
_BEAT_AGE_MAX_NS = 180 * NANOSECONDS_PER_SECOND
PAUSE_REASON = "stopped by an operator"


@TABLE.route(
    "GET",
    "/api/system/status",
    Operation(
        summary="Read the state of the host and its bots",
        about="`paused`: an operator stopped it; `degraded`: what it writes cannot be stored, or "
        "it has not beaten for 180 seconds.",
        answers={200: "Status"},
    ),
)
async def read_status(call: Call) -> Response:
    """Read it."""
    return await call.document(("status",), lambda: _status(call))


@TABLE.route(
    "GET",
    "/api/system/heartbeat",
    Operation(
        summary="Read the host's heartbeat, with equity and risk",
        about="It beats every 15 seconds; after 180 seconds without one it is `stale`.",
        answers={200: "Heartbeat"},
    ),
)
async def read_heartbeat(call: Call) -> Response:
    """Read it."""
    return await call.document(("heartbeat",), lambda: _heartbeat(call))


@TABLE.route(
    "POST",
    "/api/system/stop",
    Operation(
        summary="Halt trading",
        about="No body. No session is opened and none is stepped until it is started again.",
        answers={200: "Accepted"},
        access=OPERATOR,
        is_idempotent=True,
    ),
)
def stop_system(call: Call) -> Reply:
    """Halt it."""
    call.backend.services.host.pause(PAUSE_REASON)
    return Reply(200, {"status": "stopped"})


@TABLE.route(
    "POST",
    "/api/system/start",
    Operation(
        summary="Resume trading",
        about="No body.",
        answers={200: "Accepted"},
        access=OPERATOR,
        is_idempotent=True,
    ),
)
def start_system(call: Call) -> Reply:
    """Resume it."""
    call.backend.services.host.resume()
    return Reply(200, {"status": "started"})


@TABLE.route(
    "POST",
    "/api/shutdown",
    Operation(
        summary="End the server",
        about="No body, no API key: it is answered on this machine only. The frame at work is "
        "finished; open sessions go on when the server starts again.",
        answers={202: "Accepted"},
        errors=("not_loopback",),
        access=OPERATOR_ALONE,
    ),
)
async def shut_down(call: Call) -> Reply:
    """End it, once this is answered."""
    call.backend.switch.turn()
    return Reply(202, {"status": "shutting_down"})


def _status(call: Call) -> dict[str, Any]:
    """Return the status document."""
    host = call.backend.services.host.status()
    is_degraded = host.storage_trouble is not None or not host.is_healthy
    bots = call.backend.services.bots.list()
    return {
        "status": "degraded" if is_degraded else "paused" if host.paused else "ok",
        "version": __version__,
        "backend": kernels.DESCRIPTION,
        "host": _host_document(host),
        "bots": dict(Counter(bot["runtime_status"] for bot in bots)),
    }


def _heartbeat(call: Call) -> dict[str, Any]:
    """Return the heartbeat document."""
    host = call.backend.services.host.status()
    bots = call.backend.services.bots.list()
    beat = host.heartbeat_ns
    age_ns = None if beat is None else max(time.time_ns() - beat, 0)
    is_fresh = age_ns is not None and age_ns <= _BEAT_AGE_MAX_NS
    halted = [bot["id"] for bot in bots if bot["runtime_status"] in ("halted", "failed")]
    return {
        "status": "none" if age_ns is None else "ok" if is_fresh else "stale",
        "last_heartbeat": None if beat is None else rfc3339(beat),
        "age_seconds": None if age_ns is None else round(age_ns / NANOSECONDS_PER_SECOND, 3),
        "host": _host_document(host),
        "equity": {
            "cash_balance": _total(bots, "cash_balance"),
            "current_value": _total(bots, "current_value"),
        },
        "risk": {
            "paused": host.paused,
            "storage_trouble": host.storage_trouble,
            "halted_bots": halted,
        },
    }


def _total(bots: list[dict[str, Any]], name: str) -> str:
    """Return the sum of a money field over all bots."""
    return money_text(sum(micros_of(bot[name]) for bot in bots))


def _host_document(host: Any) -> dict[str, Any]:
    """Return what the host says of itself."""
    return {
        "feed": host.feed,
        "day": None if host.day is None else host.day.isoformat(),
        "now": rfc3339(host.now),
        "last_frame": None if host.last_frame_ns is None else rfc3339(host.last_frame_ns),
        "frames": host.frames,
        "latency_p50_ms": host.latency_p50_ms,
        "latency_p99_ms": host.latency_p99_ms,
        "sessions": dict(host.sessions),
        "storage_trouble": host.storage_trouble,
        "paused": host.paused,
    }
