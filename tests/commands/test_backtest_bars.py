"""`forven backtest` over bars in processes of its own: tables, files, JSON and refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from forven.market.bars.catalog import BarCatalog, Provenance
from forven.market.bars.synthetic import random_bars
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.examples import examples_folder

ROOT = Path(__file__).resolve().parents[2]
CONDOR = str(examples_folder() / "iron_condor.json")
FULL = ("dema_cross", "--data", "hours", "--sizing", "full")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data root with 3,000 made-up hours and two days of quotes."""
    folder = tmp_path_factory.mktemp("backtests")
    bars = random_bars(3_000, 5)
    BarCatalog(folder).write("hours", bars, Provenance(source="synthetic", seed=5))
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 2)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(Catalog(folder), "days", spec, sessions, lambda day: None)
    return folder


def forven(home: Path, *words: object) -> SimpleNamespace:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", "from forven.cli import main; main()", "backtest", *map(str, words)],
        env={**os.environ, "FORVEN_HOME": str(home), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr and "internal" not in done.stderr, done.stderr
    return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)


def test_train_stands_beside_test_with_warnings_trades_and_the_digest(home, tmp_path) -> None:
    report, folder = tmp_path / "r.html", tmp_path / "tables"
    words = ("--set", "fast=7", "--stop-loss", "2", "--report", report, "--parquet", folder)
    done = forven(home, *FULL, *words)
    assert done.status == 0, done.err
    document = json.loads(forven(home, *FULL, *words[:4], "--json").out)
    for text in ("train", "test", "fast 7, slow 26", "exits: stop loss", "last 10 of"):
        assert text in done.out
    for name in ("train", "test"):
        assert f"{document['metrics'][name]['sharpe']:.2f}" in done.out
        assert f"{document['metrics'][name]['net_profit']:,.2f}" in done.out
    assert all(text[:60] in done.out for text in document["warnings"])
    assert f"digest {document['provenance']['digest'][:12]}" in done.out
    assert document["provenance"]["policy"]["stop_loss_pct"] == "2"
    assert "report: " in done.err and report.read_text("utf-8").startswith("<!doctype html>")
    trades = pq.read_table(folder / "trades.parquet")
    assert trades.num_rows == sum(one["total_trades"] for one in document["metrics"].values())


def test_without_a_cut_there_is_one_column(home) -> None:
    done = forven(home, *FULL, "--train-pct", "100")
    assert "all bars" in done.out and "how it would have gone on" in done.out
    assert "test" not in done.out.split("metric")[1].split("last 10")[0]


def test_sizes_that_nobody_chose_are_said(home) -> None:
    assert "2 x ATR(14)" in forven(home, "dema_cross", "--data", "hours").out
    assert "2 x ATR(14)" not in forven(home, *FULL).out


def test_a_strategy_of_a_file_by_its_name(home, tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, sma\n"
        "@bar_strategy(name='one', family='own', rule='Above its mean.', source='own',\n"
        "              parameters=(Parameter('period', 20, 2, 200),))\n"
        "def one(market, p):\n"
        "    mean = sma(market.close, p.period)\n"
        "    return Rules(enter_long=market.close > mean, exit_long=market.close < mean)\n"
        "@bar_strategy(name='two', family='own', rule='r', source='own')\n"
        "def two(market, p):\n"
        "    return Rules(enter_long=market.close > market.open)\n"
    )
    done = forven(home, f"{path}:one", "--data", "hours", "--set", "period=30", "--json")
    assert json.loads(done.out)["provenance"]["parameters"] == {"period": 30}
    assert "one, two" in forven(home, path, "--data", "hours").err


def test_a_document_over_sessions_is_run_as_ever(home) -> None:
    for words, capital in ((("--capital", "50000"), "50000.00"), ((), "100000.00")):
        done = forven(home, CONDOR, "--data", "days", *words, "--json")
        assert json.loads(done.out)["provenance"]["capital"] == capital


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*FULL, "--fills", "live", "--jobs", 2), "--fills, --jobs cannot be said here"),
        ((*FULL, "--profile"), "--profile cannot be said here: dema_cross runs over bars"),
        ((CONDOR, "--data", "days", "--set", "a=1", "--leverage", 2), "--set, --leverage cannot"),
        ((CONDOR, "--data", "days", "--train-pct", 70), "--train-pct cannot be said here"),
        ((CONDOR, "--data", "hours"), "name one of these: days"),
        (("dema_cross", "--data", "days"), "name one of these: hours"),
        (("dema_cross", "--data", "no"), "there are: days, hours"),
        (("dema_crss", "--data", "hours"), "dema_cross"),
        (("nothing.json", "--data", "days"), "nothing.json"),
        (("nothing.py", "--data", "hours"), "nothing.py"),
        ((*FULL, "--set", "fats=3"), "did you mean 'fast'"),
        ((*FULL, "--set", "fast=x"), "a whole number"),
        ((*FULL, "--set", "fast"), "NAME=VALUE"),
        ((*FULL, "--set", "fast=3", "--set", "fast=4"), "expected fast once"),
        ((*FULL, "--set", "fast=30"), "fast < slow"),
        ((*FULL, "--leverage", "nan"), "leverage"),
        ((*FULL, "--stop-loss", "-1"), "stop_loss_pct"),
        ((*FULL, "--from", "2031-01-01"), "found none"),
        ((*FULL, "--to", "2020-01-03"), "warm-up"),
        ((*FULL, "--from", "soon"), "YYYY-MM-DD"),
        (("funding", "--data", "hours"), "funding_rate"),
        ((*FULL, "--report", "/no/such/r.html"), "/no/such"),
        ((*FULL, "--parquet", "/dev/null"), "/dev/null"),
    ],
)
def test_what_does_not_fit_is_told_in_one_message(home, here, words, told) -> None:
    done = here(home, "backtest", *words)
    assert done.status in (1, 2), done.out
    assert told in " ".join(done.err.split())
    assert not done.out
