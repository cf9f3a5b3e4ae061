"""Small days that the tests of the feeds play, and the frames of a day as a list."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from forven.kernels.schema import MISSING
from forven.market.catalog import Catalog
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.market.instruments import card_of
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, day_ticks, osi

AT_ONCE = FeedOptions(speed="max", hold=False)
SYMBOLS = (osi(5300), osi(5310), osi(5300, right=1))
OPEN_NS = bounds_of().open_ns
CLOSE_NS = bounds_of().close_ns
SECOND_NS = 1_000_000_000


def feed_day(symbols: tuple[str, ...] = SYMBOLS, day: date = DAY) -> FeedDay:
    return FeedDay(
        day=day,
        bounds=bounds_of(day),
        symbols=symbols,
        root="SPXW",
        underlying="SPX",
        multiplier=card_of("SPXW").multiplier_micros,
        feed="test:1",
    )


def feed_frame(ts: int, rows=(), spot: int = MISSING, settlement: int = MISSING) -> FeedFrame:
    """Rows of (instrument, bid, ask)."""
    columns = [np.array([row[place] for row in rows], np.int32) for place in range(3)]
    sizes = np.ones(len(rows), np.int32)
    return FeedFrame(
        ts=ts,
        arrival=ts,
        instruments=columns[0],
        bids=columns[1],
        asks=columns[2],
        bid_sizes=sizes,
        ask_sizes=sizes,
        spot=spot,
        settlement=settlement,
        events=(),
    )


def delivered(frames) -> list[FeedFrame]:
    """All frames of an iterator, without the beats in which nothing was due."""
    return [frame for frame in frames if frame is not None]


@pytest.fixture
def catalog(tmp_path) -> Catalog:
    """A catalog whose dataset `made` holds two days."""
    made = Catalog(tmp_path / "home")
    with made.create("made", source="by hand") as writer:
        for day in (DAY, NEXT_DAY):
            writer.add_day(day_ticks(day, settlement=530_321), bounds_of(day))
    return made


def paced(speed: str, **options) -> FeedOptions:
    return FeedOptions(speed=Decimal(speed), **options)
