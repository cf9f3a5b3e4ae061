import hashlib
from dataclasses import replace

import pytest

from forven.research.workloads.entrants import Process
from forven.research.workloads.sizes import BenchmarkFailed


def digest_of(said: str) -> str:
    """Return the digest that a player gives for what it is told to say."""
    return hashlib.sha256(said.encode()).hexdigest()


@pytest.fixture
def process(player):
    made = Process(player("one", says=["x", "y", "fail"]))
    yield made
    made.close()


def test_a_process_is_opened_once_and_then_takes_a_round_a_line(process) -> None:
    first, cold = process.open(process.entrant.settings)
    second = process.round()
    assert (first.digest, second.digest) == (digest_of("x"), digest_of("y"))
    assert cold == pytest.approx(process.seconds_loaded + 1.0)
    assert second.seconds == 2.0
    assert process.versions == {"player": "1"}
    assert process.rss_peak_bytes > 1_000_000


def test_a_second_opening_of_a_process_is_not_cold(process) -> None:
    process.open(process.entrant.settings)
    assert process.open(process.entrant.settings)[1] is None


def test_a_process_that_ends_is_told_of_with_what_it_said(process) -> None:
    process.open(process.entrant.settings)
    process.round()
    with pytest.raises(BenchmarkFailed, match=r"one: expected a process[\s\S]*no more"):
        process.round()


def test_what_a_library_prints_is_no_answer(process) -> None:
    assert process.open(process.entrant.settings)[0].details == {"rounds": 1}


def test_a_script_that_is_not_there_is_told_of(player, tmp_path) -> None:
    absent = replace(player("one"), script=tmp_path / "none.py")
    with pytest.raises(BenchmarkFailed, match=r"none\.py"):
        Process(absent)


def test_only_an_entrant_of_the_same_name_script_and_environment_shares_a_process(player) -> None:
    one = player("a")
    assert one.process_key == player("a", says=["z"]).process_key
    for other in (
        player("b"),
        replace(one, name="b"),
        replace(one, environment={"N": "c"}),
        replace(one, python="python"),
    ):
        assert one.process_key != other.process_key


def test_a_process_tells_the_memory_it_held_itself_and_not_that_of_who_started_it(player) -> None:
    held = bytearray(400_000_000)  # this process is larger now than the one it starts
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    process = Process(player("small"))
    process.open(process.entrant.settings)
    process.close()
    assert 1_000_000 < process.rss_peak_bytes < len(held)
