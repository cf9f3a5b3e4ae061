"""The host on a synthetic feed: its sessions are backtests of the same days, and carry cash."""

import contextlib
import itertools
import threading
from datetime import date

import numpy as np
import pytest

from forven.bots.errors import (
    BotNotIdle,
    BotSessionExists,
    LiveTradingUnavailable,
    NotFound,
    SessionTerminal,
)
from forven.bots.host import Host
from forven.bots.hub import Hub
from forven.bots.opening import frozen_plan, policy_of
from forven.bots.verify import verify_session
from forven.engine.journal import digest
from forven.engine.session import run_day
from forven.kernels import schema
from forven.market.calendar import trading_calendar
from forven.market.day import MarketDay
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.synthetic import synthetic_feed
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.store.errors import HomeInUse
from forven.store.store import Store
from forven.strategies.structured import parse_strategy
from tests.bots.houses import (
    CASH,
    CONDOR,
    DAY,
    LAST,
    GatedFeed,
    add_bots,
    bot_row,
    feed_of,
    host_of,
    is_over,
    keep_strategy,
    rows_of,
    running,
    session_of,
    taken,
    told,
    wait_for,
)

DAYS = (DAY, date(2024, 1, 3), LAST)


@pytest.fixture(scope="module")
def market_days(tmp_path_factory) -> list[MarketDay]:
    """The feed's days as a backtest maps them."""
    calendar = trading_calendar(tmp_path_factory.mktemp("calendar"))
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    bounds = [calendar.bounds(day) for day in DAYS]
    return [build_day(synthetic_day(spec, n, each), each) for n, each in enumerate(bounds)]


def backtest(day: MarketDay, bot, cash: int, opened_ns: int | None = None):
    """Run a bot's strategy over a whole day."""
    opened = day.bounds.open_ns if opened_ns is None else opened_ns
    plan = frozen_plan(parse_strategy(CONDOR), policy_of(bot), day.bounds, cash, opened)
    return run_day(day, plan[None], [cash], financials=True)[0]


def test_three_days_are_three_backtests_that_compound(store, ticks_folder, market_days):
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR), n) for n in (1, 2)])
    with running(store, feed_of(ticks_folder)) as host:
        wait_for(lambda: is_over(store, bots, LAST), "the end of the last day")
        wait_for(lambda: host.status().day is None, "the end of the feed")
    cash = CASH
    for day in market_days:
        row = session_of(store, bots[0].id, day.day)
        result = backtest(day, bots[0], cash)
        assert row.digest == result.digest == digest(rows_of(store, row.id))
        assert row.opening_cash == cash
        assert row.total_pl == result.profit == row.final_cash - cash
        assert row.realized_pl == row.total_pl + row.fees + row.slippage
        assert row.final_nlv == row.final_cash
        assert row.max_intraday_dd == result.state[schema.STATE_MAX_DRAWDOWN]
        assert row.fills == result.state[schema.STATE_FILLS] > 0
        assert (row.state, row.reason) == ("completed", None)
        cash = row.final_cash
    assert cash != CASH
    with store.reading() as tables:
        assert tables.bots.get(bots[0].id).cash_balance == cash


def test_readers_see_a_running_session_as_the_kernel_has_it(store, ticks_folder, market_days):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = GatedFeed(feed_of(ticks_folder, last=DAY), 100)
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, bot.id), "the session")
        wait_for(lambda: taken(host, 100), "a hundred frames")
        view = host.live(row.id)
        changes = host.changes
        feed.open()
        wait_for(lambda: host.changes > changes, "a change")
    result = backtest(market_days[0], bot, CASH)
    known = result.rows[result.rows[:, schema.JOURNAL_TS] <= view.ts]
    assert view.state_name == "running"
    assert np.array_equal(view.rows[:, 1:], known[:, 1:])
    assert len(view.rows) > 0
    money = result.financials[result.financials[:, schema.FINANCIAL_TS] <= view.ts]
    later = view.financials  # as of now, which is later
    assert len(later) >= len(money) >= 100
    assert np.array_equal(later[: len(money)], money)
    assert view.state[schema.STATE_NLV] == money[-1, schema.FINANCIAL_NLV]
    assert view.margin >= 0
    assert view.marks.ts == view.ts
    filled = [order for order in view.orders if order["status"] == "filled"]
    assert len(view.transactions) == 4 * len(filled) > 0


def test_a_session_opened_in_the_middle_of_a_day_is_a_backtest_without_the_entries_before(
    store, ticks_folder, market_days
):
    first, late = add_bots(
        store,
        [
            bot_row(digest_ := keep_strategy(store, CONDOR), 1),
            bot_row(digest_, 2, wish="stopped"),
        ],
    )
    feed = GatedFeed(feed_of(ticks_folder, last=DAY), 30)
    with running(store, feed) as host:
        wait_for(lambda: taken(host, 30), "the time after the first entry")
        row = host.open_session(late.id)
        with pytest.raises(BotNotIdle):
            host.open_session(late.id)
        feed.open()
        wait_for(lambda: is_over(store, [first, late]), "the end of the day")
    row = session_of(store, late.id)
    assert row.opened_ns > row.bounds.open_ns
    result = backtest(market_days[0], late, CASH, row.opened_ns)
    assert row.digest == result.digest
    assert row.digest != session_of(store, first.id).digest
    assert row.fills > 0


def test_a_day_that_closes_early_is_a_backtest_of_its_shorter_hours(store, ticks_folder):
    early = date(2024, 7, 3)
    calendar = trading_calendar(ticks_folder)
    options = FeedOptions(speed="max", first_day=early, last_day=early, frame_seconds=60)
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, {**CONDOR, "exit": {"time": "13:30"}}))])
    with running(store, synthetic_feed(7, calendar, ticks_folder, options)):
        wait_for(lambda: is_over(store, [bot], early), "the end of the day")
    row = session_of(store, bot.id, early)
    assert row.bounds == calendar.bounds(early)
    assert row.bounds.early_close
    assert (row.state, row.ended_ns) == ("completed", row.bounds.close_ns)
    assert row.plan_row[schema.PLAN_EXIT_TS] == schema.INT64_MAX
    assert row.fills > 0
    index = len(calendar.days(DAY, early)) - 1
    ticks = synthetic_day(SyntheticSpec(seed=7, frame_seconds=60), index, row.bounds)
    plan = row.plan_row
    result = run_day(build_day(ticks, row.bounds), plan[None], [CASH])[0]
    assert row.digest == result.digest


def test_a_wall_clock_that_steps_an_hour_either_way_changes_nothing(
    store, ticks_folder, market_days
):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    steps = itertools.cycle([0, 3_600_000_000_000, -3_600_000_000_000])

    def stepping() -> int:
        return 1_800_000_000_000_000_000 + next(steps)

    with running(store, feed_of(ticks_folder, last=DAY), clock=stepping) as host:
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
        assert host.status().is_healthy
    assert session_of(store, bot.id).digest == backtest(market_days[0], bot, CASH).digest


def test_a_second_host_on_a_home_is_refused_and_the_first_goes_on(store, ticks_folder):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    other = Store.open(store.home)
    with running(store, feed_of(ticks_folder, last=DAY)):
        with pytest.raises(HomeInUse, match="forven host of synthetic:7"):
            host_of(other, feed_of(ticks_folder)).start()
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
    other.close()


def test_a_stopped_host_goes_on_at_the_next_start(store, ticks_folder, market_days):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, GatedFeed(feed_of(ticks_folder, last=DAY), 60)) as host:
        wait_for(lambda: taken(host, 60), "some frames")
    row = session_of(store, bot.id)
    assert (row.state, row.is_over) == ("running", False)
    with running(store, feed_of(ticks_folder, last=DAY)) as host:
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
    assert session_of(store, bot.id).digest == backtest(market_days[0], bot, CASH).digest


def test_a_replayed_feed_goes_on_with_the_day_it_was_in(store, ticks_folder):
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, feed_of(ticks_folder)):
        wait_for(lambda: is_over(store, bots, DAYS[1]), "the end of the second day")
    with running(store, feed_of(ticks_folder)) as host:
        wait_for(lambda: host.status().day is None or host.status().day >= DAYS[1], "a later day")
        wait_for(lambda: is_over(store, bots, LAST), "the end of the last day")


def test_commands_are_durable_when_they_return_and_end_the_session(store, ticks_folder):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    feed = GatedFeed(feed_of(ticks_folder, last=DAY), 5)
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, bot.id), "the session")
        wait_for(lambda: taken(host, 5), "some frames")
        host.cancel_all(row.id)
        host.stop_session(row.id)
        assert session_of(store, bot.id).state == "killing"
        with store.reading() as tables:
            commands = tables.journals.read_commands(row.id)
        kinds = [int(each.values[schema.COMMAND_KIND]) for each in commands]
        assert kinds == [schema.COMMAND_CANCEL_ALL, schema.COMMAND_STOP]
        feed.open()
        wait_for(lambda: host.status().sessions == {"killed": 1}, "the end of the session")
        ended = session_of(store, bot.id)
        assert (ended.state, ended.reason) == ("killed", "stopped on command")
        assert verify_session(store, row.id).is_equal
        with pytest.raises(SessionTerminal):
            host.stop_session(row.id)
        with pytest.raises(NotFound):
            host.stop_session("none of that name")
        with pytest.raises(BotSessionExists):
            host.open_session(bot.id)
        assert host.live(row.id) is None


def test_two_stops_at_once_are_one_command(store, ticks_folder):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, GatedFeed(feed_of(ticks_folder, last=DAY), 5)) as host:
        row = wait_for(lambda: session_of(store, bot.id), "the session")
        threads = [threading.Thread(target=stopped, args=(host, row.id)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.reading() as tables:
            assert len(tables.journals.read_commands(row.id)) == 1


def stopped(host: Host, session_id: str) -> None:
    with contextlib.suppress(SessionTerminal):  # it may be over by now
        host.stop_session(session_id)


def test_a_paused_host_holds_its_feed_and_opens_nothing(store, ticks_folder, market_days):
    (bot, other) = add_bots(
        store,
        [bot_row(name := keep_strategy(store, CONDOR), 1), bot_row(name, 2, wish="stopped")],
    )
    feed = GatedFeed(feed_of(ticks_folder, last=DAY), 20)
    with running(store, feed) as host:
        wait_for(lambda: taken(host, 20), "some frames")
        host.pause("an operator said so")
        assert host.status().paused == "an operator said so"
        with pytest.raises(LiveTradingUnavailable, match="an operator said so"):
            host.open_session(other.id)
        wait_for(lambda: feed.calls, "the pause of the feed")
        feed.open()
        threading.Event().wait(0.3)
        assert host.status().frames == 20
        host.resume()
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
        assert host.status().paused is None
    assert session_of(store, bot.id).digest == backtest(market_days[0], bot, CASH).digest


def test_clients_are_told_what_happened(store, ticks_folder):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    hub = Hub()
    with running(store, feed_of(ticks_folder, last=DAY), hub, window_frames=16):
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
        wait_for(lambda: told(hub, "end_of_data"), "the end of the data")
    states = [event["state"] for event in told(hub, "session_state")]
    assert states == ["registering", "waiting_for_data", "running", "completed"]
    assert {"prices", "order_update", "trade"} <= {event["type"] for event in told(hub)}
    assert hub.market.ts == session_of(store, bot.id).bounds.close_ns


def test_a_host_without_a_feed_says_so(store):
    host = Host(store, None)
    host.start()
    assert host.status().feed is None
    with pytest.raises(LiveTradingUnavailable, match="expected a host that runs a feed"):
        host.open_session("x")
    assert host.live("x") is None
    host.stop(1)


def test_a_stopped_host_refuses_at_once(store, ticks_folder):
    host = host_of(store, feed_of(ticks_folder))
    host.start()
    host.stop(20)
    with pytest.raises(LiveTradingUnavailable, match="stops"):
        host.cancel_all("x")
