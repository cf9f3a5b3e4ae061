"""The whole application: what is guarded is guarded as its OpenAPI document says."""

from collections.abc import Iterator

import httpx
import pytest

from api.application import ENDPOINTS, Parts, create_application
from api.guard.guard import guard
from api.openapi import all_codes, openapi_document
from api.operations import OPEN, OPERATOR, OPERATOR_ALONE, PUBLIC, TOKEN, Endpoint
from api.settings import Settings
from api.stop_switch import StopSwitch
from forven.engine.documents import DOCUMENT_BYTES_MAX
from tests.api.doubles import ServicesDouble
from tests.api.serving import served

ID = "123e4567-e89b-42d3-a456-426614174000"
API = {"x-api-key": "the-api-key"}
OPERATORS = {"x-operator-key": "the-operator-key"}
LET_IN = {
    OPEN: ({},),
    PUBLIC: ({}, OPERATORS, API),
    TOKEN: (API,),
    OPERATOR: (API | OPERATORS,),
    OPERATOR_ALONE: (OPERATORS,),
}
KEPT_OUT = {
    OPEN: (),
    PUBLIC: ({"x-api-key": "another"},),
    TOKEN: ({}, OPERATORS, {"x-api-key": "another"}),
    OPERATOR: ({}, API, OPERATORS, API | {"x-operator-key": "another"}),
    OPERATOR_ALONE: ({}, API, {"x-operator-key": "another"}),
}


@pytest.fixture(scope="module")
def behind() -> ServicesDouble:
    """Return the services of the guarded server."""
    return ServicesDouble()


@pytest.fixture(scope="module")
def guarded(behind: ServicesDouble) -> Iterator[httpx.Client]:
    """Return a client of a server with both keys."""
    settings = Settings.load(api_key="the-api-key", operator_key="the-operator-key")
    parts = Parts(results=behind.results, guarded=lambda inner: guard(inner, settings))
    client = httpx.Client(trust_env=False, timeout=10, verify=False)
    with served(create_application(behind, StopSwitch(), parts)) as server, client:
        client.base_url = httpx.URL(server.url)
        yield client


def ask(client: httpx.Client, endpoint: Endpoint, headers: dict[str, str]) -> httpx.Response:
    """Return the answer to a sound request of a route."""
    path = endpoint.path
    for name, value in (("date", "2026-03-20"), ("first", "1"), ("second", "2")):
        path = path.replace(f"{{{name}}}", value)
    path = path.replace("{source_hash}", "a" * 64).replace("{template_id}", "mine")
    for name in ("bot_id", "session_id", "strategy_id"):
        path = path.replace(f"{{{name}}}", ID)
    body = {} if endpoint.operation.body else None
    return client.request(endpoint.method, path, json=body, headers=headers)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.handler.__name__)
def test_a_route_asks_for_the_keys_that_its_document_says(
    guarded: httpx.Client, endpoint: Endpoint
) -> None:
    access = endpoint.operation.access
    for headers in KEPT_OUT[access]:
        answer = ask(guarded, endpoint, headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized"), headers
        assert "unauthorized" in all_codes(endpoint)
    for headers in LET_IN[access]:
        passed = ask(guarded, endpoint, headers).status_code
        assert passed < 300 or (passed, endpoint.path.rpartition("/")[2]) == (409, "go-live")


def test_who_reads_without_a_key_is_shown_public_strategies_only(
    guarded: httpx.Client, behind: ServicesDouble
) -> None:
    paths = (f"/strategies/{ID}", f"/strategies/{ID}/results")
    for headers, is_public_reader in (({}, True), (API, False)):
        behind.calls.clear()
        for path in (*paths, f"{paths[1]}/days/2026-03-20"):
            assert guarded.get(path, headers=headers).status_code == 200
        asked = [called for called in behind.calls if called.name.startswith("strategies.")]
        assert [called.options for called in asked] == [{"is_public_reader": is_public_reader}] * 3
        # What nobody has a key for starts no work.
        started = [called.name for called in behind.calls if called.name == "results.start"]
        assert len(started) == (0 if is_public_reader else 1)


def test_a_body_may_be_as_large_as_a_document_and_no_larger(guarded: httpx.Client) -> None:
    headers = {**API, "content-type": "application/json"}
    body = b'{"name": "a"}'.ljust(DOCUMENT_BYTES_MAX)
    assert guarded.post("/bots", content=body, headers=headers).status_code == 201
    answer = guarded.post("/bots", content=body + b" ", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")
    assert str(DOCUMENT_BYTES_MAX) in answer.json()["detail"]


def test_the_document_says_what_needs_no_key() -> None:
    paths = openapi_document(ENDPOINTS)["paths"]
    free = {
        path
        for path, methods in paths.items()
        for operation in methods.values()
        if operation["security"] == [] or {} in operation["security"]
    }
    one = "/strategies/{strategy_id}"
    days = f"{one}/results/days/{{date}}"
    assert free == {"/health", "/api/health", one, f"{one}/results", days}
    assert paths["/api/shutdown"]["post"]["security"] == [{"operator": []}]


@pytest.mark.parametrize("spelling", ["Bearer the-api-key", "the-api-key"])
def test_the_api_key_may_come_bare_or_as_bearer(guarded: httpx.Client, spelling: str) -> None:
    assert guarded.get("/bots", headers={"Authorization": spelling}).status_code == 200


def test_an_old_address_is_guarded_as_its_successor(guarded: httpx.Client) -> None:
    old = guarded.post("/api/forven/system/stop", headers=API)
    assert (old.status_code, old.json()["error"]) == (401, "unauthorized")
    assert "Deprecation" in old.headers
    assert guarded.post("/api/forven/system/stop", headers=API | OPERATORS).status_code == 200


def test_the_document_itself_needs_the_key(guarded: httpx.Client) -> None:
    assert guarded.get("/openapi.json").status_code == 401
    assert guarded.get("/openapi.json", headers=API).status_code == 200
