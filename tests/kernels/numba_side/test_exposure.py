"""The bound of the money that a batch may move: the same figures and words on every backend."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import schema as s
from forven.kernels.numba_side.exposure import CONTRACTS_MAX, MARGIN_MAX, WORTH_MAX, check_exposure
from forven.kernels.session_arrays import SessionArrays
from forven.primitives.errors import InvalidInput
from tests.kernels.jit.scenes import Scene, at, base_plan, command, mark2_of, with_strategy
from tests.reference.scenarios import world_of
from tests.reference.sides import installed_sides

SHAPE = s.StateShape(holdings=8, structures=16, orders=8)
LEGS = [
    (1, s.PUT, 500, s.METHOD_STRIKE, 595_000, 0),
    (-1, s.PUT, 1_000, s.METHOD_STRIKE, 590_000, 0),
]
PRICE = 520  # the scene's greatest quote
FEE = 5_000_000  # the plan's greatest
ONE = PRICE * 1_000_000 + FEE  # what a contract may at most be worth


def arrays_of(*plans, commands=()):
    """Return the arrays of a small day without a settlement value."""
    scene = Scene(plans=list(plans), commands=list(commands))
    mark2_of(scene.quotes)
    rows = np.stack(scene.plans)
    rows[:, s.PLAN_COMMAND_COUNT] = len(scene.commands)
    return SessionArrays(
        quotes=scene.quotes,
        clock=scene.clock,
        instruments=scene.instruments,
        session=scene.session(SHAPE),
        plans=rows,
        commands=np.array(scene.commands, np.int64).reshape(-1, s.COMMAND_WIDTH),
    )


def strategy(quantity, **columns):
    """Return a plan whose contracts need hardly any margin, unless a column says otherwise."""
    base = base_plan(**({"MARGIN_RATE_BPS": 0} | columns))
    return with_strategy(base, LEGS, [(at(1), s.MISSING), (at(2), s.MISSING)], QUANTITY=quantity)


def refusals(arrays):
    """Return the words with which each installed backend refuses a session, or None."""
    found = {}
    for name, side in installed_sides("session").items():
        try:
            side.Session(arrays)
            found[name] = None
        except InvalidInput as error:
            found[name] = str(error).partition(";")[0]
    return found


def numba_refusal(arrays):
    """Return the words with which numba refuses a session, or None."""
    try:
        check_exposure(arrays)
    except InvalidInput as error:
        return str(error).partition(";")[0]
    return None


def assert_refused(arrays, bot, most, figure, name="micros of worth"):
    words = f"plans: expected contracts of bot {bot} of at most {most} {name}, found {figure}"
    assert refusals(arrays) == dict.fromkeys(installed_sides("session"), words)


def assert_accepted(arrays):
    assert refusals(arrays) == dict.fromkeys(installed_sides("session"))


def test_a_strategy_may_open_each_entry_at_its_full_size():
    contracts = 2 * 1_500  # two times, all legs
    most = WORTH_MAX // (contracts * ONE)
    assert_accepted(arrays_of(strategy(1), strategy(most)))
    figure = contracts * ONE * (most + 1)
    assert_refused(arrays_of(strategy(1), strategy(most + 1)), 1, WORTH_MAX, figure)


def test_contracts_are_counted_whatever_they_are_worth():
    arrays = arrays_of(strategy(1_000_000))
    cheap = replace(arrays, quotes=np.ones_like(arrays.quotes))
    cheap.quotes[2] = 2
    assert_refused(cheap, 0, CONTRACTS_MAX, 3_000_000_000, "of them")


def test_a_window_may_be_tried_in_every_frame():
    tries = 1 + 6
    most = WORTH_MAX // (tries * 1_500 * ONE)
    for quantity in (most, most + 1):
        plan = with_strategy(base_plan(MARGIN_RATE_BPS=0), LEGS, [(at(1), at(5))])
        plan[s.PLAN_MAX_ENTRIES] = 1_000
        plan[s.PLAN_QUANTITY] = quantity
        if quantity == most:
            assert_accepted(arrays_of(plan))
        else:
            assert_refused(arrays_of(plan), 0, WORTH_MAX, tries * 1_500 * ONE * quantity)


def test_short_contracts_may_need_their_margin():
    one = 2 * 500 * (605_000 + 1 + PRICE) * 1_000_000
    most = MARGIN_MAX // one
    assert_accepted(arrays_of(strategy(most, MARGIN_RATE_BPS=10_000)))
    plan = strategy(most + 1, MARGIN_RATE_BPS=10_000)
    assert_refused(arrays_of(plan), 0, MARGIN_MAX, one * (most + 1), "micros of margin")


def test_commands_count_where_the_kernel_would_take_them():
    def placed(quantity, ratio=1_000, effect=s.EFFECT_OPEN):
        return command(1, s.COMMAND_PLACE, [(4, -ratio, effect)], PRICE=-5, QUANTITY=quantity)

    def many(row, count):
        return arrays_of(base_plan(), commands=[row] * count)

    figure = 6_000 * 1_000 * ONE
    count = WORTH_MAX // figure
    assert_accepted(many(placed(6_000), count))
    assert_refused(many(placed(6_000), count + 1), 0, WORTH_MAX, figure * (count + 1))
    assert_accepted(many(placed(6_000, effect=s.EFFECT_CLOSE), count + 1))
    assert_accepted(many(placed(2_000_000, ratio=1), count + 1))  # beyond what an order may have
    assert_accepted(many(placed(1_000_000), count + 1))  # its strike is worth more than 4e18
    assert_accepted(many(placed(1, ratio=10**18), count + 1))
    assert_accepted(many(command(1, s.COMMAND_STOP, QUANTITY=6_000), count + 1))


@pytest.mark.parametrize("column", ["FEE_OPEN_FROM", "FEE_SETTLEMENT", "SLIPPAGE_TICKS"])
def test_fees_and_slippage_are_part_of_what_a_contract_costs(column):
    plan = strategy(1_000, **{column: 1_000_000})
    arrays = arrays_of(plan)
    if column == "SLIPPAGE_TICKS":
        assert "worth" in refusals(arrays)["numba"]
    else:
        assert_accepted(arrays)
        plan[getattr(s, f"PLAN_{column}")] = 10**12
        assert "worth" in refusals(arrays_of(plan))["numba"]
    assert len(set(refusals(arrays).values())) == 1


def test_a_known_settlement_is_a_price_that_contracts_may_get():
    arrays = arrays_of(strategy(10))
    session = arrays.session.copy()
    session[s.SESSION_SETTLEMENT] = 10_000_000
    far = replace(arrays, session=session)
    assert_accepted(far)
    plan = strategy(100_000)
    figure = 3_000 * 100_000 * ((10_000_000 - 590_000) * 1_000_000 + FEE)
    assert_refused(replace(arrays_of(plan), session=session), 0, WORTH_MAX, figure)


def test_the_worlds_of_the_tests_are_within_the_bounds():
    for seed in range(100):
        world = world_of(seed)
        check_exposure(
            SessionArrays(
                quotes=world.quotes,
                clock=world.clock,
                instruments=world.instruments,
                session=world.session,
                plans=world.plans,
                commands=world.commands,
            )
        )


@pytest.mark.parametrize("value", [2**62, 2**63 - 1])
@pytest.mark.parametrize("column", range(s.PLAN_WIDTH))
def test_a_figure_of_any_size_is_worked_out_exactly(column, value):
    """Whatever a plan holds, the bound itself neither overflows nor fails otherwise."""
    plan = strategy(1_000)
    if column in (s.PLAN_COMMAND_FROM, s.PLAN_COMMAND_COUNT):
        return  # rows of `commands`, which the host has checked
    plan[column] = value
    words = numba_refusal(arrays_of(plan))
    assert words is None or int(words.partition("found ")[2]) > CONTRACTS_MAX
