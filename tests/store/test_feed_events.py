from forven.market.feeds.frame import FeedEvent
from forven.store.feed_events import FeedEventRow
from forven.store.store import Store
from tests.store.made_rows import DAY, NOW

FEED = "socket:quotes"
EVENTS = [FeedEvent(kind="gap", ts=NOW + n, count=n, detail=f"é {n}") for n in range(4)]


def test_events_are_numbered_and_come_back(store: Store) -> None:
    with store.transaction() as tables:
        tables.feed_events.append(FEED, DAY, EVENTS[:2])
        tables.feed_events.append(FEED, DAY, [])
        tables.feed_events.append(FEED, DAY, EVENTS[2:])
        tables.feed_events.append("other", DAY, EVENTS[:1])
    with store.reading() as tables:
        found = tables.feed_events.read(FEED, DAY)
        assert [row.number for row in found] == [1, 2, 3, 4]
        assert found[3] == FeedEventRow(
            feed=FEED, day=DAY, number=4, ts=NOW + 3, kind="gap", count=3, detail="é 3"
        )
        assert list(tables.feed_events.read(FEED, DAY, after=1, limit=2)) == list(found[1:3])


def test_a_day_is_written_anew_from_its_tape(store: Store) -> None:
    with store.transaction() as tables:
        tables.feed_events.append(FEED, DAY, EVENTS)
        tables.feed_events.rewrite(FEED, DAY, EVENTS[1:3])
    with store.reading() as tables:
        found = [(row.number, row.ts) for row in tables.feed_events.read(FEED, DAY)]
    assert found == [(1, NOW + 1), (2, NOW + 2)]
