"""A result reads its journal and its account back as decimals and names."""

from decimal import Decimal

import numpy as np

from forven.engine import journal
from forven.engine.perpetual.result import Fill, PerpetualResult
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from tests.market.perpetual.made_ticks import CONTRACT


def result():
    state = np.zeros(layout.STATE_HEADER_WIDTH, np.int64)
    state[layout.STATE_STATUS] = layout.STATUS_LIQUIDATED
    state[layout.STATE_POSITION] = -1_500
    state[layout.STATE_CASH] = 7
    state[layout.STATE_OPENING_EQUITY] = 10
    state[layout.STATE_EQUITY] = 4
    state[layout.STATE_FEES] = -2
    state[layout.STATE_FUNDING] = 3
    state[layout.STATE_FILLS] = 1
    state[layout.STATE_MAX_DRAWDOWN] = 6
    state[layout.STATE_REPLACES] = 8
    state[layout.STATE_REPLACE_HASH] = -9
    placed = [schema.ORDER_LIMIT, 600_001, 2_000, 1, 0, 0]
    rows = [
        [0, 0, 50, schema.EVENT_ORDER_PLACED, 1, *placed],
        [0, 1, 60, schema.EVENT_ORDER_FILLED, 1, 600_001, 1_500, -2, 0, 7, -1_500],
    ]
    return PerpetualResult(contract=CONTRACT, rows=np.array(rows, np.int64), state=state)


def test_the_account():
    found = result()
    assert found.status == "liquidated"
    assert found.position == Decimal("-1.5")
    assert (found.cash, found.equity, found.profit) == (7, 4, -6)
    assert (found.fees, found.funding, found.max_drawdown) == (-2, 3, 6)
    assert (found.fill_count, found.requotes, found.requote_hash) == (1, 8, -9)


def test_the_fills():
    assert result().fills() == [
        Fill(
            ts=60,
            order=1,
            side="sell",
            price=Decimal("60000.1"),
            size=Decimal("1.500"),
            fee=-2,
            is_taker=False,
            position=Decimal("-1.500"),
        )
    ]


def test_the_digest_is_the_engines():
    found = result()
    assert found.digest == journal.digest(found.rows)
    assert [each["event"] for each in found.events()] == ["order_placed", "order_filled"]
