"""Results are held to their digest, and ranked by the better end of a metric."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.primitives.errors import InvalidInput
from forven.research.sweeps.folder import UnsoundSweep
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from tests.research.sweeps.plans import plan_of


def kept(folder):
    return run_sweep(plan_of(), SweepRun(workers=Here(), folder=folder))


def test_a_changed_figure_is_noticed_and_the_mend_mends(tmp_path) -> None:
    wanted = kept(tmp_path / "kept").digest
    path = tmp_path / "kept" / "results.parquet"
    table = pq.read_table(path)
    better = table["train_sharpe"].to_numpy() + 1.0
    at = table.column_names.index("train_sharpe")
    changed = table.set_column(at, "train_sharpe", pa.array(better))
    pq.write_table(changed, path)
    for read in (SweepResults.read, kept):
        with pytest.raises(UnsoundSweep, match=r"digest .* delete .*results.parquet and run the"):
            read(tmp_path / "kept")
    path.unlink()
    assert kept(tmp_path / "kept").digest == wanted


def test_a_torn_file_of_results_is_told_with_its_mend(tmp_path) -> None:
    kept(tmp_path / "kept")
    path = tmp_path / "kept" / "results.parquet"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(UnsoundSweep, match=r"delete .*results.parquet and run the same command"):
        kept(tmp_path / "kept")


def test_what_is_not_finished_is_told(tmp_path) -> None:
    with pytest.raises(InvalidInput, match=r"found no sweep\.json"):
        SweepResults.read(tmp_path)
    kept(tmp_path / "kept")
    manifest = json.loads((tmp_path / "kept" / "sweep.json").read_text())
    del manifest["digest"]
    (tmp_path / "kept" / "sweep.json").write_text(json.dumps(manifest))
    with pytest.raises(InvalidInput, match="run the same command again"):
        SweepResults.read(tmp_path / "kept")


@pytest.fixture(scope="module")
def found():
    return run_sweep(plan_of(), SweepRun(workers=Here()))


@pytest.mark.parametrize(
    "metric", ["max_drawdown", "closed_drawdown", "costs", "gross_loss", "losses"]
)
def test_what_is_better_low_is_ranked_from_the_lowest(found, metric) -> None:
    values = found.leaders(metric, 26)[f"train_{metric}"].to_pylist()
    assert values == sorted(values) and values[0] < values[-1]


def test_equals_are_ranked_by_total_return_then_by_their_order() -> None:
    columns = {
        "run": pa.array(range(5)),
        "train_sharpe": pa.array([10.0, np.nan, 10.0, 10.0, np.nan]),
        "train_total_return": pa.array([0.1, 0.9, 0.3, 0.3, np.nan]),
    }
    document = {"kind": "bars", "parameters": ["run"], "train_pct": 70}
    results = SweepResults(table=pa.table(columns), document=document, digest="", backend="")
    assert results.leaders("sharpe", 5)["run"].to_pylist() == [2, 3, 0, 1, 4]


def test_a_fast_sweep_is_not_ranked_by_what_it_did_not_measure() -> None:
    found = run_sweep(plan_of(has_detail=False), SweepRun(workers=Here()))
    with pytest.raises(InvalidInput, match="take trade_sharpe"):
        found.leaders("sharpe")
    assert found.leaders("trade_sharpe", 3).num_rows == 3
