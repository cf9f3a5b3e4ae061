"""A host that begins again: scripts run again to where they were, and every difference is told."""

from dataclasses import replace

import numpy as np
import pytest

from forven.engine import commands
from forven.kernels import schema
from forven.strategies.script import limits, recovery
from forven.strategies.script.driver import ScriptSession
from forven.strategies.script.frames import Decision, ScriptOutcome
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.recovery import ScriptRecord, recover
from forven.strategies.script.seen import script_day, seen_frames
from forven.strategies.script.source import parse_script
from tests.engine.conftest import CASH, coarse_day  # noqa: F401 - a fixture
from tests.strategies.script.made_scripts import (
    SYMBOLS,
    frame_at,
    made_day,
    on_frame,
    script_of,
    unchecked,
)
from tests.strategies.script.test_backtest import LIVE, STRANGLE, strangle  # noqa: F401
from tests.strategies.script.test_driver import placed
from tests.strategies.script.test_seen import taken_by

ORDER = commands.Order(
    kind="limit",
    legs=(commands.Leg(instrument=SYMBOLS[2], quantity=1, action="sell to open"),),
    price="1.60",
)
COUNTER = """
class Made:
    def __init__(self):
        self.n = 0
    def on_frame(self, ctx):
        self.n += 1
        if self.n % 3 == 0:
            ctx.log(self.n)
        if self.n % 10 == 4:
            ctx.cancel_all()
"""


def run(session, seconds):
    """Run a session; return what is recorded, by frame."""
    return [session.frame(frame_at(second)) for second in seconds]


def record_of(outcomes):
    return ScriptRecord(
        commands=[row for outcome in outcomes for row in outcome.commands],
        decisions=[decision for outcome in outcomes for decision in outcome.decisions],
    )


def frames_of(seconds):
    return [frame_at(second) for second in seconds]


@pytest.mark.parametrize("cut", [1, 63, 64, 65, 200])
def test_a_script_goes_on_as_if_nothing_had_happened(opened, cut):
    script = parse_script(COUNTER)
    whole = run(opened(script), range(210))
    again = opened(script)
    assert recover(again, frames_of(range(cut)), record_of(whole[:cut])) == ScriptOutcome()
    assert run(again, range(cut, 210)) == whole[cut:]


def test_a_whole_day_with_orders_is_recovered_anywhere(opened, coarse_day, strangle):  # noqa: F811
    for cut in (1, 62, 64, 200, 500):
        last = int(coarse_day.ts[cut - 1])
        frames = seen_frames(coarse_day, strangle.plan, CASH, taken_by(strangle))
        kept = ScriptRecord(
            commands=[row for row in strangle.commands.tolist() if row[0] <= last + 1],
            decisions=[entry for entry in strangle.decisions if entry.ts <= last],
        )
        session = ScriptSession(STRANGLE, script_day(coarse_day, LIVE, CASH))
        try:
            assert recover(session, frames[:cut], kept) == ScriptOutcome()
            rest = record_of([session.frame(frame) for frame in frames[cut:]])
        finally:
            session.close()
        assert kept.commands + rest.commands == strangle.commands.tolist()
        assert (*kept.decisions, *rest.decisions) == strangle.decisions


def test_what_was_decided_last_and_not_kept_comes_back(opened):
    script = parse_script(COUNTER)
    whole = run(opened(script), range(30))
    assert whole[29].decisions != []
    again = opened(script)
    assert recover(again, frames_of(range(30)), record_of(whole[:29])) == whole[29]
    assert run(again, range(30, 33))[2].decisions[0].text == "33"


CHANGES = {
    "another text": lambda record: replace(
        record, decisions=[replace(record.decisions[2], text="x"), *record.decisions[1:]]
    ),
    "an entry more": lambda record: replace(
        record,
        decisions=[
            *record.decisions[:2],
            Decision(ts=frame_at(7).ts, kind="log", level="info", text="x"),
            *record.decisions[2:],
        ],
    ),
    "an entry less": lambda record: replace(record, decisions=record.decisions[1:]),
    "a command less": lambda record: replace(record, commands=record.commands[1:]),
    "another command": lambda record: replace(
        record, commands=[[*record.commands[0][:-1], 9], *record.commands[1:]]
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_script_that_decides_otherwise_is_told_and_starts_anew(opened, change):
    script = parse_script(COUNTER)
    whole = run(opened(script), range(150))
    changed = change(record_of(whole))
    again = opened(script)
    outcome = recover(again, frames_of(range(150)), changed)
    (error,) = outcome.decisions
    assert "decides otherwise and is started anew" in error.text
    assert error.ts == frame_at(149).ts
    assert error.data == {"crash": 1, "given_up": False}
    assert [row[:2] for row in outcome.commands] == [[error.ts + 1, schema.COMMAND_ERROR]]
    fresh = run(again, range(150, 153))
    assert fresh[2].decisions[0].text == "3"
    record = ScriptRecord(
        commands=changed.commands + record_of([outcome, *fresh]).commands,
        decisions=changed.decisions + record_of([outcome, *fresh]).decisions,
    )
    third = opened(script)
    assert recover(third, frames_of(range(153)), record) == ScriptOutcome()
    assert run(third, range(153, 156))[2].decisions[0].text == "6"


DYING = on_frame(
    "self.n = getattr(self, 'n', 0) + 1",
    "ctx.log(self.n)",
    "if ctx.clock.second % 20 == 10: reach('_exit')(1)",
)


@pytest.mark.parametrize("cut", [5, 11, 12, 30, 31, 32, 45, 51, 60])
def test_a_script_that_died_is_recovered_from_its_last_start(opened, cut):
    script = unchecked(DYING)
    whole = run(opened(script), range(70))
    crashes = [o.decisions[0].data for o in whole if o.decisions and o.decisions[0].data]
    assert [data["crash"] for data in crashes] == [1, 2, 3]
    again = opened(script)
    assert recover(again, frames_of(range(cut)), record_of(whole[:cut])) == ScriptOutcome()
    assert again.is_given_up == (cut > 50)
    assert run(again, range(cut, 70)) == whole[cut:]


def test_a_pause_later_in_a_batch_does_not_touch_the_orders_before_it(opened):
    script = script_of("ctx.place(ctx.chain.puts[0].buy_to_open(), '-1.60')")
    paused = np.zeros((1, schema.JOURNAL_WIDTH), np.int64)
    paused[0, schema.JOURNAL_KIND] = schema.EVENT_ENTRIES_PAUSED
    frames = [*frames_of(range(5)), frame_at(5, rows=paused), frame_at(6)]
    session = opened(script)
    whole = [session.frame(frame) for frame in frames]
    assert [len(outcome.commands) for outcome in whole] == [1] * 5 + [0, 0]
    assert recover(opened(script), frames, record_of(whole)) == ScriptOutcome()


def test_a_log_that_was_full_is_full_after_a_death_and_a_restart(opened, monkeypatch):
    monkeypatch.setattr(limits, "LOG_CHARACTERS_MAX", 100)
    lines = (
        "ctx.log('a' * 30)",
        "ctx.log('b' * 80)",
        "if ctx.clock.second == 3: reach('_exit')(1)",
    )
    script = unchecked(on_frame(*lines))
    whole = run(opened(script), range(6))
    texts = [[decision.text[:30] for decision in outcome.decisions] for outcome in whole]
    assert texts == [["a" * 30, "the log of this session is ful"], [], [], [texts[3][0]], [], []]
    again = opened(script)
    assert recover(again, frames_of(range(5)), record_of(whole[:5])) == ScriptOutcome()
    assert run(again, [5]) == whole[5:]


SLOW = "self.n = sum(range(500_000)) and getattr(self, 'n', 0) + 1"


def test_a_slow_script_is_recovered_where_a_batch_has_not_the_time(opened, monkeypatch):
    monkeypatch.setattr(recovery, "_FRAMES_AT_ONCE", 100)
    script, slow = script_of(SLOW, "ctx.log(self.n)"), ScriptLimits(call_cpu_ms=300)
    whole = run(opened(script, limits=slow), range(102))
    again = opened(script, limits=slow)
    assert recover(again, frames_of(range(100)), record_of(whole[:100])) == ScriptOutcome()
    assert run(again, range(100, 102)) == whole[100:]


def test_a_process_that_was_begun_early_knows_the_rows_before_its_last_start(opened):
    lines = ("ctx.log(len(ctx.orders))", "if ctx.clock.second == 5: reach('_exit')(1)")
    script = unchecked(on_frame(*lines))
    order = placed(frame_at(1).ts, 1, commands.place(0, ORDER, made_day()))
    frames = [frame_at(0), frame_at(1, rows=order), *frames_of(range(2, 9))]
    session = opened(script)
    whole = [session.frame(frame) for frame in frames]
    assert whole[8].decisions[0].text == "1"
    again = opened(script)
    again.start()
    assert recover(again, frames, record_of(whole)) == ScriptOutcome()


def test_nothing_to_recover_is_nothing(opened):
    session = opened(script_of("ctx.log('a')"))
    assert recover(session, [], ScriptRecord()) == ScriptOutcome()
    assert [d.text for d in session.frame(frame_at(0)).decisions] == ["a"]
