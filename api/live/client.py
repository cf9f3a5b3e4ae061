"""One client of the live feed: where it stands, what it hears next, its own numbering."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

from api.live.broadcast import Broadcast, Listener
from api.live.interest import MARKET_CHANNELS, Filter, Interest

_ALL_VALUES = -1


class Client:
    """Reads the hub by two cursors and turns what is new into numbered messages.

    A message is looked at, sent, and only then taken: one that could not be sent is never lost, and
    what a slow client has not begun to hear is made anew from the latest values.
    """

    def __init__(self, broadcast: Broadcast, wants: Filter | Interest, cursor: int | None) -> None:
        self._broadcast = broadcast
        self.listener = Listener(asyncio.Event(), ping_round=broadcast.ping_round)
        self.wants = wants
        self.sequence = 0
        self._resume = cursor
        self._events_cursor = broadcast.hub.cursor if cursor is None else cursor
        self._values_cursor = _ALL_VALUES
        self._answers: deque[str] = deque()
        self._waiting: deque[str] = deque()
        self._offered: str | None = None

    @property
    def answers_waiting(self) -> int:
        """How many answers the client has not taken yet."""
        return len(self._answers)

    def answer(self, fields: Mapping[str, Any]) -> None:
        """Say something to this client alone, before what else is waiting."""
        written = orjson.dumps({"cursor": self._events_cursor, **fields}).decode()
        self._answers.append(written[1:])
        self.listener.wake.set()

    def want(self, wants: Filter | Interest, cursor: int | None = None) -> None:
        """Change what the client hears; the latest values of it come at once.

        Where the client heard nothing before, it begins at the cursor it connected with, else at
        the latest event; `cursor` begins anew at another place.
        """
        idle = isinstance(self.wants, Interest) and not len(self.wants)
        if cursor is not None:
            self._events_cursor = cursor
        elif idle or isinstance(self.wants, Filter):
            newest = self._broadcast.hub.cursor
            self._events_cursor = newest if self._resume is None else self._resume
        self.wants = wants
        self._waiting.clear()
        self._values_cursor = _ALL_VALUES
        self.listener.values_round = -1
        self.listener.market_ts = None
        self.listener.wake.set()

    def next_message(self) -> str | None:
        """Return the next message without taking it; None where there is nothing to say."""
        if self._offered is None:
            source = self._source()
            if not source:
                return None
            self._offered = source.popleft()
        return f'{{"sequence":{self.sequence + 1},{self._offered}'

    def take(self) -> None:
        """Take the message that was sent."""
        self._offered = None
        self.sequence += 1

    def _source(self) -> deque[str]:
        """Return the queue whose first text is next, filled if it can be."""
        if self._answers:
            return self._answers
        if not self._waiting:
            self._fill()
        return self._waiting

    def _fill(self) -> None:
        """Fetch what is new: events, then once a tick values and the market, then a ping."""
        broadcast, listener = self._broadcast, self.listener
        due = listener.values_round != broadcast.values_round
        silent = isinstance(self.wants, Interest) and not len(self.wants)
        more = not silent
        while more and not self._waiting:
            composed = broadcast.compose(
                self.wants, self._events_cursor, self._values_cursor if due else None
            )
            self._events_cursor = composed.events_cursor
            if due:
                self._values_cursor = composed.values_cursor
            self._waiting.extend(composed.texts)
            more = composed.more
        if more:
            return
        if due:
            listener.values_round = broadcast.values_round
            self._fill_market()
        if listener.ping_round != broadcast.ping_round:
            listener.ping_round = broadcast.ping_round
            plain = isinstance(self.wants, Filter)
            self._waiting.append(broadcast.ping("live" if plain else "ping"))

    def _fill_market(self) -> None:
        """Fetch the market channels if the market has moved on."""
        if not isinstance(self.wants, Interest):
            return
        channels = MARKET_CHANNELS & self.wants.plain
        if channels:
            ts, texts = self._broadcast.market(channels)
            if ts != self.listener.market_ts:
                self.listener.market_ts = ts
                self._waiting.extend(texts)
