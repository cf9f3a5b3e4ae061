"""Sweeps: equal wherever they are cut, run or killed, and equal to single runs."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from forven.engine.bars.policy import policy_of
from forven.engine.bars.run import RunOptions, run_bars
from forven.engine.bars.segments import TooLittleHistory
from forven.primitives.errors import ForvenError, InvalidInput
from forven.research.metrics.bars import Span, bar_metrics
from forven.research.sweeps import chunk as chunk_module
from forven.research.sweeps import plan as plan_module
from forven.research.sweeps.folder import OtherSweep
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from forven.strategies.bars.compilation import compile_runs
from tests.research.sweeps.plans import plan_of, some_bars


def swept(plan, threads=1, folder=None, observer=None):
    return run_sweep(plan, SweepRun(workers=Here(threads), folder=folder, observer=observer))


def test_each_row_is_what_a_single_run_of_its_parameters_gives() -> None:
    plan = plan_of()
    found = swept(plan)
    segments = plan.segments(max(found.table["warmup_bars"].to_pylist()))
    for at in (0, 7, found.table.num_rows - 1):
        row = found.table.slice(at, 1).to_pylist()[0]
        compiled = compile_runs(plan.strategy, [{n: row[n] for n in ("fast", "slow")}], plan.bars)
        policy = policy_of(plan.policy_given, leverage=1.0)
        alone = run_bars(plan.bars, compiled, policy, segments, RunOptions())
        span = Span(
            bars=segments[:, 1] - segments[:, 0],
            bars_per_year=plan.bars.bars_per_year,
            capital=10_000.0,
        )
        for name, values in bar_metrics(alone.counts, alone.sums, span).items():
            for side, label in enumerate(("train_", "test_")):
                assert row[label + name] == values[0, side] or np.isnan(row[label + name]), name
    assert found.table["train_total_trades"].to_numpy().min() > 0


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_chunks_and_halves_change_nothing(threads, monkeypatch) -> None:
    whole = swept(plan_of())
    monkeypatch.setattr(plan_module, "CHUNK_RUNS", 7)
    monkeypatch.setattr(chunk_module, "COLUMN_BYTES", 8 * 3_000 * 4)
    cut = swept(plan_of(), threads)
    assert cut.digest == whole.digest
    assert cut.table.equals(whole.table) or cut.table.num_rows == whole.table.num_rows


def test_a_sweep_cut_short_goes_on_and_ends_the_same(tmp_path, monkeypatch) -> None:
    whole = swept(plan_of()).digest
    monkeypatch.setattr(plan_module, "CHUNK_RUNS", 5)

    class Cut(Exception):
        pass

    def stop(number, _):
        if number == 2:
            raise Cut

    with pytest.raises(Cut):
        swept(plan_of(), folder=tmp_path / "sweep", observer=stop)
    parts = sorted((tmp_path / "sweep" / "parts").iterdir())
    assert len(parts) == 3
    parts[1].write_bytes(parts[1].read_bytes()[:100])  # torn: it is made anew
    done = []
    found = swept(plan_of(), folder=tmp_path / "sweep", observer=lambda n, _: done.append(n))
    assert found.digest == whole
    assert done[:2] == [0, 2] and sorted(done) == list(range(len(done)))
    assert not (tmp_path / "sweep" / "parts").exists()


def test_a_finished_sweep_is_read_not_run(tmp_path) -> None:
    first = swept(plan_of(), folder=tmp_path / "sweep")
    seen = []
    again = swept(plan_of(), folder=tmp_path / "sweep", observer=lambda n, _: seen.append(n))
    assert again.digest == first.digest and seen == []
    assert pq.read_table(tmp_path / "sweep" / "results.parquet").num_rows == 26
    assert SweepResults.read(tmp_path / "sweep").table.equals(again.table)


@pytest.mark.parametrize(
    "other",
    [
        {"grid": ("fast=5:30:5",)},
        {"policy": {"sizing_mode": "full", "fee_bps": 0}},
        {"train_pct": 60},
        {"data": some_bars().slice(0, 2_900)},
        {"has_detail": False},
    ],
)
def test_another_sweep_in_the_folder_is_refused(tmp_path, other) -> None:
    swept(plan_of(), folder=tmp_path / "sweep")
    with pytest.raises(OtherSweep, match="another one"):
        swept(plan_of(**other), folder=tmp_path / "sweep")


def test_a_folder_of_other_files_is_left_alone(tmp_path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(OtherSweep, match="other files"):
        swept(plan_of(), folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_without_detail_only_the_metrics_of_bars_are_missing() -> None:
    full, fast = swept(plan_of()), swept(plan_of(has_detail=False))
    for name in full.table.column_names:
        bare = name.removeprefix("train_").removeprefix("test_")
        values = fast.table[name].to_numpy()
        if bare in ("sharpe", "sortino", "max_drawdown", "calmar"):
            assert np.isnan(values).all(), name
        else:
            np.testing.assert_array_equal(values, full.table[name].to_numpy(), err_msg=name)


def test_one_segment_has_plain_names() -> None:
    found = swept(plan_of(train_pct=None))
    assert "sharpe" in found.table.column_names and "train_sharpe" not in found.table.column_names


def test_the_best_come_first_and_undefined_ones_last() -> None:
    found = swept(plan_of())
    values = found.leaders("total_return", 26)["train_total_return"].to_pylist()
    assert values == sorted(values, reverse=True)
    with pytest.raises(InvalidInput, match="sharpe"):
        found.leaders("sharp")


@pytest.mark.parametrize("kept", [False, True])
def test_too_little_history_for_the_longest_warm_up_is_refused(tmp_path, kept) -> None:
    folder = tmp_path / "sweep" if kept else None
    with pytest.raises(TooLittleHistory, match="warm-up"):
        swept(plan_of(data=some_bars().slice(0, 60)), folder=folder)
    assert not list(tmp_path.iterdir()), "a refused sweep keeps its folder free for another"


NAMED = """
from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, sma

@bar_strategy(name="named", family="own", rule="Above its mean.", source="own",
              parameters=(Parameter("run", 20, 2, 200), Parameter("exposure", 1, 1, 9)))
def named(market, p):
    mean = sma(market.close, p.run)
    return Rules(enter_long=market.close > mean, exit_long=market.close < mean)
"""


@pytest.mark.parametrize(
    ("grid", "train_pct", "is_refused"),
    [("run=5,10", 70, True), ("exposure=1,2", None, True), ("exposure=1,2", 70, False)],
)
def test_a_parameter_named_as_a_column_of_the_results_is_refused(
    tmp_path, grid, train_pct, is_refused
) -> None:
    path = tmp_path / "named.py"
    path.write_text(NAMED)
    asked = {"strategy": str(path), "grid": (grid,), "train_pct": train_pct}
    if not is_refused:
        assert swept(plan_of(**asked)).table.num_rows == 2
        return
    with pytest.raises(InvalidInput, match=f"found {grid.split('=', maxsplit=1)[0]}; rename"):
        plan_of(**asked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strategy": "dema_corss"}, "dema_cross"),
        ({"policy": {"trade_mode": "sideways"}}, "long_only"),
        ({"policy": {"lever": 2}}, "no setting"),
        ({"policy": {"leverage": "1e9"}}, "leverage"),
        ({"random": 5, "sobol": 5}, "both"),
        ({"grid": ()}, "at least one"),
        ({"data": "nowhere-to-be-found"}, "nowhere-to-be-found"),
    ],
)
def test_what_cannot_be_run_is_refused_before_it_starts(
    options, words, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("FORVEN_HOME", str(tmp_path))
    with pytest.raises(ForvenError, match=words):
        plan_of(**options)


def test_a_size_that_no_run_would_heed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="found full, as none was said"):
        swept(plan_of(policy={"risk_per_trade": "0.005"}))
