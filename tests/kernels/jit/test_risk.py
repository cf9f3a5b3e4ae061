"""Risk, commands and the close worked by hand."""

import pytest

from forven.kernels import schema as s
from tests.kernels.jit.scenes import CALLS, CASH, PUTS, Scene, at, base_plan, command

SHORT, LONG = PUTS[5950], PUTS[5900]
OPEN_VERTICAL = [(SHORT, 1, s.EFFECT_OPEN), (LONG, -1, s.EFFECT_OPEN)]
MARKET = {"TYPE": s.ORDER_MARKET}


def holding(frames: int = 8, **plan: int) -> Scene:
    """Return a day on which the vertical is sold for 2.00 in frame 1."""
    scene = Scene(frames=frames, plans=[base_plan(**plan)]).quote(LONG, 0, 300, 320)
    scene.commands.append(command(1, s.COMMAND_PLACE, OPEN_VERTICAL, PRICE=190))
    return scene


def test_a_daily_loss_flattens_shorts_first_and_ends_when_flat():
    scene = holding(HALT_LOSS=300_000_000).quote(SHORT, 3, 800, 820)
    outcome = scene.run()
    loss = 3_440_000 - 200_000_000 + 500_000_000
    assert outcome.rows(s.EVENT_HALT) == [
        [3, s.MISSING, s.REASON_DAILY_LOSS, loss, CASH - loss, 0, 0, 0]
    ]
    filled = [row[:4] for row in outcome.rows(s.EVENT_LEG_FILLED)[2:]]
    assert filled == [[4, 2, 0, SHORT], [4, 3, 0, LONG]]
    (ended,) = outcome.rows(s.EVENT_SESSION_ENDED)
    assert ended[0] == 4 and ended[2] == s.STATUS_HALTED
    assert ended[3] == CASH + (200 - 820 + 300) * 1_000_000 - 3_440_000 - 1_440_000


def test_the_loss_is_tested_with_greater_or_equal():
    loss = 3_440_000 - 200_000_000 + 500_000_000
    for limit, halts in ((loss, 1), (loss + 1, 0)):
        scene = holding(HALT_LOSS=limit).quote(SHORT, 3, 800, 820)
        assert len(scene.run().rows(s.EVENT_HALT)) == halts


def test_same_tick_presets_flatten_in_the_frame_of_the_halt():
    scene = holding(HALT_LOSS=300_000_000, SAME_TICK=1).quote(SHORT, 3, 800, 820)
    assert scene.run().rows(s.EVENT_SESSION_ENDED)[0][:3] == [3, s.MISSING, s.STATUS_HALTED]


def test_longs_without_a_bid_wait_for_the_close():
    scene = holding(HALT_LOSS=300_000_000).quote(SHORT, 3, 800, 820).quote(LONG, 3, 0, 20)
    scene.settlement = 589_000
    outcome = scene.run()
    assert outcome.state[0, s.STATE_STATUS] == s.STATUS_HALTED
    assert [row[:3] for row in outcome.rows(s.EVENT_ORDER_CANCELED)] == [
        [4, 3, s.REASON_UNSELLABLE]
    ]
    assert outcome.rows(s.EVENT_SETTLED) == [
        [7, s.MISSING, LONG, 1, 1_000, 1_000_000_000, 5_000_000, 0]
    ]


def test_errors_beyond_the_budget_pause_once_or_fail():
    for pauses in (0, 1):
        scene = holding(ERROR_BUDGET=1, AUTO_PAUSE=pauses)
        scene.commands += [command(frame, s.COMMAND_ERROR) for frame in (2, 3, 4)]
        outcome = scene.run()
        paused = outcome.rows(s.EVENT_ENTRIES_PAUSED)
        assert [row[:3] for row in paused] == ([[3, s.MISSING, 2]] if pauses else [])
        status = s.STATUS_RUNNING if pauses else s.STATUS_FAILED
        assert outcome.state[0, s.STATE_STATUS] == status


def test_stop_cancels_and_leaves_the_holdings_to_the_close():
    scene = holding()
    scene.settlement = 594_900
    scene.commands.append(command(2, s.COMMAND_PLACE, OPEN_VERTICAL, PRICE=900))
    scene.commands.append(command(3, s.COMMAND_STOP))
    scene.commands.append(command(4, s.COMMAND_CANCEL_ALL))
    outcome = scene.run()
    assert [row[:3] for row in outcome.rows(s.EVENT_ORDER_CANCELED)] == [[3, 2, s.REASON_STOP]]
    assert outcome.rows(s.EVENT_STOPPED)[0][0] == 3
    assert outcome.rows(s.EVENT_COMMAND_REFUSED) == [
        [4, s.MISSING, s.COMMAND_CANCEL_ALL, s.REASON_NOT_RUNNING, 0, 0, 0, 0]
    ]
    settled = [row[2:7] for row in outcome.rows(s.EVENT_SETTLED)]
    assert settled == [[LONG, 1, 0, 0, 0], [SHORT, -1, 100, -100_000_000, 5_000_000]]
    cash = CASH + 200_000_000 - 3_440_000 - 105_000_000
    assert outcome.rows(s.EVENT_SESSION_ENDED)[0][2:4] == [s.STATUS_KILLED, cash]


def test_stop_without_holdings_ends_at_once():
    scene = Scene(commands=[command(2, s.COMMAND_STOP)])
    assert scene.run().rows(s.EVENT_SESSION_ENDED)[0][:3] == [2, s.MISSING, s.STATUS_KILLED]


@pytest.mark.parametrize(
    ("kind", "columns", "reason"),
    [
        (s.COMMAND_CANCEL, {"ORDER": 9}, s.REASON_NO_SUCH_ORDER),
        (s.COMMAND_REPLACE, {"ORDER": 9, "PRICE": 5}, s.REASON_NO_SUCH_ORDER),
        (s.COMMAND_REPLACE, {"ORDER": 1, "PRICE": 900}, s.REASON_NOT_A_LIMIT),
        (s.COMMAND_REPLACE, {"ORDER": 2, "PRICE": 902}, s.REASON_OFF_GRID),
        (s.COMMAND_REPLACE, {"ORDER": 2, "PRICE": -999_995}, s.REASON_BUYING_POWER),
    ],
)
def test_commands_that_cannot_be_followed_are_refused(kind, columns, reason):
    scene = Scene()
    stop = [(CALLS[6000], -1, s.EFFECT_OPEN)]
    scene.commands.append(command(1, s.COMMAND_PLACE, stop, TYPE=s.ORDER_STOP, PRICE=-10))
    scene.commands.append(command(1, s.COMMAND_PLACE, OPEN_VERTICAL, PRICE=900))
    scene.commands.append(command(2, kind, **columns))
    refused = scene.run().rows(s.EVENT_COMMAND_REFUSED)
    assert [row[:4] for row in refused] == [[2, columns["ORDER"], kind, reason]]


def test_a_close_without_a_settlement_value_settles_nothing_and_waits():
    outcome = holding().run()
    assert outcome.rows(s.EVENT_SETTLED) == [] and outcome.rows(s.EVENT_SESSION_ENDED) == []
    assert outcome.state[0, s.STATE_STATUS] == s.STATUS_RUNNING


def test_the_mark_of_a_crossed_quote_is_the_last_regular_one_and_drawdown_is_kept():
    scene = holding()
    scene.quote(SHORT, 2, 600, 620).quote(SHORT, 3, 900, 620).quote(SHORT, 4, 400, 420)
    state = scene.run(records=0).state[0]
    start = CASH - 3_440_000
    assert state[s.STATE_NLV] == start + 100_000_000
    assert state[s.STATE_PEAK_NLV] == start + 100_000_000
    assert state[s.STATE_MAX_DRAWDOWN] == 3_440_000 + 100_000_000


def test_frames_at_or_after_the_close_take_no_command():
    scene = Scene(commands=[command(5, s.COMMAND_ERROR)])
    assert scene.clock[0, -1] == at(5)
    assert scene.run().state[0, s.STATE_ERRORS] == 0
