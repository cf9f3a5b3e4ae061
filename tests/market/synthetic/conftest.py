"""Sessions to play synthetic days in, and one day of one-second frames for all tests to look at."""

from datetime import date, time

import pytest

from forven.market.bounds import SessionBounds
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.market.ticks import DayTicks
from forven.primitives.time import exchange_time


def session_of(day: date, closing: time) -> SessionBounds:
    return SessionBounds(
        day=day,
        open_ns=exchange_time(day, time(9, 30)),
        close_ns=exchange_time(day, closing),
        early_close=closing < time(16),
    )


@pytest.fixture(scope="session")
def regular() -> SessionBounds:
    return session_of(date(2024, 1, 2), time(16))


@pytest.fixture(scope="session")
def shortened() -> SessionBounds:
    return session_of(date(2024, 7, 3), time(13))


@pytest.fixture(scope="session")
def fine_ticks(regular: SessionBounds) -> DayTicks:
    return synthetic_day(SyntheticSpec(seed=7), 3, regular)


@pytest.fixture(scope="session")
def fine_day(fine_ticks: DayTicks, regular: SessionBounds) -> MarketDay:
    return build_day(fine_ticks, regular)
