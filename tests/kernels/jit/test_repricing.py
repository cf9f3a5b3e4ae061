"""Re-pricing worked by hand: pegs, concessions, caps and waits."""

from forven.kernels import schema as s
from forven.primitives.time import NANOSECONDS_PER_SECOND as SECOND
from tests.kernels.jit.scenes import PUTS, Scene, base_plan, command

SHORT, LONG = PUTS[5950], PUTS[5900]
OPEN_VERTICAL = [(SHORT, 1, s.EFFECT_OPEN), (LONG, -1, s.EFFECT_OPEN)]
CLOSE_VERTICAL = [(SHORT, -1, s.EFFECT_CLOSE), (LONG, 1, s.EFFECT_CLOSE)]
BLOCKS = {
    "CONCEDED_TICKS": 1,
    "OPENING_ENABLED": 1,
    "OPENING_NUDGE_NS": 2 * SECOND,
    "OPENING_INTERVAL_NS": SECOND,
    "OPENING_TOLERANCE_TICKS": 1,
    "CLOSING_ENABLED": 1,
    "CLOSING_NUDGE_NS": 2 * SECOND,
    "CLOSING_INTERVAL_NS": SECOND,
}


def vertical(frames: int = 8, **columns: int) -> Scene:
    """Return a day on which the vertical is offered at its mid of 2.00 in frame 1, in `live`."""
    scene = Scene(frames=frames, plans=[base_plan(**(BLOCKS | columns))])
    scene.quote(LONG, 0, 300, 320)
    scene.commands.append(command(1, s.COMMAND_PLACE, OPEN_VERTICAL, PRICE=200, REPRICED=1))
    return scene


def test_an_opening_order_concedes_a_tick_on_a_flat_mid_and_fills_a_frame_later():
    outcome = vertical(MAX_CONCESSION=10).run()
    replaced = outcome.rows(s.EVENT_ORDER_REPLACED)
    assert replaced == [[3, 1, 200, 195, 1, 200, 195, s.REASON_REPRICED]]
    assert outcome.rows(s.EVENT_ORDER_FILLED)[0][:3] == [4, 1, 195]


def test_an_opening_order_rests_at_its_cap():
    outcome = vertical(MAX_CONCESSION=0).quote(SHORT, 4, 450, 470).run()
    assert outcome.rows(s.EVENT_ORDER_REPLACED) == []
    assert outcome.rows(s.EVENT_ORDER_FILLED) == []


def test_an_opening_order_follows_a_rising_mid():
    outcome = vertical(MAX_CONCESSION=0).quote(SHORT, 3, 540, 560).run()
    assert outcome.rows(s.EVENT_ORDER_FILLED)[0][:3] == [3, 1, 235]
    outcome = vertical(MAX_CONCESSION=0, CONCEDED_TICKS=20).quote(SHORT, 3, 500, 580).run()
    replaced = outcome.rows(s.EVENT_ORDER_REPLACED)[:1]
    assert replaced == [[3, 1, 200, 230, 0, 230, 230, s.REASON_REPRICED]]


def test_a_moving_mid_restarts_the_flat_clock():
    scene = vertical(MAX_CONCESSION=10)
    scene.quote(SHORT, 2, 488, 508)
    replaced = scene.run().rows(s.EVENT_ORDER_REPLACED)
    assert [row[:5] for row in replaced][:1] == [[2, 1, 200, 190, 0]]


def test_a_command_order_is_left_alone_unless_it_asks_for_re_pricing():
    scene = vertical(MAX_CONCESSION=10)
    scene.commands[0][s.COMMAND_REPRICED] = 0
    assert scene.run().rows(s.EVENT_ORDER_REPLACED) == []


def test_a_closing_order_concedes_down_to_the_natural_price():
    scene = vertical(frames=16, OPENING_ENABLED=0, CONCEDED_TICKS=100)
    scene.commands[0][s.COMMAND_PRICE] = 180
    scene.commands.append(command(2, s.COMMAND_PLACE, CLOSE_VERTICAL, PRICE=-150, REPRICED=1))
    outcome = scene.run()
    replaced = outcome.rows(s.EVENT_ORDER_REPLACED)
    assert [row[0] for row in replaced] == [3, 4, 6, 8, 10]
    assert [row[3] for row in replaced] == [-200, -205, -210, -215, -220]
    assert outcome.rows(s.EVENT_ORDER_FILLED)[1][:3] == [11, 2, -220]


def test_a_replacement_by_command_is_a_new_intent_with_the_same_id():
    scene = vertical(MAX_CONCESSION=10)
    scene.commands.append(command(2, s.COMMAND_REPLACE, ORDER=1, PRICE=300))
    outcome = scene.run()
    replaced = outcome.rows(s.EVENT_ORDER_REPLACED)
    assert replaced[0] == [2, 1, 200, 300, 0, 200, 300, s.REASON_USER]
    assert replaced[1][:5] == [3, 1, 300, 290, 0]
