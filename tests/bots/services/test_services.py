"""All services over the real host: a bot's days from its start to its figures."""

import threading

import pytest

from forven.bots import errors
from forven.bots.hub import Hub
from forven.bots.services.services import Services
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.replay import replay_feed
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.money import micros_of
from tests.bots.houses import CONDOR, host_of, wait_for


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """A catalog with three coarse days."""
    catalog = Catalog(tmp_path_factory.mktemp("recorded"))
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 3)
    synthesize(catalog, "coarse", SyntheticSpec(seed=7, frame_seconds=60), sessions, str)
    return catalog


@pytest.fixture
def hosted(store, catalog):
    """Services whose host replays three coarse days once the first session is open."""
    host = host_of(store, replay_feed("coarse", catalog, FeedOptions(speed="max", hold=True)))
    host.start()
    wait_for(lambda: host.status().day, "the first day")
    yield Services(store, host, Hub(), catalog)
    host.stop(10.0)


def started(services):
    link = services.strategies.create({"config": CONDOR})
    bot = services.factory.create({"name": "Three days", "strategy_id": link["id"]})
    services.factory.start(bot["id"])
    return bot["id"]


def settled(services, bot_id, count):
    return wait_for(
        lambda: services.bots.summary(bot_id)["total_sessions"] == count, "the settlement"
    )


def test_a_started_bot_runs_every_day_and_its_cash_compounds(hosted):
    bot_id = started(hosted)
    settled(hosted, bot_id, 3)
    sessions = hosted.sessions.list(bot_id)
    days = [session["date"] for session in sessions]
    assert days == ["2024-01-04", "2024-01-03", "2024-01-02"]
    for later, earlier in zip(sessions, sessions[1:], strict=False):
        assert later["opening_cash"] == earlier["final_nlv"]
    bot = hosted.bots.get(bot_id)["bot"]
    assert bot["cash_balance"] == sessions[0]["final_nlv"]
    total = micros_of(hosted.bots.summary(bot_id)["total_pl"])
    assert micros_of(bot["cash_balance"]) == micros_of(bot["starting_capital"]) + total
    trades = hosted.factory.trades(bot_id, "1000")
    assert sum(micros_of(trade["pnl"]) for trade in trades) == total
    assert {trade["session_id"] for trade in trades} <= {session["id"] for session in sessions}


def test_every_ended_session_is_told_again_from_its_tape(hosted):
    bot_id = started(hosted)
    settled(hosted, bot_id, 3)
    for session in hosted.sessions.list(bot_id):
        ids = bot_id, session["id"]
        history = hosted.sessions.financials(*ids, {})["history"]
        assert history[-1]["net_liquidation_value"] == session["final_nlv"]
        positions = hosted.sessions.positions(*ids)
        total = sum(micros_of(one["total_profit_loss"]) for one in positions)
        assert total == micros_of(session["total_pl"])
        filled = [o for o in hosted.sessions.orders(*ids).items if o["status"] == "filled"]
        assert len(filled) == session["orders_filled"]


def test_of_many_bots_made_at_once_under_one_name_one_is_made(services, link):
    answers = []

    def make():
        try:
            answers.append(services.factory.create({"name": "Same", "strategy_id": link["id"]}))
        except errors.NameTaken as refused:
            answers.append(refused)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert len(services.bots.list()) == 1


def test_without_a_host_that_runs_a_feed_nothing_is_opened(store, tmp_path):
    host = host_of(store, None)
    host.start()
    services = Services(store, host, Hub(), Catalog(tmp_path / "home"))
    link = services.strategies.create({"config": CONDOR})
    bot = services.bots.create(
        {"strategy_id": link["id"], "name": "Waiting", "starting_capital": "5000"}
    )
    with pytest.raises(errors.LiveTradingUnavailable):
        services.sessions.open(bot["id"])
    assert services.factory.start(bot["id"])["session_id"] is None
    assert services.bots.get(bot["id"])["bot"]["runtime_status"] == "idle"
    host.stop(5.0)
