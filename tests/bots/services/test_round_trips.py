"""Round trips: every cent of a session belongs to one trade."""

import numpy as np
import pytest

from forven.bots.services.round_trips import round_trips_of
from forven.kernels import schema


@pytest.mark.parametrize("number", range(7))
def test_the_trades_of_an_ended_session_add_up_to_its_profit(coarse_day, condor_sessions, number):
    result = condor_sessions[number]
    trades = round_trips_of(result.rows, coarse_day.multiplier)
    assert trades
    assert sum(trade.profit for trade in trades) == result.profit
    assert sum(trade.fees for trade in trades) == result.state[schema.STATE_FEES]
    assert sum(trade.slippage for trade in trades) == result.state[schema.STATE_SLIPPAGE]
    assert not any(trade.is_open for trade in trades)


def test_every_way_out_is_named(coarse_day, condor_sessions):
    reasons = {
        trade.exit_reason
        for result in condor_sessions
        for trade in round_trips_of(result.rows, coarse_day.multiplier)
    }
    assert reasons >= {"profit_target", "settlement", "flattened"}


def test_an_exit_closes_the_trade_it_was_placed_for(coarse_day, condor_sessions):
    for result in condor_sessions:
        rows = result.rows
        exits = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_EXIT_SIGNAL]
        filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
        trades = round_trips_of(rows, coarse_day.multiplier)
        for signal in exits.tolist():
            fill = filled[filled[:, schema.JOURNAL_ORDER] == signal[schema.JOURNAL_ORDER]]
            if len(fill):
                ts = int(fill[0, schema.JOURNAL_TS])
                assert ts in {trade.closed_ns for trade in trades}


def test_orders_by_command_close_the_oldest_first(coarse_day, commanded_run):
    commanded_run.advance(coarse_day.frame_count - 1)
    first, second = round_trips_of(commanded_run.results()[0].rows, coarse_day.multiplier)
    assert (first.is_open, first.exit_reason) == (False, "order")
    assert (second.is_open, second.legs[0].left, second.exit_reason) == (True, 2, None)
    commanded_run.advance(coarse_day.frame_count)
    result = commanded_run.results()[0]
    first, second = round_trips_of(result.rows, coarse_day.multiplier)
    assert second.exit_reason == "settlement"
    assert first.profit + second.profit == result.profit


def test_a_session_without_fills_has_no_trades():
    assert round_trips_of(np.zeros((0, schema.JOURNAL_WIDTH), np.int64), 1_000_000) == []
