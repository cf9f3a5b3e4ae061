"""The session kernel equals the oracle of `tests/reference/` in every row, fact and cent."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forven.kernels import schema
from forven.kernels.states import shape_for
from tests.reference.comparison import difference, oracle_outcomes
from tests.reference.journal import digest
from tests.reference.kernel_run import (
    alone,
    first_difference,
    kernel_outcomes,
    least_journal_rows,
    run_kernel,
)
from tests.reference.scenarios import world_of, worlds
from tests.reference.session import sessions_of
from tests.reference.sides import installed_sides

CHUNK = 250


@pytest.mark.parametrize("first", range(0, 10 * CHUNK, CHUNK))
def test_the_kernel_says_and_does_what_the_oracle_does(first):
    for seed in range(first, first + CHUNK):
        words = first_difference(seed)
        assert not words, words


@settings(max_examples=100)
@given(world=worlds())
def test_the_kernel_equals_the_oracle_on_worlds_that_shrink(world):
    for found, wanted in zip(kernel_outcomes(world), oracle_outcomes(world), strict=True):
        words = difference(found, wanted)
        assert not words, words


@settings(max_examples=100)
@given(world=worlds(), cut_seed=st.integers(0, 2**32))
def test_cutting_anywhere_changes_nothing(world, cut_seed):
    chance = Random(cut_seed)
    cuts = [chance.randint(0, world.frames) for _ in range(chance.randint(1, 6))]
    whole = kernel_outcomes(world)
    assert kernel_outcomes(world, cuts) == whole


@pytest.mark.parametrize("seed", range(40))
def test_cutting_at_every_frame_changes_nothing(seed):
    world = world_of(seed)
    assert kernel_outcomes(world, cuts=range(world.frames)) == kernel_outcomes(world)


@settings(max_examples=60)
@given(world=worlds())
def test_a_journal_buffer_of_the_least_size_changes_nothing(world):
    least = least_journal_rows(world)
    assert kernel_outcomes(world, journal_rows=least) == kernel_outcomes(world)


@settings(max_examples=60)
@given(world=worlds())
def test_the_least_capacities_that_plans_need_change_nothing(world):
    shape = shape_for(world.plans)
    session = world.session.copy()
    capacities = (shape.holdings, shape.structures, shape.orders)
    session[schema.SESSION_HOLDINGS : schema.SESSION_WIDTH] = capacities
    least = replace(world, session=session, shape=shape)
    assert kernel_outcomes(least) == kernel_outcomes(world)


@pytest.mark.parametrize("seed", range(100))
def test_a_bot_is_the_same_alone_and_in_any_company(seed):
    world = world_of(seed)
    together = kernel_outcomes(world)
    order = list(range(world.bots))[::-1]
    for bot, outcome in zip(order, kernel_outcomes(alone(world, order)), strict=True):
        assert digest(outcome.journal) == digest(together[bot].journal)
        assert outcome.facts == together[bot].facts
    for bot in range(world.bots):
        (single,) = kernel_outcomes(alone(world, [bot]))
        assert digest(single.journal) == digest(together[bot].journal)
        assert single.financials == together[bot].financials


@pytest.mark.parametrize("name", installed_sides("session"))
@pytest.mark.parametrize("seed", range(60))
def test_a_state_holds_nothing_of_another_bot(seed, name):
    world, side = world_of(seed), installed_sides("session")[name]
    together = run_kernel(world, side).state
    for bot in range(world.bots):
        np.testing.assert_array_equal(run_kernel(alone(world, [bot]), side).state[0], together[bot])


@pytest.mark.parametrize("seed", range(100))
def test_recording_financials_changes_nothing_else(seed):
    world = world_of(seed)
    silent = kernel_outcomes(world, records=False)
    for quiet, loud in zip(silent, kernel_outcomes(world), strict=True):
        assert quiet.journal == loud.journal
        assert quiet.holdings == loud.holdings
        changed = {name for name in quiet.facts if quiet.facts[name] != loud.facts[name]}
        assert changed <= {"FINANCIALS"}


@pytest.mark.parametrize("seed", range(300))
def test_a_settlement_value_that_comes_after_the_close_settles_then(seed):
    world = world_of(seed)
    value = int(world.session[schema.SESSION_SETTLEMENT])
    waiting = world.session.copy()
    waiting[schema.SESSION_SETTLEMENT] = schema.MISSING
    last = world.frames - 1
    sessions = sessions_of(world)
    for session in sessions:
        session.day.settlement = schema.MISSING
        session.advance(last)
        session.day.settlement = value
        session.advance(world.frames)
    outcomes = kernel_outcomes(world, cuts=[last], first_session=waiting)
    for found, session in zip(outcomes, sessions, strict=True):
        assert found.journal == session.journal.rows
        assert found.facts["CASH"] == session.account.cash


@pytest.mark.parametrize("column", range(schema.JOURNAL_SEQUENCE, schema.JOURNAL_WIDTH))
def test_a_single_changed_cell_is_a_difference(column):
    (wanted, *_) = oracle_outcomes(world_of(58))
    row = list(wanted.journal[3])
    row[column] += 1
    changed = replace(wanted, journal=[*wanted.journal[:3], tuple(row), *wanted.journal[4:]])
    assert "oracle: #3" in difference(changed, wanted)
    assert digest(changed.journal) != digest(wanted.journal)


@pytest.mark.parametrize("name", ["CASH", "PEAK_NLV", "COMMAND_CURSOR"])
def test_a_single_changed_fact_is_a_difference(name):
    (wanted, *_) = oracle_outcomes(world_of(58))
    changed = replace(wanted, facts={**wanted.facts, name: wanted.facts[name] + 1})
    assert name in difference(changed, wanted)
