"""Figures of a backtest over bars: metrics by segment, tables and the document of both."""

import json

import numpy as np
import pyarrow.compute as pc
import pytest

from forven.engine.bars.results import REASONS
from tests.research.runs.backtests import crossed, ran, some_bars


def test_metrics_of_each_segment_follow_from_its_trades_and_values() -> None:
    found = crossed()
    trades, equity = found.trades(), found.equity()
    for name in ("train", "test"):
        figures = found.metrics[name]
        own = trades.filter(pc.equal(trades["segment"], name))
        values = equity.filter(pc.equal(equity["segment"], name))["value"].to_numpy()
        assert figures["total_trades"] == own.num_rows
        assert figures["net_profit"] == pytest.approx(pc.sum(own["profit"]).as_py())
        assert figures["ending_value"] == pytest.approx(values[-1])
        returns = np.diff(values, prepend=10_000.0) / np.append(10_000.0, values[:-1])
        yearly = np.sqrt(some_bars().bars_per_year)
        assert figures["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * yearly)


def test_exits_by_reason_count_every_trade_once() -> None:
    found = ran(policy={"stop_loss_pct": 1, "take_profit_pct": 2, "time_stop_bars": 20})
    for name, reasons in found.exits.items():
        assert list(reasons) == list(REASONS)
        assert sum(reasons.values()) == found.metrics[name]["total_trades"]
    assert min(found.exits["train"][one] for one in ("stop_loss", "take_profit", "time_stop")) > 0


def test_the_document_is_json_of_both_segments() -> None:
    found = ran(data=some_bars(1_000), policy={"stop_loss_pct": "0.01"})
    document = json.loads(json.dumps(found.as_document(), allow_nan=False))
    assert list(document["metrics"]) == ["train", "test"]
    assert document["metrics"] == found.metrics and document["exits"] == found.exits
    assert document["segments"]["test"]["last_end"] == "2020-02-11T16:00:00Z"
    assert document["provenance"]["digest"] == found.provenance.digest


def test_the_document_ends_with_the_last_trades_prices_exact() -> None:
    document = crossed().as_document()
    last = document["last_trades"][-1]
    assert len(document["last_trades"]) == 10
    trade = crossed().trades().to_pylist()[-1]
    assert last["exit_price"] == str(trade["exit_price"]) and "." in last["exit_price"]
    assert last["exit_time"].endswith("Z") and last["segment"] == "test"


def test_a_run_without_a_trade_says_so() -> None:
    found = ran(policy={"sizing_mode": "fixed", "fixed_size": "0.000001"})
    assert found.metrics["train"]["total_trades"] == 0
    assert found.as_document()["metrics"]["train"]["win_rate"] is None
    assert found.as_document()["metrics"]["train"]["sharpe"] is None
    assert "no figure says anything" in found.warnings[0]
    json.dumps(found.as_document(), allow_nan=False)
