"""The bot factory over real HTTP: the same bots, its own words, its own statuses."""

import pytest

from tests.api.routes.conftest import Desk

ROOT = "/api/bot-factory"
NOBODY = "00000000-0000-4000-8000-000000000000"


def made(desk: Desk, **fields: object) -> str:
    """Create a bot of the factory and return its path."""
    body = {"strategy_id": desk.realm.strategy_id, **fields}
    bot = desk.ask("POST", f"{ROOT}/bots", 201, "FactoryBot", json=body)
    return f"{ROOT}/bots/{bot['id']}"


def test_both_families_show_the_same_bots(desk: Desk) -> None:
    path = made(desk, name="Both", capital_allocation="25000")
    other = desk.ask("GET", f"/bots/{path.rpartition('/')[2]}", 200, "BotWithSessions")["bot"]
    assert (other["name"], other["starting_capital"]) == ("Both", "25000.00")
    listed = [bot["id"] for bot in desk.ask("GET", f"{ROOT}/bots", 200, "FactoryBots")]
    assert listed == [bot["id"] for bot in desk.ask("GET", "/bots", 200)]
    assert desk.realm.bot_id in listed


def test_a_bot_is_changed_in_parts_and_the_change_is_kept_as_a_version(desk: Desk) -> None:
    path = made(desk, name="Versions")
    changed = desk.ask("PUT", path, 200, "FactoryBot", json={"max_drawdown_pct": "2.5"})
    assert changed["config"]["max_drawdown_pct"] == "2.5"
    versions = desk.ask("GET", f"{path}/versions", 200, "FactoryVersions")
    assert [version["version"] for version in versions] == [2, 1]
    diff = desk.ask("GET", f"{path}/versions/1/diff/2", 200, "FactoryDiff")
    assert diff["changes"]
    desk.refused("GET", f"{path}/versions/1/diff/9", 404, "not_found")
    desk.refused("PUT", path, 400, "no_fields", json={})
    desk.refused("PUT", path, 409, "name_taken", json={"name": "First"})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": ""}, 422, "invalid_input"),
        ({"surprise": 1}, 422, "invalid_input"),
        ({"capital_allocation": 0}, 422, "invalid_input"),
        ({"cooldown_seconds": 0}, 422, "invalid_input"),
        ({"max_concurrent_positions": 101}, 422, "invalid_input"),
        ({"strategy_id": "abc"}, 422, "invalid_strategy_id"),
        ({"reprice": {"opening": 1}}, 422, "invalid_reprice"),
        ({"strategy_id": NOBODY}, 403, "strategy_not_found_or_not_owned"),
        ({"template_id": "nothing"}, 404, "not_found"),
        ({"execution_mode": "live"}, 409, "paper_only"),
        ({"live_wallet": "main"}, 409, "paper_only"),
        ({"name": "First"}, 409, "name_taken"),
    ],
)
def test_a_bot_that_cannot_be_is_refused(
    desk: Desk, body: dict[str, object], status: int, code: str
) -> None:
    desk.refused("POST", f"{ROOT}/bots", status, code, json=body)
    desk.refused("PUT", made(desk), status, code, json=body)


def test_a_body_that_is_no_json_is_422_here(desk: Desk) -> None:
    headers = {"content-type": "application/json"}
    desk.refused("POST", f"{ROOT}/bots", 422, "invalid_input", content=b"{", headers=headers)


def test_a_bot_is_started_and_stopped_by_its_wish(desk: Desk) -> None:
    path = made(desk)
    started = desk.ask("POST", f"{path}/start", 200, "FactoryStarted")
    assert started["session_id"] is None
    assert desk.ask("GET", path, 200, "FactoryBot")["status"] == "running"
    desk.refused("POST", f"{path}/start", 400, "bot_already_running")
    desk.ask("POST", f"{path}/stop", 200, "FactoryStopped")
    assert desk.ask("GET", path, 200, "FactoryBot")["status"] == "stopped"
    bare = desk.ask("POST", f"{ROOT}/bots", 201, "FactoryBot", json={})
    start = f"{ROOT}/bots/{bare['id']}/start"
    desk.refused("POST", start, 422, "invalid_strategy_id")


def test_all_bots_are_stopped_at_once(desk: Desk) -> None:
    paths = [made(desk) for _ in range(3)]
    for path in paths:
        desk.ask("POST", f"{path}/start", 200)
    assert desk.ask("POST", f"{ROOT}/kill-all", 200, "KilledAll")["stopped"] >= 3
    assert desk.ask("POST", f"{ROOT}/kill-all", 200, "KilledAll") == {"stopped": 0, "failed": []}


def test_a_clone_starts_anew(desk: Desk) -> None:
    path = made(desk, name="Original", capital_allocation="5000")
    clone = desk.ask("POST", f"{path}/clone", 201, "FactoryBot", json={"new_name": "Clone"})
    assert (clone["name"], clone["cash_balance"], clone["version"]) == ("Clone", "5000.00", 1)
    desk.refused("POST", f"{path}/clone", 409, "name_taken", json={"new_name": "Clone"})
    desk.refused("POST", f"{path}/clone", 422, "invalid_input", json={})


def test_execution_is_locked_to_paper(desk: Desk) -> None:
    path = made(desk)
    body = {"confirm": "GO LIVE", "live_notional_ceiling_usd": 1000}
    desk.refused("POST", f"{path}/go-live", 409, "paper_only", json=body)
    desk.ask("POST", f"{path}/go-paper", 200, "FactoryPaper")


def test_what_a_bot_did_is_read(desk: Desk) -> None:
    path = made(desk)
    for name, schema in (
        ("trades", "FactoryTrades"),
        ("positions", "FactoryPositions"),
        ("decisions", "FactoryDecisions"),
        ("stats", "FactoryStats"),
    ):
        desk.ask("GET", f"{path}/{name}", 200, schema)
    desk.refused("GET", f"{path}/trades?limit=0", 422, "invalid_input")


def test_a_deleted_bot_is_gone(desk: Desk) -> None:
    path = made(desk)
    desk.ask("DELETE", path, 200, "FactoryDeleted")
    for method, address in (
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/start"),
        ("POST", f"{path}/stop"),
        ("GET", f"{path}/trades"),
        ("GET", f"{path}/positions"),
        ("GET", f"{path}/stats"),
        ("GET", f"{path}/decisions"),
        ("GET", f"{path}/versions"),
        ("GET", f"{path}/versions/1/diff/1"),
        ("POST", f"{path}/go-paper"),
    ):
        desk.refused(method, address, 404, "not_found")
    desk.refused("PUT", path, 404, "not_found", json={"name": "Back"})
