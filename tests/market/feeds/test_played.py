"""Played days: frames of ticks, in order, with what was wrong in them; and how they are played."""

import time

import pytest

from forven.kernels.schema import MISSING
from forven.market.feeds.played import PlayedDay, PlayedFeed
from forven.primitives.errors import UntrustedData
from tests.market.feeds.conftest import (
    AT_ONCE,
    CLOSE_NS,
    OPEN_NS,
    SECOND_NS,
    delivered,
    paced,
)
from tests.market.feeds.made_streams import eventually
from tests.market.made_days import (
    DAY,
    LAST_SECOND,
    NEXT_DAY,
    bounds_of,
    day_ticks,
    osi,
    prints_table,
    quotes_table,
)


def loader(day):
    return day_ticks(day, settlement=530_321), bounds_of(day)


def made_feed(options=AT_ONCE, days=(DAY, NEXT_DAY)) -> PlayedFeed:
    return PlayedFeed("test:1", days, loader, options)


@pytest.fixture
def feeds():
    """Makes feeds and closes them."""
    made = []

    def make(*given, **named):
        made.append(made_feed(*given, **named))
        return made[-1]

    yield make
    for feed in made:
        feed.close()


def frames_of(ticks) -> list:
    played = PlayedDay(ticks, bounds_of(), "test:1")
    return [played.frame(number) for number in range(len(played.stamps))]


def kinds(frame) -> list[tuple[str, int]]:
    return [(event.kind, event.count) for event in frame.events]


def test_a_day_has_a_frame_for_every_stamp_and_one_at_the_close():
    frames = frames_of(day_ticks(settlement=530_321))
    assert [(frame.ts - OPEN_NS) // SECOND_NS for frame in frames] == [
        *(0, 1, 2),
        LAST_SECOND - 60,
        LAST_SECOND,
    ]
    assert all(frame.arrival == frame.ts for frame in frames)
    assert [frame.spot for frame in frames] == [530_000, MISSING, MISSING, 530_500, MISSING]
    assert [frame.settlement for frame in frames] == [MISSING] * 4 + [530_321]
    assert frames[1].instruments.tolist() == [1, 2]
    assert frames[1].bids.tolist() == [100, 150]
    assert frames[1].asks.tolist() == [110, 155]


def test_a_settlement_that_was_not_given_is_the_last_print_near_the_close():
    assert frames_of(day_ticks())[-1].settlement == 530_500
    none = day_ticks(prints=prints_table([(0, 530_000)]))
    assert frames_of(none)[-1].settlement == MISSING


def test_what_is_wrong_in_a_recording_is_told():
    rows = [
        (0, osi(5300), 200, 210),
        (1, osi(5300), 230, 220),
        (1, osi(5310), 100, 110),
        (1, osi(5310), 101, 111),
        (90, osi(5310), 0, 5),
    ]
    frames = frames_of(day_ticks(quotes=quotes_table(rows), prints=prints_table([(0, 530_000)])))
    assert [kinds(frame) for frame in frames] == [
        [],
        [("crossed", 1), ("duplicate", 1)],
        [("gap", 1)],
        [("gap", 1)],
    ]
    assert frames[1].instruments.tolist() == [0, 1]
    assert frames[1].bids.tolist() == [230, 101]
    assert frames[2].events[0].detail == "no rows for 89 s"


def test_days_come_in_order_and_end(feeds):
    feed = feeds()
    days = []
    for day in feed.days():
        days.append(day.day)
        assert feed.now() == day.bounds.open_ns
        last = delivered(feed.frames(day, MISSING))[-1]
        assert (last.ts, last.settlement) == (day.bounds.close_ns, 530_321)
        assert feed.now() == day.bounds.close_ns
    assert days == [DAY, NEXT_DAY]
    assert [day.day for day in feed.days(NEXT_DAY)] == [NEXT_DAY]


def test_a_day_goes_on_after_any_frame(feeds):
    feed = feeds()
    day = next(feed.days())
    every = [frame.ts for frame in delivered(feed.frames(day, MISSING))]
    for place, ts in enumerate(every):
        left = delivered(feed.frames(day, ts))
        assert [frame.ts for frame in left] == every[place + 1 :]


def test_a_held_day_stands_at_the_open_and_tells_that_nothing_is_due(feeds):
    for speed in ("100000", None):
        feed = feeds(paced(speed) if speed else AT_ONCE.__class__(speed="max"))
        day = next(feed.days())
        frames = feed.frames(day, MISSING)
        assert [next(frames), next(frames)] == [None, None]
        assert feed.now() == day.bounds.open_ns
        feed.release()
        assert next(frame for frame in frames if frame).ts == OPEN_NS


def test_a_day_that_goes_on_is_not_held(feeds):
    feed = feeds(AT_ONCE.__class__(speed="max", hold=True))
    day = next(feed.days())
    assert len(delivered(feed.frames(day, OPEN_NS))) == 4


def test_a_paused_feed_delivers_nothing_until_it_is_resumed(feeds):
    feed = feeds()
    frames = feed.frames(next(feed.days()), MISSING)
    assert next(frames).ts == OPEN_NS
    feed.pause()
    assert next(frames) is None
    feed.resume()
    assert next(frames).ts == OPEN_NS + SECOND_NS


def test_frames_come_at_the_speed(feeds):
    feed = feeds(paced("10", hold=False))
    frames = feed.frames(next(feed.days()), MISSING)
    began = time.monotonic()
    found = []
    while len(found) < 3:
        found += delivered([next(frames)])
    assert time.monotonic() - began >= 0.19
    assert OPEN_NS + 2 * SECOND_NS <= feed.now() < CLOSE_NS


def test_a_closed_feed_ends_what_it_iterates(feeds):
    feed = feeds(paced("1"))
    days = feed.days()
    frames = feed.frames(next(days), MISSING)
    assert next(frames) is None
    feed.close()
    assert list(frames) == []
    assert list(days) == []


def test_the_next_day_is_made_while_one_plays(feeds):
    asked = []

    def slow(day):
        asked.append(day)
        return loader(day)

    feed = PlayedFeed("test:1", [DAY, NEXT_DAY], slow, AT_ONCE)
    frames = feed.frames(next(feed.days()), MISSING)
    next(frames)
    assert eventually(lambda: asked == [DAY, NEXT_DAY])
    delivered(frames)
    feed.close()


def test_a_day_that_cannot_be_loaded_says_so(feeds):
    def broken(day):
        raise UntrustedData("quotes of the day are damaged")

    feed = PlayedFeed("test:1", [DAY], broken, AT_ONCE)
    with pytest.raises(UntrustedData, match="damaged"):
        next(feed.days())
    feed.close()
