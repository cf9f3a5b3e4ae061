"""The bot-factory family: the same bots, in its own words."""

from decimal import Decimal

import pytest

from forven.bots import errors
from forven.primitives.errors import ForvenError
from forven.primitives.money import micros_of
from forven.store.errors import StoreBusy

UNKNOWN_ID = "7f7a1c1e-0000-4000-8000-000000000000"


@pytest.fixture
def made(services, link):
    """A bot of this family with a strategy of four legs."""
    return services.factory.create({"name": "Factory condor", "strategy_id": link["id"]})


def test_a_bot_has_the_defaults_of_the_family(services):
    bot = services.factory.create({})
    assert bot["name"] == "Untitled Bot"
    assert services.factory.create({})["name"] == "Untitled Bot 2"
    config = bot["config"]
    assert config["capital_allocation"] == "100000.00"
    assert config["max_concurrent_positions"] == 5
    assert config["max_drawdown_pct"] == "3"
    assert config["max_position_pct"] == "10"
    assert config["cooldown_seconds"] == 60
    assert config["max_llm_calls_per_day"] == 200
    assert config["max_consecutive_errors"] == 5
    assert config["stop_loss_pct"] is config["take_profit_pct"] is config["session_hours"] is None
    assert (bot["status"], bot["execution_mode"]) == ("stopped", "paper")
    assert bot["strategy_id"] is None
    assert bot["trade_digest"]["total_trades"] == 0


def test_both_families_show_the_same_bot(services, made, link):
    other = services.bots.get(made["id"])["bot"]
    assert other["name"] == "Factory condor"
    assert other["max_open_positions"] == 20  # five positions of four legs
    assert other["max_daily_loss_pct"] == "0.0300"
    assert other["error_budget"] == 4
    services.bots.patch(
        made["id"],
        {"max_open_positions": 8, "max_daily_loss_pct": "0.0125", "error_budget": 0},
    )
    config = services.factory.get(made["id"])["config"]
    assert config["max_concurrent_positions"] == 2
    assert config["max_drawdown_pct"] == "1.25"
    assert config["max_consecutive_errors"] == 1
    services.bots.patch(made["id"], {"max_daily_loss_pct": None})
    assert services.factory.get(made["id"])["config"]["max_drawdown_pct"] is None


def test_every_field_says_what_it_does(services, made):
    found = services.factory.get(made["id"])
    of_the_row = {"name", "description", "strategy_id", "template_id", "reprice"}
    assert set(found["config_notes"]) == set(found["config"]) - of_the_row


def test_a_bot_made_in_the_other_family_is_shown_too(services, bot):
    found = services.factory.get(bot["id"])
    assert found["config"]["max_concurrent_positions"] == 25  # a hundred instruments, four a piece
    assert found["config"]["max_drawdown_pct"] is None
    assert [one["id"] for one in services.factory.list()] == [bot["id"]]


def test_a_template_is_the_ground_that_fields_are_laid_on(services, link):
    bot = services.factory.create(
        {
            "template_id": "conservative-swing-trader",
            "max_drawdown_pct": Decimal("1.5"),
            "name": "Swing",
        }
    )
    assert bot["config"]["capital_allocation"] == "200000.00"
    assert bot["config"]["max_concurrent_positions"] == 3
    assert bot["config"]["max_drawdown_pct"] == "1.5"
    with pytest.raises(errors.NotFound):
        services.factory.create({"template_id": "nobody"})


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"capital_allocation": "0"}, "invalid_input", "capital_allocation"),
        ({"capital_allocation": "-5"}, "invalid_input", "capital_allocation"),
        ({"max_position_pct": 0}, "invalid_input", "max_position_pct"),
        ({"max_position_pct": Decimal("100.1")}, "invalid_input", "max_position_pct"),
        ({"max_concurrent_positions": 101}, "invalid_input", "max_concurrent_positions"),
        ({"max_concurrent_positions": 0}, "invalid_input", "max_concurrent_positions"),
        ({"max_drawdown_pct": "51"}, "invalid_input", "max_drawdown_pct"),
        ({"cooldown_seconds": 0}, "invalid_input", "cooldown_seconds"),
        ({"reasoning_verbosity": "loud"}, "invalid_input", "reasoning_verbosity"),
        ({"asset_mode": "zoo"}, "invalid_input", "asset_mode"),
        ({"locked_pairs": [1]}, "invalid_input", "locked_pairs"),
        ({"session_hours": 5}, "invalid_input", "session_hours"),
        ({"session_hours": {"from": Decimal("9.5")}}, "invalid_input", "session_hours"),
        ({"strategy_id": "abc"}, "invalid_strategy_id", "strategy_id"),
        ({"strategy_id": UNKNOWN_ID}, "strategy_not_found_or_not_owned", "strategy_id"),
        ({"reprice": {"opening": {"enabled": 1}}}, "invalid_reprice", "enabled"),
        ({"max_drawdown": 3}, "invalid_input", "did you mean max_drawdown_pct"),
        ({"execution_mode": "live"}, "paper_only", "execution_mode"),
        ({"live_wallet": "0xabc"}, "paper_only", "live_wallet"),
        ([], "invalid_input", "expected an object"),
    ],
)
def test_a_field_that_is_wrong_is_refused_on_creation_and_update(services, made, body, code, path):
    for call in (services.factory.create, lambda one: services.factory.update(made["id"], one)):
        with pytest.raises(errors.CodedError, match=path) as caught:
            call(body)
        assert caught.value.code == code
    assert services.factory.get(made["id"])["version"] == 1


def test_an_update_keeps_what_was_as_a_version(services, made, link):
    other = services.strategies.create({"config": {**link["config"], "quantity": 1}})
    services.factory.update(made["id"], {"max_drawdown_pct": "2", "cooldown_seconds": 90})
    services.factory.update(made["id"], {"strategy_id": other["id"], "name": "Renamed"})
    versions = services.factory.versions(made["id"])
    assert [version["version"] for version in versions] == [3, 2, 1]
    diff = services.factory.diff(made["id"], "1", "2")
    assert (diff["v1"], diff["v2"]) == (1, 2)
    assert diff["changes"]["risk.max_daily_loss_pct"] == {"from": "0.0300", "to": "0.0200"}
    assert diff["changes"]["config.cooldown_seconds"] == {"from": 60, "to": 90}
    later = services.factory.diff(made["id"], "2", "3")["changes"]
    assert later["name"] == {"from": "Factory condor", "to": "Renamed"}
    assert later["strategy_hash"]["to"] == other["source_hash"]
    assert services.factory.diff(made["id"], "3", "3")["changes"] == {}
    back = services.factory.diff(made["id"], "2", "1")["changes"]
    assert back["config.cooldown_seconds"] == {"from": 90, "to": 60}


def test_the_other_familys_changes_are_versions_too(services, made):
    services.bots.patch(made["id"], {"max_open_orders": 2})
    services.bots.patch(made["id"], {"max_open_orders": 2})  # changes nothing, makes no version
    assert services.factory.get(made["id"])["version"] == 2


@pytest.mark.parametrize(("first", "second"), [("0", "1"), ("1", "9"), ("9", "1")])
def test_a_version_that_is_not_there(services, made, first, second):
    with pytest.raises(errors.NotFound):
        services.factory.diff(made["id"], first, second)


@pytest.mark.parametrize("text", ["x", "-1", "1.0", ""])
def test_a_version_that_is_no_number(services, made, text):
    with pytest.raises(errors.InvalidField):
        services.factory.diff(made["id"], text, "1")


def test_every_field_that_is_kept_is_given_back(services, made):
    kept = {
        "session_hours": {"from": "09:30", "to": "12:00"},
        "locked_pairs": [],
        "asset_mode": "free_roam",
        "reasoning_verbosity": "verbose",
        "model": "none",
        "soul": "calm\nand patient",
        "stop_loss_pct": "2.5",
        "slippage_bps": "1.25",
        "max_llm_calls_per_day": 0,
    }
    services.factory.update(made["id"], kept)
    config = services.factory.get(made["id"])["config"]
    assert {name: config[name] for name in kept} == kept


def test_an_update_without_fields(services, made):
    with pytest.raises(errors.NoFields):
        services.factory.update(made["id"], {})
    with pytest.raises(errors.NotFound):
        services.factory.update(UNKNOWN_ID, {})


def test_capital_is_fixed_once_the_account_has_traded(services, host, made):
    changed = services.factory.update(made["id"], {"capital_allocation": 50000})
    assert changed["cash_balance"] == "50000.00"
    services.factory.start(made["id"])
    with pytest.raises(errors.InvalidStartingCapital):
        services.factory.update(made["id"], {"capital_allocation": "60000"})
    services.factory.update(made["id"], {"capital_allocation": "50000"})


def test_start_opens_todays_session_and_stop_ends_it(services, host, store, made):
    started = services.factory.start(made["id"])
    assert started["status"] == "started"
    assert started["log_path"] is None
    assert services.sessions.list(made["id"])[0]["id"] == started["session_id"]
    assert services.factory.get(made["id"])["status"] == "running"
    with pytest.raises(errors.BotAlreadyRunning):
        services.factory.start(made["id"])
    host.advance(20)
    assert services.factory.stop(made["id"]) == {"status": "stopped", "bot_id": made["id"]}
    host.close_day()
    assert services.factory.get(made["id"])["status"] == "stopped"
    with store.reading() as work:
        assert work.bots.get(made["id"]).wish == "stopped"


@pytest.mark.parametrize("change", [{"is_market_open": False}, {"has_feed": False}])
def test_a_start_without_a_market_is_a_wish(services, host, store, made, change):
    for name, value in change.items():
        setattr(host, name, value)
    assert services.factory.start(made["id"])["session_id"] is None
    with store.reading() as work:
        assert work.bots.get(made["id"]).wish == "running"


def test_a_start_that_cannot_be_registered_is_taken_back(services, host, store, made):
    host.fails_with = ForvenError("refused")
    with pytest.raises(errors.RegisterFailed):
        services.factory.start(made["id"])
    with store.reading() as work:
        assert work.bots.get(made["id"]).wish == "stopped"


@pytest.mark.parametrize("is_refused_too", [False, True])
def test_a_start_that_the_storage_refuses_is_taken_back(
    services, host, store, made, monkeypatch, is_refused_too
):
    def refusing(_bot_id):
        if is_refused_too:
            monkeypatch.setattr(type(store), "transaction", lambda _store: refusing(None))
        raise StoreBusy("another process is writing")

    monkeypatch.setattr(host, "open_session", refusing)
    with pytest.raises(StoreBusy):
        services.factory.start(made["id"])
    monkeypatch.undo()
    with store.reading() as work:
        assert work.bots.get(made["id"]).wish == ("running" if is_refused_too else "stopped")


def test_a_bot_without_a_strategy_or_archived_is_not_started(services, made):
    bare = services.factory.create({"name": "Bare"})
    with pytest.raises(errors.InvalidStrategyId, match="has no strategy"):
        services.factory.start(bare["id"])
    services.bots.patch(made["id"], {"status": "archived"})
    with pytest.raises(errors.BotNotIdle):
        services.factory.start(made["id"])


def test_a_clone_starts_anew(services, host, made):
    services.factory.start(made["id"])
    host.close_day()
    clone = services.factory.clone(made["id"], {"new_name": "Second"})
    assert (clone["name"], clone["status"], clone["version"]) == ("Second", "stopped", 1)
    assert clone["cash_balance"] == "100000.00"
    assert clone["config"] == {**services.factory.get(made["id"])["config"], "name": "Second"}
    with pytest.raises(errors.NameTaken):
        services.factory.clone(made["id"], {"new_name": "Second"})
    with pytest.raises(errors.InvalidField, match="new_name"):
        services.factory.clone(made["id"], {})


def test_kill_all_stops_what_runs_or_wishes_to(services, host, store, made, bot):
    services.factory.start(made["id"])
    services.sessions.open(bot["id"])
    host.advance(10)
    assert services.factory.kill_all() == {"stopped": 2, "failed": []}
    assert {services.sessions.list(one["id"])[0]["state"] for one in (made, bot)} == {"killing"}
    assert services.factory.kill_all() == {"stopped": 0, "failed": []}


def test_kill_all_goes_on_past_a_session_that_cannot_be_stopped(
    services, host, made, bot, monkeypatch
):
    services.factory.start(made["id"])
    opened = services.sessions.open(bot["id"])
    host.advance(10)
    whole = host.stop_session

    def stubborn(session_id):
        if session_id == opened["session_id"]:
            raise errors.LiveTradingUnavailable("the storage is away")
        whole(session_id)

    monkeypatch.setattr(host, "stop_session", stubborn)
    found = services.factory.kill_all()
    assert found["stopped"] == 1
    assert found["failed"] == [
        {
            "bot_id": bot["id"],
            "session_id": opened["session_id"],
            "reason": "the storage is away",
        }
    ]
    assert services.sessions.list(made["id"])[0]["state"] == "killing"
    assert services.sessions.list(bot["id"])[0]["state"] == "running"


def test_delete_ends_the_session_first(services, host, made):
    services.factory.start(made["id"])
    host.close_day()
    assert services.factory.delete(made["id"]) == {"status": "deleted", "bot_id": made["id"]}
    with pytest.raises(errors.NotFound):
        services.factory.get(made["id"])


def test_a_bot_that_holds_until_the_close_is_stopped_but_not_deleted(
    services, host, made, monkeypatch
):
    monkeypatch.setattr("forven.bots.services.factory._END_TIMEOUT_S", 0.0)
    services.factory.start(made["id"])
    host.advance(150)
    with pytest.raises(errors.BotHasActiveSession, match="settles at the close"):
        services.factory.delete(made["id"])
    assert services.sessions.list(made["id"])[0]["state"] == "killing"


def test_nothing_trades_real_money(services, made):
    with pytest.raises(errors.PaperOnly):
        services.factory.go_live(made["id"], {"confirm": "GO LIVE"})
    assert services.factory.go_paper(made["id"])["status"] == "paper"
    with pytest.raises(errors.NotFound):
        services.factory.go_live(UNKNOWN_ID, {})


def test_from_strategy_prefills_a_config_that_can_be_created(services, link):
    filled = services.factory.from_strategy(link["id"])
    assert filled["strategy_id"] == link["id"]
    assert filled["config"]["model"] is None
    bot = services.factory.create(filled["config"])
    assert (bot["name"], bot["strategy_id"]) == ("Condor", link["id"])


def test_equity_is_start_plus_realized_plus_unrealized(services, host, made):
    def equity():
        found = services.factory.positions(made["id"])
        parts = ("starting_capital", "realized_pnl", "unrealized_pnl")
        assert sum(micros_of(found[name]) for name in parts) == micros_of(found["equity"])
        assert micros_of(found["peak_equity"]) >= micros_of(found["equity"])
        return found

    assert equity()["open_positions"] == []
    services.factory.start(made["id"])
    host.advance(150)
    found = equity()
    assert found["open_positions"]
    assert found["mark_age_seconds"] == 0.0
    assert found["execution_mode"] == "paper"
    session = services.sessions.list(made["id"])[0]
    assert found["equity"] == session["net_liquidation_value"]
    host.close_day()
    found = equity()
    assert found["open_positions"] == []
    assert found["unrealized_pnl"] == "0.00"
    assert found["equity"] == services.factory.get(made["id"])["cash_balance"]


def test_trades_and_figures_add_up_to_the_balance(services, host, made):
    services.factory.start(made["id"])
    host.advance(150)
    open_trades = services.factory.trades(made["id"])
    assert "OPEN" in {trade["status"] for trade in open_trades}
    assert all(trade["pnl"] is None for trade in open_trades if trade["status"] == "OPEN")
    host.close_day()
    trades = services.factory.trades(made["id"])
    assert [trade["opened_at"] for trade in trades] == sorted(
        (trade["opened_at"] for trade in trades), reverse=True
    )
    profit = sum(micros_of(trade["pnl"]) for trade in trades)
    stats = services.factory.stats(made["id"])
    assert micros_of(stats["trades"]["net_pnl"]) == profit
    assert micros_of(stats["cash_balance"]) == micros_of(stats["starting_capital"]) + profit
    assert stats["trades"]["total_trades"] == len(trades)
    assert stats["sessions"]["total_sessions"] == 1
    digest = services.factory.get(made["id"])["trade_digest"]
    assert digest["total_trades"] == len(trades)
    assert micros_of(digest["realized_pnl"]) == profit
    assert len(services.factory.trades(made["id"], "1")) == 1
    assert len(trades[0]["legs"]) == 4


def test_decisions_are_newest_first_and_say_what_was_done(services, host, made):
    services.factory.start(made["id"])
    host.close_day()
    decisions = services.factory.decisions(made["id"])
    stamps = [decision["timestamp"] for decision in decisions]
    assert stamps == sorted(stamps, reverse=True)
    assert "trade" in {decision["action_type"] for decision in decisions}
    assert len(services.factory.decisions(made["id"], "2")) == 2
    with pytest.raises(errors.InvalidField):
        services.factory.decisions(made["id"], "0")
