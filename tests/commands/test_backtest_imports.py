"""What commands load: the start of a small run is what it imports, and no more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import forven
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.examples import examples_folder

ROOT = Path(forven.__file__).parent.parent
CONDOR = str(examples_folder() / "iron_condor.json")
PROGRAM = """
import json, sys
from forven.cli import run

sys.argv = ["forven", "backtest", *sys.argv[1:]]
assert run() == 0
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
NEVER = {"pandas", "exchange_calendars", "plotly", "forven.market.calendar"}
"""What no backtest needs that draws no report."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(Catalog(home), "coarse", spec, sessions, lambda day: None)
    return home


def loaded(home, *words):
    """Return every module that a backtest of the one day loads."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, CONDOR, "--data", "coarse", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "FORVEN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_json_loads_no_calendar_no_plots_and_nothing_that_draws(home):
    modules = loaded(home, "--json")
    assert "forven.research.backtest" in modules
    assert not modules & (NEVER | {"rich", "forven.commands.summary", "forven.commands.bars"})


def test_tables_load_what_draws_tables_and_no_bars(home):
    modules = loaded(home)
    assert "rich.table" in modules
    assert not modules & (NEVER | {"rich.progress", "forven.commands.bars"})


def test_a_report_loads_plotly_and_still_no_pandas(home, tmp_path):
    modules = loaded(home, "--report", str(tmp_path / "r.html"))
    assert "plotly" in modules
    assert not modules & (NEVER - {"plotly"})


def test_the_library_is_listed_without_what_computes_indicators():
    program = (
        "import sys; from forven.cli import run; sys.argv = ['forven', 'strategies', 'list']; "
        "assert run() == 0; print(sorted({'numba', 'talib', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "dema_cross" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
