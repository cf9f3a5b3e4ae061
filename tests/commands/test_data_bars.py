"""Bars from the command line, end to end: files in, tables, pictures and JSON out, refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    "open_time,open,high,low,close,volume",
    *(f"{1_600_002_000_000 + 3_600_000 * at},10,12,9,{10 + at % 3},5" for at in range(100)),
]


@pytest.fixture
def forven(forven_home):
    """Return a function that runs the command line in a process of its own."""

    def run(*words: object) -> SimpleNamespace:
        done = subprocess.run(
            [sys.executable, "-c", "from forven.cli import main; main()", *map(str, words)],
            env={**os.environ, "FORVEN_HOME": str(forven_home), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stderr
        return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def candles(tmp_path):
    path = tmp_path / "candles.csv"
    path.write_text("\n".join(LINES) + "\n")
    return path


def test_bars_go_from_a_file_to_a_coarser_series(forven, candles):
    asked = ("--name", "btc", "--symbol", "BTC", "--timeframe", "1h", "--calendar", "always")
    done = forven("data", "import-bars", candles, *asked)
    assert (done.status, done.err) == (0, "")
    assert "told by their size, the start of the bar, by its name" in done.out
    assert "100 rows read, 100 bars kept" in done.out
    again = forven("data", "import-bars", candles, *asked)
    assert again.status == 1 and "is there already" in again.err
    document = json.loads(forven("data", "import-bars", candles, *asked, "--append", "--json").out)
    assert (document["bars"], document["counts"]) == (100, {"repeated_by_append": 100})

    coarse = json.loads(
        forven("data", "resample-bars", "btc", "btc-4h", "--timeframe", "4h", "--json").out
    )
    assert (coarse["timeframe"], coarse["bars"], coarse["counts"]) == ("4h", 24, {"edge_bars": 4})
    finer = forven("data", "resample-bars", "btc-4h", "x", "--timeframe", "1h")
    assert finer.status == 1 and "cannot be made finer" in finer.err


def test_both_kinds_are_listed_inspected_checked_and_removed(forven, forven_home):
    made = forven("data", "synthesize-bars", "walk", "--bars", 300, "--seed", 3, "--enriched")
    assert made.status == 0 and "SYNTHETIC" in made.out
    forven("data", "synthesize", "spx", "--days", 1, "--seed", 1, "--frame-seconds", 1800)
    kinds = {row["name"]: row["kind"] for row in json.loads(forven("data", "list", "--json").out)}
    assert kinds == {"spx": "ticks", "walk": "bars"}
    listed = forven("data", "list").out
    assert "quote rows" in listed and "timeframe" in listed

    document = json.loads(forven("data", "inspect", "walk", "--json").out)
    assert (document["seed"], document["bars_per_year"], len(document["edges"])) == (3, 8760, 6)
    shown = forven("data", "inspect", "walk").out
    assert "2020-01-01T01:00:00Z" in shown and "btc_dominance" in shown and "█" in shown
    assert document["content_hash"] in shown

    checked = forven("data", "check", "walk")
    assert checked.status == 0 and "due                  300; missing 0" in checked.out
    quality = json.loads(forven("data", "check", "walk", "--json").out)
    assert (quality["usable"], quality["missing"]) == (True, 0)
    assert quality["missing_values"]["basis"] == 0.08
    wrong = forven("data", "inspect", "walk", "--day", "2020-01-01")
    assert wrong.status == 1 and "holds bars, expected days" in wrong.err

    stored = forven_home / "datasets" / "walk" / "bars.parquet"
    stored.write_bytes(stored.read_bytes()[:-100])
    damaged = forven("data", "check", "walk")
    assert damaged.status == 1 and "walk cannot be used" in damaged.out
    assert json.loads(forven("data", "check", "walk", "--json").out)["usable"] is False
    assert forven("data", "inspect", "walk").status == 1
    (stored.parent / "dataset.json").write_text("{")
    assert "damaged" in forven("data", "list").out
    assert forven("data", "remove", "walk").status == 0
    assert [row["name"] for row in json.loads(forven("data", "list", "--json").out)] == ["spx"]


def test_a_backtest_over_days_says_that_bars_are_not_for_it(forven, tmp_path):
    forven("data", "synthesize-bars", "walk", "--bars", 10, "--seed", 3)
    strategy = next((ROOT / "examples").rglob("*.json"))
    done = forven("backtest", strategy, "--data", "walk")
    assert done.status == 1 and "holds bars, expected days of option quotes" in done.err
    named = forven("data", "import-bars", "nothing.csv", "--name", "x", "--timeframe", "1h")
    assert named.status == 1 and "calendar: expected one of" in named.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--calendar", "always"), "say --symbol"),
        (("--calendar", "always", "--symbol", "B", "--where", "x"), "COLUMN=VALUE"),
        (("--calendar", "always", "--symbol", "B", "--columns", "open"), "name=COLUMN"),
        (("--calendar", "always", "--symbol", "B", "--join", "x"), "NAME=FILE"),
        (("--calendar", "always", "--symbol", "B", "--decimals", "12"), "0 to 8"),
        (("--symbol", "B"), "calendar: expected one of"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_without_a_trace(forven, candles, words, said):
    done = forven("data", "import-bars", candles, "--name", "b", "--timeframe", "1h", *words)
    assert done.status == 1
    assert said in done.err
    assert "no datasets" in forven("data", "list").out
