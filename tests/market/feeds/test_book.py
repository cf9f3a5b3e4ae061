"""The book of frames: what `build_day` makes of a whole day, frame by frame or all at once."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forven.kernels.schema import MISSING, QUOTE_ASK, QUOTE_BID, QUOTE_MARK2
from forven.market.feeds.book import FrameBook, instruments_of
from forven.market.feeds.played import PlayedDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import InvalidInput
from tests.market.feeds.conftest import OPEN_NS, SECOND_NS, SYMBOLS, feed_day, feed_frame
from tests.market.made_days import bounds_of, day_ticks

ARRAYS = ("quotes", "clock", "instruments", "row_starts", "row_frames")


@pytest.fixture(scope="module")
def synthetic():
    bounds = bounds_of()
    return synthetic_day(SyntheticSpec(seed=5, frame_seconds=10), 3, bounds), bounds


def played_frames(ticks, bounds):
    played = PlayedDay(ticks, bounds, "test:1")
    return played.day, [played.frame(number) for number in range(len(played.stamps))]


def assert_same_day(book: FrameBook, wanted) -> None:
    found = book.market_day()
    for name in ARRAYS:
        assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
    for name in ("symbols", "bounds", "settlement", "multiplier", "root", "underlying", "day"):
        assert getattr(found, name) == getattr(wanted, name)


@pytest.mark.parametrize("many", [1, 7, 1_000, 10_000])
def test_a_book_is_the_day_that_a_backtest_maps(synthetic, many):
    day, frames = played_frames(*synthetic)
    book = FrameBook(day)
    for start in range(0, len(frames), many):
        book.extend(frames[start : start + many])
    assert_same_day(book, build_day(*synthetic))


def test_appending_one_by_one_is_the_same(synthetic):
    day, frames = played_frames(*synthetic)
    book = FrameBook(day)
    assert [book.append(frame) for frame in frames] == list(range(len(frames)))
    assert_same_day(book, build_day(*synthetic))


def random_frames(chance: Random, count: int):
    """Missing sides, zero bids, crossed quotes, an instrument twice, frames without rows."""
    frames, ts = [], OPEN_NS
    for _ in range(count):
        ts += chance.randint(1, 3) * SECOND_NS
        rows = []
        for _ in range(chance.choice([0, 0, 1, 2, 5])):
            bid = chance.choice([-1, 0, 5, 100, chance.randint(0, 50)])
            ask = chance.choice([-1, 0, 5, 105, chance.randint(0, 60)])
            rows.append((chance.randrange(len(SYMBOLS)), bid, ask))
        frames.append(feed_frame(ts, rows, spot=chance.choice([MISSING, 530_000 + len(frames)])))
    return frames


@given(seed=st.integers(0, 2**32), many=st.integers(1, 30))
def test_many_frames_at_once_are_as_one_by_one(seed, many):
    frames = random_frames(Random(seed), 30)
    single, several = FrameBook(feed_day()), FrameBook(feed_day())
    for frame in frames:
        single.append(frame)
    for start in range(0, len(frames), many):
        several.extend(frames[start : start + many])
    one, other = single.window(0, 30), several.window(0, 30)
    assert_array_equal(one.quotes, other.quotes)
    assert_array_equal(one.clock, other.clock)
    assert single.spot == several.spot


def test_a_window_is_a_piece_of_the_day(synthetic):
    day, frames = played_frames(*synthetic)
    book = FrameBook(day)
    book.extend(frames)
    whole = build_day(*synthetic)
    for first, last in ((0, 1), (1_000, 1_100), (1_023, 1_024), (2_340, len(frames))):
        window = book.window(first, last)
        assert_array_equal(window.quotes, whole.quotes[:, :, first:last])
        assert_array_equal(window.clock, whole.clock[:, first:last])
        assert window.quotes.flags.c_contiguous and window.clock.flags.c_contiguous


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (0, 0), (2, 1), (0, 3)])
def test_a_window_beyond_the_frames_is_refused(first, last):
    book = FrameBook(feed_day())
    book.extend([feed_frame(OPEN_NS), feed_frame(OPEN_NS + 1)])
    with pytest.raises(InvalidInput, match="window: expected frames of 0 to 2"):
        book.window(first, last)


@pytest.mark.parametrize("take", ["append", "extend"])
def test_a_frame_that_is_not_later_is_refused_and_changes_nothing(take):
    book = FrameBook(feed_day())
    book.append(feed_frame(OPEN_NS, [(0, 100, 110)]))
    early = feed_frame(OPEN_NS, [(0, 1, 2)])
    with pytest.raises(InvalidInput, match="expected a moment after"):
        book.append(early) if take == "append" else book.extend([early])
    assert book.frame_count == 1
    assert latest(book, 0) == [100, 110, 210]


def latest(book, instrument):
    """Bid, ask and mark of an instrument in the last frame."""
    quotes = book.window(book.frame_count - 1, book.frame_count).quotes[:, instrument, 0]
    return quotes[[QUOTE_BID, QUOTE_ASK, QUOTE_MARK2]].tolist()


def test_a_quote_is_carried_on_with_its_mark():
    book = FrameBook(feed_day())
    book.append(feed_frame(OPEN_NS, [(0, 100, 110), (1, -1, -1)], spot=530_000))
    book.append(feed_frame(OPEN_NS + SECOND_NS, [(0, 120, 110)]))
    book.append(feed_frame(OPEN_NS + 3 * SECOND_NS))
    assert latest(book, 0) == [120, 110, -2 - 210]
    assert latest(book, 1) == latest(book, 2) == [MISSING] * 3
    assert book.spot == 530_000
    assert book.last_ts == OPEN_NS + 3 * SECOND_NS


def test_of_rows_of_one_moment_the_last_stands():
    """As `build_day`: a row that never stood leaves no mark."""
    frame = feed_frame(OPEN_NS, [(0, 100, 110), (0, 130, 120)])
    for take in ("append", "extend"):
        book = FrameBook(feed_day())
        book.append(frame) if take == "append" else book.extend([frame])
        assert latest(book, 0) == [130, 120, MISSING]


def test_a_settlement_is_known_from_the_frame_that_says_it():
    book = FrameBook(feed_day())
    close = bounds_of().close_ns
    book.append(feed_frame(OPEN_NS))
    book.append(feed_frame(close))
    assert [step[1] for step in book.steps(0, 2)] == [MISSING]
    book.append(feed_frame(close + 5, settlement=530_321))
    steps = [(window.clock[0].tolist(), known) for window, known in book.steps(0, 3)]
    assert steps == [([OPEN_NS, close], MISSING), ([close + 5], 530_321)]
    assert [known for _, known in book.steps(2, 3)] == [530_321]
    assert (book.settlement, book.settlement_in(1)) == (530_321, MISSING)


def test_a_listing_out_of_order_is_refused():
    with pytest.raises(InvalidInput, match="listing: expected calls, then puts"):
        instruments_of(SYMBOLS[::-1])


def test_a_day_made_of_the_same_frames_has_the_same_identity():
    frames = random_frames(Random(1), 9)
    books = [FrameBook(feed_day()) for _ in range(2)]
    books[0].extend(frames)
    for frame in frames[:8]:
        books[1].append(frame)
    assert books[0].market_day().content_hash != books[1].market_day().content_hash
    books[1].append(frames[8])
    assert books[0].market_day().content_hash == books[1].market_day().content_hash


def test_a_hand_made_day_is_the_same_too():
    ticks, bounds = day_ticks(), bounds_of()
    day, frames = played_frames(ticks, bounds)
    book = FrameBook(day)
    book.extend(frames)
    wanted = build_day(ticks, bounds)
    assert_array_equal(np.diff(wanted.ts) > 0, True)
    assert_same_day(book, wanted)
