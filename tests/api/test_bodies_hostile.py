"""No body, however hostile, makes a 5xx or a partial write: real services over real HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.application import ENDPOINTS, Parts, create_application
from api.operations import Endpoint
from api.schemas.registry import SCHEMAS
from api.stop_switch import StopSwitch
from tests.api import hostile
from tests.api.doubles import ServicesDouble
from tests.api.realm import CONDOR, Realm, realm
from tests.api.serving import served

JSON = {"content-type": "application/json"}
WRITING = [
    endpoint
    for endpoint in ENDPOINTS
    if endpoint.method in ("POST", "PUT", "PATCH") and endpoint.path != "/api/shutdown"
]
TAKING = [endpoint for endpoint in WRITING if endpoint.operation.body]


def name_of(endpoint: Endpoint) -> str:
    """Return a route's name for a test case."""
    return endpoint.handler.__name__


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Realm, httpx.Client]]:
    """Return real services and a client of a server over them."""
    results = ServicesDouble().results
    with realm(tmp_path_factory.mktemp("realm")) as place:
        application = create_application(place.services, StopSwitch(), Parts(results=results))
        client = httpx.Client(trust_env=False, timeout=20, verify=False)
        with served(application) as server, client:
            client.base_url = httpx.URL(server.url)
            yield place, client


def sound_body(endpoint: Endpoint, place: Realm) -> dict[str, Any]:
    """Return a body that the route takes, with nothing left out that it needs."""
    bodies = {
        "CreateBot": {
            "strategy_id": place.strategy_id,
            "name": "Another",
            "starting_capital": "100000",
            "reprice": {"opening": {"max_concession": "0.20"}},
        },
        "CreateStrategy": {"config": CONDOR},
        "PreviewStrategy": {"config": CONDOR},
        "CloneBot": {"new_name": "Clone"},
        "CreateTemplate": {"name": "Template", "config": {}},
    }
    return bodies.get(endpoint.operation.body or "", {})


def address_of(endpoint: Endpoint, place: Realm) -> str:
    """Return a route's address with ids that are there."""
    names = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]
    found = place.known(dict.fromkeys(names, place.bot_id), endpoint.method)
    return endpoint.path.format_map(found)


@pytest.mark.parametrize("endpoint", WRITING, ids=name_of)
def test_what_no_route_may_take_is_refused_and_changes_nothing(
    place: tuple[Realm, httpx.Client], endpoint: Endpoint
) -> None:
    realm, client = place
    address = address_of(endpoint, realm)
    before = realm.state()
    for name, body in hostile.always_refused():
        if endpoint.operation.body is None and not body:
            continue
        if endpoint.operation.body == "GoLive" and name in hostile.UNKNOWN:
            continue  # refused whatever it says
        answer = client.request(endpoint.method, address, content=body, headers=JSON)
        assert 400 <= answer.status_code < 500, (name, answer.text[:300])
        assert {"error", "detail"} == set(answer.json()), name
    assert realm.state() == before


@pytest.mark.parametrize("endpoint", TAKING, ids=name_of)
def test_no_value_of_any_field_makes_a_defect_or_a_partial_write(
    place: tuple[Realm, httpx.Client], endpoint: Endpoint
) -> None:
    realm, client = place
    fields = SCHEMAS[endpoint.operation.body or ""].get("properties", {})
    refused = 0
    for name, body in hostile.with_each_value(fields, sound_body(endpoint, realm)):
        before = realm.writes()
        answer = client.request(
            endpoint.method, address_of(endpoint, realm), content=body, headers=JSON
        )
        assert answer.status_code < 500, (name, answer.text[:300])
        if answer.status_code >= 400:
            refused += 1
            assert realm.writes() == before, name
            assert {"error", "detail"} == set(answer.json()), name
    assert refused >= len(fields)


BLOCKS = {"opening": "max_concession", "closing": "nudge_after_seconds"}


@pytest.mark.parametrize("block", BLOCKS)
def test_no_value_inside_of_reprice_makes_a_defect(
    place: tuple[Realm, httpx.Client], block: str
) -> None:
    realm, client = place
    before = realm.state()
    for name, value in hostile.VALUES.items():
        for body in (
            {"reprice": {block: value}},
            {"reprice": {block: {BLOCKS[block]: value}}},
            {"reprice": {block: {"surprise": value}}},
        ):
            if value in ({}, None):
                continue
            answer = client.patch(f"/bots/{realm.bot_id}", json=body)
            # A number that nobody means is refused wherever it stands, before its field is known.
            expected = "invalid_input" if name in ("2**63", "10**23") else "invalid_reprice"
            assert (answer.status_code, answer.json()["error"]) == (400, expected), name
    assert realm.state() == before


def test_ten_requests_with_one_name_make_one_bot(place: tuple[Realm, httpx.Client]) -> None:
    realm, client = place
    body = {"strategy_id": realm.strategy_id, "name": "Once", "starting_capital": 1000}
    before = realm.writes()
    statuses = [client.post("/bots", json=body).status_code for _ in range(10)]
    assert realm.writes() != before
    assert sorted(statuses) == [201] + [409] * 9
