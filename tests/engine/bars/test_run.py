"""Runs over bars through the door of the engine: rules, refusals and results as tables."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest

from forven.engine.bars import run as running
from forven.engine.bars.policy import BarPolicy
from forven.engine.bars.run import RunOptions, plan_rows, run_bars
from forven.engine.bars.segments import TooLittleHistory
from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import words_of
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import HOUR_NS
from forven.market.calendar import trading_calendar
from forven.primitives.errors import InvalidInput

BARS = random_bars(600, 7, columns=("funding_rate",))
EVERYTHING = RunOptions(has_trades=True, has_equity=True)


@dataclass(frozen=True)
class Handmade:
    """Compiled runs: the close above, and below, what it was some bars before."""

    columns: np.ndarray
    constants: np.ndarray
    masks: np.ndarray
    program: np.ndarray
    runs: np.ndarray
    warmups: np.ndarray


def compiled(bars=BARS, lags=(5, 20, 50)):
    program, runs = [], []
    for lag in lags:
        runs.append([len(program), len(program) + 2, 0, 1, 1, 0])
        program.append([schema.CODE_CROSS, 0, 0, 0, 0, lag])
        program.append([schema.CODE_CROSS, 1, 0, lag, 0, 0])
    return Handmade(
        columns=bars.floats("close")[None].copy(),
        constants=np.zeros(0),
        masks=np.zeros((0, words_of(len(bars))), np.uint64),
        program=np.array(program, np.int64),
        runs=np.array(runs, np.int64),
        warmups=np.array(lags, np.int64) + 1,
    )


def test_train_and_test_come_after_the_longest_warmup():
    results = run_bars(BARS, compiled(), BarPolicy())
    assert results.segments.tolist() == [[51, 420], [420, 600]]
    assert results.counts.shape == (3, 2, schema.COUNT_WIDTH)
    assert (results.counts[:, :, schema.COUNT_TRADES] > 0).all()
    assert results.funding_complete.all()


def test_a_run_is_the_same_alone_under_the_same_segments():
    policies = [BarPolicy(), BarPolicy(leverage=3), BarPolicy(trade_mode="both", sizing_mode="atr")]
    together = run_bars(BARS, compiled(), policies)
    for run, lag in enumerate((5, 20, 50)):
        alone = run_bars(BARS, compiled(lags=(lag,)), policies[run], together.segments)
        np.testing.assert_array_equal(alone.counts[0], together.counts[run])
        np.testing.assert_array_equal(alone.sums[0], together.sums[run])


def test_trades_and_equity_are_tables_that_agree():
    results = run_bars(BARS, compiled(), BarPolicy(trade_mode="both"), options=EVERYTHING)
    trades, equity = results.trades(), results.equity()
    counts = results.counts
    assert trades.num_rows == counts[:, :, [0, schema.SIDE_COUNTS]].sum() > 50
    assert equity.num_rows == 3 * (600 - 51)
    assert equity.column("bar").to_pylist()[:2] == [51, 52]
    for run in range(3):
        for segment in range(2):
            where = (run, segment)
            mine = trades.filter(
                pa.compute.and_(
                    pa.compute.equal(trades["run"], run),
                    pa.compute.equal(trades["segment"], segment),
                )
            )
            made = 10_000 + sum(mine["profit"].to_pylist())
            assert made == pytest.approx(results.sums[where][schema.SUM_EQUITY], rel=1e-12)
    last = equity.to_pandas().groupby(["run", "segment"])["value"].last().to_numpy()
    np.testing.assert_array_equal(last, results.sums[:, :, schema.SUM_EQUITY].ravel())


def test_a_trade_says_when_at_what_price_and_why():
    policy = BarPolicy(stop_loss_pct=1, leverage=2)
    results = run_bars(BARS, compiled(lags=(20,)), policy, options=EVERYTHING)
    frame = results.trades().to_pandas()
    assert {"signal", "stop_loss"} <= set(frame["exit_reason"])
    for trade in frame.itertuples():
        start = BARS.ends_ns[trade.entry_bar] - HOUR_NS
        assert trade.entry_time.value == start
        opened = BARS.prices[schema.BAR_OPEN, trade.entry_bar]
        assert int(trade.entry_price * 100) == opened
        end = int(BARS.ends_ns[trade.exit_bar])
        at_open = trade.exit_reason == "signal" and not trade.open_at_end
        assert trade.exit_time.value == (end - HOUR_NS if at_open else end)
        assert trade.direction == "long"
        assert trade.leverage == 2.0
        assert trade.bars_held == trade.exit_bar - trade.entry_bar
    assert str(results.trades().schema.field("entry_price").type) == "decimal128(18, 2)"


@pytest.mark.parametrize("timeframe", ["1h", "1d", "1w"])
def test_a_trade_of_an_exchange_enters_in_a_session(timeframe):
    bars = random_bars(300, 3, timeframe, calendar="xnys")
    frame = run_bars(bars, compiled(bars, (5,)), BarPolicy(), options=EVERYTHING).trades()
    calendar = trading_calendar()
    trades = frame.to_pylist()
    assert len(trades) > 5
    for trade in trades:
        entered, left = trade["entry_time"], trade["exit_time"]
        bounds = calendar.bounds(entered.date())  # no session of that day: an error
        assert bounds.open_ns <= entered.value < bounds.close_ns
        former = int(bars.ends_ns[trade["entry_bar"] - 1])
        assert former <= entered.value < int(bars.ends_ns[trade["entry_bar"]])
        bounds = calendar.bounds(left.date())
        assert bounds.open_ns <= left.value <= bounds.close_ns


def test_digests_are_of_what_came_out():
    options = replace(EVERYTHING, threads=2)
    one = run_bars(BARS, compiled(), BarPolicy(), options=EVERYTHING)
    again = run_bars(BARS, compiled(), BarPolicy(), options=options)
    other = run_bars(BARS, compiled(), BarPolicy(fee_bps=5), options=EVERYTHING)
    assert one.digest == again.digest != other.digest
    plain = RunOptions(has_detail=False)
    short = [run_bars(BARS, compiled(), BarPolicy(), options=plain) for _ in range(2)]
    assert short[0].digest == short[1].digest != one.digest


def test_missing_rates_make_funding_incomplete():
    rates = BARS.columns["funding_rate"].copy()
    rates[500:] = np.nan
    bars = BARS.with_columns({"funding_rate": rates})
    results = run_bars(bars, compiled(), BarPolicy())
    assert results.funding_complete.tolist() == [[True, False]] * 3
    free = run_bars(bars, compiled(), BarPolicy(), options=RunOptions(has_funding=False))
    assert free.funding_complete.all()
    assert not free.sums[:, :, schema.SUM_FUNDING].any()


def test_tables_that_were_not_asked_for_are_refused():
    results = run_bars(BARS, compiled(), BarPolicy())
    with pytest.raises(InvalidInput, match="trades: expected a run with has_trades"):
        results.trades()
    with pytest.raises(InvalidInput, match="equity: expected a run with has_equity"):
        results.equity()


def test_no_trades_are_an_empty_table():
    nothing = replace(compiled(), runs=np.array([[0, 2, -1, -1, -1, -1]]), warmups=np.array([51]))
    results = run_bars(BARS, nothing, BarPolicy(), options=EVERYTHING)
    assert results.trades().num_rows == 0
    assert set(results.equity()["value"].to_pylist()) == {10_000.0}


def test_too_little_history_and_other_counts_of_policies_are_refused():
    with pytest.raises(TooLittleHistory, match="expected 51 bars of warm-up"):
        run_bars(BARS.slice(0, 60), compiled(BARS.slice(0, 60)), BarPolicy())
    with pytest.raises(InvalidInput, match="policies: expected one or 3, found 2"):
        run_bars(BARS, compiled(), [BarPolicy(), BarPolicy()])
    with pytest.raises(InvalidInput, match="threads: expected 1 to 256, found 0"):
        run_bars(BARS, compiled(), BarPolicy(), options=RunOptions(threads=0))


def test_a_trace_that_would_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr(running, "TRACE_BYTES_MAX", 3 * 2 * 600 * 8 - 1)
    with pytest.raises(InvalidInput, match="trace fewer runs together"):
        run_bars(BARS, compiled(), BarPolicy(), options=RunOptions(has_equity=True))


def test_plan_rows_hold_programs_and_policies():
    policies = [BarPolicy(), BarPolicy(leverage=2), BarPolicy()]
    plans = plan_rows(compiled().runs, policies, has_detail=False)
    np.testing.assert_array_equal(plans[:, :6], compiled().runs)
    assert plans[:, schema.PLAN_LEVERAGE_PPM].tolist() == [1_000_000, 2_000_000, 1_000_000]
    assert not plans[:, schema.PLAN_DETAIL].any()
    assert plan_rows(np.zeros((0, 6), np.int64), BarPolicy()).shape == (0, schema.PLAN_WIDTH)
