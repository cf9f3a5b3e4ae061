from dataclasses import FrozenInstanceError
from datetime import date

import numpy as np
import pytest

from forven.kernels.schema import MISSING
from forven.market.bounds import SessionBounds
from forven.market.calendar import trading_calendar
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame

DAY = date(2026, 11, 23)


def a_day(bounds: SessionBounds) -> FeedDay:
    return FeedDay(
        day=DAY,
        bounds=bounds,
        symbols=("SPXW  261123C06000000",),
        root="SPXW",
        underlying="SPX",
        multiplier=1_000_000,
        feed="synthetic:7",
    )


def test_days_of_equal_values_are_equal_and_cannot_be_changed() -> None:
    bounds = trading_calendar().bounds(DAY)
    day = a_day(bounds)
    assert day == a_day(bounds)
    with pytest.raises(FrozenInstanceError):
        day.feed = "replay:demo"  # type: ignore[misc]


def test_a_frame_is_itself_alone_and_cannot_be_changed() -> None:
    none = np.zeros(0, np.int32)
    event = FeedEvent(kind="gap", ts=5, count=3, detail="3 seconds without a row")
    first, second = (
        FeedFrame(
            ts=5,
            arrival=6,
            instruments=none,
            bids=none,
            asks=none,
            bid_sizes=none,
            ask_sizes=none,
            spot=MISSING,
            settlement=MISSING,
            events=(event,),
        )
        for _ in range(2)
    )
    assert first != second
    assert (
        first.events
        == second.events
        == (FeedEvent(kind="gap", ts=5, count=3, detail=event.detail),)
    )
    with pytest.raises(FrozenInstanceError):
        first.ts = 7  # type: ignore[misc]
