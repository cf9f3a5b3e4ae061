"""`forven sweep` in processes of its own: leaders, files, a kill half way, and refusals."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.examples import examples_folder

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from forven.cli import main; main()"]
GRID = ("--grid", "fast=5:30:5", "slow=20:60:10")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data root with a series of 3,000 made-up hours."""
    folder = tmp_path_factory.mktemp("sweeps")
    made = started(folder, "data", "synthesize-bars", "hours", "--bars", 3_000, "--seed", 5)
    assert made.wait(120) == 0, made.stderr.read()
    return folder


def started(home: Path, *words: object) -> subprocess.Popen:
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        env={**os.environ, "FORVEN_HOME": str(home), "PYTHONPATH": path()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def path() -> str:
    """Return where modules are found, this project first."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def forven(home: Path, *words: object) -> SimpleNamespace:
    process = started(home, *words)
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err, err
    return SimpleNamespace(status=process.returncode, out=out, err=err)


def swept(home: Path, *words: object) -> dict:
    done = forven(home, "sweep", "dema_cross", *words, "--data", "hours", "--json")
    assert done.status == 0, done.err
    return json.loads(done.out)


def test_a_sweep_shows_leaders_with_their_test_and_keeps_everything(home, tmp_path) -> None:
    folder, report = tmp_path / "kept", tmp_path / "sweep.html"
    words = ("--sizing", "full", "--output", folder, "--report", report)
    done = forven(home, "sweep", "dema_cross", *GRID, "--data", "hours", *words)
    assert done.status == 0, done.err
    assert "26 combinations, 4 left out by fast < slow" in done.out
    assert "best by train_sharpe" in done.out and "test sharpe" in done.out
    table = pq.read_table(folder / "results.parquet")
    assert table.num_rows == 26 and "test_profit_factor" in table.column_names
    manifest = json.loads((folder / "sweep.json").read_text())
    assert manifest["digest"][:12] in done.out
    page = report.read_text()
    assert "Heat map" in page and "https://" not in page.split("<script>")[0]
    assert '"metric":"sharpe"' in page and '"across":"fast","up":"slow"' in page


def test_json_is_the_same_whatever_the_threads(home, tmp_path) -> None:
    one = swept(home, *GRID, "--threads", 1, "--output", tmp_path / "one")
    two = swept(home, *GRID, "--threads", 3, "--output", tmp_path / "two")
    assert one["digest"] == two["digest"] and one["leaders"] == two["leaders"]
    assert len(one["leaders"]) == 10 and one["plan"]["combinations"] == 26


def test_the_same_command_again_shows_what_is_there(home) -> None:
    first, again = swept(home, *GRID), swept(home, *GRID)
    assert first == again
    assert Path(first["results"]).parent == home / "sweeps"


@pytest.mark.parametrize("strategy", ["dema_cross", "iron_condor.json"])
@pytest.mark.parametrize("words", [("--sort", "nope"), ("--sort", "sharpe", "--fast")])
def test_a_metric_that_is_none_is_told_before_anything_is_done(
    home, tmp_path, strategy, words
) -> None:
    data = ("--data", "nowhere", "--output", tmp_path / "kept")
    done = forven(home, "sweep", strategy, *GRID, *data, *words)
    assert done.status in (1, 2) and not list(tmp_path.iterdir())
    assert "metric" in done.err or "--fast cannot be said" in done.err


def test_the_lowest_drawdown_is_the_best_one(home) -> None:
    found = swept(home, *GRID, "--sort", "max_drawdown", "--top", 26)
    values = [row["train_max_drawdown"] for row in found["leaders"]]
    assert values == sorted(values) and found["better"] == "low"


def test_a_sample_larger_than_its_space_is_the_whole_space_and_says_so(home) -> None:
    words = ("--random", 300, "--sort", "total_trades")
    done = forven(home, "sweep", "dema_cross", *GRID, "--data", "hours", *words)
    assert "26 combinations, all there are of the 300 asked for, 4 left out by" in done.out
    assert "highest by train_total_trades" in done.out


def test_an_interrupt_says_how_to_go_on(home, tmp_path) -> None:
    folder = tmp_path / "cut"
    grid = ("--grid", "fast=2:60:1", "slow=61:400:1")
    process = started(home, "sweep", "dema_cross", *grid, "--data", "hours", "--output", folder)
    deadline = time.monotonic() + 120
    while not list(folder.glob("parts/part-*.parquet")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on there" in err and "Traceback" not in err


def test_a_sample_of_a_strategy_in_a_file(home, tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, sma\n"
        "@bar_strategy(name='mine', family='own', rule='Above its mean.', source='own',\n"
        "              parameters=(Parameter('period', 20, 2, 200),))\n"
        "def mine(market, p):\n"
        "    mean = sma(market.close, p.period)\n"
        "    return Rules(enter_long=market.close > mean, exit_long=market.close < mean)\n"
    )
    done = forven(home, "sweep", path, "--sobol", 16, "--data", "hours", "--fast")
    assert done.status == 0, done.err
    assert "16 combinations" in done.out and "train trade sharpe" in done.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dema_crss", *GRID, "--data", "hours"), "dema_cross"),
        (("dema_cross", *GRID, "--data", "hous"), "hous"),
        (("dema_cross", "--data", "hours"), "at least one NAME=VALUES"),
        (("dema_cross", "--grid", "fsat=3", "--data", "hours"), "fast"),
        (("dema_cross", "--grid", "fast=5:200:0.00001", "--data", "hours"), "10,000,000"),
        (("dema_cross", *GRID, "--data", "hours", "--sort", "fame"), "fame"),
        (("dema_cross", *GRID, "--data", "hours", "--leverage", "nan"), "leverage"),
        (("dema_cross", *GRID, "--data", "hours", "--output", "/dev/null"), "folder"),
        (("dema_cross", *GRID, "--data", "hours", "--on", "ray://head"), "dask://HOST:PORT"),
        (("dema_cross", "--grid", "slow=390", "--data", "hours", "--to", "2020-01-10"), "warm-up"),
        (("/no/such.py", "--grid", "a=1", "--data", "hours"), "/no/such.py"),
    ],
)
def test_what_cannot_be_run_is_told_in_one_line(home, here, words, told) -> None:
    done = here(home, "sweep", *words)
    assert done.status in (1, 2)
    assert told in done.err
    assert not done.out


CONDOR = str(examples_folder() / "iron_condor.json")
PLACES = ("--grid", "legs.0.strike.value=0.10:0.20:0.05", "exit.profit_target_pct=25,50,101")


@pytest.fixture(scope="module")
def days(home) -> Path:
    """The same data root with five made-up days of quotes."""
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 5)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(Catalog(home), "days", spec, sessions, lambda day: None)
    return home


def test_a_document_is_swept_over_sessions_and_kept(days, tmp_path) -> None:
    folder, report = tmp_path / "kept", tmp_path / "sweep.html"
    words = (*PLACES, "--data", "days", "--output", folder)
    done = forven(days, "sweep", CONDOR, *words, "--train-pct", 60, "--report", report)
    assert done.status == 0, done.err
    assert "Iron condor over 5 sessions of days: 6 combinations, 3 refused, the first" in done.out
    assert "train natural net profit" in done.out and "2 sessions (test) are too few" in done.out
    table = pq.read_table(folder / "results.parquet")
    assert table.num_rows == 6 and "test_natural_sharpe" in table.column_names
    assert report.read_text("utf-8").startswith("<!doctype html>")
    again = forven(days, "sweep", CONDOR, *words, "--train-pct", 60, "--json")
    assert json.loads(again.out)["digest"][:12] in done.out
    assert "another one" in forven(days, "sweep", CONDOR, *words, "--train-pct", 50).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((CONDOR, *PLACES, "--data", "hours"), "name one of these: days"),
        (("dema_cross", *GRID, "--data", "days"), "name one of these: hours"),
        ((CONDOR, *PLACES, "--data", "days", "--leverage", 2, "--fast"), "--leverage, --fast"),
        (("dema_cross", *GRID, "--data", "hours", "--fills", "live"), "--fills cannot be said"),
        ((CONDOR, "--grid", "exits.time=15:00", "--data", "days"), "did you mean 'exit'"),
        ((CONDOR, "--data", "days"), "PATH=VALUES"),
        ((CONDOR, "--random", 5, "--data", "days"), "PATH=VALUES"),
        ((CONDOR, *PLACES, "--data", "days", "--train-pct", 90), "2 sessions or more"),
        ((CONDOR, *PLACES, "--data", "days", "--capital", 1), "capital"),
        ((CONDOR, *PLACES, "--data", "days", "--fees", "none_such"), "none_such"),
        (("no.json", *PLACES, "--data", "days"), "no.json"),
        ((CONDOR, "--grid", "exit.profit_target_pct=101", "--data", "days"), "none among 1"),
    ],
)
def test_what_does_not_fit_sessions_is_told(days, here, words, told) -> None:
    done = here(days, "sweep", *words)
    assert done.status in (1, 2)
    assert told in " ".join(done.err.split())
    assert not done.out
