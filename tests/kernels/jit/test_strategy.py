"""The structured strategy worked by hand: entries, exits, windows, times, and a second chance."""

import pytest

from forven.kernels import schema as s
from tests.kernels.jit.scenes import (
    CASH,
    PUTS,
    Scene,
    at,
    base_plan,
    command,
    with_strategy,
)

SHORT, LONG = PUTS[5950], PUTS[5900]
LEGS = [(1, s.PUT, 1, s.METHOD_STRIKE, 595_000, 0), (-1, s.PUT, 1, s.METHOD_RELATIVE, -5_000, 0)]
TIME = [(at(1), s.MISSING)]


def credit_spread(frames: int = 9, entries=TIME, same_tick: int = 1, **columns: int) -> Scene:
    """Return a day on which the put vertical is sold for its mid of 2.00 in frame 1."""
    plan = with_strategy(base_plan(SAME_TICK=same_tick), LEGS, entries, **columns)
    return Scene(frames=frames, plans=[plan]).quote(LONG, 0, 300, 320)


def exits(scene: Scene) -> list[list[int]]:
    """Return [frame, order, entry, reason, profit2] of the exit signals."""
    return [row[:5] for row in scene.run().rows(s.EVENT_EXIT_SIGNAL)]


def test_a_profit_target_is_measured_on_the_exact_mid_and_filled_in_the_same_frame():
    scene = credit_spread(TARGET_BPS=5_000)
    scene.quote(SHORT, 3, 400, 420).quote(LONG, 3, 300, 321)
    scene.quote(SHORT, 5, 400, 418)
    outcome = scene.run()
    assert [row[:5] for row in outcome.rows(s.EVENT_EXIT_SIGNAL)] == [
        [3, 2, 1, s.REASON_PROFIT_TARGET, 201]
    ]
    assert [row[:3] for row in outcome.rows(s.EVENT_ORDER_FILLED)] == [[1, 1, 200], [3, 2, -100]]


def test_a_stop_loss_is_tested_before_the_time():
    scene = credit_spread(STOP_BPS=10_000, EXIT_TS=at(4))
    scene.quote(SHORT, 4, 700, 720)
    assert exits(scene) == [[4, 2, 1, s.REASON_STOP_LOSS, -400]]


def test_at_the_exit_time_the_structure_is_closed_whatever_its_profit():
    assert exits(credit_spread(EXIT_TS=at(4))) == [[4, 2, 1, s.REASON_TIME, 0]]


def test_a_frame_without_an_exit_measure_places_no_exit_even_at_the_exit_time():
    scene = credit_spread(EXIT_TS=at(4)).quote(LONG, 4, 330, 320).quote(LONG, 6, 300, 320)
    assert [row[0] for row in exits(scene)] == [6]


def test_an_exit_in_a_stale_frame_is_canceled_unfilled_and_tried_again():
    scene = credit_spread(EXIT_TS=at(4))
    scene.clock[s.CLOCK_ARRIVAL, 4] += 2_000_000_000
    outcome = scene.run()
    assert [row[0] for row in outcome.rows(s.EVENT_EXIT_SIGNAL)] == [4, 5]
    assert [row[:3] for row in outcome.rows(s.EVENT_ORDER_CANCELED)] == [[4, 2, s.REASON_UNFILLED]]


def test_in_live_an_entry_fills_from_the_next_frame_on_and_is_canceled_at_the_exit_time():
    scene = credit_spread(same_tick=0, EXIT_TS=at(6))
    filled = scene.run().rows(s.EVENT_ORDER_FILLED)
    assert [row[0] for row in filled] == [2, 7]
    scene = credit_spread(same_tick=0, EXIT_TS=at(3), CONCEDED_TICKS=1)
    canceled = scene.run().rows(s.EVENT_ORDER_CANCELED)
    assert [row[:3] for row in canceled] == [[3, 1, s.REASON_EXIT_TIME]]


def test_an_entry_waits_for_the_first_fresh_frame():
    scene = credit_spread()
    scene.clock[s.CLOCK_ARRIVAL, 1:3] += 2_000_000_000
    assert scene.run().rows(s.EVENT_ORDER_FILLED)[0][0] == 3


def test_a_try_without_a_valid_strike_is_used_up_and_says_which_leg():
    scene = credit_spread().quote(SHORT, 0, 0, 520)
    skipped = scene.run().rows(s.EVENT_ENTRY_SKIPPED)
    assert skipped == [[1, s.MISSING, 1, s.REASON_NO_STRIKE, 0, 0, 0, 0]]
    scene = credit_spread().quote(LONG, 0, s.MISSING, s.MISSING)
    assert scene.run().rows(s.EVENT_ENTRY_SKIPPED)[0][2:5] == [1, s.REASON_NO_STRIKE, 1]


def test_a_window_enters_again_as_soon_as_nothing_is_open():
    scene = credit_spread(entries=[(at(1), at(6))], TARGET_BPS=5_000, MAX_ENTRIES=3)
    scene.quote(SHORT, 3, 400, 420).quote(SHORT, 4, 500, 520)
    outcome = scene.run()
    opened = [row[0] for row in outcome.rows(s.EVENT_ORDER_PLACED) if row[7] == s.ORIGIN_ENTRY]
    assert opened == [1, 3]
    assert outcome.state[0, s.STATE_ENTRIES_USED] == 2


def test_entry_times_may_overlap_and_each_structure_is_watched_alone():
    scene = credit_spread(entries=[(at(1), s.MISSING), (at(3), s.MISSING)], TARGET_BPS=5_000)
    scene.quote(SHORT, 2, 450, 470).quote(SHORT, 5, 400, 420)
    assert [row[:4] for row in exits(scene)] == [[5, 3, 1, s.REASON_PROFIT_TARGET]]


def test_a_structure_closed_by_command_is_given_up_when_its_exit_finds_nothing():
    scene = credit_spread(EXIT_TS=at(5))
    legs = [(SHORT, -1, s.EFFECT_CLOSE), (LONG, 1, s.EFFECT_CLOSE)]
    scene.commands.append(command(3, s.COMMAND_PLACE, legs, PRICE=-300))
    outcome = scene.run()
    assert outcome.rows(s.EVENT_ORDER_REJECTED) == [[5, 3, s.REASON_NOT_HELD, 0, 0, 0, 0, 0]]
    assert [row[0] for row in outcome.rows(s.EVENT_EXIT_SIGNAL)] == [5]


@pytest.mark.parametrize(
    ("method", "value", "spot", "instrument"),
    [
        (s.METHOD_ATM, 0, 602_400, PUTS[6000]),
        (s.METHOD_ATM, 0, 602_500, PUTS[6000]),
        (s.METHOD_OFFSET, 6_000, 600_000, PUTS[5950]),
        (s.METHOD_PREMIUM, 310, 600_000, LONG),
        (s.METHOD_EXPECTED_MOVE, 50_000, 600_000, PUTS[5950]),
    ],
)
def test_the_nearest_valid_strike_wins_and_of_two_the_farther_out(method, value, spot, instrument):
    scene = Scene(spot=spot)
    scene.plans = [with_strategy(base_plan(SAME_TICK=1), [(-1, s.PUT, 1, method, value, 0)], TIME)]
    scene.quote(LONG, 0, 300, 320)
    assert scene.run().rows(s.EVENT_ORDER_LEG)[0][3] == instrument


def test_a_missing_underlying_is_said():
    scene = Scene(spot=s.MISSING)
    scene.plans = [with_strategy(base_plan(), [(-1, s.PUT, 1, s.METHOD_ATM, 0, 0)], TIME)]
    assert scene.run().rows(s.EVENT_ENTRY_SKIPPED)[0][2:4] == [1, s.REASON_NO_UNDERLYING]


def test_a_debit_takes_its_target_from_width_less_debit():
    legs = [(-1, s.PUT, 1, s.METHOD_STRIKE, 595_000, 0), (1, s.PUT, 1, s.METHOD_STRIKE, 590_000, 0)]
    plan = with_strategy(base_plan(SAME_TICK=1), legs, TIME, TARGET_BPS=5_000, STOP_BPS=5_000)
    scene = Scene(plans=[plan]).quote(LONG, 0, 300, 320)
    row = scene.run(cash=CASH).state[0]
    structure = row[s.STATE_HEADER_WIDTH + 8 * s.HOLDING_WIDTH :]
    assert structure[s.STRUCTURE_FILL_NET] == -200
    assert structure[s.STRUCTURE_TARGET2] == 2 * (5_000 - 200) * 5_000 // 10_000
    assert structure[s.STRUCTURE_STOP2] == -200
