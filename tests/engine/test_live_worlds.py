"""Live sessions over random worlds: any windows, commands at any time, the whole day's journals."""

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forven.engine.live import LiveRun
from forven.engine.live_fleet import relaid
from forven.kernels import backend, schema
from forven.kernels.session_arrays import SessionArrays
from forven.kernels.states import new_states
from forven.primitives.errors import InvalidInput
from tests.engine.live_windows import window_of
from tests.reference.scenarios import World, world_of, worlds

OFTEN = settings(max_examples=150)


class Bounds:
    """The two moments of a made-up session."""

    def __init__(self, session: np.ndarray) -> None:
        self.open_ns = int(session[schema.SESSION_OPEN])
        self.close_ns = int(session[schema.SESSION_CLOSE])


def run_of(world: World) -> LiveRun:
    multiplier = int(world.session[schema.SESSION_MULTIPLIER])
    return LiveRun(multiplier, Bounds(world.session), world.instruments)


def own_commands(world: World, bot: int) -> np.ndarray:
    plan = world.plans[bot]
    first = plan[schema.PLAN_COMMAND_FROM]
    return world.commands[first : first + plan[schema.PLAN_COMMAND_COUNT]]


def whole_day(world: World) -> tuple[list[np.ndarray], np.ndarray]:
    """The kernel's journals and states over a world in one call."""
    kernel = backend.load("session").Session(
        SessionArrays(
            quotes=world.quotes,
            clock=world.clock,
            instruments=world.instruments,
            session=world.session,
            plans=world.plans,
            commands=world.commands,
        )
    )
    states = new_states(world.shape, world.opening_cash)
    journal = np.zeros((100_000, schema.JOURNAL_WIDTH), np.int64)
    financials = np.zeros((world.bots, 0, schema.FINANCIAL_WIDTH), np.int64)
    count = kernel.advance(states, journal, financials, world.frames)
    rows = journal[:count]
    return [rows[rows[:, schema.JOURNAL_BOT] == bot] for bot in range(world.bots)], states


def settlement_of(world: World) -> int:
    return int(world.session[schema.SESSION_SETTLEMENT])


def assert_day(world: World, run: LiveRun, rows: list[np.ndarray], numbers: list[int]) -> int:
    """Hold every accepted bot's journal and state to the whole day's; return how many there are."""
    found = np.concatenate([np.zeros((0, schema.JOURNAL_WIDTH), np.int64), *rows])
    wanted, states = whole_day(world)
    held = 0
    for bot, number in enumerate(numbers):
        if number in run.refused:
            continue
        own = found[found[:, schema.JOURNAL_BOT] == number]
        assert_array_equal(own[:, 1:], wanted[bot][:, 1:])
        state = relaid(states[bot : bot + 1], world.shape, run.shape)[0]
        assert same_state(run.state(number), state, run.shape, world.frames)
        held += 1
    return held


def same_state(found, wanted, shape, frames: int) -> bool:
    """Whether two state rows say the same; what lies beyond the counts says nothing."""
    found, wanted = found.copy(), wanted.copy()
    if found[schema.STATE_STATUS] < schema.STATUS_ENDED:
        assert found[schema.STATE_FRAME] == frames
    wanted[schema.STATE_FRAME] = found[schema.STATE_FRAME]
    orders = shape.orders_at + int(wanted[schema.STATE_ORDER_COUNT]) * schema.ORDER_WIDTH
    holdings = shape.holdings_at + int(wanted[schema.STATE_HOLDING_COUNT]) * schema.HOLDING_WIDTH
    if not np.array_equal(found[:holdings], wanted[:holdings]):
        return False
    middle = slice(shape.structures_at, shape.orders_at)
    for one, other in zip(
        found[middle].reshape(-1, schema.STRUCTURE_WIDTH),
        wanted[middle].reshape(-1, schema.STRUCTURE_WIDTH),
        strict=True,
    ):
        is_free = other[schema.STRUCTURE_STATUS] == schema.STRUCTURE_FREE
        if one[schema.STRUCTURE_STATUS] != other[schema.STRUCTURE_STATUS]:
            return False
        if not is_free and not np.array_equal(one, other):
            return False
    return np.array_equal(found[shape.orders_at : orders], wanted[shape.orders_at : orders])


@OFTEN
@given(world=worlds(), seed=st.integers(0, 2**32))
def test_any_windows_give_the_journals_of_the_whole_day(world, seed):
    chance = Random(seed)
    cuts = {chance.randrange(1, world.frames) for _ in range(chance.randint(0, world.frames))}
    run = run_of(world)
    numbers = [
        run.add(plan, int(cash), own_commands(world, bot))
        for bot, (plan, cash) in enumerate(zip(world.plans, world.opening_cash, strict=True))
    ]
    bounds = [0, *sorted(cuts), world.frames]
    rows = [
        run.advance(window_of(world, first, last), settlement_of(world))
        for first, last in zip(bounds, bounds[1:], strict=False)
    ]
    assert_day(world, run, rows, numbers)


@OFTEN
@given(world=worlds(), seed=st.integers(0, 2**32))
def test_commands_that_come_between_windows_change_nothing(world, seed):
    """One frame at a time; each command arrives at a random moment before it is due."""
    chance = Random(seed)
    run = run_of(world)
    due, numbers = [], []
    for bot, (plan, cash) in enumerate(zip(world.plans, world.opening_cash, strict=True)):
        numbers.append(run.add(plan, int(cash)))
        arrives = world.frames
        for row in own_commands(world, bot)[::-1]:  # in order, none later than it is due
            frame = int(np.searchsorted(world.clock[0], row[schema.COMMAND_DUE]))
            arrives = min(arrives, chance.randint(0, frame))
            due.append((arrives, bot, row))
    due.reverse()
    rows, lost = [], set()
    for frame in range(world.frames):
        for _, bot, row in (entry for entry in due if entry[0] == frame):
            if numbers[bot] in run.bots:
                try:
                    run.command(numbers[bot], row)
                except InvalidInput:
                    lost.add(bot)
        rows.append(run.advance(window_of(world, frame, frame + 1), settlement_of(world)))
    for bot in sorted(lost):
        run.refused[numbers[bot]] = "a command of it was"
    assert_day(world, run, rows, numbers)


def test_random_worlds_are_mostly_taken_and_do_something():
    """The tests above would say nothing of bots that are refused or idle."""
    taken = events = total = 0
    for seed in range(60):
        world = world_of(seed)
        run = run_of(world)
        numbers = [
            run.add(plan, int(cash), own_commands(world, bot))
            for bot, (plan, cash) in enumerate(zip(world.plans, world.opening_cash, strict=True))
        ]
        rows = [run.advance(window_of(world, 0, world.frames), settlement_of(world))]
        taken += assert_day(world, run, rows, numbers)
        total += world.bots
        events += len(rows[0])
    assert taken > 0.8 * total
    assert events > 20 * taken
