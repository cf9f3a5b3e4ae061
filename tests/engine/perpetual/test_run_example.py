"""The example a user starts from runs, on a made-up market and on tables of one's own."""

import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from forven.market.perpetual.synthetic import PerpetualSpec, synthetic_ticks
from tests.architecture.sources import ROOT

EXAMPLE = ROOT / "examples" / "perpetual_quotes.py"


def run_example(*options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(EXAMPLE), *map(str, options)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def tables(tmp_path):
    ticks = synthetic_ticks(PerpetualSpec(seed=7, rows=5_000))
    pq.write_table(ticks.quotes, tmp_path / "quotes.parquet")
    pq.write_table(ticks.trades, tmp_path / "trades.parquet")
    return tmp_path


def test_the_example_compares_three_fill_models(tables):
    done = run_example("--rows", 5_000)
    assert done.returncode == 0, done.stderr
    for word in ("touch", "queue", "probabilistic", "fills", "fees", "funding", "profit"):
        assert word in done.stdout
    own = run_example("--quotes", tables / "quotes.parquet", "--trades", tables / "trades.parquet")
    assert own.returncode == 0, own.stderr
    fills = [
        line.split()[1:] for text in (done.stdout, own.stdout) for line in text.splitlines()
        if line.startswith("fills")
    ]  # fmt: skip
    assert fills[0] == fills[1]
    assert int(fills[0][0]) > int(fills[0][2]) >= int(fills[0][1]) > 10
