"""The life of sessions over real HTTP, on a real host: every answer as documented."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.house import House, check_against, house
from tests.bots.houses import wait_for

LIVE = Path(__file__).resolve().parents[3] / "docs" / "LIVE.md"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which made days are kept for both servers."""
    return tmp_path_factory.mktemp("days")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, days: Path) -> Iterator[House]:
    """Return a server on whose feed a minute passes in a fifth of a second."""
    with house(tmp_path_factory.mktemp("slow"), days, "300") as place:
        yield place


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory, days: Path) -> Iterator[House]:
    """Return a server on whose feed a day takes as long as it must."""
    with house(tmp_path_factory.mktemp("fast"), days, "max") as place:
        yield place


@pytest.fixture(scope="module")
def settled(fast: House) -> str:
    """Return the address of a session that ran its whole day."""
    address = fast.session(fast.bot())
    fast.ended(address)
    return address


def test_a_session_runs_from_its_start_to_its_settlement(fast: House, settled: str) -> None:
    address, bot_id = settled, settled.split("/")[2]
    ended = fast.ask("GET", address, 200)
    assert ended["state"] == "completed"
    check_against("Session", ended)
    for name, schema in (
        ("orders", "Orders"),
        ("positions", "Positions"),
        ("transactions", "Transactions"),
        ("decision-log", "DecisionLog"),
        ("financials", "Financials"),
    ):
        document = fast.ask("GET", f"{address}/{name}", 200)
        check_against(schema, document)
        assert document or name == "decision-log", name
    detail = fast.ask("GET", f"/bots/{bot_id}", 200)
    check_against("BotWithSessions", detail)
    assert detail["sessions"] == [ended]
    assert detail["bot"]["last_session"]["id"] == ended["id"]
    summary = fast.ask("GET", f"/bots/{bot_id}/summary", 200)
    check_against("BotSummary", summary)
    assert (summary["total_sessions"], summary["total_pl"]) == (1, ended["total_pl"])
    check_against("Sessions", fast.ask("GET", f"/bots/{bot_id}/sessions", 200))


def test_the_live_feed_says_what_its_page_says(fast: House, settled: str) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|(.*)\| (value|event) \|$", LIVE.read_text(), re.M)
    fields = {type_: set(re.findall("`([a-z_]+)`", said)) for type_, said, _ in rows}
    kinds = {type_: kind for type_, _, kind in rows}
    told = fast.hub.read(0, -1, 100_000).events
    rare = {"risk_alert", "feed_event", "backtest_progress"}
    assert fields.keys() - rare <= {each.event.type for each in told} <= fields.keys()
    for each in told:
        type_, payload = each.event.type, json.loads(each.payload)
        assert kinds[type_] == ("event" if each.event.key is None else "value")
        if type_ != "risk_alert":
            assert payload.keys() <= fields[type_]
        for position in payload.get("positions", ()):
            assert position.keys() | payload.keys() == fields[type_]


def test_lists_are_read_in_parts_that_come_to_the_whole(fast: House, settled: str) -> None:
    address = settled
    for name in ("orders", "transactions"):
        whole = fast.ask("GET", f"{address}/{name}", 200)
        parts, url = [], f"{address}/{name}?limit=2"
        while url:
            answer = fast.client.get(url)
            assert answer.status_code == 200
            assert len(answer.json()) <= 2
            parts += answer.json()
            url = answer.links.get("next", {}).get("url", "")
        assert parts == whole
        assert len(whole) > 2
    history = fast.ask("GET", f"{address}/financials", 200)["history"]
    first = fast.ask("GET", f"{address}/financials?limit=10", 200)
    second = fast.ask(
        "GET", f"{address}/financials", 200, params={"limit": 9_999, "after": first["next_after"]}
    )
    assert first["history"] + second["history"] == history
    hourly = fast.ask("GET", f"{address}/financials?interval=3600", 200)["history"]
    assert 6 <= len(hourly) <= 8


def test_what_is_over_takes_nothing_any_more(fast: House, settled: str) -> None:
    fast.refused("POST", f"{settled}/cancel-all-orders", 409, "session_terminal")
    fast.refused("DELETE", settled, 409, "session_terminal")


def test_a_running_session_is_read_commanded_and_stopped(slow: House) -> None:
    bot_id = slow.bot()
    address = slow.session(bot_id)
    wait_for(lambda: slow.ask("GET", f"{address}/orders", 200), "its first order")
    running = slow.ask("GET", address, 200)
    check_against("Session", running)
    assert running["state"] == "running"
    assert running["final_nlv"] is running["digest"] is None
    check_against("Positions", slow.ask("GET", f"{address}/positions", 200))
    check_against("BotWithSessions", slow.ask("GET", f"/bots/{bot_id}", 200))
    slow.refused("POST", f"/bots/{bot_id}/sessions", 409, "bot_not_idle")
    slow.refused("DELETE", f"/bots/{bot_id}", 409, "bot_has_active_session")
    slow.refused(
        "PATCH", f"/bots/{bot_id}", 409, "bot_has_active_session", json={"status": "archived"}
    )
    assert slow.ask("POST", f"{address}/cancel-all-orders", 202)["id"] == running["id"]
    stopped = slow.ask("DELETE", address, 202)
    check_against("Session", stopped)
    assert stopped["state"] in ("killing", "killed")
    assert slow.ended(address)["state"] == "killed"
    slow.refused("POST", f"/bots/{bot_id}/sessions", 409, "bot_session_exists")


def test_frames_are_seen_as_they_come(slow: House) -> None:
    address = slow.session(slow.bot())
    wait_for(lambda: slow.ask("GET", f"{address}/financials", 200)["history"], "a frame")
    seen = len(slow.ask("GET", f"{address}/financials", 200)["history"])
    wait_for(lambda: len(slow.ask("GET", f"{address}/financials", 200)["history"]) > seen)
    slow.ask("DELETE", address, 202)


def test_a_session_of_a_bot_that_is_not_there_is_not_found(slow: House) -> None:
    bot_id = slow.bot()
    for method, path in (
        ("GET", f"/bots/{NOBODY}"),
        ("GET", f"/bots/{NOBODY}/sessions"),
        ("POST", f"/bots/{NOBODY}/sessions"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}"),
        ("DELETE", f"/bots/{bot_id}/sessions/{NOBODY}"),
        ("POST", f"/bots/{bot_id}/sessions/{NOBODY}/cancel-all-orders"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}/orders"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}/positions"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}/transactions"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}/financials"),
        ("GET", f"/bots/{bot_id}/sessions/{NOBODY}/decision-log"),
    ):
        slow.refused(method, path, 404, "not_found")


def test_a_session_of_another_bot_is_not_found(slow: House) -> None:
    address = slow.session(slow.bot())
    session_id = address.rpartition("/")[2]
    slow.refused("GET", f"/bots/{slow.bot()}/sessions/{session_id}", 404, "not_found")
    slow.ask("DELETE", address, 202)


def test_an_archived_bot_starts_no_session(slow: House) -> None:
    bot_id = slow.bot()
    assert slow.ask("PATCH", f"/bots/{bot_id}", 200, json={"status": "archived"})
    slow.refused("POST", f"/bots/{bot_id}/sessions", 409, "bot_not_idle")


def test_a_halted_host_starts_no_session_until_it_is_resumed(slow: House) -> None:
    bot_id = slow.bot()
    assert slow.ask("POST", "/api/system/stop", 200) == {"status": "stopped"}
    status = slow.ask("GET", "/api/system/status", 200)
    check_against("Status", status)
    assert status["status"] == "paused"
    slow.refused("POST", f"/bots/{bot_id}/sessions", 503, "live_trading_unavailable")
    assert slow.ask("POST", "/api/system/start", 200) == {"status": "started"}
    assert slow.ask("GET", "/api/system/status", 200)["status"] == "ok"
    check_against("Heartbeat", slow.ask("GET", "/api/system/heartbeat", 200))
    slow.ask("DELETE", slow.session(bot_id), 202)


def test_a_bot_without_money_cannot_be_registered(slow: House) -> None:
    bot_id = slow.bot()
    with slow.store.transaction() as tables:
        tables.bots.settle(bot_id, 0)
    slow.refused("POST", f"/bots/{bot_id}/sessions", 502, "register_sim_failed")


def test_one_key_starts_one_session(slow: House) -> None:
    bot_id = slow.bot()
    headers = {"Idempotency-Key": "start-once"}
    slow.await_day()
    answers = [slow.client.post(f"/bots/{bot_id}/sessions", headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [a.headers.get("Idempotent-Replay") for a in answers] == [None, "true", "true"]
    slow.ask("DELETE", f"/bots/{bot_id}/sessions/{answers[0].json()['session_id']}", 202)


def test_after_the_close_no_session_starts(fast: House, settled: str) -> None:
    bot_id = fast.bot()
    found = []

    def is_over() -> bool:
        answer = fast.client.post(f"/bots/{bot_id}/sessions")
        found.append((answer.status_code, answer.json()["error"]))
        return answer.status_code == 503

    wait_for(is_over, "the end of the feed")
    assert set(found) <= {(422, "outside_rth"), (503, "live_trading_unavailable")}
