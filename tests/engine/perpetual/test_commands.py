"""Commands: decimals in, integers out, and clear words for what cannot be."""

import pytest

from forven.engine.perpetual.commands import (
    PerpetualOrder,
    cancel,
    cancel_all,
    command_rows,
    place,
    replace,
    stop,
)
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from forven.primitives.errors import InvalidInput, InvalidOrder
from tests.market.perpetual.made_ticks import CONTRACT

GOOD = {"kind": "limit", "side": "buy", "size": "0.5", "price": "60000.1"}


def columns(row):
    return {
        name.removeprefix("COMMAND_"): row[value]
        for name, value in vars(layout).items()
        if name.startswith("COMMAND_") and name != "COMMAND_WIDTH" and row[value]
    }


def test_a_limit_order_and_its_flags():
    order = PerpetualOrder(**GOOD, post_only=True, reduce_only=True, pegged=True, offset_ticks=3)
    assert columns(place(7, order, CONTRACT)) == {
        "DUE": 7,
        "TYPE": schema.ORDER_LIMIT,
        "SIDE": -1,
        "PRICE": 600_001,
        "LOTS": 500,
        "POST_ONLY": 1,
        "REDUCE_ONLY": 1,
        "PEGGED": 1,
        "OFFSET_TICKS": 3,
    }


def test_market_and_stop_orders():
    market = PerpetualOrder(kind="market", side="sell", size=2, immediate=True)
    assert columns(place(7, market, CONTRACT)) == {
        "DUE": 7,
        "SIDE": 1,
        "LOTS": 2_000,
        "IMMEDIATE": 1,
    }
    stopped = PerpetualOrder(kind="stop", side="sell", size="1", price="59000")
    assert columns(place(7, stopped, CONTRACT)) == {
        "DUE": 7,
        "TYPE": schema.ORDER_STOP,
        "SIDE": 1,
        "PRICE": 590_000,
        "LOTS": 1_000,
    }


def test_the_other_commands():
    assert columns(cancel(7, 3)) == {"DUE": 7, "KIND": schema.COMMAND_CANCEL, "ORDER": 3}
    assert columns(cancel_all(7)) == {"DUE": 7, "KIND": schema.COMMAND_CANCEL_ALL}
    assert columns(stop(7)) == {"DUE": 7, "KIND": schema.COMMAND_STOP}
    assert columns(replace(7, 3, "1.5", CONTRACT)) == {
        "DUE": 7,
        "KIND": schema.COMMAND_REPLACE,
        "ORDER": 3,
        "PRICE": 15,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "iceberg"}, "kind: expected market, limit or stop; found 'iceberg'"),
        ({"side": "long"}, "side: expected buy or sell, found 'long'"),
        ({"price": None}, "price: a limit order takes a price, found None"),
        ({"kind": "market"}, "price: a market order takes no price, found '60000.1'"),
        ({"kind": "stop", "post_only": True}, "post_only: only a limit order can be, found a stop"),
        ({"kind": "stop", "pegged": True}, "pegged: only a limit order can be, found a stop order"),
        ({"post_only": True, "immediate": True}, "immediate: a post-only order waits"),
        ({"kind": "stop", "immediate": True}, "immediate: a stop order waits for its trigger"),
        ({"post_only": 1}, "post_only: expected true or false, found 1"),
        ({"offset_ticks": 1_001}, "offset_ticks: expected 0 to 1000, found 1001"),
    ],
)
def test_an_order_that_cannot_be_is_refused(change, message):
    with pytest.raises(InvalidOrder, match=message):
        PerpetualOrder(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"price": "60000.15"}, r"nearest valid prices 60000\.1 and 60000\.2"),
        ({"size": "0.0005"}, "size: expected a multiple of 0.001 PERP"),
        ({"size": "0"}, "size: expected a multiple of 0.001 PERP"),
        ({"size": "many"}, "size: expected a decimal number, found 'many'"),
        ({"price": "1e5"}, "price: expected a decimal number, found '1e5'"),
    ],
)
def test_an_order_off_the_contracts_grid_is_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        place(7, PerpetualOrder(**(GOOD | change)), CONTRACT)


@pytest.mark.parametrize("due_ns", [-1, 1.5, None, 2**63 - 1])
def test_a_command_is_due_at_a_moment(due_ns):
    with pytest.raises(InvalidOrder, match="due_ns: expected nanoseconds since 1970"):
        cancel_all(due_ns)


@pytest.mark.parametrize("order_id", [0, -1, "1"])
def test_ids_begin_at_one(order_id):
    with pytest.raises(InvalidOrder, match="order_id: expected a whole number from 1"):
        cancel(7, order_id)


def test_due_times_must_not_decrease():
    assert command_rows([]).shape == (0, layout.COMMAND_WIDTH)
    assert command_rows([stop(1), stop(1), stop(2)]).shape == (3, layout.COMMAND_WIDTH)
    with pytest.raises(InvalidOrder, match="expected due times that do not decrease"):
        command_rows([stop(2), stop(1)])
