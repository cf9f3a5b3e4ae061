import json
import sysconfig
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import forven
from forven.strategies.bars.foreign import clock_asked, is_own, place_of


def test_own_files_are_neither_pythons_nor_installed_nor_ours():
    paths = sysconfig.get_paths()
    assert is_own("mine.py") and is_own("forven/mine.py")
    assert not is_own(f"{paths['stdlib']}/json/decoder.py")
    assert not is_own(f"{paths['purelib']}/pandas/core.py")
    folder = str(Path(forven.__file__).parent)
    assert not is_own(f"{folder}/cli.py")
    assert is_own(f"{folder}-mine/strategy.py")
    assert not is_own("<string>") and not is_own(None)


def fails_inside_of_python():
    return json.loads("{")


def test_the_place_of_an_error_is_the_last_line_of_the_users_own():
    with pytest.raises(ValueError, match="Expecting") as caught:
        fails_inside_of_python()
    assert place_of(caught.value).endswith("of fails_inside_of_python")
    assert place_of(ValueError("never raised")) == "no line is known"


def test_a_question_for_the_time_is_found():
    def asks():
        return datetime.now(UTC)

    def asks_in_nanoseconds():
        return time.time_ns()

    assert clock_asked(asks).startswith("now in line")
    assert clock_asked(asks_in_nanoseconds).startswith("time_ns in line")


def test_a_stopwatch_and_the_reading_of_a_date_ask_for_nothing():
    def measures():
        return time.perf_counter(), time.monotonic(), datetime.fromisoformat("2026-01-01")

    assert clock_asked(measures) is None
