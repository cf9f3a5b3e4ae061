"""A backtest over bars as Python asks for it: the same as by hand, and refusals."""

from datetime import date

import numpy as np
import pytest

import forven
from forven.engine.bars.policy import policy_of
from forven.engine.bars.run import RunOptions, run_bars
from forven.engine.bars.segments import TooLittleHistory
from forven.market.bars.catalog import BarCatalog, Provenance
from forven.primitives.errors import EmptyRange, ForvenError, InvalidInput, UnknownDataset
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.errors import InvalidParameter, UnknownStrategy
from forven.strategies.bars.registry import strategy_named
from tests.research.runs.backtests import crossed, ran, some_bars


def test_it_is_the_run_that_the_engine_makes_by_hand() -> None:
    compiled = compile_runs(strategy_named("dema_cross"), [{"fast": 7}], some_bars())
    policy = policy_of({"sizing_mode": "full", "leverage": 2})
    results = run_bars(some_bars(), compiled, policy, None, RunOptions(has_trades=True))
    found = ran(parameters={"fast": 7}, policy={"sizing_mode": "full", "leverage": 2})
    assert found.provenance.digest == results.digest
    assert found.trades().num_rows == results.trades().num_rows > 50


def test_without_a_cut_there_is_one_segment_over_all_bars_after_the_warm_up() -> None:
    for train_pct in (None, 100):
        found = ran(train_pct=train_pct)
        assert found.segment_names == ("all",)
        ((begin, end),) = found.results.segments.tolist()
        assert (begin, end) == (found.results.segments[0, 0], 3_000) and begin > 0
        assert found.equity().num_rows == end - begin


def test_bars_of_the_catalog_and_days_of_them(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FORVEN_HOME", str(tmp_path))
    BarCatalog().write("hours", some_bars(), Provenance(source="synthetic", seed=11))
    days = {"first_day": "2020-01-05", "last_day": date(2020, 3, 1)}
    found = forven.backtest_bars("dema_cross", "hours", **days)
    assert found.provenance.first_end == "2020-01-05T01:00:00Z"
    assert found.provenance.last_end == "2020-03-02T00:00:00Z"
    assert found.provenance.bars == 57 * 24


def test_what_is_said_of_leverage_beats_the_strategy() -> None:
    assert ran(strategy="ema_cross").policy.units("leverage") == 3_000_000
    assert ran(strategy="ema_cross", policy={"leverage": 2}).policy.units("leverage") == 2_000_000


def test_a_function_strategy_of_a_file_is_run(tmp_path) -> None:
    path = tmp_path / "own.py"
    path.write_text(
        "from forven.strategies.bars.writing import signal_strategy\n"
        "@signal_strategy(name='own', warmup=lambda p: 1)\n"
        "def own(bars, p):\n"
        "    rises = bars.floats('close') > bars.floats('open')\n"
        "    return {'enter_long': rises, 'exit_long': ~rises}\n"
    )
    found = ran(strategy=path)
    assert found.metrics["train"]["total_trades"] > 100
    assert found.provenance.strategy == "own"


def test_signals_that_are_not_booleans_are_refused(tmp_path) -> None:
    path = tmp_path / "own.py"
    path.write_text(
        "from forven.strategies.bars.writing import signal_strategy\n"
        "@signal_strategy(name='own', warmup=lambda p: 1)\n"
        "def own(bars, p):\n"
        "    return {'enter_long': bars.floats('close')}\n"
    )
    with pytest.raises(ForvenError, match="bool"):
        ran(strategy=path)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"strategy": "dema_crss"}, UnknownStrategy, "dema_cross"),
        ({"parameters": {"fats": 3}}, InvalidParameter, "fast"),
        ({"parameters": {"fast": 30, "slow": 20}}, InvalidParameter, "fast < slow"),
        ({"parameters": {"fast": np.nan}}, InvalidParameter, "whole number"),
        ({"policy": {"leverage": float("nan")}}, InvalidInput, "leverage"),
        ({"policy": {"stop": 3}}, InvalidInput, "no setting"),
        ({"policy": {"trade_mode": "sideways"}}, InvalidInput, "trade_mode"),
        ({"data": "no_such_bars"}, UnknownDataset, "no_such_bars"),
        ({"first_day": "2031-01-01"}, EmptyRange, "2031"),
        ({"first_day": "yesterday"}, InvalidInput, "YYYY-MM-DD"),
        ({"train_pct": 0}, InvalidInput, "train_pct"),
        ({"train_pct": 101}, InvalidInput, "train_pct"),
        ({"data": some_bars(60)}, TooLittleHistory, "60 bars"),
        ({"strategy": "funding_rate_extreme_"}, UnknownStrategy, "built-in"),
        ({"fills": "live"}, InvalidInput, "fills"),
    ],
)
def test_what_cannot_be_run_is_refused(options, error, told, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FORVEN_HOME", str(tmp_path))
    with pytest.raises(error, match=told):
        ran(**options)


def test_the_same_again_has_the_same_digest() -> None:
    assert ran(policy={"sizing_mode": "full"}).provenance.digest == crossed().provenance.digest
    assert ran().provenance.digest != crossed().provenance.digest


@pytest.mark.parametrize("said", [{"risk_per_trade": "0.005"}, {"fixed_size": 500}])
def test_a_size_that_would_not_be_heeded_is_refused(said):
    with pytest.raises(InvalidInput, match="found full, as none was said"):
        ran(policy=said)
    sizing = "fixed" if "fixed_size" in said else "fraction"
    assert ran(policy={**said, "sizing_mode": sizing}).policy.sizing_mode == sizing
