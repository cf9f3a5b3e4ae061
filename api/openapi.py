"""The OpenAPI document, made of the same declarations that requests are checked by."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from api.errors import is_factory_path, status_of
from api.operations import OPEN, OPERATOR, OPERATOR_ALONE, PUBLIC, Endpoint, Operation
from api.parameters import IDEMPOTENCY_KEY
from api.schemas.registry import SCHEMAS
from forven.primitives.version import __version__

JSON = "application/json"
_TITLE = "forven"
_ABOUT = """Paper bots on a live tick stream, one session a trading day, behind two families of
routes that show the same bots: `/bots...` and `/api/bot-factory/...`.

Money and prices are decimal strings, times RFC 3339 UTC. Every refusal is
`{"error": code, "detail": text}`; programs decide by `error`. Where a session's orders,
transactions or decisions go on, the answer has a `Link` header with `rel="next"`.

The old addresses `/api/forven/...` are answered as `/api/...`, with `Deprecation`, `Sunset` and
`Link` headers."""
TAGS = {
    "bots": "Bots: paper accounts with a strategy, limits and a carried balance.",
    "sessions": "Sessions: one trading day of a bot, and what happened in it.",
    "strategies": "Saved links to immutable strategies, and their results on recorded sessions.",
    "bot-factory": "The same bots, started and stopped as deployed strategies, by operators.",
    "system": "The host, its feed, and its end.",
    "health": "Whether the server answers.",
}
_SECURITY_SCHEMES = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The API key alone, without a scheme before it.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The API key."},
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "The API key."},
    "operator": {
        "type": "apiKey",
        "in": "header",
        "name": "x-operator-key",
        "description": "The operator key, beside the API key.",
    },
}
_API_KEYS = ("token", "bearer", "key")
_GUARD_STATUS = {
    "host_not_allowed": 400,
    "unauthorized": 401,
    "origin_not_allowed": 403,
    "not_loopback": 403,
    "body_timeout": 408,
    "rate_limit_exceeded": 429,
    "operator_key_unconfigured": 503,
    "rate_limit_unavailable": 503,
}
"""Refusals of the guard, before a route is looked for."""


def openapi_document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": __version__, "description": _ABOUT},
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": dict(paths),
        "components": {"schemas": dict(SCHEMAS), "securitySchemes": _SECURITY_SCHEMES},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    """Return one operation."""
    operation = endpoint.operation
    name = endpoint.handler.__name__
    document: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "tags": [endpoint.tag],
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": {**_answers(operation), **_refusals(endpoint)},
    }
    if operation.about:
        document["description"] = operation.about
    if operation.body is not None:
        document["requestBody"] = {
            "required": True,
            "content": {JSON: _content(operation.body)},
        }
    return document


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """Return which keys a route asks for."""
    if operation.access == OPEN:
        return []
    if operation.access == OPERATOR_ALONE:
        return [{"operator": []}]
    extra: dict[str, list[str]] = {"operator": []} if operation.access == OPERATOR else {}
    keys: list[dict[str, list[str]]] = [{name: [], **extra} for name in _API_KEYS]
    return [*keys, {}] if operation.access == PUBLIC else keys


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    """Return a route's parameters."""
    listed = [parameter.to_openapi() for parameter in operation.parameters]
    return [*listed, IDEMPOTENCY_KEY.to_openapi()] if operation.is_idempotent else listed


def _answers(operation: Operation) -> dict[str, Any]:
    """Return the answers where all went well."""
    answers: dict[str, Any] = {}
    for status, schema in operation.answers.items():
        answer: dict[str, Any] = {"description": operation.summary}
        if schema is not None:
            answer["content"] = {JSON: _content(schema)}
        headers = {
            name: {"description": about, "schema": {"type": "string"}}
            for name, about in operation.headers.items()
        }
        if operation.location is not None:
            headers["Location"] = {
                "description": "The address of what was made.",
                "schema": {"type": "string", "format": "uri-reference"},
            }
        if operation.is_idempotent:
            headers["Idempotent-Replay"] = {
                "description": "`true` where this is the first answer once more.",
                "schema": {"type": "string", "enum": ["true"]},
            }
        answers[str(status)] = {**answer, "headers": headers} if headers else answer
    return answers


def _content(schema: str) -> dict[str, Any]:
    """Return a media type object, with the schema's example beside it."""
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    examples = SCHEMAS[schema].get("examples")
    return {**content, "example": examples[0]} if examples else content


def _refusals(endpoint: Endpoint) -> dict[str, Any]:
    """Return the answers where something was wrong, each with the codes that it may have."""
    codes = defaultdict(list)
    is_factory = is_factory_path(endpoint.path)
    for code in all_codes(endpoint):
        status = _GUARD_STATUS.get(code) or status_of(code, is_factory=is_factory)
        codes[status].append(code)
    return {
        str(status): {
            "description": ", ".join(f"`{code}`" for code in listed),
            "content": {
                JSON: {
                    "schema": {
                        "$ref": "#/components/schemas/Problem",
                        "properties": {"error": {"enum": listed}},
                    }
                }
            },
        }
        for status, listed in sorted(codes.items())
    }


def all_codes(endpoint: Endpoint) -> list[str]:
    """Return every machine code that a route may answer with, its own and those of all routes."""
    operation = endpoint.operation
    codes = ["host_not_allowed", "internal_error"]
    is_writing = endpoint.method != "GET"
    if operation.access != OPEN:
        codes += ["unauthorized", "rate_limit_exceeded", "server_busy", "storage_unavailable"]
    if operation.access in (OPERATOR, OPERATOR_ALONE):
        codes.append("operator_key_unconfigured")
    codes.append("invalid_input")
    if is_writing:
        codes += ["origin_not_allowed", "body_too_large", "unsupported_media_type"]
        codes += ["body_timeout", "rate_limit_unavailable"]
    if operation.is_idempotent:
        codes.append("idempotency_conflict")
    return list(dict.fromkeys([*codes, *operation.errors]))
