"""Orders reaching the venue: what lands, what it may cross, and what is turned away."""

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from tests.kernels.jit.perpetual.scenes import BUY, SECOND, SELL, Scene, base_plan, command


def test_an_order_lands_on_the_book_before_its_frame():
    outcome = Scene(commands=[command(0, PRICE=100), command(1, PRICE=100)]).run()
    assert outcome.rows(s.EVENT_COMMAND_REFUSED) == [
        [0, s.MISSING, s.COMMAND_PLACE, p.REASON_NO_BOOK, 0, 0, 0, 0]
    ]
    assert outcome.rows(s.EVENT_ORDER_PLACED) == [[1, 1, s.ORDER_LIMIT, 100, 1, BUY, 0, 0]]


def test_an_order_lands_one_order_latency_after_it_was_sent():
    plan = base_plan(ORDER_LATENCY_NS=2 * SECOND)
    outcome = Scene(plans=[plan], commands=[command(1, PRICE=100)]).run()
    assert [row[0] for row in outcome.rows(s.EVENT_ORDER_PLACED)] == [3]


def test_what_would_cross_is_rejected_if_it_may_only_make():
    scene = Scene(commands=[command(1, PRICE=102, POST_ONLY=1), command(2, PRICE=101, POST_ONLY=1)])
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_REJECTED) == [[1, 1, p.REASON_WOULD_CROSS, 0, 0, 0, 0, 0]]
    assert outcome[p.STATE_ORDER_COUNT] == 1


def test_a_malformed_order_is_shown_as_it_was_sent():
    outcome = Scene(commands=[command(1, SIDE=3, PRICE=-(2**63), LOTS=2**62, PEGGED=7)]).run()
    placed = [1, 1, s.ORDER_LIMIT, -(2**63), 2**62, 3, p.FLAG_PEGGED, 0]
    assert outcome.rows(s.EVENT_ORDER_PLACED) == [placed]
    assert outcome.rows(s.EVENT_ORDER_REJECTED)[0][2] == p.REASON_BAD_ORDER


def test_buying_power_counts_what_rests_on_either_side():
    scene = Scene(cash=25, commands=[command(1, LOTS=2, PRICE=100), command(2, LOTS=1, PRICE=100)])
    scene.commands.append(command(3, LOTS=2, SIDE=SELL, PRICE=102))
    rejected = scene.run().rows(s.EVENT_ORDER_REJECTED)
    assert [row[:3] for row in rejected] == [[2, 2, s.REASON_BUYING_POWER]]


def test_a_stop_whose_trigger_is_reached_is_turned_away():
    scene = Scene(commands=[command(1, TYPE=s.ORDER_STOP, PRICE=101)])
    assert scene.run().rows(s.EVENT_ORDER_REJECTED)[0][2] == s.REASON_WOULD_TRIGGER
