"""Script bots: live they do what they do in a backtest, and a crash between changes nothing."""

from datetime import date

import numpy as np
import pytest

from forven.bots.opening import policy_of
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.kernels import schema
from forven.market.calendar import trading_calendar
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.store.store import Store
from forven.strategies.examples import examples_folder
from forven.strategies.script.backtest import ScriptResult, run_script
from forven.strategies.script.source import ScriptStrategy, parse_script, read_script
from tests.bots.houses import (
    CASH,
    DAY,
    IDLE,
    NS,
    GatedFeed,
    HandFeed,
    add_bots,
    bot_row,
    command,
    feed_of,
    hand_day,
    hand_frame,
    is_over,
    keep_strategy,
    rows_of,
    running,
    session_of,
    taken,
    wait_for,
)

STRANGLE = read_script(examples_folder() / "script_strangle.py")


@pytest.fixture(scope="module")
def backtest(tmp_path_factory) -> ScriptResult:
    """The strangle over the feed's first day."""
    return backtested(STRANGLE, tmp_path_factory.mktemp("calendar"))


def backtested(script: ScriptStrategy, folder) -> ScriptResult:
    """A script over the feed's first day."""
    bounds = trading_calendar(folder).bounds(DAY)
    day = build_day(synthetic_day(SyntheticSpec(seed=7, frame_seconds=60), 0, bounds), bounds)
    plan = policy_of(bot_row(script.hash)).plan_row(CASH)
    return run_script(script, day, plan, CASH)


def script_bots(store: Store, count: int = 1) -> list:
    name = keep_strategy(store, STRANGLE.program_text(), "script")
    return add_bots(store, [bot_row(name, number) for number in range(1, count + 1)])


def day_feed(folder):
    return feed_of(folder, last=date(2024, 1, 2))


def assert_as_backtested(store: Store, bot, backtest: ScriptResult) -> None:
    row = session_of(store, bot.id)
    assert row.digest == backtest.session.digest
    with store.reading() as tables:
        kept = tables.journals.command_array(row.id)
        decisions = tables.decisions.read(row.id)
        origins = {each.origin for each in tables.journals.read_commands(row.id)}
    assert np.array_equal(kept, backtest.commands)
    assert origins == {"script"}
    said = [(each.ts, each.kind, each.text, each.data) for each in backtest.decisions]
    assert [(each.ts, each.kind, each.text, each.data) for each in decisions] == said
    assert [each.number for each in decisions] == list(range(1, len(said) + 1))
    assert verify_session(store, row.id).is_equal


def test_script_bots_do_live_what_they_do_in_a_backtest(store, ticks_folder, backtest):
    bots = script_bots(store, 2)
    with running(store, day_feed(ticks_folder)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    assert backtest.session.state[schema.STATE_FILLS] == 2
    for bot in bots:
        assert_as_backtested(store, bot, backtest)


HUGE = """
class Made:
    def on_session(self, ctx):
        self.order = self.small = None
    def on_frame(self, ctx):
        if ctx.clock.hour == 10 and self.order is None:
            legs = [option.buy_to_open(1_000_000) for option in ctx.chain.calls[:8]]
            self.order = ctx.place(legs, "-0.05")
            self.small = ctx.place(ctx.chain.puts[0].buy_to_open(), kind="market")
        elif self.order is not None and self.small.status == "filled":
            ctx.log(self.order.status, self.order.reason, self.small.id)
            self.small = self.order
"""


@pytest.fixture(scope="module")
def huge(tmp_path_factory) -> ScriptResult:
    """A script that once asks for more than money may hold, over the feed's first day."""
    return backtested(parse_script(HUGE), tmp_path_factory.mktemp("calendar"))


def test_an_order_that_money_cannot_hold_is_dropped_live_as_in_a_backtest(
    store, ticks_folder, huge
):
    texts = [(each.kind, each.text[:14]) for each in huge.decisions]
    assert texts == [("error", "order dropped:"), ("log", "refused bad_qu")]
    assert huge.session.state[schema.STATE_ERRORS] == 1
    assert huge.session.state[schema.STATE_FILLS] == 1
    name = keep_strategy(store, HUGE, "script")
    (bot,) = add_bots(store, [bot_row(name)])
    with running(store, day_feed(ticks_folder)):
        wait_for(lambda: is_over(store, [bot]), "the end of the day")
    assert session_of(store, bot.id).state == "completed"
    assert_as_backtested(store, bot, huge)


def test_a_script_goes_on_after_a_restart_as_if_there_had_been_none(store, ticks_folder, backtest):
    bots = script_bots(store)
    for more, frames in ((50, 50), (70, 120)):
        with running(store, GatedFeed(day_feed(ticks_folder), more)) as host:
            wait_for(lambda count=frames: taken(host, count), "some frames")
            assert not is_over(store, bots)
    with running(store, day_feed(ticks_folder)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    assert_as_backtested(store, bots[0], backtest)


def test_a_script_sees_what_its_user_does(store, ticks_folder):
    (bot,) = script_bots(store)
    feed = GatedFeed(day_feed(ticks_folder), 60)
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, bot.id), "the session")
        wait_for(lambda: taken(host, 60), "the time after the entry")
        command(host, row.id, lambda due: commands.cancel(due, 77))
        host.stop_session(row.id)
        feed.open()
        wait_for(lambda: is_over(store, [bot]), "the end of the session")
    ended = session_of(store, bot.id)
    assert ended.state == "killed"
    kinds = rows_of(store, row.id)[:, schema.JOURNAL_KIND]
    assert schema.EVENT_COMMAND_REFUSED in kinds
    assert schema.EVENT_STOPPED in kinds
    assert verify_session(store, row.id).is_equal


NULS = """class Nuls:
    def on_session(self, ctx):
        self.count = 0

    def on_frame(self, ctx):
        self.count += 1
        zero = chr(0)
        if self.count == 1:
            ctx.log("a" + zero + "b", **{"k" + zero: [{"n" + zero: zero}]})
            ctx.signal("s" + zero)
        if self.count == 2:
            raise ValueError("e" + zero)
"""


def test_a_log_that_no_database_holds_stops_neither_its_bot_nor_the_one_beside(store):
    (noisy,) = add_bots(store, [bot_row(keep_strategy(store, NULS, "script"), 1)])
    (beside,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), 2)])
    day = hand_day()
    feed = HandFeed(day)
    with running(store, feed) as host:
        row = wait_for(lambda: session_of(store, noisy.id), "the session")
        for number in range(1, 4):
            feed.send(hand_frame(day.bounds.open_ns + number * NS))
        wait_for(lambda: taken(host, 3), "the frames")
        assert host.status().storage_trouble is None
        assert host.live(session_of(store, beside.id).id).state_name == "running"
    with store.reading() as tables:
        said = tables.decisions.read(row.id)
    assert [each.text for each in said[:2]] == ["a\ufffdb", "s\ufffd"]
    assert said[0].data == {"k\ufffd": [{"n\ufffd": "\ufffd"}]}
    assert said[2].kind == "error"
    assert "e\ufffd" in said[2].text
    with running(store, HandFeed(day)) as host:  # and the next start goes on from there
        wait_for(lambda: taken(host, 3), "the frames of before")
        assert host.status().is_healthy
