"""`forven data` from end to end: files in, tables and JSON out, and every refusal."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from forven import cli
from forven.market.readers.days import DayReader

ROOT = Path(__file__).resolve().parents[2]
CHAIN = "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
LEAN_4 = "lean/spx_option_minute/spxw_20210104_quotes.parquet"
LEAN_5 = "lean/spx_option_minute/spxw_20210105_quotes.parquet"
INDEX_ZIP = "lean/raw/index_spx_20210104_trade.zip"
HEADER = "t,osi,b,a"
MAP = "ts=t,symbol=osi,bid=b,ask=a"
GOOD = "2021-01-04T14:31:00Z,SPXW  210104C03700000,64.90,66.00"


@pytest.fixture
def forven(monkeypatch, capsys, forven_home) -> Callable[..., SimpleNamespace]:
    """Return a function that runs the command line in this process."""

    def run(*words: object) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["forven", *map(str, words)])
        status = cli.run()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return SimpleNamespace(status=status, out=out, err=err)

    return run


@pytest.fixture
def import_chain(forven, shared_data):
    """Return a function that imports the recorded full chain as `spx`."""

    def run(*words: str) -> SimpleNamespace:
        settlements = shared_data / "reference" / "spx_settlements.csv"
        fixed = (shared_data / CHAIN, "--name", "spx", "--settlements", settlements)
        return forven("data", "import", *fixed, *words)

    return run


def datasets(home: Path) -> list[str]:
    folder = home / "datasets"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_an_import_shows_what_it_read(import_chain):
    done = import_chain()
    assert (done.status, done.err) == (0, "")
    row = "2018-01-05  SPXW  14:30:00Z  21:00:00Z  124,020     390     2743.15"
    assert row in done.out
    assert "after_close 4,770, underlying_rounded 220, zero_bid 59,713" in done.out


def test_an_import_tells_json_the_same(import_chain):
    document = json.loads(import_chain("--json").out)
    (day,) = document["days"]
    assert (day["quote_rows"], day["settlement"], day["open"]) == (
        124_020,
        "2743.15",
        "2018-01-05T14:30:00Z",
    )
    assert document["files"][0]["rows"] == 128_790
    assert document["files"][0]["format"] == "cboe-parquet"


def test_a_dataset_is_listed_inspected_checked_and_removed(forven, import_chain, forven_home):
    assert "no datasets in" in forven("data", "list").out
    import_chain()
    assert "spx      1  2018-01-05  2018-01-05     124,020" in forven("data", "list").out
    assert json.loads(forven("data", "list", "--json").out)[0]["quote_rows"] == 124_020
    inspected = forven("data", "inspect", "spx", "--day", "2018-01-05")
    assert "2018-01-05  SPXW  09:30-16:00 ET      159  124,020     390     2743.15" in inspected.out
    assert "strikes 1200.00 to 3100.00" in inspected.out
    document = json.loads(forven("data", "inspect", "spx", "--json").out)
    assert document["days"][0]["strikes"] == 159
    assert len(document["content_hash"]) == 64
    checked = forven("data", "check", "spx")
    assert (checked.status, checked.out.splitlines()[-1]) == (0, "1 of 1 days can be used")
    quality = json.loads(forven("data", "check", "spx", "--json").out)["days"][0]
    assert (quality["frames"], quality["usable"]) == (390, True)
    assert forven("data", "remove", "spx").out == "removed dataset spx\n"
    assert datasets(forven_home) == []


def test_lean_data_takes_its_underlying_from_the_zip(forven, shared_data):
    done = forven(
        "data", "import", shared_data / LEAN_4, "--name", "lean",
        "--underlying", shared_data / INDEX_ZIP, "--settlement", "3700.65", "--json",
    )  # fmt: skip
    (day,) = json.loads(done.out)["days"]
    assert (day["quote_rows"], day["print_rows"], day["settlement"]) == (1_325, 390, "3700.65")


def test_a_mapped_file_and_a_mapped_underlying_are_imported(forven, tmp_path):
    quotes, index = tmp_path / "quotes.csv", tmp_path / "index.csv"
    quotes.write_text(f"{HEADER}\n{GOOD}\n")
    index.write_text("when,v\n2021-01-04 15:59,3701.38\n")
    done = forven(
        "data", "import", quotes, "--name", "mine", "--map", MAP, "--underlying", index,
        "--underlying-map", "ts=when,price=v,zone=America/New_York", "--json",
    )  # fmt: skip
    (day,) = json.loads(done.out)["days"]
    assert (day["settlement"], day["settlement_estimated"]) == ("3701.38", True)


def test_a_day_without_a_settlement_cannot_be_used_and_check_says_so(forven, tmp_path):
    quotes, index = tmp_path / "quotes.csv", tmp_path / "index.csv"
    quotes.write_text(f"{HEADER}\n{GOOD}\n")
    index.write_text("ts,price\n2021-01-04T14:31:00Z,3766.63\n")
    forven("data", "import", quotes, "--name", "mine", "--map", MAP, "--underlying", index)
    checked = forven("data", "check", "mine")
    assert checked.status == 1
    assert "2021-01-04 cannot be used: no settlement value" in checked.out


def test_a_damaged_day_cannot_be_used_and_check_says_so(forven, import_chain, forven_home):
    import_chain()
    path = next(forven_home.rglob("quotes.parquet"))
    content = bytearray(path.read_bytes())
    content[1_000] ^= 255
    path.write_bytes(content)
    checked = forven("data", "check", "spx")
    assert checked.status == 1
    assert "2018-01-05 cannot be used: " in checked.out


REFUSALS = [
    ("the,wrong,columns\n1,2,3\n", "columns missing for the column mapping: t, osi, b, a"),
    (f"{HEADER}\n", "no contract that can be traded expires on the day of its rows; 0 rows"),
    ("", "expected rows, found an empty file"),
    (f"{HEADER}\n{GOOD}\n{GOOD.replace('64.90', '-1')}\n", "row 2: a price is below 0. 1 of 2"),
    (f"{HEADER}\n{GOOD}\n{GOOD.replace('64.90', 'nan')}\n", "row 2: a price is NaN, infinite"),
    (f"{HEADER}\n{GOOD}\n{GOOD.replace('64.90', '64.905')}\n", "row 2: a price is no multiple"),
    (f"{HEADER}\n{GOOD.replace('SPXW', 'what')}\n", "row 1: the expiry or the option symbol"),
    (f"{HEADER}\n{GOOD.replace('2021-01-04T', 'noon ')}\n", "row 1: the stamp is missing"),
    (f"{HEADER}\n{GOOD.replace(':31', ':32')}\n{GOOD}\n", "row 2: expected rows sorted by time"),
    (f"{HEADER}\n{GOOD}\n2021-01-04T14:32:00Z,SP\n", "Row #3: Expected 4 columns, got 2"),
    (
        f"{HEADER}\n2021-01-18T15:00:00Z,SPXW  210118C03700000,1,2\n",
        "2021-01-18 is no trading day: Dr. Martin Luther King Jr. Day",
    ),
    (f"{HEADER}\n{GOOD}\n{GOOD.replace('SPXW', 'XSP ')}\n", "expected one option root"),
    (f"{HEADER}\n{GOOD.replace('SPXW', 'SPX ')}\n", "1 rows were read (morning_settled 1)"),
]


@pytest.mark.parametrize(("text", "message"), REFUSALS)
def test_a_bad_file_is_refused_with_a_message_and_leaves_nothing(
    forven, tmp_path, forven_home, text, message
):
    path = tmp_path / "quotes.csv"
    path.write_text(text)
    done = forven("data", "import", path, "--name", "mine", "--map", MAP, "--settlement", "3700.65")
    assert done.status == 1
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert message in done.err
    assert datasets(forven_home) == []


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--name", "Bad/Name"], 1, "dataset name: expected 1 to 64 of"),
        (["--name", "../mine"], 1, "dataset name: expected 1 to 64 of"),
        ([], 2, "Missing option '--name'"),
        (["--name", "mine", "--format", "excel"], 2, "Invalid value for '--format'"),
        (["--name", "mine", "--map", "ts=t"], 1, "column mapping: expected bid=COLUMN"),
        (["--name", "mine", "--map", MAP, "--format", "ticks"], 1, "goes with the format mapped"),
        (["--name", "mine", "--settlement", "3700.655"], 1, "expected a multiple of 0.01"),
        (["--name", "mine", "--settlements", "nowhere.csv"], 1, "nowhere.csv: No such file"),
        (
            ["--name", "mine", "--map", MAP, "--underlying", "nowhere.csv"],
            1,
            "nowhere.csv: expected a file",
        ),
        (["--name", "mine", "--map", MAP], 1, "no value of the underlying on 2021-01-04"),
        (["--name", "mine"], 1, "no known format of option quotes; missing for"),
    ],
)
def test_wrong_options_are_refused_and_leave_nothing(
    forven, tmp_path, forven_home, words, status, message
):
    path = tmp_path / "quotes.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n")
    done = forven("data", "import", path, *words)
    assert (done.status, done.out) == (status, "")
    assert message in done.err
    assert datasets(forven_home) == []


def test_a_name_that_is_taken_is_refused_and_the_dataset_stays(forven, import_chain):
    import_chain()
    again = import_chain()
    assert again.status == 1
    assert "dataset 'spx' is there already" in again.err
    assert import_chain("--replace").status == 0


def test_a_failed_replacement_keeps_what_was_there(forven, import_chain, shared_data, forven_home):
    import_chain()
    before = json.loads(forven("data", "inspect", "spx", "--json").out)
    failed = forven("data", "import", shared_data / LEAN_5, "--name", "spx", "--replace")
    assert failed.status == 1
    assert json.loads(forven("data", "inspect", "spx", "--json").out) == before
    assert datasets(forven_home) == ["spx"]


def test_an_interrupted_import_leaves_nothing(forven, import_chain, forven_home, monkeypatch):
    finish = DayReader.days

    def interrupted(self):
        yield from finish(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(DayReader, "days", interrupted)
    done = import_chain()
    assert (done.status, done.err.strip()) == (130, "interrupted")
    assert datasets(forven_home) == []


@pytest.mark.parametrize("verb", ["inspect", "check", "remove"])
def test_a_dataset_that_is_not_there_is_an_error(forven, verb):
    done = forven("data", verb, "nothing")
    assert done.status == 1
    assert done.err.startswith("error: no dataset 'nothing'")


@pytest.mark.parametrize(
    ("day", "message"),
    [("2018-01-08", "has no day in"), ("tomorrow", "expected a date as YYYY-MM-DD")],
)
def test_a_day_that_is_not_there_is_an_error(forven, import_chain, day, message):
    import_chain()
    done = forven("data", "inspect", "spx", "--day", day)
    assert done.status == 1
    assert message in done.err


def test_a_truncated_file_is_refused_by_the_real_program(shared_data, tmp_path, forven_home):
    cut = tmp_path / "cut.parquet"
    cut.write_bytes((shared_data / CHAIN).read_bytes()[:100_000])
    done = subprocess.run(
        [sys.executable, "-c", "from forven.cli import main; main()"]
        + ["data", "import", str(cut), "--name", "mine"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {cut}: the file is truncated, corrupt")
    assert len(done.stderr.splitlines()) == 1
    assert datasets(forven_home) == []
