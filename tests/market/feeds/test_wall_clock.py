"""The clock of a live feed: even, whatever the wall clock does, and it says what that did."""

import pytest

from forven.market.feeds.wall_clock import AnchoredClock

HOUR_NS = 3_600 * 1_000_000_000


class Hands:
    """Two clocks that are set by hand."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 10**18, 5

    def clock(self) -> AnchoredClock:
        return AnchoredClock(lambda: self.wall, lambda: self.monotonic)

    def pass_by(self, ns: int) -> None:
        self.wall += ns
        self.monotonic += ns


@pytest.mark.parametrize("step_ns", [HOUR_NS, -HOUR_NS])
def test_a_step_of_the_wall_clock_is_told_once_and_changes_nothing(step_ns):
    hands = Hands()
    clock = hands.clock()
    hands.pass_by(7)
    assert (clock.now(), clock.step_ns()) == (10**18 + 7, 0)
    hands.wall += step_ns
    hands.pass_by(7)
    assert clock.now() == 10**18 + 14
    assert clock.step_ns() == step_ns
    assert clock.step_ns() == 0
    hands.wall -= step_ns
    assert clock.step_ns() == -step_ns
    hands.wall += step_ns
    clock.anchor()
    assert clock.now() == hands.wall
    assert clock.step_ns() == 0


def test_a_clock_that_is_slewed_is_not_stepped():
    hands = Hands()
    clock = hands.clock()
    hands.wall += 900_000_000
    assert clock.step_ns() == 0
