"""The timer: exact with a clock of one's own, summed over threads, and nothing when not asked."""

import threading

import pytest

from forven.primitives.timer import UNTIMED, PhaseTimer, Reading


class Clock:
    """Moves on by `step` each time it is looked at."""

    def __init__(self, step: int = 10) -> None:
        self.step = step
        self.now = 0

    def __call__(self) -> int:
        self.now += self.step
        return self.now


def test_durations_and_counts_add_up_by_name():
    timer = PhaseTimer(Clock())
    for _ in range(2):
        with timer.phase("read"):
            pass
    with timer.phase("whole"), timer.phase("kernel"):
        timer.count("frames", 5)
    timer.count("frames", 2)
    assert timer.reading() == Reading(
        elapsed_ns=90, spent_ns={"read": 20, "kernel": 10, "whole": 30}, counts={"frames": 7}
    )


def test_a_phase_that_ends_in_an_error_counts_and_the_error_goes_on():
    timer = PhaseTimer(Clock())
    with pytest.raises(ValueError, match="found"), timer.phase("read"):
        raise ValueError("found")
    assert timer.reading().spent_ns == {"read": 10}


def test_a_reading_is_not_changed_by_what_comes_after():
    timer = PhaseTimer(Clock())
    before = timer.reading()
    with timer.phase("read"):
        timer.count("frames", 1)
    assert (before.spent_ns, before.counts) == ({}, {})


def test_threads_that_share_a_timer_lose_nothing():
    timer, threads, rounds = PhaseTimer(lambda: 0), 4, 5_000

    def work():
        for _ in range(rounds):
            timer.count("frames", 1)
            with timer.phase("kernel"):
                pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert timer.reading().counts == {"frames": threads * rounds}


def test_who_asked_for_none_has_no_clock_and_no_reading():
    with UNTIMED.phase("read"), UNTIMED.phase("kernel"):
        UNTIMED.count("frames", 1)
    assert UNTIMED.reading() is None
    assert vars(UNTIMED) == {}
