"""Documents by hand: the figures that a trader would write on paper."""

import uuid

from forven.kernels import schema
from forven.store.ledger_documents import Booking, OrderLeg, OrderState, order_id, transaction_id
from tests.store.made_rows import BOUNDS, SESSION

OPEN, CLOSE = schema.EFFECT_OPEN, schema.EFFECT_CLOSE
PUT = "SPXW  240102P04700000"


def spread(**changes: object) -> OrderState:
    """A put spread sold twice for 1.25."""
    fields: dict[str, object] = {
        "id": order_id(SESSION.id, 4),
        "number": 4,
        "kind": schema.ORDER_LIMIT,
        "block": schema.BLOCK_OPENING,
        "origin": schema.ORIGIN_ENTRY,
        "quantity": 2,
        "price": 125,
        "intended": 130,
        "placed_ns": BOUNDS.open_ns,
        "updated_ns": BOUNDS.open_ns + 1_500_000_000,
        "legs": [
            OrderLeg(instrument=PUT, ratio=1, effect=OPEN),
            OrderLeg(instrument=PUT, ratio=-3, effect=OPEN),
        ],
    }
    return OrderState(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_pending_credit_limit_order() -> None:
    assert spread(concession=1, replacements=1).document() == {
        "id": str(uuid.uuid5(uuid.UUID(SESSION.id), "order:4")),
        "number": 4,
        "type": "limit",
        "price": "1.25",
        "price_effect": "credit",
        "status": "pending",
        "quantity": "2",
        "legs": [
            {"instrument": PUT, "quantity": "2", "action": "sell to open", "fill_price": None},
            {"instrument": PUT, "quantity": "6", "action": "buy to open", "fill_price": None},
        ],
        "fill_price": None,
        "fill_effect": None,
        "fill_datetime": None,
        "placed_at": "2024-01-02T14:30:00Z",
        "updated_at": "2024-01-02T14:30:01.5Z",
        "fees": "0.00",
        "slippage": "0.00",
        "origin": "entry",
        "block": "opening",
        "reason": None,
        "intended_price": "1.30",
        "intended_effect": "credit",
        "concession": 1,
        "replacements": 1,
    }


def test_a_filled_order_says_its_price_its_legs_prices_and_its_costs() -> None:
    order = spread(
        status="filled", net=-430, filled_ns=BOUNDS.open_ns, fees=13_760_000, slippage=10_000_000
    )
    order.legs[0].value, order.legs[1].value = 70, -500
    document = order.document()
    assert (document["fill_price"], document["fill_effect"]) == ("4.30", "debit")
    assert document["fill_datetime"] == "2024-01-02T14:30:00Z"
    assert (document["fees"], document["slippage"]) == ("13.76", "10.00")
    assert [leg["fill_price"] for leg in document["legs"]] == ["0.70", "1.666666"]


def test_a_market_order_has_no_price_and_a_stop_no_intended_one() -> None:
    market = spread(kind=schema.ORDER_MARKET, price=0).document()
    assert (market["type"], market["price"], market["price_effect"]) == ("market", None, None)
    stop = spread(kind=schema.ORDER_STOP, price=-20).document()
    assert (stop["type"], stop["price"], stop["price_effect"]) == ("stop", "0.20", "debit")
    assert (stop["intended_price"], stop["intended_effect"]) == (None, None)


def test_the_four_actions_are_worded() -> None:
    legs = [OrderLeg(instrument=PUT, ratio=r, effect=e) for r in (1, -1) for e in (OPEN, CLOSE)]
    assert [leg.action for leg in legs] == [
        "sell to open",
        "sell to close",
        "buy to open",
        "buy to close",
    ]


def test_a_contract_bought_at_4_30_costs_430() -> None:
    booking = Booking(
        kind="buy to open",
        order_id=order_id(SESSION.id, 4),
        instrument=PUT,
        contracts=1,
        price=430_000_000,
        cash=-430_000_000,
        fee=1_720_000,
        ts=BOUNDS.close_ns,
    )
    assert booking.document(SESSION.id, 7) == {
        "id": transaction_id(SESSION.id, 7),
        "order_id": order_id(SESSION.id, 4),
        "instrument": PUT,
        "type": "buy to open",
        "quantity": "1",
        "price": "430.00",
        "value": "430.00",
        "effect": "debit",
        "fees": "1.72",
        "datetime": "2024-01-02T21:00:00Z",
    }


def test_ids_differ_by_session_kind_and_number() -> None:
    other = str(uuid.uuid4())
    ids = [order_id(SESSION.id, 1), order_id(SESSION.id, 2), order_id(other, 1)]
    assert len({*ids, transaction_id(SESSION.id, 1)}) == 4
    assert order_id(SESSION.id, 1) == ids[0]
