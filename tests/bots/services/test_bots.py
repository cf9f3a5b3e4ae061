"""Bots of the `/bots` family: every field, bound, default and refusal."""

import pytest

from forven.bots import errors
from forven.primitives.money import micros_of
from tests.bots.services.conftest import bot_body

UNKNOWN_ID = "7f7a1c1e-0000-4000-8000-000000000000"
REPRICE_DEFAULTS = {
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
}


def test_a_bot_has_the_documented_defaults(bot, link):
    assert bot["status"] == "idle"
    assert bot["runtime_status"] == "idle"
    assert bot["engine"] == "live_sim"
    assert bot["strategy_id"] == link["id"]
    assert bot["strategy_hash"] == link["source_hash"]
    assert bot["starting_capital"] == bot["cash_balance"] == bot["current_value"] == "100000.00"
    assert bot["reprice"] == REPRICE_DEFAULTS
    assert bot["max_daily_loss_pct"] is None
    assert (bot["max_open_positions"], bot["max_open_orders"]) == (100, 50)
    assert (bot["data_staleness_threshold_ms"], bot["auto_pause_on_error"]) == (5000, True)
    assert bot["error_budget"] == 0
    assert (bot["active_session"], bot["last_session"]) == (None, None)


def test_every_field_is_taken(services, link):
    fields = {
        "description": "Two lines\nof text",
        "engine": "live_sim",
        "max_daily_loss_pct": "0.02",
        "max_open_positions": 8,
        "max_open_orders": 3,
        "data_staleness_threshold_ms": 500,
        "auto_pause_on_error": False,
        "error_budget": 7,
        "reprice": {"opening": {"max_concession": "0.35"}, "closing": {"enabled": False}},
    }
    bot = services.bots.create(bot_body(link, **fields))
    assert bot["max_daily_loss_pct"] == "0.0200"
    assert bot["reprice"]["opening"] == {**REPRICE_DEFAULTS["opening"], "max_concession": "0.35"}
    assert bot["reprice"]["closing"] == {**REPRICE_DEFAULTS["closing"], "enabled": False}
    plain = ("description", "max_open_positions", "max_open_orders", "error_budget")
    assert {name: bot[name] for name in plain} == {name: fields[name] for name in plain}
    assert services.bots.get(bot["id"])["bot"] == bot


@pytest.mark.parametrize("capital", ["1000", "1000000000", "1000.01", 2500])
def test_capital_at_its_bounds_is_exact(services, link, capital):
    bot = services.bots.create(bot_body(link, starting_capital=capital))
    assert micros_of(bot["starting_capital"]) == micros_of(capital)


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"strategy_id": "abc"}, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": None}, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": 7}, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": UNKNOWN_ID}, "strategy_not_found_or_not_owned", "strategy_id"),
        ({"starting_capital": "999.99"}, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": "1000000000.01"}, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": "1000.001"}, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": "1e5"}, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": None}, "invalid_starting_capital", "starting_capital"),
        ({"starting_capital": True}, "invalid_starting_capital", "starting_capital"),
        ({"name": ""}, "invalid_input", "name"),
        ({"name": "   "}, "invalid_input", "name"),
        ({"name": "x" * 81}, "invalid_input", "name"),
        ({"name": "a\x07"}, "invalid_input", "name"),
        ({"name": 5}, "invalid_input", "name"),
        ({"description": "x" * 2001}, "invalid_input", "description"),
        ({"engine": "broker_ibkr"}, "engine_not_available", "engine"),
        ({"engine": "broker_nobody"}, "engine_not_available", "engine"),
        ({"engine": "historical"}, "invalid_input", "engine"),
        ({"engine": None}, "invalid_input", "engine"),
        ({"max_daily_loss_pct": "0.0049"}, "invalid_input", "max_daily_loss_pct"),
        ({"max_daily_loss_pct": "0.5001"}, "invalid_input", "max_daily_loss_pct"),
        ({"max_daily_loss_pct": "0.01005"}, "invalid_input", "max_daily_loss_pct"),
        ({"max_daily_loss_pct": 0.02}, "invalid_input", "max_daily_loss_pct"),
        ({"max_open_positions": 0}, "invalid_input", "max_open_positions"),
        ({"max_open_positions": 101}, "invalid_input", "max_open_positions"),
        ({"max_open_orders": 51}, "invalid_input", "max_open_orders"),
        ({"max_open_orders": "3"}, "invalid_input", "max_open_orders"),
        ({"data_staleness_threshold_ms": 499}, "invalid_input", "data_staleness_threshold_ms"),
        ({"data_staleness_threshold_ms": 10001}, "invalid_input", "data_staleness_threshold_ms"),
        ({"auto_pause_on_error": 1}, "invalid_input", "auto_pause_on_error"),
        ({"error_budget": 101}, "invalid_input", "error_budget"),
        ({"error_budget": True}, "invalid_input", "error_budget"),
        ({"max_open_position": 3}, "invalid_input", "did you mean max_open_positions"),
        ({"reprice": None}, "invalid_reprice", "reprice"),
        ({"reprice": []}, "invalid_reprice", "reprice"),
        ({"reprice": {"openings": {}}}, "invalid_reprice", "reprice.openings"),
        ({"reprice": {"opening": 1}}, "invalid_reprice", "reprice.opening"),
        ({"reprice": {"closing": {"max_concession": "1"}}}, "invalid_reprice", "max_concession"),
        ({"reprice": {"opening": {"max_concession": "0.21"}}}, "invalid_reprice", "0.05"),
        ({"reprice": {"opening": {"max_concession": "10.05"}}}, "invalid_reprice", "10.00"),
        ({"reprice": {"opening": {"nudge_after_seconds": 601}}}, "invalid_reprice", "600"),
        ({"reprice": {"opening": {"min_interval_seconds": 0}}}, "invalid_reprice", "120"),
        ({"reprice": {"closing": {"flat_tolerance_ticks": 21}}}, "invalid_reprice", "20"),
        ({"reprice": {"closing": {"enabled": "yes"}}}, "invalid_reprice", "enabled"),
    ],
)
def test_a_field_that_is_wrong_is_refused_with_its_code_and_path(
    services, link, fields, code, path
):
    with pytest.raises(errors.CodedError, match=path.replace(".", r"\.")) as caught:
        services.bots.create(bot_body(link, **fields))
    assert caught.value.code == code
    assert services.bots.list() == []


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("strategy_id", "invalid_strategy_id"),
        ("name", "invalid_input"),
        ("starting_capital", "invalid_starting_capital"),
    ],
)
def test_what_is_required_must_be_there(services, link, left_out, code):
    body = bot_body(link)
    del body[left_out]
    with pytest.raises(errors.CodedError, match=left_out) as caught:
        services.bots.create(body)
    assert caught.value.code == code


@pytest.mark.parametrize("body", [None, [], "text", 3, True])
def test_a_body_that_is_no_object_is_refused(services, body):
    with pytest.raises(errors.InvalidField, match="expected an object"):
        services.bots.create(body)


def test_a_name_is_unique_among_active_bots(services, link, bot):
    with pytest.raises(errors.NameTaken):
        services.bots.create(bot_body(link))
    services.bots.patch(bot["id"], {"status": "archived"})
    second = services.bots.create(bot_body(link))
    with pytest.raises(errors.NameTaken):
        services.bots.patch(bot["id"], {"status": "idle"})
    services.bots.delete(second["id"])
    assert services.bots.patch(bot["id"], {"status": "idle"})["status"] == "idle"


def test_bots_are_listed_by_strategy(services, link, bot):
    other = services.strategies.create({"config": {**link["config"], "quantity": 3}})
    services.bots.create(bot_body(other, name="Other"))
    assert [found["name"] for found in services.bots.list()] == ["Morning condor", "Other"]
    assert [found["id"] for found in services.bots.list(link["id"])] == [bot["id"]]
    assert services.bots.list(UNKNOWN_ID) == []
    with pytest.raises(errors.InvalidStrategyId):
        services.bots.list("abc")


def test_a_patch_changes_what_it_names_and_nothing_else(services, link, bot):
    changed = services.bots.patch(
        bot["id"], {"max_open_orders": 4, "reprice": {"opening": {"nudge_after_seconds": 30}}}
    )
    assert changed["max_open_orders"] == 4
    assert changed["reprice"]["opening"]["nudge_after_seconds"] == 30
    again = services.bots.patch(bot["id"], {"reprice": {"closing": {"enabled": False}}})
    assert again["reprice"]["opening"]["nudge_after_seconds"] == 30
    assert again["max_open_orders"] == 4
    limited = services.bots.patch(bot["id"], {"max_daily_loss_pct": "0.05"})
    assert limited["max_daily_loss_pct"] == "0.0500"
    assert (
        services.bots.patch(bot["id"], {"max_daily_loss_pct": None})["max_daily_loss_pct"] is None
    )
    same = {name: again[name] for name in ("name", "description", "starting_capital", "created_at")}
    assert same == {name: bot[name] for name in same}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"starting_capital": "5000"}, "invalid_input"),
        ({"strategy_id": UNKNOWN_ID}, "invalid_input"),
        ({"status": "running"}, "invalid_input"),
        ({"name": None}, "invalid_input"),
        ({"reprice": {"opening": {"enabled": None}}}, "invalid_reprice"),
        ({}, "no_fields"),
    ],
)
def test_a_patch_that_is_wrong_changes_nothing(services, bot, body, code):
    with pytest.raises(errors.CodedError) as caught:
        services.bots.patch(bot["id"], body)
    assert caught.value.code == code
    assert services.bots.get(bot["id"])["bot"] == bot


@pytest.mark.parametrize("bot_id", [UNKNOWN_ID, "abc", ""])
def test_a_bot_that_is_not_there(services, bot_id):
    for call in (
        services.bots.get,
        services.bots.summary,
        services.bots.delete,
        lambda one: services.bots.patch(one, {"name": "x"}),
        services.sessions.list,
        services.sessions.open,
        services.factory.get,
    ):
        with pytest.raises(errors.NotFound):
            call(bot_id)


def test_a_bot_with_a_session_is_neither_deleted_nor_archived(services, host, bot):
    services.sessions.open(bot["id"])
    with pytest.raises(errors.BotHasActiveSession):
        services.bots.delete(bot["id"])
    with pytest.raises(errors.BotHasActiveSession):
        services.bots.patch(bot["id"], {"status": "archived"})
    host.close_day()
    services.bots.delete(bot["id"])
    with pytest.raises(errors.NotFound):
        services.bots.get(bot["id"])


def test_runtime_status_follows_the_session_through_the_day(services, host, bot):
    def status():
        return services.bots.get(bot["id"])["bot"]["runtime_status"]

    assert status() == "idle"
    services.sessions.open(bot["id"])
    assert status() == "scheduled"
    host.advance(10)
    assert status() == "running"
    host.close_day()
    assert status() == "completed"
    services.bots.patch(bot["id"], {"status": "archived"})
    assert status() == "archived"


def test_yesterdays_end_is_not_todays_status(services, host, bot, monkeypatch):
    services.sessions.open(bot["id"])
    host.close_day()
    standing = host.status()
    standing.day = standing.day.replace(day=standing.day.day + 1)
    monkeypatch.setattr(host, "status", lambda: standing)
    assert services.bots.get(bot["id"])["bot"]["runtime_status"] == "idle"


def test_the_balance_changes_only_when_a_day_settles(services, host, bot):
    services.sessions.open(bot["id"])
    host.advance(300)
    found = services.bots.get(bot["id"])["bot"]
    assert found["cash_balance"] == "100000.00"
    assert found["current_value"] == found["active_session"]["net_liquidation_value"]
    assert found["current_value"] != "100000.00"
    host.close_day()
    found = services.bots.get(bot["id"])["bot"]
    assert found["cash_balance"] == found["current_value"] == found["last_session"]["final_nlv"]
    assert found["active_session"] is None


def test_a_summary_counts_settled_sessions_only(services, host, bot):
    empty = services.bots.summary(bot["id"])
    assert empty["total_sessions"] == 0
    assert empty["win_rate_pct"] is empty["best_day"] is empty["average_day_pl"] is None
    assert empty["sparkline"] == []
    services.sessions.open(bot["id"])
    host.advance(50)
    assert services.bots.summary(bot["id"]) == empty
    host.close_day()
    summary = services.bots.summary(bot["id"])
    session = services.sessions.list(bot["id"])[0]
    assert summary["total_sessions"] == 1
    assert summary["win_count"] + summary["loss_count"] == 1
    for name in ("total_pl", "best_day", "worst_day", "average_day_pl"):
        assert summary[name] == session["total_pl"]
    point = {"date": "2024-01-02", "total_pl": session["total_pl"]}
    assert summary["sparkline"] == [{**point, "cumulative_pl": session["total_pl"]}]
