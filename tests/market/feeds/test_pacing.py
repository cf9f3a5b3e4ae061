"""The clock of a played feed: pace, hold and pause, and that it is never beyond a frame."""

import threading
import time
from decimal import Decimal

import pytest

from forven.market.feeds.pacing import PacedClock

SECOND_NS = 1_000_000_000


class Hand:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = 17

    def __call__(self) -> int:
        return self.moment


@pytest.fixture
def hand() -> Hand:
    return Hand()


def running(hand, speed="max", at: int = 0, is_held: bool = False) -> PacedClock:
    clock = PacedClock(speed if speed == "max" else Decimal(speed), hand)
    clock.begin(at, is_held=is_held)
    return clock


@pytest.mark.parametrize("speed", ["1", "10", "0.5", "0.3"])
def test_a_moment_comes_at_the_speed(hand, speed):
    clock = running(hand, speed)
    moment = int(Decimal(speed) * SECOND_NS)
    hand.moment += SECOND_NS - 1_000
    assert not clock.wait(moment, 0.0)
    assert clock.now() < moment
    hand.moment += 1_000
    assert clock.wait(moment, 0.0)
    assert clock.now() == moment


def test_time_passes_by_itself():
    clock = PacedClock(Decimal(2))
    clock.begin(0, is_held=False)
    began = time.monotonic_ns()
    assert clock.wait(SECOND_NS // 5, 30.0)
    assert time.monotonic_ns() - began >= SECOND_NS // 10


def test_at_full_speed_the_clock_jumps_to_each_moment(hand):
    clock = running(hand)
    for moment in (10, SECOND_NS, 10**18):
        assert clock.wait(moment, 0.0)
        assert clock.now() == moment


def test_the_clock_is_never_beyond_the_frame_that_is_waited_for(hand):
    clock = running(hand, "100000", at=5)
    assert clock.now() == 5
    clock.wait(7, 0.0)
    hand.moment += SECOND_NS
    assert clock.now() == 7


@pytest.mark.parametrize("speed", ["max", "1000"])
def test_a_held_clock_stands_until_it_is_released(hand, speed):
    clock = running(hand, speed, at=100, is_held=True)
    hand.moment += SECOND_NS
    assert not clock.wait(101, 0.05)
    assert clock.now() == 100
    clock.release()
    hand.moment += SECOND_NS
    assert clock.wait(101, 0.0)
    clock.begin(200, is_held=True)
    hand.moment += SECOND_NS
    assert not clock.wait(201, 0.02)


def test_a_release_from_another_thread_wakes_the_one_that_waits(hand):
    clock = running(hand, at=1, is_held=True)
    timer = threading.Timer(0.05, clock.release)
    timer.start()
    assert clock.wait(2, 60.0)
    timer.join()


def test_a_paused_clock_goes_on_from_where_it_stood(hand):
    clock = running(hand, "1")
    clock.wait(10**15, 0.0)
    hand.moment += 40
    clock.pause()
    hand.moment += SECOND_NS
    assert clock.now() == 40
    assert not clock.wait(40, 0.0)
    clock.release()
    assert not clock.wait(40, 0.0)
    clock.resume()
    hand.moment += 2
    clock.wait(10**15, 0.0)
    assert clock.now() == 42


def test_a_closed_clock_waits_for_nothing(hand):
    clock = running(hand, "1", is_held=True)
    timer = threading.Timer(0.02, clock.close)
    timer.start()
    assert not clock.wait(10, 600.0)
    assert clock.is_closed
    timer.join()
