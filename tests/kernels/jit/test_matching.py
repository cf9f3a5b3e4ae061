"""Fills worked by hand: prices, leg values, fees, slippage, and what blocks a fill."""

import pytest

from forven.kernels import schema as s
from tests.kernels.jit.scenes import CASH, PUTS, Scene, base_plan, command

SHORT, LONG = PUTS[5950], PUTS[5900]
OPEN_VERTICAL = [(SHORT, 1, s.EFFECT_OPEN), (LONG, -1, s.EFFECT_OPEN)]
CLOSE_VERTICAL = [(SHORT, -1, s.EFFECT_CLOSE), (LONG, 1, s.EFFECT_CLOSE)]


def vertical(limit: int, **plan: int) -> Scene:
    """Return a day on which the put vertical 5950/5900 is sold: mid 2.00, natural 1.80."""
    scene = Scene(plans=[base_plan(**plan)])
    scene.quote(LONG, 0, 300, 320)
    scene.commands.append(command(1, s.COMMAND_PLACE, OPEN_VERTICAL, PRICE=limit))
    return scene


def test_a_limit_fills_at_the_executable_price_and_its_legs_share_the_improvement():
    outcome = vertical(190).run()
    cash = CASH + 200_000_000 - 3_440_000
    assert outcome.rows(s.EVENT_ORDER_FILLED) == [[1, 1, 200, 1, 3_440_000, 0, cash, 180]]
    assert outcome.rows(s.EVENT_LEG_FILLED) == [
        [1, 1, 0, SHORT, -1, 510, 1_720_000, -1],
        [1, 1, 1, LONG, 1, -310, 1_720_000, 1],
    ]


def test_a_quantum_left_over_goes_to_the_first_leg_with_room():
    outcome = vertical(190, CONCEDED_TICKS=1).run()
    assert [row[5] for row in outcome.rows(s.EVENT_LEG_FILLED)] == [508, -313]
    assert outcome.rows(s.EVENT_ORDER_FILLED)[0][2] == 195


def test_a_limit_above_the_executable_price_waits_and_expires():
    scene = vertical(200, CONCEDED_TICKS=1)
    scene.settlement = 600_000
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_FILLED) == []
    assert outcome.rows(s.EVENT_ORDER_EXPIRED) == [[5, 1, 0, 0, 0, 0, 0, 0]]


def test_ratios_are_reduced_and_the_quantity_takes_their_divisor():
    scene = vertical(190)
    legs = [(SHORT, 4, s.EFFECT_OPEN), (LONG, -6, s.EFFECT_OPEN)]
    scene.commands = [command(1, s.COMMAND_PLACE, legs, PRICE=-500, QUANTITY=3)]
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_PLACED)[0][4] == 6
    assert [row[4] for row in outcome.rows(s.EVENT_ORDER_LEG)] == [2, -3]
    assert [row[4] for row in outcome.rows(s.EVENT_LEG_FILLED)] == [-12, 18]


def test_premiums_below_the_split_pay_the_lower_fee():
    scene = vertical(-500).quote(LONG, 0, 80, 90)
    fees = [row[6] for row in scene.run().rows(s.EVENT_LEG_FILLED)]
    assert fees == [1_720_000, 1_500_000]


def test_slippage_is_paid_once_per_order_unit_and_never_by_market_orders():
    scene = vertical(190, SLIPPAGE_TICKS=1)
    buy = [(LONG, -1, s.EFFECT_OPEN)]
    scene.commands[0][s.COMMAND_QUANTITY] = 2
    scene.commands.append(command(2, s.COMMAND_PLACE, buy, TYPE=s.ORDER_MARKET, QUANTITY=2))
    first, second = scene.run().rows(s.EVENT_ORDER_FILLED)
    assert first[5] == 2 * 5_000_000
    assert second[2] == -320 and second[5] == 0


def test_a_stop_triggers_on_the_mid_and_fills_at_the_executable_price():
    scene = Scene(plans=[base_plan(SLIPPAGE_TICKS=1)])
    legs = [(SHORT, 1, s.EFFECT_OPEN)]
    scene.commands.append(command(1, s.COMMAND_PLACE, legs, TYPE=s.ORDER_STOP, PRICE=540))
    scene.quote(SHORT, 3, 530, 550)
    filled = scene.run(cash=10 * CASH).rows(s.EVENT_ORDER_FILLED)
    assert [row[:3] + row[5:6] for row in filled] == [[3, 1, 540, 10_000_000]]


def test_a_stop_that_would_trigger_on_arrival_is_rejected():
    scene = Scene()
    legs = [(SHORT, 1, s.EFFECT_OPEN)]
    scene.commands.append(command(1, s.COMMAND_PLACE, legs, TYPE=s.ORDER_STOP, PRICE=510))
    rejected = scene.run().rows(s.EVENT_ORDER_REJECTED)
    assert rejected == [[1, 1, s.REASON_WOULD_TRIGGER, 0, 0, 0, 0, 0]]


def test_nothing_is_sold_alone_for_nothing():
    scene = Scene().quote(LONG, 2, 0, 20)
    scene.commands.append(
        command(1, s.COMMAND_PLACE, [(LONG, -1, s.EFFECT_OPEN)], TYPE=s.ORDER_MARKET)
    )
    for kind in (s.ORDER_MARKET, s.ORDER_LIMIT):
        sale = [(LONG, 1, s.EFFECT_CLOSE)]
        scene.commands.append(command(2, s.COMMAND_PLACE, sale, TYPE=kind, PRICE=0))
    assert [row[1] for row in scene.run().rows(s.EVENT_ORDER_FILLED)] == [1]


def test_a_multi_leg_closing_order_gives_a_leg_without_a_bid_away():
    scene = vertical(190).quote(SHORT, 2, 100, 120).quote(LONG, 2, 0, 10)
    scene.commands.append(command(3, s.COMMAND_PLACE, CLOSE_VERTICAL, PRICE=-110))
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_FILLED)[1][:3] == [3, 2, -110]
    assert outcome.rows(s.EVENT_LEG_FILLED)[2:] == [
        [3, 2, 0, SHORT, 1, -110, 720_000, 0],
        [3, 2, 1, LONG, -1, 0, 500_000, 0],
    ]


def test_an_entry_does_not_fill_while_a_leg_it_sells_has_no_bid():
    scene = vertical(-500).quote(SHORT, 0, 0, 520).quote(SHORT, 3, 500, 520)
    assert [row[0] for row in scene.run().rows(s.EVENT_ORDER_FILLED)] == [3]


@pytest.mark.parametrize(("bid", "ask"), [(s.MISSING, s.MISSING), (530, 520)])
def test_a_leg_without_a_quote_or_with_a_crossed_one_blocks_the_fill(bid, ask):
    scene = vertical(190).quote(LONG, 0, bid, ask).quote(LONG, 2, 300, 320)
    assert [row[0] for row in scene.run().rows(s.EVENT_ORDER_FILLED)] == [2]


def test_a_stale_frame_fills_nothing():
    scene = vertical(190)
    scene.clock[s.CLOCK_ARRIVAL, 1:3] += 1_000_000_001
    assert [row[0] for row in scene.run().rows(s.EVENT_ORDER_FILLED)] == [3]


def test_a_reduction_takes_its_floored_share_of_the_cost():
    scene = Scene(plans=[base_plan()])
    buy = [(LONG, -1, s.EFFECT_OPEN)]
    sale = [(LONG, 1, s.EFFECT_CLOSE)]
    market = {"TYPE": s.ORDER_MARKET}
    scene.commands.append(command(1, s.COMMAND_PLACE, buy, QUANTITY=3, **market))
    scene.commands.append(command(2, s.COMMAND_PLACE, sale, QUANTITY=1, **market))
    row = scene.run().state[0]
    assert list(row[s.STATE_HEADER_WIDTH :][:3]) == [LONG, 2, 2 * 520_000_000]
