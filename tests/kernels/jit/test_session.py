"""The session kernel as a whole: cuts, full buffers, company, and what a frame may write."""

import numpy as np
import pytest

from forven.kernels import schema as s
from forven.kernels.jit.session import frame_rows_max
from forven.kernels.states import new_states, shape_for
from tests.kernels.jit.scenes import CASH, PUTS, Scene, at, base_plan, command, with_strategy

SHORT, LONG = PUTS[5950], PUTS[5900]
LEGS = [(1, s.PUT, 1, s.METHOD_STRIKE, 595_000, 0), (-1, s.PUT, 1, s.METHOD_RELATIVE, -5_000, 0)]


def busy_day() -> Scene:
    """Return a day on which two bots enter, exit, and take commands, and one only commands."""
    scene = Scene(frames=12, settlement=594_000)
    base = base_plan(SAME_TICK=1, SLIPPAGE_TICKS=1)
    one = with_strategy(base, LEGS, [(at(1), s.MISSING)], TARGET_BPS=5_000, EXIT_TS=at(9))
    two = with_strategy(base_plan(CONCEDED_TICKS=1), LEGS, [(at(2), at(8))], EXIT_TS=at(9))
    scene.plans = [one, two, base_plan()]
    scene.quote(LONG, 0, 300, 320).quote(SHORT, 4, 400, 420).quote(SHORT, 6, 600, 620)
    legs = [(SHORT, 1, s.EFFECT_OPEN), (LONG, -1, s.EFFECT_OPEN)]
    scene.commands = [
        command(3, s.COMMAND_PLACE, legs, PRICE=150),
        command(5, s.COMMAND_PLACE, legs, PRICE=900),
        command(6, s.COMMAND_CANCEL, ORDER=3),
    ]
    return scene


def by_bot(journal: np.ndarray) -> np.ndarray:
    """Return the rows bot after bot, each in its own order."""
    return journal[np.lexsort((journal[:, s.JOURNAL_SEQUENCE], journal[:, s.JOURNAL_BOT]))]


def test_cutting_before_every_frame_changes_nothing():
    whole = busy_day().run()
    cut = busy_day().run(cuts=tuple(range(13)))
    assert len(whole.journal) > 40
    assert np.array_equal(by_bot(cut.journal), whole.journal)
    assert np.array_equal(cut.state, whole.state)


def test_a_journal_with_room_for_one_frame_is_drained_and_resumed():
    whole = busy_day().run()
    tight = busy_day().run(spare_rows=0)
    assert np.array_equal(by_bot(tight.journal), whole.journal)
    assert np.array_equal(tight.state, whole.state)


def test_financials_with_room_for_one_frame_are_drained_and_resumed():
    whole = busy_day().run(records=20)
    tight = busy_day().run(records=3)
    assert len(whole.financials) == 3 * 12
    order = np.argsort(whole.financials[:, s.FINANCIAL_TS], kind="stable")
    assert np.array_equal(
        np.sort(whole.financials[order], axis=0), np.sort(tight.financials, axis=0)
    )
    assert np.array_equal(by_bot(tight.journal), whole.journal)


def test_the_order_and_the_company_of_bots_change_nothing():
    together = busy_day().run()
    turned = busy_day()
    turned.plans.reverse()
    reversed_run = turned.run()
    for bot in range(3):
        alone = busy_day()
        alone.plans = [alone.plans[bot]]
        state = alone.run()
        assert np.array_equal(state.state[0], together.state[bot])
        assert np.array_equal(state.state[0], reversed_run.state[2 - bot])
        mine = together.journal[together.journal[:, s.JOURNAL_BOT] == bot]
        assert np.array_equal(mine[:, 1:], state.journal[:, 1:])


def test_a_row_of_financials_holds_cash_value_drawdown_margin_and_orders():
    scene = Scene(plans=[base_plan()]).quote(LONG, 0, 300, 320).quote(SHORT, 3, 550, 570)
    legs = [(SHORT, 1, s.EFFECT_OPEN), (LONG, -1, s.EFFECT_OPEN)]
    scene.commands = [
        command(1, s.COMMAND_PLACE, legs, PRICE=150),
        command(2, s.COMMAND_PLACE, legs, PRICE=900),
    ]
    rows = scene.run(records=20).financials
    cash = CASH + 200_000_000 - 3_440_000
    assert rows[3].tolist() == [
        at(3),
        cash,
        CASH - 3_440_000 - 50_000_000,
        53_440_000,
        5_000_000_000,
        1,
    ]


def test_a_late_settlement_value_settles_at_the_next_frame_given():
    scene = busy_day()
    scene.settlement = s.MISSING
    outcome = scene.run()
    assert not outcome.rows(s.EVENT_SESSION_ENDED, bot=2)
    assert outcome.rows(s.EVENT_ORDER_EXPIRED, bot=2) or outcome.state[2, s.STATE_ORDER_COUNT] == 0


def test_capacities_are_the_least_that_no_plan_outgrows():
    plans = np.stack(
        [
            base_plan(MAX_POSITIONS=6, MAX_ORDERS=2),
            with_strategy(
                base_plan(MAX_POSITIONS=4, MAX_ORDERS=9),
                LEGS,
                [(at(1), s.MISSING), (at(2), s.MISSING)],
                MAX_ENTRIES=5,
            ),
        ]
    )
    shape = shape_for(plans)  # two entries of two legs each, at most four instruments
    assert (shape.holdings, shape.structures, shape.orders) == (4, 2, 4)
    assert frame_rows_max(shape, 3) > frame_rows_max(shape)


def test_a_bot_with_commands_may_fill_all_that_its_policy_allows():
    plans = base_plan(MAX_POSITIONS=6, MAX_ORDERS=9, COMMAND_COUNT=1)[None]
    shape = shape_for(plans)
    assert (shape.holdings, shape.structures, shape.orders) == (6, 1, 9)


@pytest.mark.parametrize("cash", [0, CASH])
def test_a_new_state_is_running_with_its_cash_and_first_order_one(cash):
    state = new_states(s.StateShape(1, 1, 1), np.array([cash]))
    assert state.shape == (1, s.StateShape(1, 1, 1).width)
    assert state[0, s.STATE_STATUS] == s.STATUS_RUNNING
    assert state[0, s.STATE_CASH] == state[0, s.STATE_PEAK_NLV] == cash
    assert state[0, s.STATE_NEXT_ORDER] == 1
