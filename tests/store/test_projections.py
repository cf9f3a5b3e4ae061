"""Orders and transactions of real journals equal those that a second, plain reading finds."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forven.engine.journal import events
from forven.kernels import schema
from forven.store.errors import StoreDamaged
from forven.store.projections import Projection, project
from tests.store import second_reading
from tests.store.made_journals import SESSIONS, market_day, random_journals, sessions
from tests.store.made_rows import CASH, SESSION


def micros(text: str) -> int:
    whole, _, rest = text.lstrip("-").partition(".")
    return int(whole) * 10**6 + int(rest.ljust(6, "0"))


def assert_equal_readings(rows, symbols, multiplier) -> Projection:
    found = project(SESSION.id, rows, symbols, multiplier)
    assert found.orders == second_reading.orders(SESSION.id, rows, symbols)
    expected = second_reading.transactions(SESSION.id, rows, symbols, multiplier)
    assert found.transactions == expected
    return found


def test_the_journals_hold_every_way_an_order_can_go() -> None:
    assert len(sessions()) == SESSIONS
    told = Counter(event["event"] for result in sessions() for event in events(result.rows))
    assert not {"order_placed", "order_rejected", "order_filled", "order_replaced"} - set(told)
    assert not {"order_canceled", "order_expired", "settled", "halt", "stopped"} - set(told)
    origins = {e["origin"] for r in sessions() for e in events(r.rows) if "origin" in e}
    assert origins == {"command", "entry", "exit", "flatten"}


@pytest.mark.parametrize("number", range(SESSIONS))
def test_a_day_of_the_engine_reads_the_same_twice(number: int) -> None:
    day = market_day()
    assert_equal_readings(sessions()[number].rows, day.symbols, day.multiplier)


def test_documents_add_up_to_the_cash_the_kernel_ended_with() -> None:
    day = market_day()
    for result in sessions():
        found = project(SESSION.id, result.rows, day.symbols, day.multiplier)
        signs = {"credit": 1, "debit": -1}
        flows = sum(signs[t["effect"]] * micros(t["value"]) for t in found.transactions)
        fees = sum(micros(t["fees"]) for t in found.transactions)
        slippage = sum(micros(order["slippage"]) for order in found.orders)
        state = result.state
        assert (
            state[schema.STATE_CASH] == state[schema.STATE_OPENING_CASH] + flows - fees - slippage
        )
        assert fees == state[schema.STATE_FEES]
        assert slippage == state[schema.STATE_SLIPPAGE]
        filled = [order for order in found.orders if order["status"] == "filled"]
        assert len(filled) == state[schema.STATE_FILLS]
        assert state[schema.STATE_OPENING_CASH] in {CASH, CASH // 5}


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_random_worlds_read_the_same_twice(seed: int) -> None:
    journals, multiplier, instruments = random_journals(seed)
    symbols = [f"instrument {number}" for number in range(instruments)]
    for rows in journals:
        assert_equal_readings(rows, symbols, multiplier)


@settings(max_examples=30)
@given(number=st.integers(0, SESSIONS - 1), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_rows_taken_in_pieces_give_the_same(number: int, cuts: list[int]) -> None:
    day, rows = market_day(), sessions()[number].rows
    whole = project(SESSION.id, rows, day.symbols, day.multiplier)
    piecewise = Projection(SESSION.id, day.symbols, day.multiplier)
    orders: dict[int, dict] = {}
    transactions: list[dict] = []
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for first, last in zip(edges, edges[1:], strict=False):
        brought = piecewise.take(rows[first:last])
        orders.update({order["number"]: order for order in brought.orders})
        transactions += brought.transactions
    assert piecewise.orders == whole.orders == [orders[n] for n in sorted(orders)]
    assert piecewise.transactions == whole.transactions == transactions


def test_a_document_handed_out_never_changes() -> None:
    day, rows = market_day(), sessions()[1].rows
    projection = Projection(SESSION.id, day.symbols, day.multiplier)
    kept = []
    for row in rows:
        brought = projection.take(row[np.newaxis])
        kept += [(order, dict(order)) for order in brought.orders]
    assert kept and all(order == copy for order, copy in kept)


def test_a_missing_row_is_refused() -> None:
    day, rows = market_day(), sessions()[0].rows
    with pytest.raises(StoreDamaged, match="expected journal row 3, found 4"):
        project(SESSION.id, np.delete(rows, 3, axis=0), day.symbols, day.multiplier)


def test_a_row_of_an_order_that_was_never_placed_is_refused() -> None:
    day, rows = market_day(), sessions()[0].rows.copy()
    placed = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
    rows[np.flatnonzero(placed)[0], schema.JOURNAL_KIND] = schema.EVENT_STRATEGY_ERROR
    with pytest.raises(StoreDamaged, match="an order placed before, found order 1"):
        project(SESSION.id, rows, day.symbols, day.multiplier)
