"""Orders that money cannot hold: refused before they go anywhere, exactly where the kernel does."""

from random import Random

import numpy as np
import pytest

from forven.engine import commands
from forven.engine.live import LiveRun
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.strategies.script.exposure import Exposure
from forven.strategies.script.frames import TakenCommand
from forven.strategies.script.recovery import recover
from forven.strategies.script.source import parse_script
from tests.strategies.script.made_scripts import (
    CASH,
    INSTRUMENTS,
    SYMBOLS,
    frame_at,
    made_day,
    on_frame,
    script_of,
    unchecked,
)
from tests.strategies.script.test_driver import kinds, placed, texts
from tests.strategies.script.test_recovery import record_of

MOST = 1_000_000
DAY = made_day()


def order(due_ns, quantity, action="buy to open", price="0.05"):
    leg = commands.Leg(instrument=SYMBOLS[0], quantity=quantity, action=action)
    given = commands.Order(kind="limit", legs=(leg,), price=price)
    return commands.place(due_ns, given, DAY)


def refusal_by(run, bot, row):
    try:
        run.command(bot, row)
    except InvalidInput as cause:
        return str(cause)
    return None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_refused_is_what_a_live_run_refuses(seed):
    chance = Random(seed)
    exposure = Exposure(DAY)
    run = LiveRun(DAY.multiplier, DAY.bounds, INSTRUMENTS)
    bot = run.add(DAY.plan_row, CASH)
    refused = 0
    for due_ns in range(150):
        quantity = chance.choice([1, 1_000, MOST // 20, MOST // 4, MOST, 2 * MOST])
        action = chance.choice(["buy to open", "sell to open", "buy to close"])
        row = chance.choice([order(due_ns, quantity, action), commands.cancel_all(due_ns)])
        reason = exposure.refusal(row)
        assert refusal_by(run, bot, row) == (reason and f"command refused: {reason}")
        refused += reason is not None
        if reason is None:
            exposure.add(row)
    assert 0 < refused < 150


BIG = """
class Made:
    def on_session(self, ctx):
        self.orders = []
    def on_frame(self, ctx):
        call = ctx.chain.calls[0]
        if ctx.clock.second in (1, 3):
            for quantity in (1, 1_000_000, 2):
                self.orders.append(ctx.place(call.sell_to_open(quantity), '1.60'))
        ctx.log([(order.status, order.id) for order in self.orders])
"""


def frames_with_orders(session):
    """Five frames in which the engine takes what a script sends; and what it said in each."""
    frames, outcomes, sent, number = [], [], [], 0
    for second in range(5):
        ts = frame_at(second).ts
        rows = []
        for row in sent:
            number += 1
            rows.extend(placed(ts, number, row).tolist())
        changes = {"rows": np.array(rows, np.int64)} if rows else {}
        taken = tuple(TakenCommand(row=row, is_own=True) for row in sent)
        frames.append(frame_at(second, taken=taken, **changes))
        outcomes.append(session.frame(frames[-1]))
        sent = [row for row in outcomes[-1].commands if row[1] == schema.COMMAND_PLACE]
    return frames, outcomes


def test_an_order_that_is_dropped_is_told_and_those_beside_it_keep_their_handles(opened):
    _, outcomes = frames_with_orders(opened(parse_script(BIG)))
    errors = [each for each in outcomes[1].decisions if each.kind == "error"]
    assert [each.data for each in errors] == [{"dropped": True}]
    assert errors[0].text.startswith("order dropped: plans: expected contracts of bot 0 of at most")
    place, error = schema.COMMAND_PLACE, schema.COMMAND_ERROR
    assert kinds(outcomes[1]) == kinds(outcomes[3]) == [place, place, error]
    refused = ("refused", None)
    assert texts(outcomes[2]) == [str([("pending", 1), refused, ("pending", 2)])]
    both = [("pending", 1), refused, ("pending", 2), ("pending", 3), refused, ("pending", 4)]
    assert texts(outcomes[4]) == [str(both)]


def test_a_session_with_dropped_orders_is_recovered(opened):
    frames, outcomes = frames_with_orders(opened(parse_script(BIG)))
    for cut in range(1, 6):
        session = opened(parse_script(BIG))
        kept = record_of(outcomes[:cut])
        assert recover(session, frames[:cut], kept).commands == []
        assert [session.frame(frame) for frame in frames[cut:]] == outcomes[cut:]


def test_orders_of_the_user_count_too(opened):
    half = MOST // 2 + 1
    lines = f"ctx.place(ctx.chain.calls[0].buy_to_open({half}), '-0.05')"
    script = script_of(f"if ctx.clock.second == 1: {lines}")
    alone = opened(script)
    alone.frame(frame_at(0))
    assert kinds(alone.frame(frame_at(1))) == [schema.COMMAND_PLACE]
    theirs = (TakenCommand(row=order(0, half), is_own=False),)
    frames = [frame_at(0, taken=theirs), frame_at(1)]
    beside = opened(script)
    outcomes = [beside.frame(frame) for frame in frames]
    assert kinds(outcomes[1]) == [schema.COMMAND_ERROR]
    assert recover(opened(script), frames, record_of(outcomes)).decisions == []


def test_orders_before_a_death_count_after_it(opened):
    half = MOST // 2 + 1
    buy = f"ctx.place(ctx.chain.calls[0].buy_to_open({half}), '-0.05')"
    lines = (f"if ctx.clock.second in (0, 2): {buy}", "if ctx.clock.second == 1: reach('_exit')(1)")
    script = unchecked(on_frame(*lines))
    session = opened(script)
    frames = [frame_at(second) for second in range(4)]
    outcomes = [session.frame(frame) for frame in frames]
    expected = [[schema.COMMAND_PLACE], [schema.COMMAND_ERROR], [schema.COMMAND_ERROR], []]
    assert [kinds(outcome) for outcome in outcomes] == expected
    again = opened(script)
    assert recover(again, frames, record_of(outcomes)).decisions == []
