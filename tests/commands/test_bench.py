"""`forven bench` as a user meets it: real processes, their output and exit status."""

import json
import os
import subprocess
import sys

import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.research.workloads.results import FIELDS
from forven.strategies.examples import examples_folder

PROGRAM = "from forven.cli import main; main()"


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "bench", "--size", "tiny", *words],
        env={**os.environ, "COLUMNS": "240"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture
def mine(forven_home) -> str:
    """Return the name of a dataset of three coarse days."""
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 3)
    spec = SyntheticSpec(seed=3, frame_seconds=300)
    synthesize(Catalog(forven_home), "mine", spec, sessions, lambda _: None)
    return "mine"


@pytest.mark.slow
def test_the_table_of_the_standard_workloads_shows_figures_digests_and_who_is_missing() -> None:
    done = bench("--only", "fleet", "--only", "quote_stream")
    assert done.returncode == 0, done.stderr
    assert "32 bots a frame at a time, one thread" in done.stdout
    assert "20,000 updates, two pegged orders, touch fills" in done.stdout
    assert "ns/bot-frame" in done.stdout
    assert "updates/s" in done.stdout
    assert "option_day" not in done.stdout


@pytest.mark.slow
def test_days_of_ones_own_with_ones_own_strategy_come_as_json(mine) -> None:
    strategy = examples_folder() / "put_credit_spread.json"
    words = ("--data", mine, "--strategy", str(strategy), "--only", "option_day", "--json")
    done = bench(*words)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert set(results) == FIELDS
    assert results["command"].startswith("forven bench --size tiny --only option_day --data mine")
    assert results["command"].endswith("--strategy put_credit_spread.json")
    days = [row for row in results["rows"] if row["kind"] == "ours"]
    assert {row["details"]["days"] for row in days} == {2}
    assert all("2 days of mine" in row["label"] for row in days)


def test_a_dataset_that_is_not_there_is_named_with_what_to_do() -> None:
    done = bench("--data", "none")
    assert done.returncode == 1
    assert "no dataset 'none'" in done.stderr
    assert "forven data" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--strategy", "x.json"), "--strategy: expected --data NAME beside it"),
        (("--data", "x", "--only", "start"), "--only start: expected one of option_day, fleet"),
        (("--size", "huge"), "'huge' is not one of"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, said: str) -> None:
    done = bench(*words)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_help_is_quick_to_load_and_names_the_workloads() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--help"], capture_output=True, text=True, check=True
    )
    assert "bench" in listed.stdout
    done = bench("--help")
    assert done.returncode == 0
    assert "option_day" in done.stdout
