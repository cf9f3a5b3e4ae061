"""The journal in words: the table of docs/PERPETUALS.md section 10, field by field."""

import numpy as np
import pytest

from forven.engine.perpetual.journal import FIELDS, WORDING, events, status_name
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from tests.architecture.sources import ROOT


def row(kind, *values, order=3):
    return [0, 8, 9, kind, order, *values, *[0] * (6 - len(values))]


def said(kind, *values):
    (event,) = events(np.array([row(kind, *values)], np.int64))
    return {k: v for k, v in event.items() if k not in ("sequence", "ts", "order")}


def test_an_order_and_its_fill():
    placed = said(schema.EVENT_ORDER_PLACED, schema.ORDER_LIMIT, 100, 5, -1, 9, layout.ORIGIN_QUOTE)
    assert placed == {
        "event": "order_placed",
        "kind": "limit",
        "price": 100,
        "lots": 5,
        "side": "buy",
        "flags": "post_only+pegged",
        "origin": "quote",
    }
    assert said(schema.EVENT_ORDER_FILLED, 100, 5, -2, 1, 400, -5) == {
        "event": "order_filled",
        "price": 100,
        "lots": 5,
        "fee": -2,
        "liquidity": "taker",
        "cash": 400,
        "position": -5,
    }


def test_the_events_of_perpetuals_alone():
    assert said(layout.EVENT_FUNDING, 1, 2, 3, 4, 5) == {
        "event": "funding",
        "rate": 1,
        "oracle": 2,
        "position": 3,
        "paid": 4,
        "cash": 5,
    }
    liquidation = said(layout.EVENT_LIQUIDATION, 1, 2, 3, 4, 0, layout.STAGE_BACKSTOP)
    assert liquidation["stage"] == "backstop"
    assert said(layout.EVENT_TRIGGERED, 7, 8) == {"event": "triggered", "mark2": 7, "trigger": 8}
    ended = said(schema.EVENT_SESSION_ENDED, layout.STATUS_LIQUIDATED, 1, 2, 3, 4, 5)
    assert ended == {
        "event": "session_ended",
        "status": "liquidated",
        "equity": 1,
        "max_drawdown": 2,
        "fees": 3,
        "funding": 4,
        "fills": 5,
    }


def test_reasons_of_both_schemas_have_names():
    assert said(schema.EVENT_ORDER_REJECTED, layout.REASON_WOULD_CROSS)["reason"] == "would_cross"
    assert said(schema.EVENT_ORDER_CANCELED, schema.REASON_UNFILLED, 4) == {
        "event": "order_canceled",
        "reason": "unfilled",
        "lots": 4,
    }
    assert said(schema.EVENT_ORDER_EXPIRED, 0, 4) == {"event": "order_expired", "lots": 4}
    refused = said(schema.EVENT_COMMAND_REFUSED, schema.COMMAND_REPLACE, layout.REASON_NO_BOOK)
    assert (refused["command"], refused["reason"]) == ("replace", "no_book")


def test_no_two_codes_of_the_schemas_share_a_number():
    for prefix in ("EVENT", "REASON", "ORIGIN", "STATUS", "STAGE"):
        codes = [
            value
            for module in (schema, layout)
            for name, value in vars(module).items()
            if name.startswith(f"{prefix}_") and name != "STATUS_ENDED"
        ]
        assert len(codes) == len(set(codes)) >= 3


@pytest.mark.parametrize("kind", FIELDS)
def test_every_kind_is_in_the_pages_table(kind):
    """The page names as many fields as the table here, at the same places."""
    page = (ROOT / "docs" / "PERPETUALS.md").read_text("utf-8")
    name = WORDING.events[kind].upper()
    line = next(
        each for each in page.splitlines() if each.startswith((f"| {name} |", f"| {name} ("))
    )
    cells = [cell.strip() for cell in line.strip("|").split("|")][1:]
    written = [cell not in ("0", "stage (0)") for cell in cells]
    listed = [bool(field) for field in FIELDS[kind]]
    assert written == listed + [False] * (6 - len(listed))


def test_statuses_have_names():
    assert status_name(schema.STATUS_RUNNING) == "running"
    assert status_name(99) == "99"
