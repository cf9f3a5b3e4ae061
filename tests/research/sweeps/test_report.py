"""The report of a sweep: its cells, and what it must not take for markup."""

import json
import re

import numpy as np
import pytest

from forven.research.sweeps.report import sweep_html
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from tests.research.sweeps.plans import plan_of

MARKUP = "</script><img src=x onerror=alert(1)>"


def payload(results, metric: str) -> dict:
    page = sweep_html(results, metric)
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1))


@pytest.fixture(scope="module")
def found():
    grid = ("fast=5:15:5", "slow=20,40", "signal_smoothing=1")
    grid = grid[:2]
    return run_sweep(plan_of(grid=grid), SweepRun(workers=Here()))


@pytest.mark.parametrize(("metric", "pick"), [("sharpe", max), ("max_drawdown", min)])
def test_a_cell_shows_its_best_run(metric, pick) -> None:
    plan = plan_of(strategy="supertrend", grid=("period=5,10", "multiplier=2,3,4"))
    found = run_sweep(plan, SweepRun(workers=Here()))
    shown = payload(found, metric)
    assert shown["better"] == ("high" if pick is max else "low")
    first = shown["leaders"][0][shown["columns"].index(f"train_{metric}")]
    cells = np.array(shown["maps"][0]["cells"][0], float)
    assert first == pick(cells.ravel())
    assert cells.size == 6
