"""The clock of a played feed: pace, hold and pause, and that it is never beyond a frame."""

import threading
import time
from decimal import Decimal

import pytest

from forven.market.feeds.pacing import PacedClock

SECOND_NS = 1_000_000_000


def running(speed="max", at: int = 0, is_held: bool = False) -> PacedClock:
    clock = PacedClock(speed if speed == "max" else Decimal(speed))
    clock.begin(at, is_held=is_held)
    return clock


@pytest.mark.parametrize("speed", ["1", "10", "0.5"])
def test_a_moment_comes_at_the_speed(speed):
    clock = running(speed)
    began = time.monotonic()
    ahead = int(Decimal(speed) * SECOND_NS / 10)
    assert clock.wait(ahead, 5.0)
    assert 0.09 <= time.monotonic() - began < 1.0
    assert not clock.wait(ahead + int(Decimal(speed) * 100 * SECOND_NS), 0.01)


def test_at_full_speed_the_clock_jumps_to_each_moment():
    clock = running()
    for moment in (10, SECOND_NS, 10**18):
        assert clock.wait(moment, 0.0)
        assert clock.now() == moment


def test_the_clock_is_never_beyond_the_frame_that_is_waited_for():
    clock = running("100000", at=5)
    assert clock.now() == 5
    clock.wait(7, 0.0)
    time.sleep(0.01)
    assert clock.now() == 7


@pytest.mark.parametrize("speed", ["max", "1000"])
def test_a_held_clock_stands_until_it_is_released(speed):
    clock = running(speed, at=100, is_held=True)
    assert not clock.wait(101, 0.05)
    assert clock.now() == 100
    clock.release()
    assert clock.wait(101, 1.0)
    clock.begin(200, is_held=True)
    assert not clock.wait(201, 0.02)


def test_a_release_from_another_thread_wakes_the_one_that_waits():
    clock = running(at=1, is_held=True)
    timer = threading.Timer(0.05, clock.release)
    timer.start()
    assert clock.wait(2, 10.0)
    timer.join()


def test_a_paused_clock_goes_on_from_where_it_stood():
    clock = running("1")
    clock.wait(10**15, 0.05)
    clock.pause()
    stood = clock.now()
    assert stood > 0
    time.sleep(0.05)
    assert clock.now() == stood
    assert not clock.wait(stood, 0.01)
    clock.release()
    assert not clock.wait(stood, 0.01)
    clock.resume()
    clock.wait(10**15, 0.02)
    assert stood < clock.now() < stood + SECOND_NS


def test_a_closed_clock_waits_for_nothing():
    clock = running("1", is_held=True)
    threading.Timer(0.02, clock.close).start()
    began = time.monotonic()
    assert not clock.wait(10, 30.0)
    assert time.monotonic() - began < 5.0
    assert clock.is_closed
