"""Commands: orders in a trader's words, checked and encoded for the kernel."""

import numpy as np
import pytest

from forven.engine import commands
from forven.engine.commands import Leg, Order
from forven.kernels import schema
from forven.primitives.errors import InvalidInput, InvalidOrder


def leg(symbol="SPXW  240102P04700000", quantity=1, action="sell to open"):
    return Leg(instrument=symbol, quantity=quantity, action=action)


@pytest.fixture(scope="module")
def pair(coarse_day):
    return coarse_day.symbols[3], coarse_day.symbols[7]


def test_a_spread_is_reduced_and_its_legs_are_signed(coarse_day, pair):
    legs = (leg(pair[0], 4, "sell to open"), leg(pair[1], 6, "buy to close"))
    order = Order(kind="limit", legs=legs, price="4.30", effect="debit")
    row = commands.place(123, order, coarse_day, repriced=False)
    assert len(row) == schema.COMMAND_WIDTH
    assert row[schema.COMMAND_DUE] == 123
    assert row[schema.COMMAND_KIND] == schema.COMMAND_PLACE
    assert row[schema.COMMAND_TYPE] == schema.ORDER_LIMIT
    assert row[schema.COMMAND_PRICE] == -430
    assert row[schema.COMMAND_QUANTITY] == 2
    assert row[schema.COMMAND_REPRICED] == 0
    assert row[schema.COMMAND_LEG_COUNT] == 2
    first = schema.COMMAND_LEGS
    assert row[first : first + 6] == [3, 2, schema.EFFECT_OPEN, 7, -3, schema.EFFECT_CLOSE]
    assert not any(row[first + 6 :])


@pytest.mark.parametrize(
    ("action", "sign", "effect"),
    [
        ("buy to open", -1, schema.EFFECT_OPEN),
        ("sell to open", 1, schema.EFFECT_OPEN),
        ("buy to close", -1, schema.EFFECT_CLOSE),
        ("sell to close", 1, schema.EFFECT_CLOSE),
    ],
)
def test_the_four_actions(coarse_day, pair, action, sign, effect):
    row = commands.place(0, Order(kind="market", legs=(leg(pair[0], 2, action),)), coarse_day)
    first = schema.COMMAND_LEGS
    assert row[first : first + 3] == [3, sign, effect]
    assert row[schema.COMMAND_QUANTITY] == 2
    assert row[schema.COMMAND_PRICE] == 0


@pytest.mark.parametrize(
    ("price", "legs", "nearest"),
    [("4.32", 2, "4.30 and 4.35"), ("3.05", 1, "3.00 and 3.10"), ("0.051", 1, "0.05 and 0.10")],
)
def test_a_price_off_the_grid_is_refused_with_the_nearest(coarse_day, pair, price, legs, nearest):
    order = Order(kind="limit", legs=tuple(leg(symbol) for symbol in pair[:legs]), price=price)
    with pytest.raises(InvalidOrder, match=f"nearest prices are {nearest}"):
        commands.place(0, order, coarse_day)


@pytest.mark.parametrize("price", ["-1.00", "nan", "1e999999", "", "inf"])
def test_a_price_that_is_none_is_refused(coarse_day, pair, price):
    order = Order(kind="limit", legs=(leg(pair[0]),), price=price)
    with pytest.raises(InvalidOrder, match="price: expected"):
        commands.place(0, order, coarse_day)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "iceberg"}, "kind: expected market, limit or stop; found 'iceberg'"),
        ({"legs": ()}, "legs: a limit order takes 1 to 8, found 0"),
        ({"legs": (leg(),) * 9}, "legs: a limit order takes 1 to 8, found 9"),
        ({"kind": "stop", "legs": (leg(),) * 2}, "legs: a stop order takes 1 to 1, found 2"),
        ({"price": None}, "price: a limit order takes a price, found None"),
        ({"kind": "market"}, "price: a market order takes no price, found '1.00'"),
        ({"effect": "free"}, "effect: expected credit or debit, found 'free'"),
    ],
)
def test_an_order_that_cannot_be_is_refused(fields, message):
    with pytest.raises(InvalidOrder, match=message):
        Order(**({"kind": "limit", "legs": (leg(),), "price": "1.00"} | fields))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"action": "sell"}, "action: expected one of buy to open, .*; found 'sell'"),
        ({"quantity": 0}, "quantity: expected at least 1 contract, found 0"),
    ],
)
def test_a_leg_that_cannot_be_is_refused(fields, message):
    with pytest.raises(InvalidOrder, match=message):
        leg(**fields)


def test_an_instrument_that_is_not_in_the_chain_is_refused(coarse_day):
    with pytest.raises(InvalidInput, match="is not in the SPXW chain of 2024-01-02"):
        commands.place(0, Order(kind="market", legs=(leg("SPXW  240102P00000100"),)), coarse_day)


def test_the_other_commands():
    assert commands.cancel(1, 7)[: schema.COMMAND_ORDER + 1] == [1, schema.COMMAND_CANCEL, 7]
    assert commands.cancel_all(2)[:2] == [2, schema.COMMAND_CANCEL_ALL]
    replaced = commands.replace(3, 7, -430)
    assert replaced[: schema.COMMAND_ORDER + 1] == [3, schema.COMMAND_REPLACE, 7]
    assert replaced[schema.COMMAND_PRICE] == -430
    assert commands.stop(4)[:2] == [4, schema.COMMAND_STOP]
    assert commands.strategy_error(5)[:2] == [5, schema.COMMAND_ERROR]


def test_rows_become_one_array_in_order_of_time():
    rows = commands.command_rows([commands.stop(1), commands.stop(1), commands.stop(2)])
    assert rows.shape == (3, schema.COMMAND_WIDTH)
    assert rows.dtype == np.int64
    assert commands.command_rows([]).shape == (0, schema.COMMAND_WIDTH)
    with pytest.raises(InvalidOrder, match="due times that do not decrease"):
        commands.command_rows([commands.stop(2), commands.stop(1)])
