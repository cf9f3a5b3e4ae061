"""Old addresses are answered as their successors, and say that they are old."""

import asyncio
from typing import Any

import httpx
import pytest

from api.legacy import DEPRECATED_AT, SUNSET_AT, LegacyPaths, successor


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("http", "/api/forven/system/status", "/api/system/status"),
        ("http", "/api/forven/bot-factory/bots", "/api/bot-factory/bots"),
        ("http", "/api/forven", "/api"),
        ("http", "/api/forven/forven/x", "/api/forven/x"),
        ("websocket", "/api/forven/ws/live", "/api/ws/live"),
        ("websocket", "/forven/ws/live", "/ws/live"),
        ("http", "/forven/ws/live", None),
        ("http", "/forven/bots", None),
        ("http", "/forven", None),
        ("http", "/api/system/status", None),
        ("http", "/api/forvenx", None),
        ("http", "/bots", None),
    ],
)
def test_an_old_path_has_its_successor(kind: str, old: str, new: str | None) -> None:
    assert successor(kind, old) == new


def test_the_answer_to_an_old_address_says_so(client: httpx.Client, services: Any) -> None:
    old = client.get("/api/forven/system/status")
    new = client.get("/api/system/status")
    assert old.json() == new.json()
    assert old.status_code == 200
    assert old.headers["Deprecation"] == DEPRECATED_AT
    assert old.headers["Sunset"] == SUNSET_AT
    assert old.headers["Link"] == '</api/system/status>; rel="successor-version"'
    assert "Deprecation" not in new.headers


def test_what_never_was_an_old_address_is_no_way_in(client: httpx.Client, services: Any) -> None:
    for path in ("/forven/bots", "/forven/api/system/status"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert "Deprecation" not in answer.headers


def test_an_old_address_of_nothing_is_not_found(client: httpx.Client, services: Any) -> None:
    answer = client.get("/api/forven/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert "Deprecation" in answer.headers


def test_what_stands_inside_sees_the_new_path_of_sockets_too() -> None:
    seen: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": "websocket.accept"})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/forven/ws/live", "raw_path": b"/api/forven/ws/live"}
    asyncio.run(LegacyPaths(inner)(scope, None, send))  # type: ignore[arg-type]
    assert (seen[0]["path"], seen[0]["raw_path"]) == ("/api/ws/live", b"/api/ws/live")
    assert scope["path"] == "/api/forven/ws/live"
    assert (b"sunset", SUNSET_AT.encode()) in sent[0]["headers"]
