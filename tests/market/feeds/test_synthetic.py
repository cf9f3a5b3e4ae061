"""The synthetic feed: made-up days without end, the same wherever it begins, kept once made."""

import subprocess
import threading
import time
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

from forven.kernels.schema import MISSING
from forven.market.calendar import trading_calendar
from forven.market.feeds import synthetic
from forven.market.feeds.book import FrameBook
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.synthetic import FIRST_DAY, SyntheticDays, synthetic_feed
from forven.market.frames import build_day
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import EmptyRange, ForvenError, InvalidInput
from tests.market.feeds.conftest import delivered

SECOND_DAY = date(2024, 1, 3)
SPEC = SyntheticSpec(seed=7, frame_seconds=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("days")


@pytest.fixture
def coarse(folder):
    """Opens feeds of minute frames that share a folder, and closes them."""
    opened = []

    def make(kept: Path = folder, **options):
        given = FeedOptions(speed="max", hold=False, frame_seconds=60, **options)
        opened.append(synthetic_feed(7, trading_calendar(), kept, given))
        return opened[-1]

    yield make
    for feed in opened:
        feed.close()


def book_of(feed, day) -> FrameBook:
    book = FrameBook(day)
    book.extend(delivered(feed.frames(day, MISSING)))
    return book


def test_days_follow_each_other_and_are_those_of_the_synthetic_market(coarse):
    feed = coarse()
    assert feed.name == "synthetic:7-60s"
    assert FIRST_DAY == FIRST_SYNTHETIC_DAY
    for index, day in enumerate(islice(feed.days(), 3)):
        wanted = build_day(synthetic_day(SPEC, index, day.bounds), day.bounds)
        found = book_of(feed, day).market_day()
        assert_array_equal(found.quotes, wanted.quotes)
        assert found.settlement == wanted.settlement


def test_a_day_is_the_same_wherever_the_feed_begins(coarse):
    early, late = coarse(), coarse(first_day=SECOND_DAY)
    days = [next(early.days(SECOND_DAY)), next(late.days())]
    assert days[0] == days[1]
    assert days[0].day == SECOND_DAY
    books = [book_of(feed, day) for feed, day in zip((early, late), days, strict=True)]
    assert books[0].market_day().content_hash == books[1].market_day().content_hash


def test_the_last_day_ends_the_feed_and_the_first_is_bounded(coarse):
    feed = coarse(last_day=date(2024, 1, 2))
    assert [day.day for day in feed.days()] == [date(2024, 1, 2)]
    with pytest.raises(InvalidInput, match="first_day: expected 2024-01-02 or later"):
        coarse(first_day=date(2023, 12, 29))
    with pytest.raises(EmptyRange):
        coarse(first_day=date(2024, 1, 6), last_day=date(2024, 1, 7))


def test_a_day_that_was_made_is_not_made_again_and_a_damaged_one_is(folder, monkeypatch):
    days = SyntheticDays(SPEC, trading_calendar(), folder)
    first, _ = days.load(SECOND_DAY)
    (path,) = folder.rglob(f"{SECOND_DAY}.ticks")
    monkeypatch.setattr(subprocess, "Popen", None)
    again, bounds = days.load(SECOND_DAY)
    assert again.quotes.equals(first.quotes)
    assert (again.day, again.settlement) == (bounds.day, first.settlement)
    monkeypatch.undo()
    content = path.read_bytes()
    path.write_bytes(content[:-9] + b"\x00" * 9)
    assert days.load(SECOND_DAY)[0].quotes.equals(first.quotes)
    assert path.read_bytes() == content


def test_a_day_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    days = SyntheticDays(SPEC, trading_calendar(), tmp_path / "file")
    with pytest.raises(
        ForvenError, match=r"synthetic day 2024-01-03 cannot be made: .*cannot write"
    ):
        days.load(SECOND_DAY)


def test_closing_ends_the_process_that_makes_a_day(tmp_path):
    days = SyntheticDays(SPEC, trading_calendar(), tmp_path)
    told = []

    def load():
        with pytest.raises(ForvenError) as caught:
            days.load(SECOND_DAY)
        told.append(str(caught.value))

    thread = threading.Thread(target=load)
    thread.start()
    while days._maker is None:
        time.sleep(0.01)
    days.close()
    thread.join(20)
    assert told == ["synthetic day 2024-01-03 cannot be made: its process ended with -9"]
    with pytest.raises(ForvenError, match="the feed was closed"):
        days.load(SECOND_DAY)


def test_the_maker_is_run_from_the_source_that_runs_here():
    assert (synthetic._SOURCE / "forven" / "market" / "feeds" / "synthetic.py").is_file()
