"""The age of this process, where the system tells it."""

import subprocess
import sys
import time

import pytest

from forven.commands.process_age import process_age_ns

NS = 1_000_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="expected Linux, which alone keeps it")
def test_a_process_that_slept_is_as_old_as_that_and_no_older_than_its_caller_waited():
    program = (
        "import time; from forven.commands.process_age import process_age_ns\n"
        "time.sleep(0.3); print(process_age_ns())"
    )
    began_ns = time.monotonic_ns()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert 0.29 * NS <= int(done.stdout) <= time.monotonic_ns() - began_ns + 0.02 * NS


@pytest.mark.parametrize("text", ["", "1 (python) R 1 2", "1 (a) b) R " + "x " * 30])
def test_a_file_that_does_not_say_gives_none(tmp_path, text):
    path = tmp_path / "stat"
    path.write_text(text)
    assert process_age_ns(path) is None


def test_no_file_gives_none(tmp_path):
    assert process_age_ns(tmp_path / "none") is None
