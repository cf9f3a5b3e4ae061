"""A sweep on a real cluster of two worker processes gives what one gives here."""

import pytest
from distributed import LocalCluster

from forven.primitives.errors import InvalidInput
from forven.research.sweeps import plan as plan_module
from forven.research.sweeps.cluster import Cluster, NoCluster
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from tests.research.sweeps.plans import plan_of

OWN = """
from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, sma


@bar_strategy(name="own", family="own", rule="Above the mean.", source="own",
              parameters=(Parameter("period", 10, 2, 100),))
def own(market, p):
    mean = sma(market.close, p.period)
    return Rules(enter_long=market.close > mean, exit_long=market.close < mean)
"""


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as running:
        yield running


@pytest.fixture
def address(cluster) -> str:
    return cluster.scheduler_address.replace("tcp://", "dask://")


def test_two_workers_give_what_one_process_gives(address, monkeypatch) -> None:
    here = run_sweep(plan_of(), SweepRun(workers=Here())).digest
    monkeypatch.setattr(plan_module, "CHUNK_RUNS", 5)
    seen = []
    spread = run_sweep(
        plan_of(), SweepRun(workers=Cluster(address), observer=lambda at, _: seen.append(at))
    )
    assert spread.digest == here
    assert sorted(seen) == list(range(6))


def test_a_strategy_of_a_file_travels_as_its_text(address, tmp_path) -> None:
    path = tmp_path / "own.py"
    path.write_text(OWN)
    plan = plan_of(strategy=str(path), grid=("period=5:50:5",))
    here = run_sweep(plan, SweepRun(workers=Here())).digest
    assert run_sweep(plan, SweepRun(workers=Cluster(address))).digest == here


def test_a_place_without_a_cluster_is_told() -> None:
    with pytest.raises(InvalidInput, match="dask://HOST:PORT"):
        Cluster("ray://head")
    with pytest.raises(NoCluster, match="expected a Dask scheduler"):
        run_sweep(plan_of(), SweepRun(workers=Cluster("dask://127.0.0.1:9")))
