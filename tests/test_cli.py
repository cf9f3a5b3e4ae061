"""The command line as a whole: quick help, and one message for every kind of failure."""

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest

from forven import __version__, cli
from forven.commands.lazy import Listed
from forven.primitives.errors import InvalidInput

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "from forven.cli import main; main()"


def start(*words: str, **more: object) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **(pipes | more))


@pytest.fixture
def failing(monkeypatch, capsys) -> Callable[[BaseException], tuple[int, str, str]]:
    """Return a function that runs a sub-command which raises what it is given."""

    def run(error: BaseException) -> tuple[int, str, str]:
        @click.command("boom")
        def command() -> None:
            raise error

        module = ModuleType("boom")
        module.command = command
        monkeypatch.setitem(sys.modules, "boom", module)
        monkeypatch.setitem(cli.COMMANDS, "boom", Listed("boom", "fails"))
        monkeypatch.setattr(sys, "argv", ["forven", "boom"])
        status = cli.run()
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InvalidInput("expected this, found that"), 1, "error: expected this, found that\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "/x: Permission denied\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "free some room on the disk"),
        (ZeroDivisionError("by zero"), 1, "error: internal: ZeroDivisionError: by zero"),
        (RecursionError("too deep"), 1, "error: internal: RecursionError: too deep"),
        (click.UsageError("no such thing"), 2, "Error: no such thing\n"),
    ],
)
def test_a_failure_is_one_message_and_a_status(failing, error, status, message):
    code, out, err = failing(error)
    assert code == status
    assert message in err
    assert out == ""
    assert "Traceback" not in err


def test_a_developer_can_ask_for_the_traceback(failing, monkeypatch):
    monkeypatch.setenv(cli.TRACEBACK_VARIABLE, "1")
    code, _, err = failing(InvalidInput("expected this"))
    assert code == 1
    assert "Traceback (most recent call last)" in err
    assert err.endswith("error: expected this\n")


def test_help_lists_the_commands_without_importing_them():
    script = (
        "import sys, time; began = time.perf_counter()\n"
        "from forven import cli\n"
        "sys.argv = ['forven', '--help']\n"
        "assert cli.run() == 0\n"
        "heavy = {'numba', 'pandas', 'numpy', 'pyarrow', 'rich'} & set(sys.modules)\n"
        "print(sorted(heavy), time.perf_counter() - began < 2)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.endswith("[] True\n"), done.stderr
    for name in cli.COMMANDS:
        assert f"  {name} " in done.stdout


def test_every_listed_command_is_there():
    for name, listed in cli.COMMANDS.items():
        found = importlib.util.find_spec(listed.module)
        assert found is not None, f"{name}: expected {listed.module}"
        assert f"\ndef {listed.attribute}(" in Path(found.origin).read_text(encoding="utf-8")


def test_the_version_is_said(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["forven", "--version"])
    assert cli.run() == 0
    assert capsys.readouterr().out == f"forven {__version__}\n"


def test_an_unknown_command_is_wrong_usage():
    process = start("nonsense")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "No such command 'nonsense'" in err


def test_an_interrupt_ends_with_130_and_no_traceback(tmp_path):
    pipe = tmp_path / "quotes.csv"
    os.mkfifo(pipe)
    process = start("data", "import", str(pipe), "--name", "mine")
    with pipe.open("wb"):  # returns when the program waits for the first bytes
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err


SLOW_INPUT = """
import sys, time, types
import click, pyarrow as pa, pyarrow.csv
from forven import cli
from forven.commands.lazy import Listed

class Slow:
    closed, reads = False, 0
    def readable(self): return True
    def writable(self): return False
    def seekable(self): return False
    def close(self): pass
    def read(self, size=-1):
        self.reads += 1
        if self.reads > 2: time.sleep(0.2)
        return (b"a,b\\n" if self.reads == 1 else b"") + b"1,2\\n" * 250_000

@click.command("slow")
def command():
    options = pa.csv.ReadOptions(block_size=1 << 20, use_threads=False)
    kept = pa.csv.open_csv(pa.PythonFile(Slow(), "r"), read_options=options)
    kept.read_next_batch()
    click.echo("read")
    raise SystemError("given up")

sys.modules["slow"] = types.ModuleType("slow")
sys.modules["slow"].command = command
cli.COMMANDS["slow"] = Listed("slow", "reads ahead in a thread while the program ends")
sys.argv = ["forven", "slow"]
cli.main()
"""


def test_a_thread_that_still_reads_does_not_abort_the_program_as_it_ends():
    done = subprocess.run(
        [sys.executable, "-c", SLOW_INPUT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "read\n")
    assert done.stderr.startswith("error: internal: SystemError: given up")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    process = start("--help", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_standard_output_is_said():
    with Path("/dev/full").open("w") as full:
        process = start("--version", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == "error: No space left on device; free some room on the disk and run it again\n"
