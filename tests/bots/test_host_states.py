"""Every way through a session's states, on a feed that is fed by hand."""

from dataclasses import replace
from datetime import date
from itertools import count

import numpy as np
import pytest

from forven.bots.errors import (
    BotNotIdle,
    LiveTradingUnavailable,
    NotFound,
    OutsideTradingHours,
    RegisterFailed,
    SessionTerminal,
)
from forven.bots.hub import Hub
from forven.bots.script_steps import ScriptSteps
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.engine.commands import Leg, Order, place
from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.market.feeds.book import FrameBook
from forven.strategies.script.platforms import ScriptsUnavailable
from tests.bots.houses import (
    IDLE,
    NS,
    HandFeed,
    add_bots,
    bot_row,
    command,
    hand_day,
    hand_frame,
    keep_strategy,
    rows_of,
    running,
    session_of,
    told,
    wait_for,
)

DAY = hand_day()
OPEN, CLOSE = DAY.bounds.open_ns, DAY.bounds.close_ns
WAITS = """class Waits:
    def on_frame(self, ctx):
        pass
"""
QUOTES = {0: (2_500, 2_520), 1: (1_000, 1_020), 2: (400, 420), 3: (300, 320), 4: (900, 920)}


class Scene:
    """One bot's session on a feed by hand."""

    def __init__(self, store, host, feed, bot) -> None:
        self.store, self.host, self.feed, self.bot = store, host, feed, bot
        self._frames = count(1)
        self._taken = 0

    @property
    def row(self):
        return wait_for(lambda: session_of(self.store, self.bot.id), "the session")

    def frame(self, ts: int | None = None, quotes=None, **others) -> int:
        """Deliver a frame and wait until it is taken."""
        moment = OPEN + next(self._frames) * NS if ts is None else ts
        self._taken += 1
        self.feed.send(hand_frame(moment, QUOTES if quotes is None else quotes, **others))
        wait_for(lambda: self.host.status().frames >= self._taken, "the frame")
        wait_for(lambda: self.host.status().last_frame_ns == moment, "its showing")
        return moment

    def order(self, action: str, number: int, quantity: int = 1) -> None:
        """Give a market order for one instrument."""
        leg = Leg(instrument=DAY.symbols[number], quantity=quantity, action=action)
        order, book = Order(kind="market", legs=(leg,)), FrameBook(DAY)
        command(self.host, self.row.id, lambda due: place(due, order, book))

    def state(self) -> str:
        view = self.host.live(self.row.id)
        return self.row.state if view is None else view.state_name

    def over(self):
        wait_for(lambda: self.row.is_over, "the end of the session")
        return self.row


@pytest.fixture
def scene(store):
    """A running session, before its first frame; the risk policy may be changed by a test."""
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    feed = HandFeed(DAY)
    with running(store, feed, Hub()) as host:
        made = Scene(store, host, feed, bot)
        assert made.row.state == "waiting_for_data"
        yield made


def test_a_session_waits_runs_settles_and_completes_in_the_end(scene):
    scene.frame()
    assert scene.state() == "running"
    scene.order("buy to open", 1, 2)
    scene.frame()
    assert len(scene.host.live(scene.row.id).transactions) == 1
    scene.frame(CLOSE)
    assert scene.state() == "settling"
    assert (scene.row.state, scene.row.final_cash, scene.row.digest) == ("settling", None, None)
    with pytest.raises(SessionTerminal, match="it settles"):
        scene.host.cancel_all(scene.row.id)
    scene.frame(CLOSE + 60 * NS, {}, settlement=473_500)
    row = scene.over()
    assert (row.state, row.ended_ns) == ("completed", CLOSE + 60 * NS)
    # two calls struck at 4,720 bought at 10.20 settle at 15.00
    gross = 2 * (1_500 - 1_020) * DAY.multiplier
    assert row.realized_pl == gross
    assert row.total_pl == gross - row.fees
    assert verify_session(scene.store, row.id).is_equal


def test_a_feed_that_ends_without_a_settlement_fails_its_sessions(scene):
    scene.frame()
    scene.order("buy to open", 1)
    scene.frame()
    scene.frame(CLOSE)
    scene.feed.end_day()
    row = scene.over()
    assert (row.state, row.reason) == ("failed", "feed ended before settlement")
    assert (row.final_cash, row.digest) == (None, None)
    with scene.store.reading() as tables:
        assert tables.bots.get(scene.bot.id).cash_balance == row.opening_cash


def test_a_stopped_session_is_killing_until_what_it_holds_has_settled(scene):
    scene.frame()
    scene.order("buy to open", 1)
    scene.frame()
    scene.host.stop_session(scene.row.id)
    assert scene.row.state == scene.state() == "killing"
    scene.host.stop_session(scene.row.id)  # told already
    scene.frame()
    assert scene.state() == "killing"
    scene.frame(CLOSE)
    assert scene.state() == "killing"
    scene.frame(CLOSE + NS, {}, settlement=473_500)
    row = scene.over()
    assert (row.state, row.reason) == ("killed", "stopped on command")
    assert row.total_pl != 0
    with scene.store.reading() as tables:
        assert len(tables.journals.read_commands(row.id)) == 2


def test_a_session_stopped_before_its_first_frame_ends_in_it(scene):
    scene.host.stop_session(scene.row.id)
    assert scene.row.state == "killing"
    scene.frame()
    assert scene.over().state == "killed"


def test_strategy_errors_beyond_the_budget_pause_entries_first(scene):
    scene.frame()
    command(scene.host, scene.row.id, commands.strategy_error)
    scene.frame()
    assert scene.state() == "running"
    kinds = rows_of(scene.store, scene.row.id)[:, schema.JOURNAL_KIND].tolist()
    assert kinds == [schema.EVENT_STRATEGY_ERROR, schema.EVENT_ENTRIES_PAUSED]


def risky(store, **risk):
    policy = RiskPolicy(**risk).to_json()
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), risk=policy)])
    return bot


def test_strategy_errors_without_a_pause_fail_the_session(store):
    bot = risky(store, auto_pause_on_error=False)
    feed = HandFeed(DAY)
    with running(store, feed) as host:
        scene = Scene(store, host, feed, bot)
        scene.frame()
        command(host, scene.row.id, commands.strategy_error)
        scene.frame()
        row = scene.over()
    assert (row.state, row.final_cash) == ("failed", row.opening_cash)
    assert row.reason == "the strategy made more errors than its budget forgives"


def lose_half_a_percent(scene) -> None:
    """Buy calls at 25.20 and see them at 0.20: 25 points each of ten, 25,000 of 100,000."""
    scene.frame()
    scene.order("buy to open", 0, 10)
    scene.frame()


def test_the_daily_loss_flattens_and_halts(store):
    bot = risky(store, max_daily_loss_pct="0.0050")
    feed, hub = HandFeed(DAY), Hub()
    with running(store, feed, hub) as host:
        scene = Scene(store, host, feed, bot)
        lose_half_a_percent(scene)
        scene.frame(quotes={0: (10, 20)})
        assert scene.state() == "running"  # flattening
        scene.frame()
        row = scene.over()
        alerts = [each["kind"] for each in told(hub, "risk_alert")]
    assert (row.state, row.reason) == ("halted", "the daily loss reached its limit")
    assert set(alerts) == {"daily_loss_halt", "drawdown_warning"}
    assert row.final_cash < row.opening_cash
    assert verify_session(store, row.id).is_equal


def test_what_nobody_buys_halts_at_once_and_has_its_results_once_settled(store):
    bot = risky(store, max_daily_loss_pct="0.0050")
    feed = HandFeed(DAY)
    with running(store, feed) as host:
        scene = Scene(store, host, feed, bot)
        lose_half_a_percent(scene)
        scene.frame(quotes={0: (0, 5)})
        assert (scene.row.state, scene.row.final_nlv, scene.row.is_over) == ("halted", None, False)
        with pytest.raises(SessionTerminal):
            host.stop_session(scene.row.id)
        with pytest.raises(BotNotIdle):
            host.open_session(bot.id)
        scene.frame(CLOSE, {}, settlement=471_000)
        row = scene.over()
    assert row.state == "halted"
    assert row.realized_pl == 10 * (1_000 - 2_520) * DAY.multiplier


def test_a_session_is_scheduled_before_the_open_if_its_bot_wishes(store):
    wishing, other = add_bots(
        store,
        [
            bot_row(name := keep_strategy(store, IDLE), 1),
            bot_row(name, 2, wish="stopped"),
        ],
    )
    feed = HandFeed(DAY)
    feed.clock_ns = OPEN - 60 * NS
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, wishing.id), "the session")
        assert (row.state, row.opened_ns) == ("scheduled", OPEN - 60 * NS)
        with pytest.raises(OutsideTradingHours):
            host.open_session(other.id)
        feed.clock_ns = OPEN
        wait_for(lambda: session_of(store, wishing.id).state == "waiting_for_data", "the waiting")
        host.open_session(other.id)
        assert feed.is_released
        feed.send(hand_frame(OPEN, QUOTES))
        wait_for(lambda: session_of(store, wishing.id).state == "running", "the running")
        feed.send(hand_frame(CLOSE, {}, settlement=473_000))
        wait_for(lambda: session_of(store, wishing.id).is_over, "the end")
        with pytest.raises(OutsideTradingHours):
            host.open_session(other.id)


def test_a_session_that_leaves_before_the_open_hinders_no_other_at_it(store, monkeypatch):
    script = keep_strategy(store, WAITS, "script")
    refused, good = add_bots(store, [bot_row(script, 1), bot_row(keep_strategy(store, IDLE), 2)])

    def unavailable(_steps, _session, _strategy):
        raise ScriptsUnavailable("no place to run scripts in")

    monkeypatch.setattr(ScriptSteps, "open", unavailable)
    feed = HandFeed(DAY)
    feed.clock_ns = OPEN - 60 * NS
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, good.id), "the session")
        assert row.state == "scheduled"
        assert session_of(store, refused.id).state == "failed"
        feed.clock_ns = OPEN
        wait_for(
            lambda: session_of(store, good.id).state != "scheduled" or not host.status().is_healthy,
            "the open",
        )
        assert host.status().storage_trouble is None
        assert session_of(store, good.id).state == "waiting_for_data"


def test_a_wish_of_later_opens_a_session_too(store):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), wish="stopped")])
    feed = HandFeed(DAY)
    with running(store, feed, supervise_s=3_600) as host:
        wait_for(lambda: host.status().day, "the day")
        wait_for(lambda: host.status().heartbeat_ns, "the first look")
        assert session_of(store, bot.id) is None
        with store.transaction() as tables:
            tables.bots.change(bot.id, wish="running")
        host.wake()
        assert wait_for(lambda: session_of(store, bot.id), "the session").state
        with pytest.raises(NotFound):
            host.open_session("nobody")


def test_a_bot_that_cannot_open_hinders_no_other(store):
    name = keep_strategy(store, IDLE)
    poor, good, empty = add_bots(
        store,
        [
            bot_row(name, 1, cash_balance=0),
            bot_row(name, 2),
            bot_row(None, 3, wish="stopped"),
        ],
    )
    with running(store, HandFeed(DAY)) as host:
        wait_for(lambda: session_of(store, good.id), "the session")
        assert session_of(store, poor.id) is None
        with pytest.raises(RegisterFailed, match="expected more than 0"):
            host.open_session(poor.id)
        with pytest.raises(RegisterFailed, match="expected a strategy to run"):
            host.open_session(empty.id)


def test_a_stale_frame_fills_nothing(scene):
    scene.frame()
    scene.order("buy to open", 1)
    moment = OPEN + 100 * NS
    scene.frame(moment, arrival=moment + 6 * NS)
    assert not scene.host.live(scene.row.id).transactions
    scene.frame(moment + NS)
    assert len(scene.host.live(scene.row.id).transactions) == 1


def test_events_of_the_feed_are_kept_and_told(scene):
    event = HandFeed.gap_event(OPEN + NS)
    scene.feed.send(replace(hand_frame(OPEN + NS, QUOTES), events=(event,)))
    wait_for(lambda: scene.host.status().frames == 1, "the frame")
    with scene.store.reading() as tables:
        (kept,) = tables.feed_events.read("hand", DAY.day)
    assert (kept.kind, kept.count, kept.detail) == (event.kind, event.count, event.detail)


def test_the_next_day_opens_with_the_cash_of_the_day_before(store):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    later = hand_day(date(2024, 1, 3))
    feed = HandFeed(DAY, later)
    with running(store, feed) as host:
        scene = Scene(store, host, feed, bot)
        scene.frame()
        scene.order("buy to open", 1)
        scene.frame()
        scene.frame(CLOSE, {}, settlement=473_500)
        first = scene.over()
        with pytest.raises((OutsideTradingHours, LiveTradingUnavailable)):
            host.open_session(bot.id)
        feed.end_day()
        second = wait_for(lambda: session_of(store, bot.id, later.day), "the next session")
        assert second.opening_cash == first.final_cash
        assert np.array_equal(rows_of(store, second.id), np.zeros((0, schema.JOURNAL_WIDTH)))
