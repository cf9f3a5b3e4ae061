"""A script over a day: proved by its replay, the same twice, seen the same again, recovered."""

from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.risk import RiskPolicy
from forven.engine.session import SessionRun, run_day
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.strategies.compiler import compile_strategy
from forven.strategies.examples import examples_folder
from forven.strategies.script import backtest
from forven.strategies.script.backtest import run_script
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.source import parse_script, read_script
from forven.strategies.structured import parse_strategy
from tests.engine.conftest import CASH, coarse_day, spread_document  # noqa: F401 - a fixture
from tests.strategies.script.made_scripts import on_frame, script_of, unchecked

STRANGLE = read_script(examples_folder() / "script_strangle.py")
RANGE = read_script(examples_folder() / "script_opening_range.py")
LIVE = SessionPolicy(fills=FillModel.preset("live")).plan_row(CASH)


@pytest.fixture(scope="module")
def strangle(coarse_day):  # noqa: F811
    return run_script(STRANGLE, coarse_day, LIVE, CASH)


def test_the_strangle_trades_and_says_what_it_does(strangle):
    assert strangle.session.state[schema.STATE_FILLS] == 2
    assert strangle.session.state[schema.STATE_STATUS] == schema.STATUS_COMPLETED
    assert strangle.session.profit != 0
    texts = [decision.text for decision in strangle.decisions]
    assert texts == ["session opens", "enters", "fill", "exit", "fill"]
    assert not strangle.is_given_up


def test_the_journal_is_that_of_a_plain_run_with_its_commands(strangle, coarse_day):  # noqa: F811
    (result,) = run_day(coarse_day, strangle.plan[None], [CASH], strangle.commands)
    assert result.digest == strangle.session.digest
    assert len(strangle.commands) == 2


def test_an_order_can_fill_from_the_frame_after_its_decision(strangle):
    rows = strangle.session.rows
    placed = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED, schema.JOURNAL_TS]
    decided = strangle.commands[:, schema.COMMAND_DUE] - 1
    assert_array_equal(placed, decided + 30 * 10**9)


@pytest.mark.parametrize("script", [STRANGLE, RANGE], ids=["strangle", "opening range"])
@pytest.mark.parametrize("preset", ["live", "backtest", "half", "natural"])
def test_a_run_is_the_same_twice(coarse_day, script, preset):  # noqa: F811
    plan = SessionPolicy(fills=FillModel.preset(preset)).plan_row(CASH)
    one, two = (run_script(script, coarse_day, plan, CASH) for _ in range(2))
    assert one.session.digest == two.session.digest
    assert one.decisions == two.decisions
    assert_array_equal(one.commands, two.commands)
    assert one.session.state[schema.STATE_FILLS] > 0


CHANCE = """
import random
from datetime import datetime
class Made:
    def on_frame(self, ctx):
        names = {str(n) for n in range(20)}
        own = random.Random()
        ctx.log(random.random(), own.random(), random.sample(range(99), 3), list(names)[:3])
        ctx.log(hash("a"), datetime(2024, 1, 2) - datetime(2023, 1, 1))
"""


def test_chance_and_sets_are_the_same_in_every_run(coarse_day):  # noqa: F811
    script = parse_script(CHANCE)
    one, two = (run_script(script, coarse_day, LIVE, CASH).decisions for _ in range(2))
    assert one == two
    assert len({decision.text for decision in one}) > len(one) // 2
    other = run_script(script, coarse_day, LIVE, CASH, seed=1).decisions
    assert other[0].text != one[0].text


SAMPLES = """
import statistics
class Made:
    def on_frame(self, ctx):
        ctx.log(statistics.NormalDist().samples(2))
"""


@pytest.mark.parametrize("imports", ["", "import random\n"])
def test_chance_that_a_module_takes_by_itself_is_the_same_in_every_run(coarse_day, imports):  # noqa: F811
    script = parse_script(imports + SAMPLES)
    one, two = (run_script(script, coarse_day, LIVE, CASH).decisions for _ in range(2))
    assert one == two
    assert len({decision.text for decision in one}) == len(one)
    other = run_script(script, coarse_day, LIVE, CASH, seed=1).decisions
    assert other[0].text != one[0].text


def test_cost_and_money_are_the_engines(coarse_day):  # noqa: F811
    """A script that trades in and out says in every frame what the kernel's state says."""
    source = """
class Made:
    def __init__(self):
        self.n = 0
    def on_frame(self, ctx):
        self.n += 1
        put = ctx.chain.nearest("put", ctx.spot - 20)
        if self.n % 9 == 1 and self.n < 200:
            held = ctx.position(put)
            if held is None or held.quantity > 0:
                ctx.place(put.buy_to_open(1 + self.n % 3), kind="market")
        if self.n % 40 == 5 and self.n < 200:
            short, wing = (ctx.chain.nearest("call", ctx.spot + away) for away in (20, 30))
            legs = [short.sell_to_open(1 + self.n % 2), wing.buy_to_open(1 + self.n % 2)]
            ctx.place(legs, ctx.quote(legs).natural)
        if self.n % 31 == 0 and ctx.positions and self.n < 500:
            position = ctx.positions[0]
            ctx.place(position.closing_leg((abs(position.quantity) + 1) // 2), kind="market")
        held = [(p.option.number, p.quantity, p.cost_micros) for p in ctx.positions]
        ctx.signal("account", held=held, cash=ctx.cash, value=ctx.net_liquidation_value)
"""
    plan = SessionPolicy(fills=FillModel.preset("natural")).plan_row(CASH)
    result = run_script(parse_script(source), coarse_day, plan, CASH)
    assert result.session.state[schema.STATE_FILLS] > 10
    run = SessionRun(coarse_day, result.plan[None], [CASH], result.commands)
    most = shorts = 0
    for number, decision in enumerate(result.decisions):
        run.advance(number + 1)
        (state,) = run.states
        count = int(state[schema.STATE_HOLDING_COUNT])
        flat = state[schema.STATE_HEADER_WIDTH :][: count * schema.HOLDING_WIDTH]
        assert decision.data["held"] == flat.reshape(count, schema.HOLDING_WIDTH).tolist()
        assert Decimal(decision.data["cash"]) * 10**6 == int(state[schema.STATE_CASH])
        assert Decimal(decision.data["value"]) * 10**6 == int(state[schema.STATE_NLV])
        most = max(most, count)
        shorts += bool((flat[schema.HOLDING_QUANTITY :: schema.HOLDING_WIDTH] < 0).any())
    assert most > 3
    assert shorts > 100
    assert number == coarse_day.frame_count - 2


BUSY = """
class Made:
    def __init__(self):
        self.n = 0
    def on_frame(self, ctx):
        self.n += 1
        ctx.log(self.n, len(ctx.orders), ctx.cash, ctx.net_liquidation_value, len(ctx.events))
        if self.n % 7 == 3:
            put = ctx.chain.nearest("put", ctx.spot - 20)
            if put.bid_quanta > 10:
                ctx.place(put.buy_to_open(), ctx.snap(-put.mid, put.buy_to_open()))
        if self.n % 50 == 49:
            ctx.cancel_all()
        if self.n % 100 == 60:
            1 / 0
"""


@pytest.mark.parametrize(("turns", "frames"), [(0, 64), (1, 64), (20, 64), (200, 7), (200, 1_000)])
@pytest.mark.parametrize("script", [STRANGLE, RANGE, parse_script(BUSY)], ids=["s", "r", "busy"])
def test_running_ahead_changes_nothing(coarse_day, monkeypatch, script, turns, frames):  # noqa: F811
    policy = SessionPolicy(fills=FillModel.preset("live"), risk=RiskPolicy(error_budget=5))
    expected = run_script(script, coarse_day, policy.plan_row(CASH), CASH)
    monkeypatch.setattr(backtest, "_TURNS_MAX", turns)
    monkeypatch.setattr(backtest, "_FRAMES_AHEAD", frames)
    found = run_script(script, coarse_day, policy.plan_row(CASH), CASH)
    assert found.session.digest == expected.session.digest
    assert found.decisions == expected.decisions
    assert_array_equal(found.commands, expected.commands)
    assert_array_equal(found.session.financials, expected.session.financials)


def test_a_process_that_dies_is_run_frame_by_frame(coarse_day):  # noqa: F811
    source = on_frame(
        "ctx.log(ctx.clock)",
        "if ctx.clock.hour == 12 and ctx.clock.minute == 0: reach('_exit')(1)",
    )
    result = run_script(unchecked(source), coarse_day, LIVE, CASH)
    errors = [entry for entry in result.decisions if entry.kind == "error"]
    assert [entry.data["crash"] for entry in errors] == [1, 2]  # frames are half a minute apart
    assert len(result.decisions) == coarse_day.frame_count - 1
    assert result.session.state[schema.STATE_ERRORS] == 2


def test_a_frame_has_the_same_time_ahead_as_alone(coarse_day):  # noqa: F811
    lines = ("ctx.log(ctx.clock)", "is_noon = (ctx.clock.hour, ctx.clock.minute) == (12, 0)")
    script = script_of(*lines, "if is_noon and ctx.clock.second == 0: sum(range(60_000_000))")
    limits = ScriptLimits(call_cpu_ms=100)
    result = run_script(script, coarse_day, LIVE, CASH, script_limits=limits)
    (error,) = [entry for entry in result.decisions if entry.kind == "error"]
    assert "expected at most 100 ms of processor time" in error.text
    assert len(result.decisions) == coarse_day.frame_count - 1


def test_errors_spend_the_budget_and_end_as_the_policy_says(coarse_day):  # noqa: F811
    script = script_of("if ctx.clock.hour == 11: 1 / 0")
    risk = RiskPolicy(error_budget=3, auto_pause_on_error=False)
    plan = SessionPolicy(fills=FillModel.preset("live"), risk=risk).plan_row(CASH)
    result = run_script(script, coarse_day, plan, CASH)
    assert result.session.state[schema.STATE_STATUS] == schema.STATUS_FAILED
    assert result.session.state[schema.STATE_ERRORS] == 4
    errors = [decision for decision in result.decisions if decision.kind == "error"]
    assert len(errors) == 4  # the fourth is beyond the budget in the frame after it


def test_a_plan_with_a_structured_strategy_is_refused(coarse_day):  # noqa: F811
    plan = LIVE.copy()
    compile_strategy(parse_strategy(spread_document("0.10")), coarse_day.bounds, plan)
    with pytest.raises(InvalidInput, match="expected one without a structured strategy"):
        run_script(STRANGLE, coarse_day, plan, CASH)


def test_many_orders_in_one_frame_keep_their_handles(coarse_day):  # noqa: F811
    source = on_frame(
        "if ctx.clock.hour < 10: return",
        "if self.sent is None:",
        "    puts = [put for put in ctx.chain.puts if put.bid_quanta > 0][:6]",
        "    self.sent = [(put, ctx.place(put.buy_to_open(), kind='market')) for put in puts]",
        "elif not self.told:",
        "    self.told = True",
        "    ctx.log([order.legs[0].option is put for put, order in self.sent])",
        "    ctx.log([order.status for put, order in self.sent], [o.id for p, o in self.sent])",
    )
    source += "    def on_session(self, ctx):\n        self.sent, self.told = None, False\n"
    result = run_script(parse_script(source), coarse_day, LIVE, CASH)
    texts = [decision.text for decision in result.decisions]
    assert texts == [str([True] * 6), f"{['filled'] * 6} {[1, 2, 3, 4, 5, 6]}"]
    assert np.all(result.commands[:, schema.COMMAND_KIND] == schema.COMMAND_PLACE)
