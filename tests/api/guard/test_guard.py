"""Over real sockets: who gets in, who does not, and what they are told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.types import Message, Scope

from api.guard.guard import Guard
from tests.api.guard.visitors import Echo, raw_exchange, status_of
from tests.api.serving import Running, open_settings, served

KEY, OPERATOR = "reader-key", "operator-key"
CONSOLE = "http://localhost:5173"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@contextmanager
def guarded(**given: object) -> Iterator[tuple[Running, Echo, httpx.Client]]:
    echo = Echo()
    settings = open_settings(**given)
    with (
        served(Guard(echo, settings), settings) as running,
        httpx.Client(base_url=running.url, trust_env=False, verify=False) as client,
    ):
        yield running, echo, client


@pytest.fixture(scope="module")
def keyed_server() -> Iterator[tuple[Running, Echo, httpx.Client]]:
    with guarded(api_key=KEY, operator_key=OPERATOR) as parts:
        yield parts


@pytest.fixture
def keyed(
    keyed_server: tuple[Running, Echo, httpx.Client],
) -> tuple[Running, Echo, httpx.Client]:
    """Return a server with both keys that nobody has called yet."""
    keyed_server[1].calls.clear()
    return keyed_server


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": KEY}, 200),
        ({"authorization": f"Bearer {KEY}"}, 200),
        ({"authorization": f"bearer   {KEY}"}, 200),
        ({"authorization": KEY}, 200),
        ({"x-api-key": "wrong", "authorization": KEY}, 200),
        ({}, 401),
        ({"x-api-key": ""}, 401),
        ({"x-api-key": KEY[:-1]}, 401),
        ({"x-api-key": KEY + "x"}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": f"Basic {KEY}"}, 401),
        ({"authorization": f"Bearer {OPERATOR}"}, 401),
        ({"x-operator-key": OPERATOR}, 401),
        ({"x-api-key": "k\xe9y"}, 401),
    ],
)
def test_a_request_needs_the_api_key_in_one_of_its_three_places(
    keyed: tuple[Running, Echo, httpx.Client], headers: dict[str, str], status: int
) -> None:
    _, echo, client = keyed
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = client.get("/bots", headers=encoded)
    assert answer.status_code == status
    assert len(echo.calls) == (status == 200)
    if status == 401:
        assert answer.json() == {
            "error": "unauthorized",
            "detail": "expected the API key, found none or another",
        }


def test_a_key_in_the_address_opens_no_request(
    keyed: tuple[Running, Echo, httpx.Client],
) -> None:
    assert keyed[2].get(f"/bots?key={KEY}").status_code == 401


@pytest.mark.parametrize("path", ["/health", "/api/health"])
def test_health_needs_no_key_and_other_spellings_of_it_do(
    keyed: tuple[Running, Echo, httpx.Client], path: str
) -> None:
    running, _, client = keyed
    assert client.get(path).status_code == 200
    for other in (
        path.upper(),
        f"/{path}",
        f"{path}/",
        f"{path}/x",
        f"{path};x",
        f"/bots/..{path}",
    ):
        request = f"GET {other} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert status_of(raw_exchange(running.port, request.encode())) == 401, other


OPERATED = [
    ("POST", "/api/system/stop"),
    ("POST", "/api/system/start"),
    ("POST", "/api/shutdown"),
    ("POST", "/api/bot-factory/kill-all"),
    ("POST", "/api/bot-factory/bots"),
    ("PUT", "/api/bot-factory/bots/1"),
    ("DELETE", "/api/bot-factory/bots/1"),
    ("POST", "/API/system/STOP"),
    ("POST", "//api//system//stop"),
    ("POST", "/api/system/stop/"),
    ("POST", "/api%2Fsystem%2fstop"),
    ("POST", "/api/%73ystem/stop"),
    ("POST", "/api/%2573ystem/stop"),
    ("POST", "/api/./system/x/../stop"),
    ("POST", "/api/system/stop;a=b"),
    ("POST", "/api\\system\\stop"),
    ("POST", "/api/forven/system/stop"),
    ("POST", "/forven/system/stop"),
    ("POST", "/api//forven/bot-factory/bots"),
    ("PATCH", "/api/bot-factory/bots/../../x"),
    ("ANYTHING", "/api/system/stop"),
]


@pytest.mark.parametrize(("method", "path"), OPERATED)
def test_what_the_operator_may_needs_both_keys_however_it_is_spelt(
    keyed: tuple[Running, Echo, httpx.Client], method: str, path: str
) -> None:
    running, echo, _ = keyed

    def status(*headers: str) -> int:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        return status_of(raw_exchange(running.port, ("\r\n".join(lines) + "\r\n\r\n").encode()))

    if method == "ANYTHING":
        assert status(f"x-api-key: {KEY}") in {400, 401}
        assert echo.calls == []
        return
    assert status(f"x-api-key: {KEY}") == 401
    assert status(f"x-api-key: {KEY}", "x-operator-key: wrong") == 401
    assert status(f"x-api-key: {KEY}", f"x-operator-key: {KEY}") == 401
    assert echo.calls == []
    assert status(f"x-api-key: {KEY}", f"x-operator-key: {OPERATOR}") == 200
    assert status(f"x-api-key: {KEY}", f"Authorization: Bearer {OPERATOR}") == 200
    assert len(echo.calls) == 2


def test_reading_the_factory_needs_the_operator_too(
    keyed: tuple[Running, Echo, httpx.Client],
) -> None:
    headers = {"x-api-key": KEY}
    assert keyed[2].get("/api/bot-factory/bots", headers=headers).status_code == 401
    headers["x-operator-key"] = OPERATOR
    assert keyed[2].get("/api/bot-factory/bots", headers=headers).status_code == 200


def test_operator_routes_answer_503_where_only_the_api_key_is_set() -> None:
    with guarded(api_key=KEY) as (_, echo, client):
        answer = client.post("/api/system/stop", headers={"x-api-key": KEY})
        assert (answer.status_code, answer.json()["error"]) == (503, "operator_key_unconfigured")
        assert client.post("/api/system/stop").status_code == 401
        assert echo.calls == []
        assert client.post("/bots", headers={"x-api-key": KEY}).status_code == 200


def test_without_keys_all_is_open_on_this_machine() -> None:
    with guarded() as (_, echo, client):
        assert client.get("/bots").status_code == 200
        assert client.post("/api/system/stop").status_code == 200
        assert client.post("/api/shutdown").status_code == 200
        assert len(echo.calls) == 3


def test_with_the_operator_key_alone_only_its_routes_are_closed() -> None:
    with guarded(operator_key=OPERATOR) as (_, _, client):
        assert client.get("/bots").status_code == 200
        assert client.post("/api/system/stop").status_code == 401
        operator = {"x-operator-key": OPERATOR}
        assert client.post("/api/system/stop", headers=operator).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "public"),
    [
        ("GET", f"/strategies/{UUID}", True),
        ("GET", f"/strategies/{UUID}/results", True),
        ("GET", f"/strategies/{UUID}/results/days/2026-11-25", True),
        ("GET", "/strategies", False),
        ("GET", f"/strategies/{UUID}/", False),
        ("GET", "/strategies/preview", False),
        ("PATCH", f"/strategies/{UUID}", False),
        ("DELETE", f"/strategies/{UUID}", False),
    ],
)
def test_a_saved_strategy_may_be_asked_for_without_a_key_and_is_then_shown_as_to_the_public(
    keyed: tuple[Running, Echo, httpx.Client], method: str, path: str, public: bool
) -> None:
    _, _, client = keyed
    answer = client.request(method, path)
    assert answer.status_code == (200 if public else 401)
    if public:
        assert answer.json()["public_reader"] is True
        assert client.get(path, headers={"x-api-key": KEY}).json()["public_reader"] is False
        assert client.get(path, headers={"x-api-key": "wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("127.0.0.1:8003", 200),
        ("[::1]:8003", 200),
        ("localhost.", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost@evil.example", 400),
        ("localhost/", 400),
        ("localhost:80:80", 400),
        ("", 400),
    ],
)
def test_a_request_to_another_hosts_name_is_refused(host: str, status: int) -> None:
    with guarded() as (_, echo, client):
        for path in ("/bots", "/health"):
            answer = client.get(path, headers={"host": host})
            assert answer.status_code == status
        assert len(echo.calls) == (2 if status == 200 else 0)


def test_no_host_and_two_hosts_are_refused() -> None:
    with guarded() as (running, echo, _):
        none = raw_exchange(running.port, b"GET /bots HTTP/1.0\r\n\r\n")
        two = raw_exchange(
            running.port,
            b"GET /bots HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        )
        assert (status_of(none), status_of(two)) == (400, 400)
        assert b"host_not_allowed" in none and echo.calls == []


def test_hosts_below_a_wildcard_are_known() -> None:
    with guarded(allowed_hosts="*.example.com") as (_, _, client):
        assert client.get("/x", headers={"host": "a.example.com"}).status_code == 200
        assert client.get("/x", headers={"host": "badexample.com"}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_foreign_page_cannot_change_anything(method: str) -> None:
    with guarded() as (running, echo, client):
        for origin in ("https://evil.example", "null", "http://localhost:9", "x", ""):
            answer = client.request(method, "/bots", headers={"origin": origin})
            assert (answer.status_code, answer.json()["error"]) == (403, "origin_not_allowed")
            assert "access-control-allow-origin" not in answer.headers
        assert echo.calls == []
        for origin in (CONSOLE, running.url):
            answer = client.request(method, "/bots", headers={"origin": origin})
            assert answer.status_code == 200
            assert answer.headers["access-control-allow-origin"] == origin
        assert client.request(method, "/bots").status_code == 200


def test_a_foreign_page_gets_no_leave_to_read() -> None:
    with guarded() as (_, _, client):
        answer = client.get("/bots", headers={"origin": "https://evil.example"})
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "origin"


def test_the_check_of_origins_can_be_turned_off_but_not_for_a_shutdown() -> None:
    foreign = {"origin": "https://evil.example"}
    with guarded(csrf_protect=False) as (_, _, client):
        assert client.post("/bots", headers=foreign).status_code == 200
        assert client.post("/api/shutdown", headers=foreign).status_code == 403
        assert client.get("/api//shutdown", headers=foreign).status_code == 403


@pytest.mark.parametrize("path", ["/api/shutdown", "/API//shutdown/", "/api/forven/shutdown"])
@pytest.mark.parametrize(("peer", "status"), [("10.0.0.7", 403), ("127.0.0.1", 200)])
def test_a_shutdown_comes_from_this_machine_alone_whatever_it_says_of_itself(
    path: str, peer: str, status: int
) -> None:
    sent: list[Message] = []
    echo = Echo()
    claims = [(b"x-forwarded-for", b"127.0.0.1"), (b"x-real-ip", b"::1"), (b"host", b"localhost")]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": claims}
    scope |= {"client": (peer, 1), "query_string": b""}

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(echo, open_settings())(scope, receive, send))
    assert sent[0]["status"] == status
    assert len(echo.calls) == (status == 200)
    if status == 403:
        assert b"not_loopback" in sent[1]["body"]


def test_a_browser_that_asks_first_is_answered_without_a_key(
    keyed: tuple[Running, Echo, httpx.Client],
) -> None:
    _, echo, client = keyed
    asked = {
        "origin": CONSOLE,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "x-api-key, idempotency-key",
    }
    answer = client.options("/bots", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == CONSOLE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "x-api-key, idempotency-key"
    foreign = client.options("/bots", headers=asked | {"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "access-control-allow-methods" not in foreign.headers
    assert echo.calls == []
    assert client.options("/bots").status_code == 200


def test_every_answer_carries_a_correlation_id_and_a_sound_one_is_kept() -> None:
    with guarded(api_key=KEY) as (_, _, client):
        ids = [client.get("/bots").headers["x-correlation-id"] for _ in range(3)]
        assert len(set(ids)) == 3 and all(len(one) == 16 for one in ids)
        kept = client.get("/health", headers={"x-correlation-id": "deploy-7"})
        assert kept.headers["x-correlation-id"] == "deploy-7"
        assert kept.json()["correlation"] == "deploy-7"
        made = client.get("/health", headers={"x-correlation-id": "a b" + "x" * 200})
        assert len(made.headers["x-correlation-id"]) == 16
