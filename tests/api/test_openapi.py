"""The OpenAPI document is complete, and what the server answers is what it says."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from api.application import ENDPOINTS, Parts, create_application
from api.errors import STATUS_OF_CODE
from api.openapi import all_codes, openapi_document
from api.operations import Endpoint, Operation
from api.schemas.registry import SCHEMAS
from api.stop_switch import StopSwitch
from tests.api.doubles import ServicesDouble
from tests.api.realm import Realm, realm

DOCUMENT = openapi_document(ENDPOINTS)
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
METHODS_OF_REFERENCE = {
    "GET /bots",
    "POST /bots",
    "GET /bots/{bot_id}",
    "PATCH /bots/{bot_id}",
    "DELETE /bots/{bot_id}",
    "GET /bots/{bot_id}/summary",
    "GET /bots/{bot_id}/sessions",
    "POST /bots/{bot_id}/sessions",
    "GET /bots/{bot_id}/sessions/{session_id}",
    "DELETE /bots/{bot_id}/sessions/{session_id}",
    "POST /bots/{bot_id}/sessions/{session_id}/cancel-all-orders",
    "GET /bots/{bot_id}/sessions/{session_id}/orders",
    "GET /bots/{bot_id}/sessions/{session_id}/positions",
    "GET /bots/{bot_id}/sessions/{session_id}/transactions",
    "GET /bots/{bot_id}/sessions/{session_id}/financials",
    "GET /bots/{bot_id}/sessions/{session_id}/decision-log",
    "POST /strategies/preview",
    "GET /strategies/preview/{source_hash}/results",
    "GET /strategies",
    "POST /strategies",
    "GET /strategies/{strategy_id}",
    "PATCH /strategies/{strategy_id}",
    "DELETE /strategies/{strategy_id}",
    "GET /strategies/{strategy_id}/results",
    "GET /strategies/{strategy_id}/results/days/{date}",
    "GET /api/bot-factory/bots",
    "POST /api/bot-factory/bots",
    "GET /api/bot-factory/bots/{bot_id}",
    "PUT /api/bot-factory/bots/{bot_id}",
    "DELETE /api/bot-factory/bots/{bot_id}",
    "POST /api/bot-factory/bots/{bot_id}/start",
    "POST /api/bot-factory/bots/{bot_id}/stop",
    "POST /api/bot-factory/bots/{bot_id}/clone",
    "POST /api/bot-factory/kill-all",
    "GET /api/bot-factory/bots/{bot_id}/trades",
    "GET /api/bot-factory/bots/{bot_id}/positions",
    "GET /api/bot-factory/bots/{bot_id}/stats",
    "GET /api/bot-factory/bots/{bot_id}/decisions",
    "GET /api/bot-factory/bots/{bot_id}/versions",
    "GET /api/bot-factory/bots/{bot_id}/versions/{first}/diff/{second}",
    "GET /api/bot-factory/templates",
    "POST /api/bot-factory/templates",
    "GET /api/bot-factory/templates/{template_id}",
    "DELETE /api/bot-factory/templates/{template_id}",
    "GET /health",
    "GET /api/health",
    "GET /",
    "GET /api/system/status",
    "GET /api/system/heartbeat",
    "POST /api/system/stop",
    "POST /api/system/start",
    "POST /api/shutdown",
}


def test_every_route_of_the_references_is_there() -> None:
    assert {f"{e.method} {e.path}" for e in ENDPOINTS} >= METHODS_OF_REFERENCE


def test_operations_have_names_of_their_own_and_known_tags() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert {operation["tags"][0] for _, _, operation in OPERATIONS} == tags


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_part_of_a_path_is_a_parameter(path: str, method: str, operation: Any) -> None:
    declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
    assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_every_reference_leads_to_a_schema() -> None:
    found = set(_references(DOCUMENT))
    assert found <= {f"#/components/schemas/{name}" for name in SCHEMAS}
    assert {f"#/components/schemas/{name}" for name in SCHEMAS} <= found


@pytest.mark.parametrize("name", [name for name in SCHEMAS if "examples" in SCHEMAS[name]])
def test_examples_fit_their_schema(name: str) -> None:
    schema = {**DOCUMENT, "$ref": f"#/components/schemas/{name}"}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for example in SCHEMAS[name]["examples"]:
        validator.validate(example)


def test_every_code_that_has_a_status_is_documented_somewhere() -> None:
    documented = {code for endpoint in ENDPOINTS for code in all_codes(endpoint)}
    assert set(STATUS_OF_CODE) - documented == {"method_not_allowed"}


def _references(value: Any) -> Iterator[str]:
    """Yield every reference below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES_MAX = 6


def takes_something(operation: Operation) -> bool:
    """Return whether anything of a request could be wrong."""
    return bool(operation.parameters or operation.body or operation.is_idempotent)


EXPLORED = [
    pytest.param(endpoint, mode, id=f"{endpoint.method} {endpoint.path} {mode.value}")
    for endpoint in ENDPOINTS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if endpoint.path != "/api/shutdown"  # it would end the tests
    if mode is GenerationMode.POSITIVE or takes_something(endpoint.operation)
]


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Realm, Any]]:
    """Return real services and what schemathesis knows of the routes over them."""
    with realm(tmp_path_factory.mktemp("realm")) as place:
        application = create_application(
            place.services, StopSwitch(), Parts(results=ServicesDouble().results)
        )
        yield place, schemathesis.openapi.from_asgi("/openapi.json", application)


@pytest.mark.parametrize(("endpoint", "mode"), EXPLORED)
def test_answers_are_what_the_document_says(
    explored: tuple[Realm, Any], endpoint: Endpoint, mode: GenerationMode
) -> None:
    place, schema = explored
    operation = schema[endpoint.path][endpoint.method]

    @seed(7)
    @settings(
        max_examples=EXAMPLES_MAX,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(data=strategies.data())
    def explore(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(strategies.booleans()):
            case.path_parameters = place.known(case.path_parameters or {}, endpoint.method)
        response = case.call()
        case.validate_response(response, checks=CHECKS)

    explore()
