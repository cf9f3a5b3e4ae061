"""Bots over real HTTP: their fields, defaults and every refusal that the page names."""

import pytest

from tests.api.routes.conftest import Desk

NOBODY = "00000000-0000-4000-8000-000000000000"
DEFAULTS = {
    "description": "",
    "engine": "live_sim",
    "status": "idle",
    "runtime_status": "idle",
    "max_daily_loss_pct": None,
    "max_open_positions": 100,
    "max_open_orders": 50,
    "data_staleness_threshold_ms": 5_000,
    "auto_pause_on_error": True,
    "error_budget": 0,
    "active_session": None,
    "last_session": None,
    "reprice": {
        "opening": {
            "enabled": True,
            "nudge_after_seconds": 20,
            "min_interval_seconds": 4,
            "flat_tolerance_ticks": 1,
            "max_concession": "0.20",
        },
        "closing": {
            "enabled": True,
            "nudge_after_seconds": 15,
            "min_interval_seconds": 4,
            "flat_tolerance_ticks": 1,
        },
    },
}


def body_of(desk: Desk, name: str, **fields: object) -> dict[str, object]:
    """Return the body of a new bot."""
    strategy_id = desk.realm.strategy_id
    return {"strategy_id": strategy_id, "name": name, "starting_capital": "100000", **fields}


def test_a_bot_is_created_with_the_documented_defaults(desk: Desk) -> None:
    answer = desk.client.post("/bots", json=body_of(desk, "Defaults"))
    bot = desk.ask("GET", answer.headers["Location"], 200, "BotWithSessions")["bot"]
    assert (answer.status_code, answer.json()) == (201, bot)
    assert {name: bot[name] for name in DEFAULTS} == DEFAULTS
    assert bot["cash_balance"] == bot["current_value"] == bot["starting_capital"] == "100000.00"


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({"name": ""}, 400, "invalid_input", "name"),
        ({"name": "a" * 81}, 400, "invalid_input", "name"),
        ({"name": 7}, 400, "invalid_input", "name"),
        ({"surprise": 1}, 400, "invalid_input", "surprise"),
        ({"strategy_id": "abc"}, 400, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": None}, 400, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": NOBODY}, 403, "strategy_not_found_or_not_owned", "strategy_id"),
        ({"starting_capital": "999.99"}, 400, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": "1000000000.01"}, 400, "invalid_starting_capital", "capital"),
        ({"starting_capital": "1e5"}, 400, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": None}, 400, "invalid_starting_capital", "starting_capital"),
        ({"engine": "broker_ibkr"}, 409, "engine_not_available", "engine"),
        ({"engine": "historical"}, 400, "invalid_input", "engine"),
        ({"name": "First"}, 409, "name_taken", "name"),
        ({"max_daily_loss_pct": "0.0049"}, 400, "invalid_input", "max_daily_loss_pct"),
        ({"max_daily_loss_pct": "0.5001"}, 400, "invalid_input", "max_daily_loss_pct"),
        ({"max_daily_loss_pct": "0.00501"}, 400, "invalid_input", "max_daily_loss_pct"),
        ({"max_open_positions": 0}, 400, "invalid_input", "max_open_positions"),
        ({"max_open_positions": 101}, 400, "invalid_input", "max_open_positions"),
        ({"max_open_orders": 51}, 400, "invalid_input", "max_open_orders"),
        ({"data_staleness_threshold_ms": 499}, 400, "invalid_input", "staleness"),
        ({"data_staleness_threshold_ms": 10_001}, 400, "invalid_input", "staleness"),
        ({"auto_pause_on_error": 1}, 400, "invalid_input", "auto_pause_on_error"),
        ({"error_budget": 101}, 400, "invalid_input", "error_budget"),
        ({"error_budget": True}, 400, "invalid_input", "error_budget"),
        ({"reprice": []}, 400, "invalid_reprice", "reprice"),
        ({"reprice": {"closing": {"max_concession": "0.20"}}}, 400, "invalid_reprice", "max_conc"),
        ({"reprice": {"opening": {"max_concession": "0.12"}}}, 400, "invalid_reprice", "max_conc"),
        ({"reprice": {"opening": {"max_concession": "10.05"}}}, 400, "invalid_reprice", "max"),
        ({"reprice": {"opening": {"nudge_after_seconds": 601}}}, 400, "invalid_reprice", "nudge"),
        ({"reprice": {"closing": {"min_interval_seconds": 0}}}, 400, "invalid_reprice", "min_int"),
        ({"reprice": {"closing": {"flat_tolerance_ticks": 21}}}, 400, "invalid_reprice", "flat"),
    ],
)
def test_a_bot_that_cannot_be_is_refused_by_its_field(
    desk: Desk, fields: dict[str, object], status: int, code: str, field: str
) -> None:
    body = {**body_of(desk, "Refused"), **fields}
    assert field in desk.refused("POST", "/bots", status, code, json=body)


def test_what_a_bot_needs_must_be_there(desk: Desk) -> None:
    for name, code in (
        ("strategy_id", "invalid_strategy_id"),
        ("name", "invalid_input"),
        ("starting_capital", "invalid_starting_capital"),
    ):
        body = {key: part for key, part in body_of(desk, "Needs").items() if key != name}
        assert name in desk.refused("POST", "/bots", 400, code, json=body)


def test_bots_are_listed_by_their_link(desk: Desk) -> None:
    whole = desk.ask("GET", "/bots", 200, "Bots")
    assert desk.realm.bot_id in [bot["id"] for bot in whole]
    of_link = desk.ask("GET", f"/bots?strategy_id={desk.realm.strategy_id}", 200, "Bots")
    assert of_link == whole
    assert desk.ask("GET", f"/bots?strategy_id={NOBODY}", 200, "Bots") == []
    desk.refused("GET", "/bots?strategy_id=abc", 400, "invalid_input")


def test_only_the_fields_sent_are_changed(desk: Desk) -> None:
    bot = desk.ask("POST", "/bots", 201, "Bot", json=body_of(desk, "Before"))
    path = f"/bots/{bot['id']}"
    changed = desk.ask(
        "PATCH",
        path,
        200,
        "Bot",
        json={
            "name": "After",
            "max_open_orders": 3,
            "reprice": {"opening": {"max_concession": "0.50"}},
        },
    )
    assert (changed["name"], changed["max_open_orders"]) == ("After", 3)
    assert changed["reprice"]["opening"]["max_concession"] == "0.50"
    same = ("max_open_positions", "starting_capital", "strategy_id", "created_at")
    assert {name: changed[name] for name in same} == {name: bot[name] for name in same}
    desk.refused("PATCH", path, 409, "name_taken", json={"name": "First"})
    desk.refused("PATCH", path, 400, "invalid_input", json={"starting_capital": "5000"})
    desk.refused("PATCH", path, 400, "invalid_input", json={"status": "running"})
    desk.refused("PATCH", path, 400, "no_fields", json={})
    archived = desk.ask("PATCH", path, 200, "Bot", json={"status": "archived"})
    assert archived["runtime_status"] == "archived"


def test_an_archived_name_is_free_again(desk: Desk) -> None:
    bot = desk.ask("POST", "/bots", 201, json=body_of(desk, "Taken"))
    desk.refused("POST", "/bots", 409, "name_taken", json=body_of(desk, "Taken"))
    desk.ask("PATCH", f"/bots/{bot['id']}", 200, json={"status": "archived"})
    desk.ask("POST", "/bots", 201, json=body_of(desk, "Taken"))
    desk.refused("PATCH", f"/bots/{bot['id']}", 409, "name_taken", json={"status": "idle"})


def test_a_deleted_bot_is_gone(desk: Desk) -> None:
    bot = desk.ask("POST", "/bots", 201, json=body_of(desk, "Deleted"))
    path = f"/bots/{bot['id']}"
    assert desk.ask("DELETE", path, 204) is None
    for method, address in (
        ("GET", path),
        ("DELETE", path),
        ("GET", f"{path}/summary"),
        ("GET", f"{path}/sessions"),
    ):
        desk.refused(method, address, 404, "not_found")
    desk.refused("PATCH", path, 404, "not_found", json={"name": "Back"})


def test_a_bot_without_sessions_has_an_empty_summary(desk: Desk) -> None:
    summary = desk.ask("GET", f"/bots/{desk.realm.bot_id}/summary", 200, "BotSummary")
    assert (summary["total_sessions"], summary["sparkline"]) == (0, [])


def test_outside_of_trading_hours_no_session_starts(desk: Desk) -> None:
    desk.refused("POST", f"/bots/{desk.realm.bot_id}/sessions", 422, "outside_rth")


def test_a_change_is_seen_at_once_by_those_who_read_before(desk: Desk) -> None:
    path = f"/bots/{desk.realm.bot_id}"
    for number in range(1, 21):
        desk.ask("GET", path, 200)
        desk.ask("PATCH", path, 200, json={"max_open_orders": number})
        assert desk.ask("GET", path, 200)["bot"]["max_open_orders"] == number
