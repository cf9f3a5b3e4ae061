"""`forven backtest` as a user meets it: real processes, their output, files and exit status."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import forven
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.examples import examples_folder

ROOT = Path(forven.__file__).parent.parent
CONDOR = str(examples_folder() / "iron_condor.json")
DAYS = 6
FULL_BYTES = 1_000_000
PROGRAM = "from forven.cli import main; main()"
MANY = """
import json, os, sys
from forven.cli import run

shown = os.dup(1)
for number, words in enumerate(json.load(sys.stdin)):
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{number}.{name}", os.O_CREAT | os.O_WRONLY), stream)
    sys.argv = ["forven", *words]
    status = run()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(shown, b"%d\\n" % status)
"""
"""Runs many command lines one after another in one process: what they import is imported once."""


@dataclass(frozen=True)
class Done:
    """How a command line ended."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data root with `coarse`, and `broken` whose third day has a damaged file."""
    home = tmp_path_factory.mktemp("home")
    catalog = Catalog(home)
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, DAYS)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(catalog, "coarse", spec, sessions, lambda day: None)
    for name in ("broken", "waiting"):
        shutil.copytree(catalog.folder / "coarse", catalog.folder / name)
    quotes = catalog.folder / "broken" / "days" / "2024-01-04" / "quotes.parquet"
    quotes.write_bytes(quotes.read_bytes()[:-2000])
    day = catalog.folder / "waiting" / "days" / "2024-01-05" / "day.json"
    day.unlink()
    os.mkfifo(day)
    return home


def environment(home):
    return {**os.environ, "PYTHONPATH": str(ROOT), "FORVEN_HOME": str(home)}


def start(home, *words, **more):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", PROGRAM, "backtest", *words]
    return subprocess.Popen(command, env=environment(home), **(pipes | more))


CASES = {
    "table": [CONDOR, "--data", "coarse", "--fills", "live"],
    "json": [CONDOR, "--data", "coarse", "--json", "--jobs", "2"],
    "json alone": [CONDOR, "--data", "coarse", "--json"],
    "files": [CONDOR, "--data", "coarse", "--report", "r.html", "--parquet", "out", "--jobs", "2"],
    "range": [CONDOR, "--data", "coarse", "--from", "2024-01-03", "--to", "2024-01-04", "--json"],
    "profile": [CONDOR, "--data", "coarse", "--fills", "live", "--profile", "--jobs", "2"],
    "profile, json": [CONDOR, "--data", "coarse", "--json", "--profile", "--parquet", "timed"],
    "no folder": [CONDOR, "--data", "coarse", "--report", "none/r.html"],
    "a folder": [CONDOR, "--data", "coarse", "--report", "."],
    "a file": [CONDOR, "--data", "coarse", "--parquet", "taken.txt"],
    "a file above": [CONDOR, "--data", "coarse", "--parquet", "taken.txt/out"],
    "unknown dataset": [CONDOR, "--data", "nothing"],
    "dataset name": [CONDOR, "--data", "../coarse"],
    "empty range": [CONDOR, "--data", "coarse", "--from", "2025-01-01"],
    "turned range": [CONDOR, "--data", "coarse", "--from", "2024-01-04", "--to", "2024-01-03"],
    "holiday": [CONDOR, "--data", "coarse", "--from", "2024-01-01", "--to", "2024-01-01"],
    "no date": [CONDOR, "--data", "coarse", "--from", "2024-02-30"],
    "no strategy": ["none.json", "--data", "coarse"],
    "malformed": ["malformed.json", "--data", "coarse"],
    "wrong field": ["wrong.json", "--data", "coarse"],
    "little capital": [CONDOR, "--data", "coarse", "--capital", "999.99"],
    "much capital": [CONDOR, "--data", "coarse", "--capital", "1000000000.01"],
    "negative capital": [CONDOR, "--data", "coarse", "--capital", "-5000"],
    "nan capital": [CONDOR, "--data", "coarse", "--capital", "NaN"],
    "huge capital": [CONDOR, "--data", "coarse", "--capital", "1e400"],
    "fees": [CONDOR, "--data", "coarse", "--fees", "cheap"],
    "fees file": [CONDOR, "--data", "coarse", "--fees", "none.json"],
    "damaged": [CONDOR, "--data", "broken"],
    "damaged, jobs": [CONDOR, "--data", "broken", "--jobs", "2", "--report", "broken.html"],
    "fills": [CONDOR, "--data", "coarse", "--fills", "best"],
    "jobs": [CONDOR, "--data", "coarse", "--jobs", "0"],
    "no data": [CONDOR],
    "unknown option": [CONDOR, "--data", "coarse", "--speed", "9"],
}
REFUSED = [
    ("no folder", 1, "none/r.html: expected an existing folder, found none at none"),
    ("a folder", 1, "expected the name of a file, found a folder"),
    ("a file", 1, "taken.txt: expected a folder, found a file"),
    ("a file above", 1, "taken.txt/out: expected a folder, found a file at"),
    ("unknown dataset", 1, "no dataset 'nothing' in"),
    ("dataset name", 1, "dataset name: expected 1 to 64 of a-z"),
    ("empty range", 1, "has no day in 2025-01-01 to its end; it holds 6 days from 2024-01-02"),
    ("turned range", 1, "has no day in 2024-01-04 to 2024-01-03"),
    ("holiday", 1, "has no day in 2024-01-01 to 2024-01-01"),
    ("no date", 1, "expected a date as YYYY-MM-DD, found '2024-02-30'"),
    ("no strategy", 1, "none.json: expected a readable JSON file"),
    ("malformed", 1, "malformed.json: document: expected JSON, found an error at line 1"),
    ("wrong field", 1, "wrong.json: legs[0].strike.method: expected"),
    ("little capital", 1, "capital: expected 1000 to 1000000000, found 999.99"),
    ("much capital", 1, "capital: expected 1000 to 1000000000, found 1000000000.01"),
    ("negative capital", 1, "capital: expected 1000 to 1000000000, found -5000.00"),
    ("nan capital", 1, "capital: expected a decimal number, found 'NaN'"),
    ("huge capital", 1, "capital: expected a decimal number, found '1e400'"),
    ("fees", 1, "fees must be one of default"),
    ("fees file", 1, "none.json: expected a readable JSON file"),
    ("damaged", 1, "2024-01-04"),
    ("damaged, jobs", 1, "2024-01-04"),
    ("fills", 2, "Invalid value for '--fills': 'best' is not one of"),
    ("jobs", 2, "Invalid value for '--jobs': 0 is not in the range x>=1"),
    ("no data", 2, "Missing option '--data'"),
    ("unknown option", 2, "No such option"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder in which the command lines run."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "taken.txt").write_text("x")
    (folder / "malformed.json").write_text('{"name": ')
    document = json.loads(Path(CONDOR).read_text("utf-8"))
    document["legs"][0]["strike"]["method"] = "guess"
    (folder / "wrong.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def runs(home, folder):
    """Every case, run once."""
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        input=json.dumps([["backtest", *words] for words in CASES.values()]),
        cwd=folder,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
    )
    statuses = [int(line) for line in done.stdout.split()]
    assert len(statuses) == len(CASES), done.stderr
    return {
        name: Done(
            status,
            (folder / f"{number}.out").read_text("utf-8"),
            (folder / f"{number}.err").read_text("utf-8"),
        )
        for number, (name, status) in enumerate(zip(CASES, statuses, strict=True))
    }


@pytest.mark.parametrize(("case", "status", "message"), REFUSED)
def test_what_cannot_be_run_is_one_clear_message(runs, case, status, message):
    done = runs[case]
    assert done.status == status, done.err
    assert message in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert "internal" not in done.err
    assert done.out == ""
    if status == 1:
        assert len(done.err.splitlines()) == 1
        assert done.err.startswith("error: ")


def test_every_case_is_looked_at():
    assert {case for case, _, _ in REFUSED} | {
        "table",
        "json",
        "json alone",
        "files",
        "range",
        "profile",
        "profile, json",
    } == set(CASES)


def test_the_table_is_readable_at_100_columns(runs):
    done = runs["table"]
    assert (done.status, done.err) == (0, "")
    assert max(len(line) for line in done.out.splitlines()) <= 100
    for part in ("Iron condor", "live fills", "natural fills", "sharpe", "2024-01-09", "journal"):
        assert part in done.out
    assert "…" not in done.out


def test_the_json_is_the_whole_result_and_jobs_change_nothing(runs):
    assert runs["json"].status == 0, runs["json"].err
    document = json.loads(runs["json"].out)
    assert len(document["sessions"]) == DAYS
    assert document["provenance"]["seed"] == 7
    assert document == json.loads(runs["json alone"].out)
    assert runs["json"].err == ""


def test_a_profile_follows_the_tables_and_changes_nothing_in_them(runs):
    done = runs["profile"]
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(runs["table"].out)
    shown = done.out.removeprefix(runs["table"].out)
    for part in ("read", "frames", "kernel", "report", "other", "days/s", "sums over 2 workers"):
        assert part in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_a_profile_is_one_more_object_of_the_json(runs):
    done = runs["profile, json"]
    assert done.status == 0, done.err
    document = json.loads(done.out)
    profile = document.pop("profile")
    assert document == json.loads(runs["json alone"].out)
    assert profile["days"] == DAYS
    assert list(profile["phases"])[-5:] == ["read", "frames", "kernel", "report", "other"]
    assert {"duration_ns", "share"} == set(profile["phases"]["read"])
    durations = [phase["duration_ns"] for phase in profile["phases"].values()]
    assert min(durations) >= 0
    assert sum(durations) == profile["work_ns"] == profile["wall_ns"]


def test_a_range_is_kept_to(runs):
    days = [session["date"] for session in json.loads(runs["range"].out)["sessions"]]
    assert days == ["2024-01-03", "2024-01-04"]


def test_files_are_written_and_named_with_their_size(runs, folder):
    done = runs["files"]
    assert done.status == 0, done.err
    lines = done.err.splitlines()
    assert lines[0].startswith("report: r.html (")
    assert [line.split()[1] for line in lines[1:]] == [
        "out/sessions.parquet",
        "out/fills.parquet",
        "out/journal.parquet",
    ]
    assert (folder / "r.html").read_text("utf-8").rstrip().endswith("</html>")
    assert pq.read_table(folder / "out" / "sessions.parquet").num_rows == DAYS


def test_a_run_that_failed_writes_no_report(runs, folder):
    assert runs["damaged, jobs"].status == 1
    assert not (folder / "broken.html").exists()


def test_the_command_in_the_result_makes_the_same_result(runs, home):
    document = json.loads(runs["json"].out)
    words = document["provenance"]["commands"][1].split()
    assert words[:2] == ["forven", "backtest"]
    process = start(home, *words[2:], "--json")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert (
        json.loads(out)["provenance"]["journal_digest"]
        == (document["provenance"]["journal_digest"])
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_half_way_leaves_nothing_and_one_line(home, tmp_path, jobs):
    """The fourth day's file is a pipe: the run waits there until it is interrupted."""
    words = [CONDOR, "--data", "waiting", "--jobs", jobs, "--report", "r.html", "--parquet", "out"]
    process = start(home, *words, cwd=tmp_path)
    pipe = home / "datasets" / "waiting" / "days" / "2024-01-05" / "day.json"
    with pipe.open("wb"):
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        if jobs == "1":
            process.wait(timeout=20)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert (process.returncode, out, err.strip()) == (130, "", "interrupted")
    assert [found.name for found in tmp_path.iterdir()] == []


def limit_files():
    """Let this process write no file beyond FULL_BYTES, as a disk that is full there."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))


@pytest.mark.parametrize(
    ("options", "shown"), [([], "net profit"), (["--json", "--profile"], '"net_profit"')]
)
def test_a_report_that_does_not_fit_leaves_the_old_one_and_shows_the_result(
    home, tmp_path, options, shown
):
    (tmp_path / "r.html").write_text("old")
    words = [CONDOR, "--data", "coarse", "--report", "r.html", *options]
    process = start(home, *words, cwd=tmp_path, preexec_fn=limit_files)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == "error: r.html: could not be written (File too large); name a folder with room\n"
    assert shown in out
    assert (tmp_path / "r.html").read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["r.html"]
