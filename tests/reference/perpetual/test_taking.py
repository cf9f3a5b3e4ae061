"""Worked examples of orders that take, of stops, and of when an order lands."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import MISSING
from tests.reference.perpetual.generated_stream import SECOND_NS
from tests.reference.perpetual.handmade import BUY, SELL, VALUE, Script, fills, reasons, told

CANCELED = schema.EVENT_ORDER_CANCELED
REJECTED = schema.EVENT_ORDER_REJECTED


def test_a_market_order_takes_what_is_displayed_and_the_rest_is_cancelled(played):
    script = Script()
    script.set(TAKER_PPM=450)
    script.frames(2, 1_000, 1_002)
    script.market(1, BUY, 25)
    outcome = played(script)
    fee = -(-10 * 1_002 * VALUE * 450 // 10**6)
    cash = script.cash - 10 * 1_002 * VALUE - fee
    assert told(outcome, schema.EVENT_ORDER_FILLED) == [(1, 1, 1_002, 10, fee, 1, cash, 10)]
    assert told(outcome, CANCELED) == [(1, 1, schema.REASON_UNFILLED, 15, 0, 0, 0, 0)]


def test_lots_taken_are_not_there_again_until_the_side_changes(played):
    script = Script()
    script.frames(3, 1_000, 1_002)
    script.frame(1_000, 1_002, (10, 12))
    script.market(1, BUY, 6)
    script.market(2, BUY, 6)
    script.market(3, BUY, 6)
    outcome = played(script)
    assert fills(outcome) == [(1, 1, 1_002, 6), (2, 2, 1_002, 4), (3, 3, 1_002, 6)]
    assert outcome.facts["TAKEN_ASK"] == 6
    assert outcome.facts["TAKEN_BID"] == 0


def test_a_limit_that_crosses_takes_at_the_quote_and_rests_with_the_rest(played):
    script = Script()
    script.set(MAKER_PPM=-100, TAKER_PPM=100)
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 1_003, 15)
    script.frame(1_002, 1_005, (4, 10), [(1_003, 3, -1)])
    outcome = played(script)
    taken, rested = told(outcome, schema.EVENT_ORDER_FILLED)
    assert taken[2:6] == (1_002, 10, 1_002, 1)
    # 3 x 1,003 x 1,000 micros x -100 ppm = -300.9, rounded up to the venue's favour
    assert rested[2:6] == (1_003, 3, -300, 0)
    assert outcome.orders[0]["LEFT"] == 2


def test_a_resting_order_that_the_quote_reaches_fills_at_its_own_price_as_maker(played):
    script = Script()
    script.frames(2, 1_000, 1_004)
    script.limit(1, BUY, 1_002, 9)
    script.frame(999, 1_001, (10, 5))
    outcome = played(script)
    assert fills(outcome) == [(2, 1, 1_002, 5)]
    assert told(outcome, schema.EVENT_ORDER_FILLED)[0][5] == 0


def test_a_better_price_takes_first_and_a_market_order_before_it(played):
    script = Script()
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 1_002, 4)
    script.limit(1, BUY, 1_003, 4)
    script.market(1, BUY, 4)
    assert [fill[1:] for fill in fills(played(script))] == [
        (3, 1_002, 4),
        (2, 1_002, 4),
        (1, 1_002, 2),
    ]


def test_an_immediate_order_only_takes(played):
    script = Script()
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 1_002, 14, IMMEDIATE=1)
    script.limit(2, BUY, 1_001, 5, IMMEDIATE=1)
    script.frame(1_000, 1_002, (10, 10), [(1_001, 50, -1), (999, 50, -1)])
    outcome = played(script)
    assert fills(outcome) == [(1, 1, 1_002, 10)]
    assert [row[1:4] for row in told(outcome, CANCELED)] == [
        (1, schema.REASON_UNFILLED, 4),
        (2, schema.REASON_UNFILLED, 5),
    ]


def test_a_post_only_order_that_would_cross_is_rejected(played):
    script = Script()
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 1_002, 5, POST_ONLY=1)
    script.limit(1, SELL, 1_000, 5, POST_ONLY=1)
    script.limit(1, BUY, 1_001, 5, POST_ONLY=1)
    outcome = played(script)
    assert reasons(outcome, REJECTED) == [columns.REASON_WOULD_CROSS] * 2
    assert [order["ID"] for order in outcome.orders] == [3]


def test_a_reduce_only_order_never_turns_the_position(played):
    script = Script(position=4, cost=4_000_000)
    script.frames(3, 1_000, 1_002)
    script.limit(1, SELL, 1_000, 9, REDUCE_ONLY=1)
    script.frame(1_000, 1_002, (11, 10))
    script.limit(1, BUY, 1_002, 5, REDUCE_ONLY=1)
    outcome = played(script)
    assert fills(outcome) == [(1, 1, 1_000, 4)]
    assert outcome.facts["POSITION"] == 0
    assert outcome.facts["COST"] == 0
    assert reasons(outcome, REJECTED) == [schema.REASON_NOT_HELD]
    # what is left of the first finds nothing to reduce when the bid is there again
    assert reasons(outcome, CANCELED) == [schema.REASON_NOT_HELD]


def test_a_stop_triggers_on_the_mark_and_takes_at_once(played):
    script = Script(position=5, cost=5_000_000)
    script.frames(2, 1_000, 1_002)
    script.stop(1, SELL, 990, 5, REDUCE_ONLY=1)
    script.stop(1, BUY, 1_001, 5)
    script.frame(990, 992, (3, 10), mark2=1_981)
    script.frame(989, 991, (3, 10), mark2=1_980)
    outcome = played(script)
    assert reasons(outcome, REJECTED) == [schema.REASON_WOULD_TRIGGER]
    assert told(outcome, columns.EVENT_TRIGGERED) == [(3, 1, 1_980, 990, 0, 0, 0, 0)]
    assert fills(outcome) == [(3, 1, 989, 3)]
    assert told(outcome, CANCELED) == [(3, 1, schema.REASON_UNFILLED, 2, 0, 0, 0, 0)]


def test_an_order_lands_one_latency_after_it_is_sent(played):
    script = Script()
    script.set(ORDER_LATENCY_NS=1_500_000_000)
    for price in range(1_000, 1_006):
        script.frame(price, price + 2)
    script.market(1, BUY, 1)
    # sent in frame 1, it lands in frame 3 (2.5 s) and takes that frame's ask.
    assert fills(played(script)) == [(3, 1, 1_005, 1)]


def test_nothing_is_placed_on_a_blocked_book(played):
    script = Script()
    script.frame(1_000, MISSING, (10, 0))
    script.frame(1_002, 1_001)
    script.frames(2, 1_000, 1_002)
    for frame in range(4):
        script.market(frame, BUY, 1)
    outcome = played(script)
    assert reasons(outcome, schema.EVENT_COMMAND_REFUSED) == [columns.REASON_NO_BOOK] * 3
    assert fills(outcome) == [(3, 1, 1_002, 1)]


def test_a_book_without_a_mark_is_blocked(played):
    script = Script()
    script.frame(1_000, 1_002, mark2=MISSING)
    script.frames(2, 1_000, 1_002)
    script.market(1, BUY, 1)
    script.market(2, BUY, 1)
    assert reasons(played(script), schema.EVENT_COMMAND_REFUSED) == [columns.REASON_NO_BOOK]


def test_an_order_waits_for_an_open_frame_to_take(played):
    script = Script()
    script.frame(1_000, 1_002)
    script.frame(1_000, 1_002, delay_ns=SECOND_NS + 1)
    script.frame(1_003, 1_005)
    script.market(1, BUY, 1)
    assert fills(played(script)) == [(2, 1, 1_005, 1)]


def test_a_replacement_is_a_new_intent_with_a_new_place(played):
    script = Script()
    script.frames(3, 1_000, 1_003)
    script.limit(1, BUY, 1_000, 5)
    script.command(2, schema.COMMAND_REPLACE, ORDER=1, PRICE=1_001)
    outcome = played(script)
    replaced = (2, 1, 1_000, 1_001, 0, 0, 0, schema.REASON_USER)
    assert told(outcome, schema.EVENT_ORDER_REPLACED) == [replaced]
    (order,) = outcome.orders
    assert (order["INTENDED"], order["AHEAD"], order["PLACED_TS"]) == (-1_001, 0, script.at(1))


def test_a_replacement_of_what_is_left_keeps_to_the_least_value(played):
    script = Script()
    script.agree(VALUE_MIN=5_000 * VALUE)
    script.frames(2, 1_000, 1_003)
    script.limit(1, BUY, 1_003, 12)
    script.command(2, schema.COMMAND_REPLACE, ORDER=1, PRICE=1_000)
    script.frame(1_000, 1_003)
    assert reasons(played(script), schema.EVENT_COMMAND_REFUSED) == [columns.REASON_BELOW_MINIMUM]
