"""What every route does alike: keys of requests, hostile bodies, pages."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import httpx
import pytest

from api.application import COMPUTING_MAX, ENDPOINTS
from api.operations import Endpoint
from forven.bots.errors import NameTaken
from forven.bots.services.interface import Page
from tests.api import hostile
from tests.api.doubles import ServicesDouble
from tests.api.samples import sample

BOT = "123e4567-e89b-42d3-a456-426614174000"
JSON = {"content-type": "application/json"}
WRITING = [endpoint for endpoint in ENDPOINTS if endpoint.method != "GET"]
IDEMPOTENT = [endpoint for endpoint in ENDPOINTS if endpoint.operation.is_idempotent]


def name_of(value: object) -> str | None:
    """Return a route's name for a test case."""
    return value.handler.__name__ if isinstance(value, Endpoint) else None


def path_of(endpoint: Endpoint) -> str:
    """Return a route's path with ids in it."""
    path = endpoint.path.replace("{template_id}", "mine")
    for name in ("bot_id", "session_id", "strategy_id"):
        path = path.replace(f"{{{name}}}", BOT)
    return path


def test_every_post_that_acts_takes_a_key() -> None:
    without = {e.path for e in WRITING if e.method == "POST" and not e.operation.is_idempotent}
    assert without == {"/api/shutdown", "/api/bot-factory/bots/{bot_id}/go-live"}


@pytest.mark.parametrize("endpoint", IDEMPOTENT, ids=name_of)
def test_the_same_key_gives_the_first_answer_once_more(
    client: httpx.Client, services: ServicesDouble, endpoint: Endpoint
) -> None:
    headers = {**JSON, "Idempotency-Key": f"key-{endpoint.handler.__name__}"}
    body = b'{"name": "a"}' if endpoint.operation.body else b""
    first, second = (
        client.request(endpoint.method, path_of(endpoint), content=body, headers=headers)
        for _ in range(2)
    )
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.headers.get("Location") == second.headers.get("Location")
    assert ("Location" in first.headers) == (first.status_code == 201)
    acting = [called for called in services.calls if called.name != "results.start"]
    assert len(acting) <= 1
    if endpoint.operation.body:
        other = client.request(
            endpoint.method, path_of(endpoint), content=b'{"name": "b"}', headers=headers
        )
        assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")


def test_computing_holds_nobody_else_up_and_is_bounded(
    client: httpx.Client, services: ServicesDouble
) -> None:
    door = threading.Event()
    asked = COMPUTING_MAX + 4
    day = f"/strategies/{BOT}/results/days/2026-03-20"

    def compute(*_: object) -> object:
        door.wait(60)
        return sample("ResultDayDetail")

    services.answers["results.day"] = compute
    with ThreadPoolExecutor(asked) as crowd:
        answers = [crowd.submit(client.get, day) for _ in range(asked)]
        try:
            refused = next(as_completed(answers)).result()
            assert (refused.status_code, refused.json()["error"]) == (503, "server_busy")
            assert client.post("/bots", json={"name": "a"}).status_code == 201
            assert client.get(f"/bots/{BOT}").status_code == 200
        finally:
            door.set()
        statuses = sorted(answer.result().status_code for answer in answers)
    assert statuses == [200] * COMPUTING_MAX + [503] * 4


def test_a_refused_request_gives_its_key_back(
    client: httpx.Client, services: ServicesDouble
) -> None:
    headers = {"Idempotency-Key": "refused"}
    services.troubles["bots.create"] = NameTaken("name: expected another one")
    assert client.post("/bots", json={"name": "a"}, headers=headers).status_code == 409
    services.troubles.clear()
    assert client.post("/bots", json={"name": "c"}, headers=headers).status_code == 201


def test_an_answer_that_cannot_be_kept_is_given_and_its_request_never_done_twice(
    client: httpx.Client, services: ServicesDouble
) -> None:
    headers = {"Idempotency-Key": "disk-full"}
    services.idempotency.is_full = True
    try:
        assert client.post("/bots", json={"name": "a"}, headers=headers).status_code == 201
        again = client.post("/bots", json={"name": "a"}, headers=headers)
        assert (again.status_code, again.json()["error"]) == (409, "idempotency_conflict")
        assert len(services.calls) == 1
        services.troubles["bots.create"] = NameTaken("name: expected another one")
        other = client.post("/bots", json={"name": "a"}, headers={"Idempotency-Key": "other"})
        assert (other.status_code, other.json()["error"]) == (409, "name_taken")
    finally:
        services.idempotency.is_full = False


@pytest.mark.parametrize("endpoint", WRITING, ids=name_of)
def test_no_hostile_body_reaches_a_service(
    client: httpx.Client, services: ServicesDouble, endpoint: Endpoint
) -> None:
    bodies = {**hostile.NOT_JSON, **hostile.NO_OBJECT}
    for name, body in bodies.items():
        if not body and endpoint.operation.body is None:
            continue
        answer = client.request(endpoint.method, path_of(endpoint), content=body, headers=JSON)
        assert 400 <= answer.status_code < 500, (name, answer.text[:200])
        document = answer.json()
        assert set(document) == {"error", "detail"}, name
        assert answer.text.isascii(), name
    assert services.calls == []


def test_a_page_says_where_the_next_one_is(client: httpx.Client, services: ServicesDouble) -> None:
    services.answers["sessions.orders"] = lambda *_: Page(sample("Orders"), "40")
    address = f"/bots/{BOT}/sessions/{BOT}/orders"
    answer = client.get(f"{address}?limit=1")
    assert answer.links["next"]["url"] == f"{address}?limit=1&after=40"
    assert json.loads(answer.content) == sample("Orders")
    services.answers["sessions.orders"] = lambda *_: Page([], None)
    services.store.changes += 1
    assert client.get(f"{address}?limit=1").links == {}
