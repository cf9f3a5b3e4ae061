"""Funding, liquidation, the daily loss and the end of a session, worked by hand."""

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from tests.kernels.jit.perpetual.scenes import SECOND, Scene, at, base_plan, command

HUNDREDTH = p.RATE_UNIT // 100


def test_longs_pay_a_positive_rate_rounded_against_the_bot():
    scene = Scene(position=3, fundings=[(at(2) - 1, HUNDREDTH, 101), (at(9), HUNDREDTH, 101)])
    outcome = scene.run()
    assert outcome.rows(p.EVENT_FUNDING) == [
        [2, s.MISSING, HUNDREDTH, 101, 3, 4, scene.cash - 4, 0]
    ]
    assert outcome[p.STATE_FUNDING] == 4


def test_shorts_receive_it_rounded_down():
    scene = Scene(position=-3, fundings=[(at(2), HUNDREDTH, 101)])
    assert scene.run()[p.STATE_FUNDING] == -3


def test_a_flat_bot_passes_funding_by():
    outcome = Scene(fundings=[(at(0), 1, 101), (at(2), 1, 101)]).run()
    assert outcome.rows(p.EVENT_FUNDING) == []
    assert outcome[p.STATE_FUNDING_CURSOR] == 2


def test_a_large_position_is_liquidated_in_part_then_whole():
    plan = base_plan(PARTIAL_FROM=500, COOLDOWN_NS=2 * SECOND, BACKSTOP_PPM=0)
    scene = Scene(frames=8, plans=[plan], position=10, cash=-950).quote(2, 97, 99, (20, 20))
    rows = scene.run().rows(p.EVENT_LIQUIDATION)
    assert [(row[0], row[6], row[7]) for row in rows] == [
        (2, 2, p.STAGE_PART),
        (4, 8, p.STAGE_WHOLE),
    ]


def test_below_the_backstop_position_and_equity_are_taken_over():
    outcome = Scene(position=10, cash=-955).quote(2, 97, 99).run()
    assert outcome.rows(p.EVENT_LIQUIDATION)[0][6:] == [0, p.STAGE_BACKSTOP]
    assert outcome.rows(s.EVENT_SESSION_ENDED)[0][2:5] == [p.STATUS_LIQUIDATED, 0, 55]
    assert (outcome[p.STATE_POSITION], outcome[p.STATE_CASH]) == (0, 0)


def test_the_daily_loss_flattens_and_ends_the_session():
    plan = base_plan(HALT_LOSS=20)
    scene = Scene(plans=[plan], position=10).quote(2, 97, 99)
    outcome = scene.run()
    assert outcome.rows(s.EVENT_HALT)[0][:4] == [2, s.MISSING, s.REASON_DAILY_LOSS, 30]
    assert outcome.rows(s.EVENT_ORDER_FILLED)[0][:4] == [3, 1, 97, 10]
    assert outcome[p.STATE_STATUS] == s.STATUS_HALTED


def test_a_session_ends_with_its_orders_expired_and_its_position_carried():
    scene = Scene(position=2, commands=[command(1, PRICE=100)])
    scene.contract[p.CONTRACT_END] = at(4)
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_EXPIRED) == [[4, 1, 0, 1, 0, 0, 0, 0]]
    assert outcome[p.STATE_STATUS] == s.STATUS_COMPLETED
    assert (outcome[p.STATE_POSITION], outcome[p.STATE_FRAME]) == (2, 5)
