"""A sweep on a real cluster of two worker processes gives what one gives here."""

import os
import signal

import pytest
from distributed import LocalCluster

from forven.primitives.errors import InvalidInput
from forven.research.sweeps import cluster as cluster_module
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


@pytest.mark.parametrize("workers_killed", [1, 2])
def test_killed_workers_cost_nothing_but_time(tmp_path, monkeypatch, workers_killed) -> None:
    """Of two workers the other goes on; without any, the same sweep goes on when there are some."""
    monkeypatch.setattr(plan_module, "CHUNK_RUNS", 1)
    wanted = run_sweep(plan_of(), SweepRun(workers=Here())).digest
    folder = tmp_path / "kept"
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as running:
        address = running.scheduler_address.replace("tcp://", "dask://")
        pids = [worker.pid for worker in running.workers.values()]

        def kill(number, _):
            while pids[2 - workers_killed :]:
                os.kill(pids.pop(), signal.SIGKILL)

        run = SweepRun(workers=Cluster(address), folder=folder, observer=kill)
        if workers_killed == 1:
            assert run_sweep(plan_of(), run).digest == wanted
            return
        with pytest.raises(NoCluster, match="run the same command again"):
            run_sweep(plan_of(), run)
    assert list((folder / "parts").iterdir())
    assert run_sweep(plan_of(), SweepRun(workers=Here(), folder=folder)).digest == wanted


def test_a_place_without_a_cluster_is_told(monkeypatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 2)
    with pytest.raises(InvalidInput, match="dask://HOST:PORT"):
        Cluster("ray://head")
    with pytest.raises(NoCluster, match="expected a Dask scheduler"):
        run_sweep(plan_of(), SweepRun(workers=Cluster("dask://127.0.0.1:9")))
