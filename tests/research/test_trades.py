"""Trades read off a journal: entries with their exits, settlements and flattening orders."""

import numpy as np
import pytest

from forven.engine.executions import fills_of
from forven.engine.policy import SessionPolicy
from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.research.trades import flattening_fills, trades_of
from tests.research.conftest import run

NO_ROWS = np.zeros((0, schema.JOURNAL_WIDTH), dtype=np.int64)


def all_trades(result):
    return [(record, trade) for record in result.records for trade in trades_of(record.rows)]


def test_every_filled_entry_is_a_trade_and_every_filled_exit_belongs_to_one(spread):
    for record in spread.records:
        trades = trades_of(record.rows)
        assert len(trades) == record.chosen.entries
        assert sum(trade.exit is not None for trade in trades) == record.chosen.exits


def test_a_trade_is_closed_or_settled_and_never_both(spread):
    for _, trade in all_trades(spread):
        assert (trade.exit is None) != (trade.settled_net is None)
        assert (trade.exit_reason is None) == (trade.exit is None)


def test_entry_numbers_are_those_of_the_exit_signals(spread):
    numbers = [trade.number for _, trade in all_trades(spread)]
    assert set(numbers) == {1, 2}
    for record, trade in all_trades(spread):
        if trade.exit is not None:
            signal = next(
                event
                for event in record.events
                if event["event"] == "exit_signal" and event["order"] == trade.exit.order
            )
            assert signal["entry"] == trade.number
            assert {leg.instrument for leg in trade.exit.legs} == {
                instrument for instrument, _ in trade.ratios
            }


def test_the_legs_of_a_fill_sum_to_its_net(spread, worked):
    for result in (spread, worked):
        for record in result.records:
            for fill in fills_of(record.rows):
                assert sum(leg.value for leg in fill.legs) == fill.net
                assert sum(leg.fee for leg in fill.legs) == fill.fees


def test_a_settled_net_is_the_payoff_at_the_settlement_value(spread):
    settled = [pair for pair in all_trades(spread) if pair[1].settled_net is not None]
    assert any(trade.settled_net != 0 for _, trade in settled)
    for record, trade in settled:
        payoff = 0
        for instrument, ratio in trade.ratios:
            strike = int(record.symbols[instrument][13:]) // 10
            payoff += ratio * max(0, strike - record.settlement)
        assert trade.settled_net == payoff


def test_a_halted_session_shows_its_flattening_fills(catalog):
    policy = SessionPolicy(risk=RiskPolicy.from_json({"max_daily_loss_pct": "0.01"}))
    result = run(catalog, policy=policy, capital="10000")
    halted = [record for record in result.records if record.chosen.status == "halted"]
    assert halted
    for record in halted:
        closed = [trade for trade in trades_of(record.rows) if trade.exit is None]
        fills = flattening_fills(record.rows)
        assert {leg.instrument for fill in fills for leg in fill.legs} <= {
            instrument for trade in closed for instrument, _ in trade.ratios
        }
        assert all(trade.settled_net is None for trade in closed) or not fills


@pytest.mark.parametrize("read", [trades_of, fills_of, flattening_fills])
def test_a_session_without_a_row_has_no_trades(read):
    assert read(NO_ROWS) == ()
