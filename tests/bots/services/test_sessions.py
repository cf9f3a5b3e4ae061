"""Sessions: opened, read while they run and after, stopped, refused."""

import pytest

from forven.bots import errors
from forven.primitives.errors import CannotWrite, ForvenError
from forven.primitives.money import micros_of
from forven.store.decisions import DecisionRow
from forven.store.errors import StoreBusy
from forven.store.frame_commit import FrameCommit

UNKNOWN_ID = "7f7a1c1e-0000-4000-8000-000000000000"
RESULTS = (
    "final_nlv",
    "realized_pl",
    "total_pl",
    "max_intraday_dd",
    "fees",
    "slippage",
    "orders_filled",
    "digest",
)


@pytest.fixture
def session(services, host, bot):
    """A session that has traded and still holds something."""
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.advance(150)
    return services.sessions.get(bot["id"], session_id)


def test_a_session_takes_over_cash_strategy_and_policy(services, bot):
    services.bots.patch(bot["id"], {"max_open_orders": 9})
    session_id = services.sessions.open(bot["id"])["session_id"]
    services.bots.patch(bot["id"], {"max_open_orders": 2})
    session = services.sessions.get(bot["id"], session_id)
    assert session["policy"]["risk"]["max_open_orders"] == 9
    assert session["opening_cash"] == "100000.00"
    assert session["strategy_hash"] == bot["strategy_hash"]
    assert (session["date"], session["engine"]) == ("2024-01-02", "live_sim")
    assert session["start_time"] == "2024-01-02T14:30:00Z"
    assert session["end_time"] == "2024-01-02T21:00:00Z"


def test_results_are_null_until_the_session_is_final(services, host, bot, session):
    assert session["state"] == "running"
    assert all(session[name] is None for name in RESULTS)
    assert session["profit_loss"] != "0.00"
    assert micros_of(session["available_buying_power"]) < micros_of(session["opening_cash"])
    host.close_day()
    final = services.sessions.get(bot["id"], session["id"])
    assert final["state"] == "completed"
    assert all(final[name] is not None for name in RESULTS)
    assert final["net_liquidation_value"] == final["final_nlv"] == final["available_buying_power"]
    assert final["total_pl"] == final["profit_loss"]


def test_orders_and_transactions_come_in_parts(services, bot, session):
    ids = bot["id"], session["id"]
    whole = services.sessions.orders(*ids)
    assert [order["number"] for order in whole.items] == list(range(1, len(whole.items) + 1))
    assert whole.next_after is None
    for read in (services.sessions.orders, services.sessions.transactions):
        parts, after = [], None
        while True:
            page = read(*ids, "1", after)
            parts += page.items
            after = page.next_after
            if after is None:
                break
        assert parts == read(*ids).items
        assert len(parts) > 2


def test_reads_of_a_session_that_is_over_are_those_of_its_last_frame(services, host, bot, session):
    ids = bot["id"], session["id"]
    host.advance(host.day.frame_count - 1)
    orders, transactions = (
        services.sessions.orders(*ids).items,
        services.sessions.transactions(*ids).items,
    )
    host.close_day()
    assert services.sessions.orders(*ids).items[: len(orders)] == orders
    assert services.sessions.transactions(*ids).items[: len(transactions)] == transactions
    positions = services.sessions.positions(*ids)
    total = sum(micros_of(one["total_profit_loss"]) for one in positions)
    assert total == micros_of(services.sessions.get(*ids)["total_pl"])
    assert all(one["direction"] == "zero" and one["quantity"] == "0" for one in positions)


def test_positions_add_up_to_the_profit_of_the_latest_frame(services, bot, session):
    positions = services.sessions.positions(bot["id"], session["id"])
    assert {one["direction"] for one in positions} >= {"long", "short"}
    total = sum(micros_of(one["total_profit_loss"]) for one in positions)
    assert total == micros_of(session["profit_loss"])
    assert set(positions[0]) == {
        "id",
        "instrument",
        "direction",
        "quantity",
        "cost_basis",
        "price",
        "delta",
        "unrealized_profit_loss",
        "realized_profit_loss",
        "total_profit_loss",
    }


def test_financials_are_one_row_a_frame_thinned_on_demand(services, bot, session):
    ids = bot["id"], session["id"]
    whole = services.sessions.financials(*ids, {})
    assert len(whole["history"]) == 150
    assert whole["history"][-1]["net_liquidation_value"] == session["net_liquidation_value"]
    assert whole["id"] == session["id"]
    minutes = services.sessions.financials(*ids, {"interval": "300"})["history"]
    assert [row["datetime"] for row in minutes[:2]] == [
        "2024-01-02T14:34:30Z",
        "2024-01-02T14:39:30Z",
    ]
    part = services.sessions.financials(*ids, {"limit": "100"})
    rest = services.sessions.financials(*ids, {"limit": "100", "after": part["next_after"]})
    assert part["history"] + rest["history"] == whole["history"]
    assert rest["next_after"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"interval": "0"},
        {"interval": "1.5"},
        {"interval": "999999"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "25001"},
        {"after": "yesterday"},
        {"after": "2024-01-02T14:34:30"},
        {"after": "2024-13-02T14:34:30Z"},
        {"every": "5"},
    ],
)
def test_a_query_that_is_wrong_is_refused(services, bot, session, query):
    with pytest.raises(errors.InvalidField, match=next(iter(query))):
        services.sessions.financials(bot["id"], session["id"], query)


@pytest.mark.parametrize(
    ("limit", "after"), [("0", None), ("x", None), ("10001", None), ("1", "x")]
)
def test_a_cursor_that_is_wrong_is_refused(services, bot, session, limit, after):
    for read in (
        services.sessions.orders,
        services.sessions.transactions,
        services.sessions.decision_log,
    ):
        with pytest.raises(errors.InvalidField):
            read(bot["id"], session["id"], limit, after)


def test_the_decision_log_keeps_its_order(services, store, bot, session):
    entries = [
        DecisionRow(
            session_id=session["id"],
            number=number,
            ts=host_ts,
            kind="log" if number % 2 else "signal",
            level="info",
            text=f"line {number}",
            data=None if number % 2 else {"value": number},
        )
        for number, host_ts in enumerate((5, 5, 7), start=1)
    ]
    store.commit_frame(FrameCommit(decisions=entries))
    page = services.sessions.decision_log(bot["id"], session["id"], "2")
    assert [entry["message"] for entry in page.items] == ["line 1", "line 2"]
    rest = services.sessions.decision_log(bot["id"], session["id"], "2", page.next_after)
    assert [entry["sequence"] for entry in rest.items] == [3]
    assert rest.next_after is None
    assert page.items[1] == {
        "sequence": 2,
        "datetime": "1970-01-01T00:00:00.000000005Z",
        "kind": "signal",
        "level": "info",
        "message": "line 2",
        "data": {"value": 2},
    }


def test_cancel_all_keeps_the_session_running(services, store, bot, session):
    answered = services.sessions.cancel_all_orders(bot["id"], session["id"])
    assert answered["state"] == "running"
    with store.reading() as work:
        assert len(work.journals.read_commands(session["id"])) == 1


def test_a_stopped_session_is_killing_and_then_killed(services, host, bot, session):
    assert services.sessions.stop(bot["id"], session["id"])["state"] == "killing"
    assert services.bots.get(bot["id"])["bot"]["runtime_status"] == "running"
    host.close_day()
    assert services.sessions.get(bot["id"], session["id"])["state"] == "killed"
    assert services.bots.get(bot["id"])["bot"]["runtime_status"] == "killed"


def test_nothing_can_be_asked_of_a_session_that_is_over(services, host, bot, session):
    host.close_day()
    for call in (services.sessions.stop, services.sessions.cancel_all_orders):
        with pytest.raises(errors.SessionTerminal):
            call(bot["id"], session["id"])


def test_a_session_belongs_to_its_bot(services, link, bot, session):
    other = services.bots.create(
        {"strategy_id": link["id"], "name": "Other", "starting_capital": "5000"}
    )
    for bot_id, session_id in ((other["id"], session["id"]), (bot["id"], UNKNOWN_ID)):
        for call in (
            services.sessions.get,
            services.sessions.stop,
            services.sessions.positions,
            services.sessions.orders,
            services.sessions.decision_log,
        ):
            with pytest.raises(errors.NotFound):
                call(bot_id, session_id)


def test_one_session_a_day(services, host, bot):
    services.sessions.open(bot["id"])
    with pytest.raises(errors.BotNotIdle):
        services.sessions.open(bot["id"])
    host.close_day()
    with pytest.raises(errors.BotSessionExists):
        services.sessions.open(bot["id"])
    assert len(services.sessions.list(bot["id"])) == 1


def test_an_archived_bot_opens_nothing(services, bot):
    services.bots.patch(bot["id"], {"status": "archived"})
    with pytest.raises(errors.BotNotIdle):
        services.sessions.open(bot["id"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_market_open": False}, "outside_rth"),
        ({"has_feed": False}, "live_trading_unavailable"),
        ({"fails_with": ForvenError("the kernel refused the plan")}, "register_sim_failed"),
    ],
)
def test_what_keeps_a_session_from_opening(services, host, bot, change, code):
    for name, value in change.items():
        setattr(host, name, value)
    with pytest.raises(errors.CodedError) as caught:
        services.sessions.open(bot["id"])
    assert caught.value.code == code
    assert services.sessions.list(bot["id"]) == []


@pytest.mark.parametrize("error", [StoreBusy("locked"), CannotWrite("disk full")])
def test_trouble_with_the_store_is_told_as_what_it_is(services, host, bot, error):
    host.fails_with = error
    with pytest.raises(type(error)):
        services.sessions.open(bot["id"])
