"""A whole server, put together from its settings."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from api.assembly import assembled, feed_options
from api.settings import Settings, UnsafeSettings
from forven.market.feeds.feed import FeedOptions
from forven.primitives.errors import ForvenError, InvalidInput, UnknownDataset
from forven.store.store import Store


def settings(home: Path, **given: object) -> Settings:
    return Settings.load(home=home, **given)


@contextmanager
def served(home: Path, **given: object) -> Iterator[TestClient]:
    """A client of a server that runs."""
    with (
        assembled(settings(home, **given), FeedOptions()) as server,
        TestClient(server.application) as client,
    ):
        yield client


async def life_of(application: ASGIApp) -> list[Message]:
    """What an application says when it is asked to start."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        said.append(message)

    await application({"type": "lifespan"}, receive, send)
    return said


def refused(home: Path, **given: object) -> None:
    """Put a server together that cannot be."""
    with assembled(settings(home, **given), FeedOptions()):
        pass


def test_a_server_without_a_feed_answers_and_opens_no_session(tmp_path):
    with served(tmp_path) as client:
        assert client.get("/health").json()["status"] == "ok"
        status = client.get("/api/system/status").json()
        assert status["host"]["feed"] is None
        assert client.get("/bots").json() == []
        assert client.get("/openapi.json").json()["openapi"].startswith("3.")


def test_keys_are_asked_for_on_every_route_but_health(tmp_path):
    given = settings(tmp_path, api_key="first", operator_key="second")
    with assembled(given, FeedOptions()) as server, TestClient(server.application) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/bots").status_code == 401
        assert client.get("/bots", headers={"authorization": "first"}).status_code == 200
        kill = {"x-api-key": "first"}
        refused = client.post("/api/bot-factory/kill-all", headers=kill)
        assert refused.status_code == 401
        kill["x-operator-key"] = "second"
        accepted = client.post("/api/bot-factory/kill-all", headers=kill)
        assert accepted.json() == {"stopped": 0, "failed": []}


def test_a_home_that_another_host_holds_is_refused_and_the_reason_kept(tmp_path):
    other = Store.open(tmp_path)
    held = other.hold("another one")
    try:
        with assembled(settings(tmp_path), FeedOptions()) as server:
            messages = asyncio.run(life_of(server.application))
            assert [message["type"] for message in messages] == ["lifespan.startup.failed"]
            with pytest.raises(ForvenError, match="another one"):
                server.running.check_started()
    finally:
        held.release()
        other.close()


def test_what_cannot_be_served_is_told_before_anything_runs(tmp_path):
    with pytest.raises(UnknownDataset, match="no dataset 'nothing'"):
        refused(tmp_path, feed="replay:nothing")
    with pytest.raises(InvalidInput, match="feed: expected"):
        refused(tmp_path, feed="telepathy")
    with pytest.raises(UnsafeSettings, match="FORVEN_AUTH_REQUIRED"):
        refused(tmp_path, auth_required=True)


def test_the_speed_of_the_settings_is_the_feeds(tmp_path):
    assert feed_options(settings(tmp_path, feed_speed="max")).speed == "max"
    assert feed_options(settings(tmp_path, feed_speed="2.5")).speed * 2 == 5
