"""What was wrong with a feed on a day: a copy, by number, of the events on its tape."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from forven.market.feeds.frame import FeedEvent
from forven.store.schema import feed_events


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEventRow:
    """One event of a feed; `number` counts from 1 on each day."""

    feed: str
    day: date
    number: int
    ts: int
    kind: str
    count: int
    detail: str


class FeedEvents:
    """The rows of `feed_events`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, feed: str, day: date, events: Sequence[FeedEvent]) -> None:
        """Add a day's next events."""
        if not events:
            return
        c = feed_events.c
        query = select(func.max(c.number)).where(c.feed == feed, c.day == day)
        first = (self._connection.execute(query).scalar() or 0) + 1
        values = [
            {
                "feed": feed,
                "day": day,
                "number": number,
                "ts": event.ts,
                "kind": event.kind,
                "count": event.count,
                "detail": event.detail,
            }
            for number, event in enumerate(events, start=first)
        ]
        self._connection.execute(insert(feed_events), values)

    def rewrite(self, feed: str, day: date, events: Sequence[FeedEvent]) -> None:
        """Write a day's events anew, as its tape has them."""
        c = feed_events.c
        self._connection.execute(delete(feed_events).where(c.feed == feed, c.day == day))
        self.append(feed, day, events)

    def read(
        self, feed: str, day: date, after: int = 0, limit: int | None = None
    ) -> Sequence[FeedEventRow]:
        """Return a day's events numbered above `after`, in their order."""
        c = feed_events.c
        query = (
            select(feed_events)
            .where(c.feed == feed, c.day == day, c.number > after)
            .order_by(c.number)
            .limit(limit)
        )
        return [FeedEventRow(**row) for row in self._connection.execute(query).mappings()]
