"""A script in its session: orders and their ids, errors and crashes, the log's room, the close."""

from dataclasses import fields

import numpy as np
import pytest

from forven.engine import commands
from forven.kernels import schema
from forven.strategies.script import counts, limits
from forven.strategies.script.frames import TakenCommand
from forven.strategies.script.limits import ScriptLimits
from tests.strategies.script.made_scripts import (
    BOUNDS,
    NO_ROWS,
    SYMBOLS,
    frame_at,
    made_day,
    on_frame,
    script_of,
    unchecked,
)

ERROR = schema.COMMAND_ERROR
CRASH = "'a' * 10**18 if False else reach('_exit')(1)"


def texts(outcome):
    return [decision.text for decision in outcome.decisions]


def kinds(outcome):
    return [row[schema.COMMAND_KIND] for row in outcome.commands]


def event(frame, kind, order, *values):
    row = [0, 0, frame, kind, order, *values, *[0] * 6]
    return row[: schema.JOURNAL_WIDTH]


def placed(ts, order, row):
    """What the kernel journals where it takes a command that places an order of one leg."""
    at = schema.COMMAND_LEGS
    ratio, effect = row[at + 1], row[at + 2]
    rows = [
        event(ts, schema.EVENT_ORDER_PLACED, order, row[3], row[4], row[5], 1, effect, 0),
        event(ts, schema.EVENT_ORDER_LEG, order, 0, row[at], ratio, effect),
    ]
    return np.array(rows, np.int64)


def test_what_is_written_comes_back_in_the_order_in_which_it_was(opened):
    script = script_of(
        "ctx.log('a', 1, level='debug', n=2)",
        "ctx.signal('b', price=ctx.spot)",
        "ctx.log('c')",
    )
    outcome = opened(script).frame(frame_at(0))
    assert [(d.kind, d.level, d.text, d.data) for d in outcome.decisions] == [
        ("log", "debug", "a 1", {"n": 2}),
        ("signal", "info", "b", {"price": "5300.50"}),
        ("log", "info", "c", None),
    ]
    assert {decision.ts for decision in outcome.decisions} == {BOUNDS.open_ns}
    assert outcome.commands == []


def test_an_order_becomes_the_command_that_the_engine_makes_of_it(opened):
    script = script_of(
        "put = ctx.chain.puts[0]",
        "call, wing = ctx.chain.calls",
        "ctx.place([call.sell_to_open(2), wing.buy_to_open(4)], '-1.25', repriced=False)",
        "ctx.place(put.buy_to_open(), kind='market')",
        "ctx.place(put.sell_to_open(3), Decimal('3.10'), kind='stop')",
        "ctx.cancel_all()",
        before="from decimal import Decimal\n",
    )
    day = made_day()
    outcome = opened(script, day).frame(frame_at(5))
    due = BOUNDS.open_ns + 5 * 10**9 + 1
    call, wing, put = SYMBOLS
    legs = (
        commands.Leg(instrument=call, quantity=2, action="sell to open"),
        commands.Leg(instrument=wing, quantity=4, action="buy to open"),
    )
    spread = commands.Order(kind="limit", legs=legs, price="1.25", effect="debit")
    market = commands.Order(
        kind="market", legs=(commands.Leg(instrument=put, quantity=1, action="buy to open"),)
    )
    stop = commands.Order(
        kind="stop",
        legs=(commands.Leg(instrument=put, quantity=3, action="sell to open"),),
        price="3.10",
    )
    assert outcome.commands == [
        commands.place(due, spread, day, repriced=False),
        commands.place(due, market, day),
        commands.place(due, stop, day),
        commands.cancel_all(due),
    ]


WATCHER = """
class Made:
    def __init__(self):
        self.order = None
    def on_frame(self, ctx):
        if self.order is None:
            self.order = ctx.place(ctx.chain.puts[0].sell_to_open(), '1.60')
        elif self.order.status == "pending" and ctx.clock.second == 2:
            ctx.replace(self.order, '1.55')
        elif self.order.status == "pending" and ctx.clock.second == 3:
            ctx.cancel(self.order)
        ctx.log(self.order.status, self.order.id, self.order.price, len(ctx.orders),
                [event.kind for event in ctx.events])
    def on_fill(self, ctx, fill):
        ctx.log("fill", fill.order is self.order, fill.price, fill.quantity, fill.legs[0].change,
                ctx.positions[0].quantity, ctx.positions[0].cost)
"""


def test_an_order_is_followed_from_sent_to_filled(opened):
    session = opened(unchecked(WATCHER))
    outcome = session.frame(frame_at(0))
    assert texts(outcome) == ["sent None 1.60 1 []"]
    (row,) = outcome.commands
    ts = BOUNDS.open_ns + 10**9
    taken = (TakenCommand(row=row, is_own=True),)
    outcome = session.frame(frame_at(1, rows=placed(ts, 7, row), taken=taken))
    assert texts(outcome) == ["pending 7 1.60 1 []"]
    outcome = session.frame(frame_at(2))
    assert outcome.commands == [commands.replace(ts + 10**9 + 1, 7, 155)]
    replaced = [event(ts, schema.EVENT_ORDER_REPLACED, 7, 160, 155, 0, 0, 155, schema.REASON_USER)]
    outcome = session.frame(frame_at(3, rows=np.array(replaced)))
    assert texts(outcome) == ["pending 7 1.55 1 ['order_replaced']"]
    assert outcome.commands == [commands.cancel(ts + 2 * 10**9 + 1, 7)]
    filled = [
        event(ts, schema.EVENT_ORDER_FILLED, 7, 157, 1, 1_720_000, 0, 0, 155),
        event(ts, schema.EVENT_LEG_FILLED, 7, 0, 2, -1, 157, 1_720_000, -1),
    ]
    outcome = session.frame(frame_at(4, rows=np.array(filled)))
    assert texts(outcome) == [
        "fill True 1.57 1 -1 -1 -157.00",
        "filled 7 1.55 0 ['order_filled']",
    ]


def test_orders_of_others_are_not_taken_for_the_scripts_own(opened):
    session = opened(unchecked(WATCHER))
    (row,) = session.frame(frame_at(0)).commands
    ts = BOUNDS.open_ns + 10**9
    taken = (TakenCommand(row=row, is_own=False), TakenCommand(row=row, is_own=True))
    rows = np.concatenate([placed(ts, 3, row), placed(ts, 4, row)])
    assert texts(session.frame(frame_at(1, rows=rows, taken=taken))) == ["pending 4 1.60 2 []"]


def test_an_order_that_did_not_arrive_is_refused_with_the_reason(opened):
    source = on_frame("o = ctx.place(ctx.chain.puts[0].sell_to_open(), '1.60')", "self.last = o")
    source += "    def on_session(self, ctx):\n        self.last = None\n"
    source = source.replace(
        "o = ctx", "if self.last: ctx.log(self.last.status, self.last.reason)\n        o = ctx"
    )
    session = opened(unchecked(source))
    (row,) = session.frame(frame_at(0)).commands
    refused = [
        event(0, schema.EVENT_COMMAND_REFUSED, -1, schema.COMMAND_PLACE, schema.REASON_NOT_RUNNING)
    ]
    taken = (TakenCommand(row=row, is_own=True),)
    outcome = session.frame(frame_at(1, rows=np.array(refused), taken=taken))
    assert texts(outcome) == ["refused not_running"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero (on_frame, line 4)"),
        ("ctx.nothing", "AttributeError: 'Context' object has no attribute 'nothing'"),
        ("ctx.place([])", "InvalidOrder: legs: expected 1 to 8 legs"),
        ("ctx.place(ctx.chain.puts[0].sell_to_open(0), '1')", "InvalidOrder: quantity: expected a"),
        ("ctx.place(ctx.chain.puts[0].sell_to_open(), '1.02')", "the nearest are 1.00 and 1.05"),
        ("ctx.place(ctx.chain.puts[0].sell_to_open(), 1.5)", "found float; floats are not exact"),
        ("ctx.place(ctx.chain.puts[0].sell_to_open())", "price: expected a price for a limit"),
        ("ctx.place([leg, leg], '1')", "expected an option once, found one twice"),
        (
            "ctx.place([leg, ctx.chain.calls[0].sell_to_open()], kind='market')",
            "takes one, found 2",
        ),
        ("ctx.cancel(3)", "InvalidOrder: order: expected an order, found int"),
        ("ctx.log('a', level='loud')", "InvalidInput: level: expected debug, info"),
        ("ctx.log('a', x=object)", "InvalidInput: data: expected numbers, texts"),
        (
            "ctx.signal('a', x=['b' * 1_999] * 3)",
            "InvalidInput: data: expected at most 4000 characters",
        ),
        ("getattr(ctx, '__class__')", "NameRefused: attribute: expected a public name"),
        ("[ctx.log('a') for _ in range(101)]", "InvalidInput: log: expected at most 100 entries"),
        ("[ctx.cancel_all() for _ in range(51)]", "commands: expected at most 50 a frame"),
    ],
)
def test_what_a_script_does_wrong_is_its_error(opened, line, error):
    lines = ("leg = ctx.chain.puts[0].sell_to_open()", line) if "[leg" in line else (line,)
    outcome = opened(script_of(*lines)).frame(frame_at(0))
    found = outcome.decisions[-1]
    assert (found.kind, found.level) == ("error", "error")
    assert error in found.text
    assert outcome.commands[-1] == commands.strategy_error(BOUNDS.open_ns + 1)
    assert kinds(outcome).count(ERROR) == 1


def test_after_an_error_the_script_goes_on(opened):
    script = script_of("self.n = getattr(self, 'n', 0) + 1", "ctx.log(self.n)", "1 / (self.n % 2)")
    session = opened(script)
    found = [texts(session.frame(frame_at(second))) for second in range(4)]
    assert [len(entry) for entry in found] == [1, 2, 1, 2]
    assert [entry[0] for entry in found] == ["1", "2", "3", "4"]


def test_a_script_that_fails_in_its_own_lines_is_given_up(opened):
    session = opened(unchecked("1 / 0\n" + on_frame("pass")), made_day(error_budget=4))
    outcomes = [session.frame(frame_at(second)) for second in range(4)]
    assert "ZeroDivisionError" in texts(outcomes[0])[0]
    assert [d.data for o in outcomes for d in o.decisions] == [
        {"crash": 1, "given_up": False},
        {"crash": 2, "given_up": False},
        {"crash": 3, "given_up": True},
    ]
    assert [kinds(outcome) for outcome in outcomes] == [[ERROR], [ERROR], [ERROR] * 3, []]
    assert session.is_given_up
    assert session.pid is None


def test_no_text_of_a_script_holds_what_a_database_cannot(opened):
    session = opened(unchecked("raise ValueError('a' + chr(0))\n" + on_frame("pass")))
    assert "ValueError: a\ufffd (" in texts(session.frame(frame_at(0)))[0]
    session = opened(script_of("ctx.log('b' + chr(0))", "raise ValueError('c' + chr(0))"))
    assert [text[:14] for text in texts(session.frame(frame_at(0)))] == [
        "b\ufffd",
        "ValueError: c\ufffd",
    ]


def test_a_process_that_died_is_replaced_and_knows_the_account(opened):
    lines = (
        "ctx.log(len(ctx.positions), len(ctx.orders), getattr(self, 'n', 0))",
        "self.n = 1",
        f"if ctx.clock.second == 2: {CRASH}",
    )
    source = on_frame(*lines) + "    def on_session(self, ctx):\n        ctx.log('opens')\n"
    session = opened(unchecked(source))
    row = commands.place(
        0,
        commands.Order(
            kind="limit",
            legs=(commands.Leg(instrument=SYMBOLS[2], quantity=1, action="sell to open"),),
            price="1.60",
        ),
        made_day(),
    )
    filled = [
        event(0, schema.EVENT_ORDER_FILLED, 1, 157, 1, 0, 0, 0, 155),
        event(0, schema.EVENT_LEG_FILLED, 1, 0, 2, -1, 157, 0, -1),
    ]
    first = session.frame(frame_at(0, rows=np.concatenate([placed(0, 1, row), placed(0, 2, row)])))
    assert texts(first) == ["opens", "0 2 0"]
    assert texts(session.frame(frame_at(1, rows=np.array(filled)))) == ["1 1 1"]
    crashed = session.frame(frame_at(2))
    assert crashed.decisions[0].data == {"crash": 1, "given_up": False}
    assert kinds(crashed) == [ERROR]
    assert texts(session.frame(frame_at(3))) == ["opens", "1 1 0"]


def test_too_many_errors_end_the_script_and_spend_the_budget(opened, monkeypatch):
    monkeypatch.setattr("forven.strategies.script.driver.ERRORS_MAX", 5)
    session = opened(script_of("1 / 0"), made_day(error_budget=9))
    found = [session.frame(frame_at(second)) for second in range(6)]
    assert [len(outcome.commands) for outcome in found] == [1, 1, 1, 1, 6, 0]
    assert found[4].decisions[-1].data == {"given_up": True}
    assert session.is_given_up
    assert counts.ERRORS_MAX > 100  # more than any budget forgives


def test_a_paused_session_sends_no_opening_order(opened):
    lines = ("o = ctx.place(ctx.chain.puts[0].buy_to_open(), '-1.60')",)
    lines += ("ctx.log(o.status, o.reason, ctx.is_paused)", "ctx.cancel_all()")
    session = opened(script_of(*lines))
    assert len(session.frame(frame_at(0)).commands) == 2
    paused = np.array([event(0, schema.EVENT_ENTRIES_PAUSED, -1, 3)])
    outcome = session.frame(frame_at(1, rows=paused))
    assert texts(outcome) == ["refused entries_paused True"]
    assert kinds(outcome) == [schema.COMMAND_CANCEL_ALL]


def test_an_order_forged_while_entries_are_paused_ends_the_process(opened):
    lines = ("ctx._account.is_paused = False", "ctx.place(ctx.chain.puts[0].buy_to_open(), '-1')")
    session = opened(script_of(*lines))
    paused = np.array([event(0, schema.EVENT_ENTRIES_PAUSED, -1, 3)])
    outcome = session.frame(frame_at(0, rows=paused))
    assert "expected none that opens while entries are paused" in texts(outcome)[0]
    assert kinds(outcome) == [ERROR]


def test_the_log_of_a_session_has_room_for_so_much(opened, monkeypatch):
    monkeypatch.setattr(limits, "LOG_ENTRIES_MAX", 5)
    session = opened(script_of("ctx.log('a')", "ctx.log('b')", "ctx.clock.hour / 0"))
    found = [texts(session.frame(frame_at(second))) for second in range(4)]
    assert [len(entry) for entry in found] == [3, 3, 2, 1]  # an error is always told
    assert "the log of this session is full" in found[2][0]


@pytest.mark.parametrize("character", ["a", "\u00e9", "\u20ac", "\U0001f600", "\x01", '"', "\\"])
def test_a_frame_full_of_any_character_fits_into_an_answer(opened, character):
    lines = (
        f"character = chr({ord(character)})",
        "for _ in range(100): ctx.signal(character * 2_000, x=character * 300, y=character * 30)",
        "call, wing = ctx.chain.calls",
        "for _ in range(50): ctx.place([call.sell_to_open(2), wing.buy_to_open(4)], '-1.25')",
    )
    outcome = opened(script_of(*lines)).frame(frame_at(0))
    assert texts(outcome) == [character * 2_000] * 100
    assert len(outcome.commands) == 50


def test_nothing_is_called_once_the_session_has_left_running(opened):
    session = opened(script_of("ctx.log('called')"))
    assert texts(session.frame(frame_at(0))) == ["called"]
    assert texts(session.frame(frame_at(1, status=schema.STATUS_STOPPING))) == []
    assert session.pid is None
    assert texts(session.frame(frame_at(2))) == []


def test_nothing_is_called_at_the_close(opened):
    session = opened(script_of("ctx.log(ctx.seconds_to_close)"))
    seconds = BOUNDS.duration_ns // 10**9
    assert texts(session.frame(frame_at(seconds - 1))) == ["1"]
    assert texts(session.frame(frame_at(seconds))) == []


def test_two_scripts_work_side_by_side(opened):
    sessions = [opened(script_of(f"ctx.log({n})")) for n in range(3)]
    for session in sessions:
        session.send(frame_at(0))
    assert [texts(session.collect()) for session in sessions] == [["0"], ["1"], ["2"]]


def test_a_script_that_does_not_start_in_time_is_told(opened):
    source = "n = 0\nwhile True: n += 1\n" + on_frame("pass")
    slow = ScriptLimits(start_seconds=1, start_cpu_ms=60_000)
    assert "wall-clock limit" in texts(opened(unchecked(source), limits=slow).frame(frame_at(0)))[0]
    busy = ScriptLimits(start_cpu_ms=200)
    outcome = opened(unchecked(source), limits=busy).frame(frame_at(0))
    assert "at most 200 ms of processor time" in texts(outcome)[0]


@pytest.mark.parametrize("field", [field.name for field in fields(ScriptLimits)][:-1])
def test_a_limit_of_nothing_is_refused(field):
    with pytest.raises(Exception, match=f"{field}: expected at least 1, found 0"):
        ScriptLimits(**{field: 0})


def test_a_stale_frame_says_so(opened):
    session = opened(script_of("ctx.log(ctx.is_stale)"), made_day(staleness_ns=10**9))
    found = []
    for second, late in ((0, 10**9), (1, 10**9 + 1)):
        frame = frame_at(second)
        found += texts(session.frame(frame_at(second, arrival=frame.ts + late, rows=NO_ROWS)))
    assert found == ["False", "True"]
