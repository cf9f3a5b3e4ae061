"""Every perpetual kernel equals the oracle in each row, fact and micro, however it is called."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.journal import digest
from tests.reference.perpetual.comparison import difference, oracle_outcomes
from tests.reference.perpetual.kernel_run import (
    alone,
    first_difference,
    kernel_outcomes,
    least_journal_rows,
    words_between,
)
from tests.reference.perpetual.runners import KERNELS
from tests.reference.perpetual.worlds import world_of, worlds

CHUNK = 100


@pytest.mark.parametrize("first", range(0, 20 * CHUNK, CHUNK))
def test_kernels_say_and_do_what_the_oracle_does_in_every_frame(first):
    for seed in range(first, first + CHUNK):
        words = first_difference(KERNELS, seed)
        assert not words, words


@settings(max_examples=60)
@given(world=worlds())
def test_the_kernel_equals_the_oracle_on_worlds_that_shrink(kernel, world):
    words = words_between(kernel_outcomes(kernel, world), oracle_outcomes(world))
    assert not words, words


@settings(max_examples=60)
@given(world=worlds(), cut_seed=st.integers(0, 2**32))
def test_cutting_anywhere_changes_nothing(kernel, world, cut_seed):
    chance = Random(cut_seed)
    cuts = [chance.randint(0, world.frames) for _ in range(chance.randint(1, 6))]
    assert kernel_outcomes(kernel, world, cuts) == kernel_outcomes(kernel, world)


@settings(max_examples=60)
@given(world=worlds())
def test_a_journal_buffer_of_the_least_size_changes_nothing(kernel, world):
    least = least_journal_rows(kernel, world)
    small = kernel_outcomes(kernel, world, journal_rows=least)
    assert small == kernel_outcomes(kernel, world)


@pytest.mark.parametrize("seed", range(60))
def test_a_bot_does_the_same_alone_and_in_any_company(kernel, seed):
    world = world_of(seed)
    together = kernel_outcomes(kernel, world)
    for bot in range(world.bots):
        (single,) = kernel_outcomes(kernel, alone(world, [bot]))
        assert without_bot(single.journal) == without_bot(together[bot].journal)
        assert (single.facts, single.orders) == (together[bot].facts, together[bot].orders)


def without_bot(rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [row[schema.JOURNAL_SEQUENCE :] for row in rows]


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_nothing(kernel, threads):
    for seed in range(60):
        world = world_of(seed)
        several = kernel_outcomes(kernel, world, threads=threads)
        assert several == kernel_outcomes(kernel, world)


@pytest.mark.parametrize("seed", range(20))
def test_threads_with_little_room_in_the_journal_change_nothing(kernel, seed):
    world = world_of(seed)
    least = least_journal_rows(kernel, world)
    cramped = kernel_outcomes(kernel, world, journal_rows=2 * least + 1, threads=3)
    assert cramped == kernel_outcomes(kernel, world)


def test_the_kernel_leaves_what_it_reads_alone(kernel):
    for seed in range(20):
        world, untouched = world_of(seed), world_of(seed)
        kernel_outcomes(kernel, world)
        for name, array in vars(untouched).items():
            assert np.array_equal(getattr(world, name), array), name


@pytest.mark.parametrize("column", range(schema.JOURNAL_SEQUENCE, schema.JOURNAL_WIDTH))
def test_a_single_changed_cell_is_a_difference(column):
    (wanted, *_) = oracle_outcomes(talkative_world())
    row = list(wanted.journal[3])
    row[column] += 1
    changed = replace(wanted, journal=[*wanted.journal[:3], tuple(row), *wanted.journal[4:]])
    assert "oracle: #3" in difference(changed, wanted)
    assert digest(changed.journal) != digest(wanted.journal)


@pytest.mark.parametrize("name", ["CASH", "PEAK_EQUITY", "COMMAND_CURSOR", "TAKEN_ASK"])
def test_a_single_changed_fact_is_a_difference(name):
    (wanted, *_) = oracle_outcomes(talkative_world())
    facts = {**wanted.facts, name: wanted.facts[name] + 1}
    assert name in difference(replace(wanted, facts=facts), wanted)


def test_a_single_changed_order_is_a_difference():
    for seed in range(100):
        for wanted in oracle_outcomes(world_of(seed)):
            for at, order in enumerate(wanted.orders):
                for name in order:
                    orders = [dict(each) for each in wanted.orders]
                    orders[at][name] += 1
                    words = difference(replace(wanted, orders=orders), wanted)
                    assert f"order row {at}, {name}" in words


def talkative_world():
    """Return the first world whose first bot says ten things and has commands."""
    for seed in range(100):
        world = world_of(seed)
        if (
            world.plans[0][columns.PLAN_COMMAND_COUNT]
            and len(oracle_outcomes(world)[0].journal) > 9
        ):
            return world
    raise AssertionError("expected a bot that says something, found none")
