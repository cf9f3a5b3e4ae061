"""The live feed of a host: events numbered once, kept for a while, read by any number of clients.

Two kinds of events. A **value** has a key, and the latest of a key replaces those before (prices,
the profit of a session): a slow reader gets the latest only. An **event** has none and is kept in a
ring: a reader gets each of them, or is told from where to where it missed some.

Readers hold two numbers into shared memory and no queue of their own, so a reader that never reads
costs nothing and cannot hold anything back.
"""

import logging
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from forven.bots.live_view import FrameMarks
from forven.primitives.errors import InvalidInput
from forven.primitives.time import rfc3339

_log = logging.getLogger("forven.hub")
RING_EVENTS = 10_000
VALUES_MAX = 50_000
FORGET_PUBLISHINGS = 100
RESERVED = frozenset(
    {"batch", "bot_id", "channel", "cursor", "gap", "messages", "sequence", "session_id", "ts"}
    | {"type"}
)
"""Names of the envelope, which no payload may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent:
    """Something that clients are told, after it was committed.

    type         prices, position_pnl, trade, order_update, session_state, risk_alert, ...
    ts           of the frame, nanoseconds UTC
    payload      what `orjson` can write; its fields stand beside `type` in the message
    key          makes it a value: only the latest of (type, key) counts, as for prices
    source_hash  of the strategy whose results it speaks of
    """

    type: str
    ts: int
    payload: Mapping[str, Any]
    bot_id: str | None = None
    session_id: str | None = None
    key: str | None = None
    source_hash: str | None = None


class Published:
    """An event with its number in the hub, written once for all clients.

    Events are written when they are published, values when the first client wants them: of most
    values nobody ever hears.
    """

    __slots__ = ("_stamp", "_texts", "cursor", "event")

    def __init__(
        self, cursor: int, event: LiveEvent, stamp: str, texts: tuple[str, str] | None
    ) -> None:
        self.cursor = cursor
        self.event = event
        self._stamp = stamp
        self._texts = texts

    @property
    def body(self) -> str:
        """A JSON object: cursor, type, ts, bot_id, session_id and the payload's fields."""
        return f'{{"cursor":{self.cursor},{self._written()[0]}'

    @property
    def payload(self) -> str:
        """The payload alone."""
        return self._written()[1]

    def _written(self) -> tuple[str, str]:
        """Return the texts; a value that cannot be written says so to clients and in the log."""
        if self._texts is None:
            try:
                self._texts = write_event(self.event, self._stamp)
            except InvalidInput as error:
                _log.error("%s", error)
                broken = replace(self.event, payload={"error": "cannot be written"})
                self._texts = write_event(broken, self._stamp)
        return self._texts


def write_event(event: LiveEvent, stamp: str) -> tuple[str, str]:
    """Return what follows the cursor in an event's message, and its payload, as JSON.

    errors  InvalidInput where the payload cannot be written or uses a name of the envelope
    """
    if not RESERVED.isdisjoint(event.payload):
        wrong = min(RESERVED.intersection(event.payload))
        raise InvalidInput(f"expected a payload of {event.type} without the envelope's {wrong!r}")
    head = {
        "type": event.type,
        "ts": stamp,
        "bot_id": event.bot_id,
        "session_id": event.session_id,
    }
    try:
        payload = orjson.dumps(event.payload).decode()
    except TypeError as error:
        raise InvalidInput(
            f"expected a payload of {event.type} that JSON can carry, found: {error}"
        ) from None
    joined = orjson.dumps(head).decode()
    if len(payload) > 2:
        joined = f"{joined[:-1]},{payload[1:]}"
    return joined[1:], payload


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketView:
    """The market of the latest frame, from which option chains are made when a client wants one."""

    ts: int
    underlying: str
    symbols: tuple[str, ...]
    quotes: Any
    spot: int
    marks: FrameMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is new since a reader's two cursors.

    gap     first and last number of what the ring no longer holds; None where nothing is missing
    events  in order of their numbers, values and events together
    """

    gap: tuple[int, int] | None
    events: list[Published]
    events_cursor: int
    values_cursor: int
    more: bool


class Hub:
    """Numbers, keeps and hands out live events; every method may be called from any thread."""

    def __init__(
        self, first_cursor: int = 0, ring_events: int = RING_EVENTS, values_max: int = VALUES_MAX
    ) -> None:
        """Number events from `first_cursor` + 1 on, so that a restarted server goes on rising."""
        self._lock = threading.Lock()
        self._cursor = first_cursor
        self._ring_events = ring_events
        self._values_max = values_max
        self._ring: list[Published] = []
        self._ring_cursors: list[int] = []
        self._dropped = first_cursor  # the number of the latest event that left the ring
        self._values: OrderedDict[tuple[str, str], Published] = OrderedDict()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._stamp = (0, rfc3339(0))
        self._publishings = 0
        self._ending: dict[str, int] = {}
        self.market: MarketView | None = None

    @property
    def cursor(self) -> int:
        """The number of the latest event."""
        return self._cursor

    def publish(self, events: Sequence[LiveEvent]) -> None:
        """Number the events in their order and wake the listeners; never waits for a client.

        Payloads must not change afterwards: those of values are written when somebody wants them.
        errors  InvalidInput where the payload of an event cannot be written; then none is published
        """
        if not events:
            return
        texts = [
            write_event(event, self._stamped(event.ts)) if event.key is None else None
            for event in events
        ]
        with self._lock:
            self._publishings += 1
            for event, written in zip(events, texts, strict=True):
                self._take(event, written)
            self._trim()
        for wake in self._listeners:
            wake()

    def show_market(self, market: MarketView) -> None:
        """Keep the market of the latest frame; the views before are let go."""
        self.market = market

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after each publishing, in the publisher's thread; return what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, wake)

        def stop() -> None:
            with self._lock:
                self._listeners = tuple(each for each in self._listeners if each is not wake)

        return stop

    def read(self, events_cursor: int, values_cursor: int | None, limit: int) -> Reading:
        """Return up to `limit` ring events after one cursor, and all values after the other.

        `values_cursor` None leaves the values out, and so do more events than the limit: values
        come with the last part, so that who has a cursor has all events up to it. A cursor the hub
        has not reached (of another server) is answered with a gap from 0 on: what it missed is not
        known.
        """
        with self._lock:
            gap = None
            if not self._dropped <= events_cursor <= self._cursor:
                known = events_cursor < self._dropped
                gap = (events_cursor + 1 if known else 0, self._dropped)
                events_cursor = self._dropped
            start = bisect_right(self._ring_cursors, events_cursor)
            found = self._ring[start : start + limit]
            more = start + limit < len(self._ring)
            head = self._cursor
            reads_values = values_cursor is not None and not more
            values = list(self._values.values()) if reads_values else []
        reached = found[-1].cursor if more else head
        if values_cursor is not None and values:
            # Sorted by their numbers, since a new value moves to the end.
            start = bisect_right(values, values_cursor, key=_cursor_of)
            found = sorted(found + values[start:], key=_cursor_of)
        return Reading(
            gap=gap,
            events=found,
            events_cursor=reached,
            values_cursor=head if reads_values else values_cursor or 0,
            more=more,
        )

    def forget(self, key: str) -> None:
        """Let go the values of a key (its session has ended) once readers had time for them."""
        with self._lock:
            self._ending.setdefault(key, self._publishings + FORGET_PUBLISHINGS)

    def _stamped(self, ts: int) -> str:
        """Return a stamp as RFC 3339; all events of a frame share one."""
        known, text = self._stamp
        if known != ts:
            text = rfc3339(ts)
            self._stamp = (ts, text)
        return text

    def _take(self, event: LiveEvent, texts: tuple[str, str] | None) -> None:
        """Give an event its number and its place; the lock is held."""
        self._cursor += 1
        published = Published(self._cursor, event, self._stamped(event.ts), texts)
        if event.key is None:
            self._ring.append(published)
            self._ring_cursors.append(published.cursor)
            return
        name = (event.type, event.key)
        self._values.pop(name, None)
        self._values[name] = published

    def _trim(self) -> None:
        """Let go what is too old; the ring is cut in one piece, seldom; the lock is held."""
        if len(self._ring) > 2 * self._ring_events:
            cut = len(self._ring) - self._ring_events
            self._dropped = self._ring[cut - 1].cursor
            del self._ring[:cut]
            del self._ring_cursors[:cut]
        while len(self._values) > self._values_max:
            self._values.popitem(last=False)
        if self._ending and next(iter(self._ending.values())) <= self._publishings:
            ended = {key for key, due in self._ending.items() if due <= self._publishings}
            for name in [name for name in self._values if name[1] in ended]:
                del self._values[name]
            for key in ended:
                del self._ending[key]


def _cursor_of(published: Published) -> int:
    """Return an event's number."""
    return published.cursor
