"""The options with which a feed is opened."""

from datetime import date
from decimal import Decimal

import pytest

from forven.market.feeds.feed import FeedOptions
from forven.primitives.errors import InvalidInput


@pytest.mark.parametrize("speed", [Decimal("0.001"), Decimal(1), Decimal(100_000), "max"])
def test_a_speed_is_a_positive_decimal_or_the_highest(speed):
    assert FeedOptions(speed=speed).speed == speed


@pytest.mark.parametrize(
    "speed", [Decimal(0), Decimal(-1), Decimal(100_001), Decimal("NaN"), Decimal("Infinity"), 2.0]
)
def test_another_speed_is_refused(speed):
    with pytest.raises(InvalidInput, match="speed: expected a decimal number above 0"):
        FeedOptions(speed=speed)


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(InvalidInput, match="last_day: expected 2024-01-03 or later"):
        FeedOptions(first_day=date(2024, 1, 3), last_day=date(2024, 1, 2))
