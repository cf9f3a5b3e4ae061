"""What the perpetual kernel cannot take is refused by name and row."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import perpetual_schema as p
from forven.kernels import schema as s
from forven.kernels.perpetual_arrays import PerpetualArrays
from forven.kernels.perpetual_checks import check_call, check_states, check_stream
from forven.kernels.perpetual_states import new_states
from forven.primitives.errors import InvalidInput
from tests.kernels.jit.perpetual.scenes import ORDERS, Scene, command

JOURNAL = np.zeros((9, s.JOURNAL_WIDTH), np.int64)


def arrays() -> PerpetualArrays:
    """Return a sound stream with a print, two fundings and two commands of one bot."""
    scene = Scene(commands=[command(1), command(2)]).trade(1, 100, 1, -1)
    plans = np.stack(scene.plans)
    plans[:, p.PLAN_COMMAND_COUNT] = 2
    return PerpetualArrays(
        book=scene.book,
        prints=np.array([row[:3] for row in scene.trades], np.int64),
        fundings=np.array([[1, 100, 100], [2, 100, 100]], np.int64),
        tiers=np.array([[0, 10], [500, 5]], np.int64),
        contract=scene.contract,
        plans=plans,
        commands=np.array(scene.commands, np.int64),
    )


def test_a_sound_stream_and_a_new_state_are_taken():
    sound = arrays()
    state = new_states(ORDERS, np.array([100]))
    check_stream(sound)
    check_states(sound, state)
    check_call(sound, state, JOURNAL, 6)


@pytest.mark.parametrize(
    ("argument", "place", "value", "words"),
    [
        ("book", (p.BOOK_TS, 3), 5, "TS rising up to frame 3"),
        ("book", (p.BOOK_BID, 2), 0, "BID above 0, or -1, in frame 2"),
        ("book", (p.BOOK_ASK, 2), p.PRICE_MAX + 1, "ASK of frame 2"),
        ("book", (p.BOOK_PRINTS, 5), 2, "PRINTS up to 1 in frame 5"),
        ("book", (p.BOOK_PRINTS, 4), 0, "PRINTS not falling at frame 4"),
        ("prints", (0, p.PRINT_AGGRESSOR), 2, "AGGRESSOR of print 0"),
        ("fundings", (1, p.FUNDING_TS), 0, "TS not falling at funding 1"),
        ("fundings", (0, p.FUNDING_RATE), 900_000_001, "RATE of funding 0"),
        ("tiers", (0, p.TIER_FROM), 1, "a first tier FROM 0"),
        ("tiers", (1, p.TIER_FROM), 0, "rising FROM before tier 1"),
        ("contract", p.CONTRACT_VALUE, 0, "VALUE from 1"),
        ("contract", p.CONTRACT_END, 1, "END from OPEN"),
        ("plans", (0, p.PLAN_LEVERAGE), 0, "LEVERAGE of bot 0"),
        ("plans", (0, p.PLAN_COMMAND_COUNT), 3, "commands up to 2 of bot 0"),
        ("plans", (0, p.PLAN_MAX_CONCESSION), 2**40, "MAX_CONCESSION up to"),
        ("commands", (1, p.COMMAND_DUE), 0, "DUE not falling among those of bot 0"),
    ],
)
def test_what_is_out_of_bounds_is_named(argument, place, value, words):
    changed = arrays()
    getattr(changed, argument)[place] = value
    with pytest.raises(InvalidInput, match=f"^{argument}: expected .*{words}"):
        check_stream(changed)


def test_fundings_that_no_sum_could_hold_are_refused():
    fundings = np.array([[ts, 10**8, p.PRICE_MAX] for ts in range(600)], np.int64)
    with pytest.raises(InvalidInput, match="fundings: expected payments of at most"):
        check_stream(replace(arrays(), fundings=fundings))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (p.STATE_FRAME, 7, "FRAME in range of bot 0"),
        (p.STATE_COMMAND_CURSOR, -1, "COMMAND_CURSOR in range of bot 0"),
        (p.STATE_CASH, 2**62, "CASH of bot 0"),
        (p.STATE_POSITION, p.EXPOSURE_MAX, "position and landed orders"),
        (p.STATE_HEADER_WIDTH + p.ORDER_SIDE, 0, "SIDE -1 or 1 of an order of bot 0"),
        (p.STATE_HEADER_WIDTH + p.ORDER_ID, 9, "ID below NEXT_ORDER of an order of bot 0"),
    ],
)
def test_a_state_that_the_kernel_cannot_have_left_is_refused(column, value, words):
    sound = arrays()
    state = new_states(ORDERS, np.array([100]))
    state[0, [p.STATE_ORDER_COUNT, p.STATE_NEXT_ORDER]] = 1, 3
    at = p.STATE_HEADER_WIDTH
    state[0, [at + p.ORDER_ID, at + p.ORDER_SIDE, at + p.ORDER_LEFT]] = 2, 1, 1
    check_states(sound, state)
    state[0, column] = value
    with pytest.raises(InvalidInput, match=f"state: expected .*{words}"):
        check_states(sound, state)


def test_a_call_must_fit_its_arrays():
    sound = arrays()
    state = new_states(ORDERS, np.array([100]))
    with pytest.raises(InvalidInput, match="frame_to: expected 0 to 6, found 7"):
        check_call(sound, state, JOURNAL, 7)
    with pytest.raises(InvalidInput, match="journal: expected 11 columns"):
        check_call(sound, state, JOURNAL[:, 1:], 6)
    with pytest.raises(InvalidInput, match="state: expected 1 bots, found 2"):
        check_call(sound, np.concatenate([state, state]), JOURNAL, 6)
