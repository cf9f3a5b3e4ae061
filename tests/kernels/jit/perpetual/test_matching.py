"""Fills worked by hand: the quote, prints, queues and stops."""

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from tests.kernels.jit.perpetual.scenes import CASH, SELL, Scene, base_plan, command


def test_a_market_order_takes_what_is_displayed_and_the_rest_is_cancelled():
    outcome = Scene(commands=[command(1, TYPE=s.ORDER_MARKET, LOTS=12)]).run()
    assert outcome.rows(s.EVENT_ORDER_FILLED) == [[1, 1, 102, 10, 0, 1, CASH - 1020, 10]]
    assert outcome.rows(s.EVENT_ORDER_CANCELED) == [[1, 1, s.REASON_UNFILLED, 2, 0, 0, 0, 0]]
    assert outcome[p.STATE_EQUITY] == CASH - 10


def test_what_was_taken_is_gone_until_the_side_changes():
    market = {"TYPE": s.ORDER_MARKET, "LOTS": 8}
    scene = Scene(commands=[command(frame, **market) for frame in (1, 2, 3)])
    scene.quote(3, 100, 102, (10, 11))
    filled = scene.run().rows(s.EVENT_ORDER_FILLED)
    assert [(row[0], row[3]) for row in filled] == [(1, 8), (2, 2), (3, 8)]


def test_a_resting_order_that_the_quote_crosses_fills_at_its_own_price_as_maker():
    plan = base_plan(MAKER_PPM=-50_000, TAKER_PPM=50_000)
    scene = Scene(plans=[plan], commands=[command(1, PRICE=100, LOTS=2)]).quote(3, 97, 99)
    assert scene.run().rows(s.EVENT_ORDER_FILLED) == [[3, 1, 100, 2, -10, 0, CASH - 190, 2]]


def test_a_print_at_the_price_serves_the_queue_first():
    plan = base_plan(FILL_MODEL=p.FILL_QUEUE_RISK_AVERSE)
    scene = Scene(plans=[plan], commands=[command(1, PRICE=100, LOTS=4)])
    scene.trade(2, 100, 7, SELL * -1).trade(2, 100, 6, -1).trade(3, 100, 7, -1)
    outcome = scene.run()
    assert [row[:4] for row in outcome.rows(s.EVENT_ORDER_FILLED)] == [
        [2, 1, 100, 3],
        [3, 1, 100, 1],
    ]


def test_a_print_through_the_price_fills_all_that_is_left():
    plan = base_plan(FILL_MODEL=p.FILL_QUEUE_RISK_AVERSE)
    scene = Scene(plans=[plan], commands=[command(1, PRICE=99, LOTS=40)]).trade(2, 98, 1, -1)
    assert [row[:4] for row in scene.run().rows(s.EVENT_ORDER_FILLED)] == [[2, 1, 99, 40]]


def test_who_leaves_is_shared_between_front_and_back_of_the_queue():
    plan = base_plan(FILL_MODEL=p.FILL_QUEUE_PROBABILISTIC, QUEUE_POWER=2)
    scene = Scene(plans=[plan], commands=[command(1, PRICE=100)])
    scene.quote(2, 100, 102, (40, 10)).quote(3, 100, 102, (25, 10)).quote(4, 100, 102, (24, 10))
    at = p.STATE_HEADER_WIDTH
    # joins behind 10; then 40, of which 30 behind: 15 x 100 / (100 + 900) = 1 leaves the front
    assert scene.run()[at + p.ORDER_AHEAD] == 9


def test_a_stop_takes_at_once_when_the_mark_reaches_it():
    stop = command(2, TYPE=s.ORDER_STOP, SIDE=SELL, PRICE=98, LOTS=3, REDUCE_ONLY=1)
    scene = Scene(commands=[command(1, TYPE=s.ORDER_MARKET, LOTS=2), stop]).quote(4, 97, 99)
    outcome = scene.run()
    assert outcome.rows(p.EVENT_TRIGGERED) == [[4, 2, 196, 98, 0, 0, 0, 0]]
    assert outcome.rows(s.EVENT_ORDER_FILLED)[1][:4] == [4, 2, 97, 2]
    assert outcome.rows(s.EVENT_ORDER_CANCELED)[0][2:4] == [s.REASON_UNFILLED, 1]


def test_a_position_that_turns_opens_anew_at_its_own_price():
    market = {"TYPE": s.ORDER_MARKET}
    commands = [command(1, LOTS=4, **market), command(2, LOTS=6, SIDE=SELL, **market)]
    outcome = Scene(commands=commands).run()
    assert (outcome[p.STATE_POSITION], outcome[p.STATE_COST]) == (-2, -200)
