"""Positions folded from the journal, held against the kernel's own holdings and account."""

import numpy as np

from forven.bots.live_view import FrameMarks
from forven.bots.services.positions import holdings_of, position_documents, unrealized_of
from forven.kernels import schema
from forven.primitives.money import micros_of
from tests.bots.conftest import SESSION_ID
from tests.bots.houses import CASH


def marks_at(day, frame):
    quotes = np.ascontiguousarray(day.quotes[:, :, frame : frame + 1])
    return FrameMarks(int(day.ts[frame]), day.bounds.close_ns, quotes, day.instruments)


def kernel_holdings(state):
    at = schema.STATE_HEADER_WIDTH
    count = int(state[schema.STATE_HOLDING_COUNT])
    rows = state[at : at + count * schema.HOLDING_WIDTH].reshape(count, schema.HOLDING_WIDTH)
    return {instrument: (quantity, cost) for instrument, quantity, cost in rows.tolist()}


def test_holdings_are_those_of_the_kernel_after_every_frame(coarse_day, condor_run):
    run = condor_run()
    for frame in range(1, coarse_day.frame_count, 7):
        run.advance(frame)
        result = run.results()[0]
        folded = {
            held.instrument: (held.quantity, held.cost)
            for held in holdings_of(result.rows, coarse_day.multiplier)
            if held.quantity
        }
        assert folded == kernel_holdings(result.state)


def test_what_is_realized_and_unrealized_explains_the_account_to_the_cent(coarse_day, condor_run):
    run = condor_run()
    seen = 0
    for frame in range(1, coarse_day.frame_count, 7):
        run.advance(frame)
        result = run.results()[0]
        holdings = holdings_of(result.rows, coarse_day.multiplier)
        seen += bool(holdings)
        marks = marks_at(coarse_day, frame - 1)
        total = sum(
            held.realized + unrealized_of(held, coarse_day.multiplier, marks) - held.fees
            for held in holdings
        )
        assert CASH + total == result.state[schema.STATE_NLV]
    assert seen > 10


def test_a_partly_closed_long_keeps_its_share_of_the_cost(coarse_day, commanded_run):
    commanded_run.advance(coarse_day.frame_count - 1)
    (held,) = holdings_of(commanded_run.results()[0].rows, coarse_day.multiplier)
    assert held.quantity == 2
    assert kernel_holdings(commanded_run.states[0]) == {held.instrument: (2, held.cost)}
    (document,) = position_documents(
        SESSION_ID, [held], coarse_day.symbols, coarse_day.multiplier, marks_at(coarse_day, 200)
    )
    assert document["direction"] == "long"
    assert document["quantity"] == "2"
    assert micros_of(document["cost_basis"]) == held.cost
    assert 0 < micros_of(document["delta"]) <= 1_000_000


def test_a_settled_session_lists_its_legs_as_closed(coarse_day, condor_sessions):
    result = condor_sessions[-1]
    holdings = holdings_of(result.rows, coarse_day.multiplier)
    documents = position_documents(
        SESSION_ID, holdings, coarse_day.symbols, coarse_day.multiplier, None
    )
    assert documents
    for document in documents:
        assert document["quantity"] == "0"
        assert document["direction"] == "zero"
        assert document["cost_basis"] == "0.00"
        assert document["unrealized_profit_loss"] == "0.00"
        assert document["delta"] is None
    total = sum(micros_of(document["total_profit_loss"]) for document in documents)
    assert total == result.profit


def test_deltas_are_signed_by_right_and_direction(coarse_day, condor_run):
    run = condor_run()
    run.advance(60)
    holdings = holdings_of(run.results()[0].rows, coarse_day.multiplier)
    documents = position_documents(
        SESSION_ID, holdings, coarse_day.symbols, coarse_day.multiplier, marks_at(coarse_day, 59)
    )
    signs = {}
    for document in documents:
        right = document["instrument"][12]
        signs[right, document["direction"]] = micros_of(document["delta"]) > 0
    assert signs == {
        ("P", "short"): True,
        ("P", "long"): False,
        ("C", "short"): False,
        ("C", "long"): True,
    }
    assert len({document["id"] for document in documents}) == len(documents)
