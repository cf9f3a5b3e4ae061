"""The one place where errors become answers: `{"error": code, "detail": text}` and a status."""

import logging
import uuid
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.replies import Reply
from forven.primitives import errors as primitive
from forven.primitives.errors import ForvenError
from forven.store.errors import StoreBusy, StoreUnreachable

_LOGGER = logging.getLogger("forven.api")

FACTORY_ROOT = "/api/bot-factory"
"""The routes under it answer by the second family's rules."""

STATUS_OF_CODE: Mapping[str, int] = {
    "invalid_input": 400,
    "invalid_strategy_id": 400,
    "invalid_starting_capital": 400,
    "invalid_reprice": 400,
    "no_fields": 400,
    "strategy_not_found_or_not_owned": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "engine_not_available": 409,
    "name_taken": 409,
    "bot_has_active_session": 409,
    "bot_not_idle": 409,
    "bot_session_exists": 409,
    "bot_already_running": 409,
    "session_terminal": 409,
    "paper_only": 409,
    "template_is_builtin": 409,
    "idempotency_conflict": 409,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "outside_rth": 422,
    "too_many_active_backtests": 429,
    "internal_error": 500,
    "register_sim_failed": 502,
    "live_trading_unavailable": 503,
    "storage_unavailable": 503,
    "server_busy": 503,
    "results_unavailable": 503,
}
"""Status of every machine code, where no family says otherwise."""

FACTORY_STATUS_OF_CODE: Mapping[str, int] = {
    **dict.fromkeys(
        (
            "invalid_input",
            "invalid_strategy_id",
            "invalid_starting_capital",
            "invalid_reprice",
        ),
        422,
    ),
    "bot_has_active_session": 400,
    "bot_already_running": 400,
    "template_is_builtin": 400,
}
"""Where the bot factory differs: a body that cannot be validated is 422 there."""

_CODE_OF_KIND: tuple[tuple[type[ForvenError], str], ...] = (
    (primitive.InvalidInput, "invalid_input"),
    (primitive.UnknownDataset, "results_unavailable"),
    (primitive.EmptyRange, "not_found"),
    (primitive.NotASession, "not_found"),
    (primitive.UntrustedData, "results_unavailable"),
    (primitive.CannotWrite, "storage_unavailable"),
    (StoreBusy, "storage_unavailable"),
    (StoreUnreachable, "storage_unavailable"),
)
"""Codes of errors that lower floors raise without one; the first that fits."""


def code_of(error: ForvenError) -> str | None:
    """Return an error's machine code; None for one that no user of the API could have caused."""
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in STATUS_OF_CODE:
        return code
    return next((code for kind, code in _CODE_OF_KIND if isinstance(error, kind)), None)


def status_of(code: str, *, is_factory: bool = False) -> int:
    """Return the status that a machine code is answered with."""
    if is_factory and code in FACTORY_STATUS_OF_CODE:
        return FACTORY_STATUS_OF_CODE[code]
    return STATUS_OF_CODE[code]


def reply_of(error: ForvenError, path: str) -> Reply:
    """Return the answer to an error raised on purpose; one without a code is a defect."""
    code = code_of(error)
    if code is None:
        return defect_reply(error, path)
    status = status_of(code, is_factory=is_factory_path(path))
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    return Reply(status, {"error": code, "detail": str(error)}, headers)


def defect_reply(error: BaseException, path: str) -> Reply:
    """Return the answer to a defect of ours: an id, which the log has with the whole story."""
    identifier = uuid.uuid4().hex
    _LOGGER.error("defect %s at %s", identifier, path, exc_info=error)
    detail = f"the server has a defect; its log says more under {identifier}"
    return Reply(500, {"error": "internal_error", "detail": detail, "id": identifier})


def is_factory_path(path: str) -> bool:
    """Return whether a path belongs to the bot-factory family."""
    return path == FACTORY_ROOT or path.startswith(f"{FACTORY_ROOT}/")


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what routing itself refuses: no such path, no such method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    path = request.scope["path"]
    if status == 404:
        detail = f"{path[:200]}: expected a known path, found none; see /openapi.json"
        return Reply(404, {"error": "not_found", "detail": detail}, headers).response()
    if status == 405:
        route = getattr(request.scope.get("route"), "path", "")
        allowed = request.app.state.methods.get(route, headers.get("Allow", ""))
        headers["Allow"] = allowed
        detail = f"{request.method[:20]}: expected one of {allowed}, found another method"
        document = {"error": "method_not_allowed", "detail": detail}
        return Reply(405, document, headers).response()
    return defect_reply(error, path).response()


async def answer_defect(request: Request, error: Exception) -> Response:
    """Answer an error that nobody expected."""
    return defect_reply(error, request.scope["path"]).response()
