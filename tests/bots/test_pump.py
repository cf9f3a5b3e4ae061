"""The pump: a feed's frames to the inbox; a pause loses no quote, and says that it was there."""

import numpy as np

from forven.bots.inbox import DayEnded, DayOpened, Delivered, FeedEnded, Inbox
from forven.bots.pump import Pump, folded
from forven.kernels.schema import MISSING
from forven.primitives.errors import UntrustedData
from tests.bots.houses import WAIT_S, HandFeed, hand_day, hand_frame, wait_for


def next_of(inbox: Inbox):
    return wait_for(lambda: inbox.take(0.05, 1)[1], "a delivery")[0]


def test_days_and_frames_come_in_order_and_the_end_is_told():
    day = hand_day()
    feed, inbox = HandFeed(day), Inbox(10)
    pump = Pump(feed, inbox)
    pump.start(None)
    assert next_of(inbox) == DayOpened(day)
    feed.send(hand_frame(1))
    feed.send(hand_frame(2))
    assert not feed.asked_after  # nothing before the host says from where on
    pump.begin(1)
    assert next_of(inbox).frame.ts == 2
    assert feed.asked_after == [1]
    feed.end_day()
    assert next_of(inbox) == DayEnded(day)
    assert next_of(inbox) == FeedEnded(None)
    pump.close(WAIT_S)


def test_frames_during_a_pause_become_one_with_a_gap():
    feed, inbox = HandFeed(hand_day()), Inbox(10)
    pump = Pump(feed, inbox)
    pump.start(None)
    next_of(inbox)
    pump.begin(MISSING)
    pump.pause("maintenance")
    wait_for(lambda: feed.calls == ["pause"], "the pause")
    feed.send(hand_frame(1, {0: (10, 20), 1: (30, 40)}, spot=100))
    feed.send(hand_frame(2, {1: (35, 45)}, spot=MISSING, settlement=7))
    turns = feed.idle_turns
    wait_for(lambda: feed.idle_turns > turns + 1, "another turn behind both frames")
    assert not inbox.take(0, 1)[1]
    pump.resume()
    delivered = next_of(inbox)
    assert isinstance(delivered, Delivered)
    frame = delivered.frame
    assert (frame.ts, frame.spot, frame.settlement) == (2, 100, 7)
    assert dict(zip(frame.instruments.tolist(), frame.bids.tolist())) == {0: 10, 1: 35}
    assert [(event.kind, "maintenance" in event.detail) for event in frame.events] == [
        ("gap", True)
    ]
    feed.send(hand_frame(3))
    assert next_of(inbox).frame.events == ()
    assert feed.calls == ["pause", "resume"]
    pump.close(WAIT_S)


def test_a_pause_without_frames_leaves_no_gap():
    feed, inbox = HandFeed(hand_day()), Inbox(10)
    pump = Pump(feed, inbox)
    pump.start(None)
    next_of(inbox)
    pump.begin(MISSING)
    pump.pause("x")
    wait_for(lambda: feed.calls == ["pause"], "the pause")
    pump.resume()
    wait_for(lambda: feed.calls == ["pause", "resume"], "the resumption")
    feed.send(hand_frame(1))
    assert next_of(inbox).frame.events == ()
    pump.close(WAIT_S)


def test_a_feed_that_breaks_is_told_with_its_reason():
    class Broken(HandFeed):
        def days(self, from_day=None):
            raise UntrustedData("row 7: expected a bid, found a hat")
            yield

    inbox = Inbox(10)
    pump = Pump(Broken(hand_day()), inbox)
    pump.start(None)
    assert next_of(inbox) == FeedEnded("row 7: expected a bid, found a hat")
    pump.close(WAIT_S)


def test_closing_ends_a_pump_that_waits_for_the_host():
    inbox = Inbox(10)
    pump = Pump(HandFeed(hand_day()), inbox)
    pump.start(None)
    next_of(inbox)
    pump.close(WAIT_S)
    assert not inbox.take(0.1, 1)[1]


def test_folded_frames_leave_the_market_as_one_after_another():
    frames = [
        hand_frame(1, {3: (1, 2), 0: (3, 4)}),
        hand_frame(2, {0: (5, 6), 2: (7, 8)}, spot=MISSING),
    ]
    whole = folded(frames)
    assert np.array_equal(whole.instruments, [3, 0, 2])
    assert np.array_equal(whole.bids, [1, 5, 7])
    assert whole.spot == 472_000
    assert folded(frames[:1]).bids.tolist() == [1, 3]
