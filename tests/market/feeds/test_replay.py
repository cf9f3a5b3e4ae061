"""The replay feed: a dataset's days as they were stored."""

from datetime import date

import pytest
from numpy.testing import assert_array_equal

from forven.kernels.schema import MISSING
from forven.market.feeds.book import FrameBook
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.replay import replay_feed
from forven.primitives.errors import EmptyRange, UnknownDataset, UntrustedData
from tests.market.feeds.conftest import AT_ONCE, delivered
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, day_ticks, prints_table


def test_a_replayed_day_is_the_one_a_backtest_loads(catalog):
    feed = replay_feed("made", catalog, AT_ONCE)
    assert feed.name == "replay:made"
    for day in feed.days():
        assert day.feed == "replay:made"
        book = FrameBook(day)
        book.extend(delivered(feed.frames(day, MISSING)))
        wanted = catalog.open("made").load(day.day)
        assert_array_equal(book.market_day().quotes, wanted.quotes)
        assert_array_equal(book.market_day().clock, wanted.clock)
        assert book.settlement == wanted.settlement
    feed.close()


def test_only_the_days_asked_for_are_replayed(catalog):
    options = FeedOptions(speed="max", hold=False, first_day=NEXT_DAY)
    feed = replay_feed("made", catalog, options)
    assert [day.day for day in feed.days()] == [NEXT_DAY]
    feed.close()
    with pytest.raises(EmptyRange, match="has no day in"):
        replay_feed("made", catalog, FeedOptions(first_day=date(2030, 1, 1)))


def test_a_dataset_that_is_not_there_or_cannot_settle_is_refused(catalog):
    with pytest.raises(UnknownDataset, match="no dataset 'other'"):
        replay_feed("other", catalog, AT_ONCE)
    with catalog.create("open", source="by hand") as writer:
        writer.add_day(day_ticks(prints=prints_table([(0, 530_000)])), bounds_of(DAY))
    with pytest.raises(UntrustedData, match="expected a settlement value for every day, found"):
        replay_feed("open", catalog, AT_ONCE)
