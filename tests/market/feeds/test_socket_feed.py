"""The socket feed: days and frames of a producer, live and hostile, through restarts and steps."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels.schema import MISSING
from forven.market.calendar import trading_calendar
from forven.market.feeds import socket_feed
from forven.market.feeds.book import FrameBook
from forven.market.feeds.played import PlayedDay
from forven.market.feeds.socket_feed import SocketFeed
from forven.market.feeds.wall_clock import AnchoredClock
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from tests.market.feeds.conftest import CLOSE_NS, OPEN_NS, SECOND_NS, SYMBOLS, delivered
from tests.market.feeds.made_streams import Producer, eventually, metadata_of, schema_of
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, osi

HOUR_NS = 3_600 * SECOND_NS


class Hands:
    """A wall clock that is set by hand, beside a monotonic one that may be moved on."""

    def __init__(self, wall: int) -> None:
        self.wall, self.monotonic = wall, 0

    def clock(self) -> AnchoredClock:
        return AnchoredClock(lambda: self.wall, lambda: self.monotonic)

    def pass_by(self, ns: int) -> None:
        self.wall += ns
        self.monotonic += ns


@pytest.fixture
def hands() -> Hands:
    return Hands(OPEN_NS + 10 * SECOND_NS)


@pytest.fixture
def feed(hands, tmp_path):
    opened = SocketFeed(str(tmp_path / "quotes.sock"), trading_calendar(), hands.clock())
    yield opened
    opened.close()


def at(seconds: float) -> int:
    return OPEN_NS + int(seconds * SECOND_NS)


def next_frame(frames):
    return next(frame for frame in frames if frame is not None)


def gone(feed, frames=None) -> None:
    """Wait until the feed has noticed that its producer hung up, asking for frames meanwhile."""

    def is_gone() -> bool:
        assert frames is None or next(frames) is None
        return feed._listener._connection is None

    assert eventually(is_gone)


def kinds(frame) -> list[str]:
    return [event.kind for event in frame.events]


def test_a_producer_opens_its_day_and_its_batches_become_frames(feed, hands):
    producer = Producer(feed.address).announce()
    day = next(feed.days())
    assert (day.day, day.symbols, day.feed) == (DAY, SYMBOLS, "socket:quotes")
    assert (day.root, day.underlying, day.multiplier) == ("SPXW", "SPX", 1_000_000)
    assert day.bounds == bounds_of()
    frames = feed.frames(day, MISSING)
    producer.write((at(1), SYMBOLS[0], 100, 110), (at(1), "SPX", 530_000, 530_000))
    frame = next_frame(frames)
    assert (frame.ts, frame.arrival, frame.spot) == (at(1), at(10), 530_000)
    hands.pass_by(5 * SECOND_NS)
    producer.write((at(14), SYMBOLS[1], 100, 110))
    assert next_frame(frames).arrival == at(15)
    assert next(frames) is None
    producer.close()


def test_a_whole_day_sent_is_the_day_that_a_backtest_maps(tmp_path):
    """The wall clock is years later: the day is over, and its producer takes its time."""
    bounds = bounds_of()
    ticks = synthetic_day(SyntheticSpec(seed=3, frame_seconds=300), 0, bounds)
    played = PlayedDay(ticks, bounds, "x")
    feed = SocketFeed(str(tmp_path / "q.sock"), trading_calendar(), AnchoredClock())
    producer = Producer(feed.address)
    schema = schema_of(metadata_of(listing=played.day.symbols))

    def send():
        producer.announce(schema)
        for number in range(len(played.stamps)):
            frame = played.frame(number)
            columns = (frame.instruments, frame.bids, frame.asks)
            rows = [
                (frame.ts, played.day.symbols[i], bid, ask)
                for i, bid, ask in zip(*(column.tolist() for column in columns), strict=True)
            ]
            for name, value in (("SPX", frame.spot), ("SPX:settlement", frame.settlement)):
                if value != MISSING:
                    rows.append((frame.ts, name, value, value))
            if rows:
                producer.write(*rows, schema=schema)
        producer.close()

    thread = threading.Thread(target=send)
    thread.start()
    day = next(feed.days())
    book = FrameBook(day)
    book.extend(delivered(feed.frames(day, MISSING)))
    thread.join()
    feed.close()
    wanted = build_day(ticks, bounds)
    found = book.market_day()
    assert_array_equal(found.quotes, wanted.quotes)
    assert_array_equal(found.clock[[0, 2]], wanted.clock[[0, 2]])
    assert np.all(found.clock[1] > found.clock[0])
    assert found.settlement == wanted.settlement


def test_a_producer_that_comes_back_is_a_gap_and_no_more(feed):
    producer = Producer(feed.address).announce()
    day = next(feed.days())
    frames = feed.frames(day, MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    assert kinds(next_frame(frames)) == []
    producer.close()
    other = schema_of(metadata_of(listing=[SYMBOLS[0], osi(9990)]))
    gone(feed, frames)
    producer = Producer(feed.address).announce(other)
    producer.write((at(3), SYMBOLS[0], 1, 2), (at(3), osi(9990), 1, 2))
    frame = next_frame(frames)
    assert kinds(frame) == ["reconnected", "unlisted", "gap"]
    assert frame.instruments.tolist() == [0]
    producer.close()


def test_after_a_restart_the_day_goes_on_behind_a_gap(feed):
    """The host knows the day from its tape; no producer is there yet."""
    producer = Producer(feed.address).announce()
    day = next(feed.days())
    frames = feed.frames(day, at(5))
    producer.write((at(4), SYMBOLS[0], 1, 2), (at(9), SYMBOLS[1], 1, 2))
    frame = next_frame(frames)
    assert (frame.ts, kinds(frame)) == (at(9), ["late", "gap"])
    producer.close()


@pytest.mark.parametrize("step_ns", [HOUR_NS, -HOUR_NS])
def test_a_step_of_the_wall_clock_is_told_and_moves_no_arrival(feed, hands, step_ns):
    producer = Producer(feed.address).announce()
    frames = feed.frames(next(feed.days()), MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    next_frame(frames)
    hands.wall += step_ns
    producer.write((at(2), SYMBOLS[0], 1, 2))
    frame = next_frame(frames)
    assert kinds(frame) == ["clock_step"]
    assert f"{step_ns / SECOND_NS:+.1f} s" in frame.events[0].detail
    assert frame.arrival == feed.now() == at(10)
    producer.write((at(3), SYMBOLS[0], 1, 2))
    assert kinds(next_frame(frames)) == []
    producer.close()


def test_garbage_is_an_event_of_the_next_frame(feed):
    frames = None
    stranger = Producer(feed.address)
    stranger.send(b"hello there, this is no arrow stream")
    assert stranger.answer().startswith("refused: ")
    stranger.close()
    gone(feed)
    producer = Producer(feed.address).announce()
    day = next(feed.days())
    frames = feed.frames(day, MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    assert kinds(next_frame(frames)) == []  # it was before the day
    producer.send(b"no more arrow")
    assert producer.answer().startswith("refused: stream: expected an Arrow IPC stream")
    producer.close()
    gone(feed, frames)
    producer = Producer(feed.address).announce()
    producer.write((at(2), SYMBOLS[0], 1, 2))
    assert kinds(next_frame(frames)) == ["refused", "reconnected", "gap"]
    producer.close()


def test_the_close_comes_without_a_row_and_the_settlement_after_it(feed, hands, monkeypatch):
    monkeypatch.setattr(socket_feed, "CLOSE_GRACE_S", 0.1)
    producer = Producer(feed.address).announce()
    frames = feed.frames(next(feed.days()), MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    next_frame(frames)
    hands.pass_by(CLOSE_NS - feed.now())
    assert [next(frames) for _ in range(4)] == [None] * 4
    hands.pass_by(SECOND_NS)
    close = next_frame(frames)
    assert (close.ts, close.settlement, len(close.instruments)) == (CLOSE_NS, MISSING, 0)
    producer.write((CLOSE_NS, "SPX:settlement", 530_321, 530_321))
    settled = delivered(frames)
    assert [(frame.ts, frame.settlement) for frame in settled] == [(CLOSE_NS + 1, 530_321)]
    producer.close()


def test_the_close_comes_although_late_rows_do_not_end(feed, hands, monkeypatch):
    monkeypatch.setattr(socket_feed, "CLOSE_GRACE_S", 0.2)
    producer = Producer(feed.address).announce()
    frames = feed.frames(next(feed.days()), MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    next_frame(frames)
    hands.pass_by(CLOSE_NS + SECOND_NS - feed.now())
    found = []

    def has_come() -> bool:
        producer.write((at(1), SYMBOLS[0], 1, 2), (CLOSE_NS + 1, SYMBOLS[0], 1, 2))
        found.append(next(frames))
        return found[-1] is not None

    assert eventually(has_come)
    assert found[-1].ts == CLOSE_NS
    assert set(kinds(found[-1])) == {"outside", "late", "gap"}
    producer.close()


def test_days_follow_each_other_and_none_comes_twice(feed, hands):
    days = feed.days()
    producer = Producer(feed.address).announce()
    day = next(days)
    refused = "refused: forven.day: expected 2024-06-03, which is open, found 2024-06-04\n"
    assert announce(feed, producer, NEXT_DAY) == refused
    hands.pass_by(CLOSE_NS + 24 * HOUR_NS - feed.now())
    rejoined = Producer(feed.address).announce()
    rejoined.write((CLOSE_NS, "SPX:settlement", 530_321, 530_321))
    assert delivered(feed.frames(day, MISSING))[-1].settlement == 530_321
    for former in (DAY, DAY - timedelta(days=3)):
        answer = announce(feed, rejoined, former)
        assert answer == f"refused: forven.day: expected a day after 2024-06-03, found {former}\n"
    later = Producer(feed.address)
    later.announce(schema_of(metadata_of(NEXT_DAY, [osi(5300, day=NEXT_DAY)])))
    assert next(days).day == NEXT_DAY
    later.close()


def announce(feed, former: Producer, day) -> str:
    """What a new producer, after the former one has gone, is answered for a day."""
    former.close()
    gone(feed)
    producer = Producer(feed.address)
    producer.announce(schema_of(metadata_of(day, [osi(5300, day=day)])))
    answer = producer.answer()
    producer.close()
    gone(feed)
    return answer


def test_a_later_day_ends_one_that_was_never_settled(feed, hands):
    producer = Producer(feed.address).announce()
    days = feed.days()
    frames = feed.frames(next(days), MISSING)
    producer.write((at(1), SYMBOLS[0], 1, 2))
    next_frame(frames)
    producer.close()
    hands.pass_by(24 * HOUR_NS)
    gone(feed)
    producer = Producer(feed.address)
    producer.announce(schema_of(metadata_of(NEXT_DAY, [osi(5300, day=NEXT_DAY)])))
    close = delivered(frames)
    assert [(frame.ts, frame.settlement) for frame in close] == [(CLOSE_NS, MISSING)]
    assert next(days).day == NEXT_DAY
    producer.close()


def test_a_day_on_which_no_one_trades_is_refused(feed):
    sunday = DAY - timedelta(days=1)
    producer = Producer(feed.address)
    producer.announce(schema_of(metadata_of(sunday, [osi(5300, day=sunday)])))
    assert producer.answer().startswith("refused: forven.day: 2024-06-02 is no trading day")
    producer.close()


def test_a_producer_faster_than_the_host_waits_and_loses_nothing(feed, hands):
    hands.pass_by(HOUR_NS)
    producer = Producer(feed.address).announce()
    day = next(feed.days())
    count = 3 * socket_feed._WAITING_MAX

    def send():
        for number in range(count):
            producer.write((at(number), SYMBOLS[0], 1, 2 + number))

    thread = threading.Thread(target=send)
    thread.start()
    threading.Event().wait(0.3)
    frames = feed.frames(day, MISSING)
    found = [next_frame(frames).ts for _ in range(count)]
    assert found == [at(number) for number in range(count)]
    thread.join()
    producer.close()


def test_a_closed_feed_ends_its_days_and_its_frames(feed):
    producer = Producer(feed.address).announce()
    days = feed.days()
    frames = feed.frames(next(days), MISSING)
    threading.Timer(0.1, feed.close).start()
    assert delivered(frames) == []
    assert list(days) == []
    producer.close()


def test_the_clock_of_a_live_feed_is_not_held(feed):
    for act in (feed.release, feed.pause, feed.resume):
        act()
    assert feed.now() == at(10)


def test_an_empty_batch_is_nothing(feed):
    producer = Producer(feed.address).announce()
    frames = feed.frames(next(feed.days()), MISSING)
    producer.write()
    producer.write((at(1), SYMBOLS[0], 1, 2))
    assert next_frame(frames).ts == at(1)
    producer.close()
