"""What an order is refused for on arrival, in the order of the checks."""

import pytest

from forven.kernels import schema as s
from tests.kernels.jit.scenes import CASH, PUTS, Scene, base_plan, command

A, B = PUTS[5950], PUTS[5900]
SELL = (A, 1, s.EFFECT_OPEN)
BUY = (B, -1, s.EFFECT_OPEN)


def refusal(legs: list, plan: dict | None = None, cash: int = CASH, **columns: int) -> int | None:
    """Return why an order placed in frame 1 is rejected on arrival, or None."""
    scene = Scene(plans=[base_plan(**(plan or {}))])
    scene.commands.append(command(1, s.COMMAND_PLACE, legs, **columns))
    rows = scene.run(cash=cash).rows(s.EVENT_ORDER_REJECTED)
    assert all(row[:2] == [1, 1] and row[3] == 0 for row in rows)
    return rows[0][2] if rows else None


@pytest.mark.parametrize(
    ("legs", "columns"),
    [
        ([], {}),
        ([SELL, SELL], {}),
        ([(A, 0, 0)], {}),
        ([(8, 1, 0)], {}),
        ([(-1, 1, 0)], {}),
        ([SELL, BUY], {"TYPE": s.ORDER_MARKET}),
        ([SELL, BUY], {"TYPE": s.ORDER_STOP, "PRICE": 900}),
        ([SELL], {"LEG_COUNT": 9}),
        ([SELL], {"LEG_COUNT": -1}),
    ],
)
def test_malformed_legs_are_refused(legs, columns):
    assert refusal(legs, **columns) == s.REASON_BAD_LEGS


@pytest.mark.parametrize(
    ("legs", "columns"),
    [
        ([SELL, BUY], {"QUANTITY": 0}),
        ([SELL, BUY], {"QUANTITY": 1_000_001}),
        ([(A, 1_001, 0), BUY], {}),
        ([(A, 1_000, 0), BUY], {"QUANTITY": 1_000_000}),
        ([SELL, BUY], {"PRICE": s.INT64_MAX}),
        ([SELL, BUY], {"PRICE": -s.INT64_MAX - 1}),
    ],
)
def test_quantities_that_money_could_not_hold_are_refused(legs, columns):
    assert refusal(legs, **columns) == s.REASON_BAD_QUANTITY


@pytest.mark.parametrize(("price", "legs"), [(202, [SELL, BUY]), (305, [SELL]), (-305, [BUY])])
def test_prices_off_the_grid_are_refused(price, legs):
    assert refusal(legs, PRICE=price) == s.REASON_OFF_GRID


def test_a_large_order_is_refused_for_buying_power_and_a_covered_one_is_not():
    assert refusal([SELL], PRICE=500) == s.REASON_BUYING_POWER
    assert refusal([SELL, BUY], PRICE=0) is None
    assert refusal([SELL, BUY], PRICE=0, cash=5_002_999_999) == s.REASON_BUYING_POWER


def test_pending_orders_and_instruments_held_are_limited():
    legs = [SELL, BUY]
    assert refusal(legs, {"MAX_ORDERS": 0}) == s.REASON_MAX_ORDERS
    assert refusal(legs, {"MAX_POSITIONS": 1}) == s.REASON_MAX_POSITIONS


def test_closing_needs_the_holding_and_opening_no_holding_against_it():
    assert refusal([(A, 1, s.EFFECT_CLOSE)], PRICE=500) == s.REASON_NOT_HELD
    scene = Scene()
    market = {"TYPE": s.ORDER_MARKET}
    scene.commands.append(command(1, s.COMMAND_PLACE, [BUY], **market))
    for ratio, effect in ((2, s.EFFECT_CLOSE), (1, s.EFFECT_OPEN), (-1, s.EFFECT_CLOSE)):
        scene.commands.append(command(2, s.COMMAND_PLACE, [(B, ratio, effect)], **market))
    reasons = [row[2] for row in scene.run().rows(s.EVENT_ORDER_REJECTED)]
    assert reasons == [s.REASON_NOT_HELD, s.REASON_OPPOSITE_HELD, s.REASON_NOT_HELD]


def test_a_second_order_that_fits_alone_is_refused_beside_the_first():
    scene = Scene()
    for _ in range(2):
        scene.commands.append(command(1, s.COMMAND_PLACE, [SELL, BUY], PRICE=500))
    first = scene.run(cash=6_000_000_000).rows(s.EVENT_ORDER_REJECTED)
    assert [row[1:3] for row in first] == [[2, s.REASON_BUYING_POWER]]


def test_an_order_that_can_no_longer_be_paid_is_rejected_at_its_fill():
    scene = Scene().quote(B, 0, 300, 320)
    price = {"PRICE": 150, "QUANTITY": 1}
    plan = scene.plans[0]
    plan[s.PLAN_SLIPPAGE_TICKS] = 100
    scene.commands.append(command(1, s.COMMAND_PLACE, [SELL, BUY], **price))
    rows = scene.run(cash=5_000_000_000).rows(s.EVENT_ORDER_REJECTED)
    assert rows == [[1, 1, s.REASON_BUYING_POWER, 1, 0, 0, 0, 0]]
