"""One wake-up for all clients: messages are composed once for all that stand at the same place."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from api.live.interest import AGGREGATES, BACKTEST, CHAIN, SESSION, Filter, Interest, channel_of
from api.live.market import aggregates, option_chain
from api.live.timing import Timing
from forven.bots.hub import Hub, Published, Reading
from forven.primitives.errors import ForvenError
from forven.primitives.time import rfc3339

_log = logging.getLogger("forven.live")
_SLICE = 50
_COMPOSED_MAX = 128


@dataclass(frozen=True, slots=True)
class Composed:
    """What a client at some place hears next, as shared texts, and its new place.

    texts  JSON objects without their opening brace: each client's sequence goes before them
    """

    texts: tuple[str, ...]
    events_cursor: int
    values_cursor: int
    more: bool


@dataclass(slots=True, eq=False)
class Listener:
    """A client as the broadcast sees it."""

    wake: asyncio.Event
    values_round: int = -1
    ping_round: int = 0
    market_ts: int | None = None


class Broadcast:
    """Listens to a hub in its own thread's name, and wakes clients in slices on the event loop."""

    def __init__(self, hub: Hub, timing: Timing, now_ns: Callable[[], int]) -> None:
        self.hub = hub
        self._timing = timing
        self._now_ns = now_ns
        self.listeners: set[Listener] = set()
        self.values_round = 0
        self.ping_round = 0
        self._composed: dict[tuple[object, ...], Composed] = {}
        self._market: tuple[int, dict[str, str]] = (-1, {})
        self._published = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] | None = None

    def add(self, listener: Listener) -> None:
        """Wake a client from now on; the first one starts the broadcast."""
        self.listeners.add(listener)
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:

            def wake() -> None:
                # The loop may be closed while the host publishes its last frame.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._published.set)

            self._published = asyncio.Event()
            self._stop_listening = self.hub.listen(wake)
            self._task = loop.create_task(self._run())

    def remove(self, listener: Listener) -> None:
        """Forget a client; the last one ends the broadcast."""
        self.listeners.discard(listener)
        if not self.listeners and self._task is not None:
            self._task.cancel()
            self._task = None
            if self._stop_listening is not None:
                self._stop_listening()
            self._composed.clear()

    async def _run(self) -> None:
        """Begin rounds: at once when something was published, values and pings by the clock."""
        loop = asyncio.get_running_loop()
        next_tick = loop.time()
        next_ping = next_tick + self._timing.ping
        fresh = False
        while True:
            now = loop.time()
            if fresh and now >= next_tick:
                self.values_round += 1
                next_tick = now + self._timing.tick
                fresh = False
            if now >= next_ping:
                self.ping_round += 1
                next_ping = now + self._timing.ping
            self._composed.clear()
            for place, listener in enumerate(list(self.listeners)):
                listener.wake.set()
                if place % _SLICE == _SLICE - 1:
                    await asyncio.sleep(0)
            await asyncio.sleep(self._timing.round_gap)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(next_tick, next_ping) if fresh else next_ping):
                    await self._published.wait()
            fresh = fresh or self._published.is_set()
            self._published.clear()

    def compose(
        self, wants: Filter | Interest, events_cursor: int, values_cursor: int | None
    ) -> Composed:
        """Return what a client hears next; those at the same place share the texts."""
        place = (wants, events_cursor, values_cursor)
        found = self._composed.get(place)
        if found is None:
            reading = self.hub.read(events_cursor, values_cursor, self._timing.events_max)
            texts = _plain(reading, wants, self._timing) if isinstance(wants, Filter) else None
            found = Composed(
                tuple(_channelled(reading, wants)) if isinstance(wants, Interest) else texts or (),
                reading.events_cursor,
                reading.values_cursor,
                reading.more,
            )
            if len(self._composed) >= _COMPOSED_MAX:
                self._composed.clear()
            self._composed[place] = found
        return found

    def market(self, channels: frozenset[str]) -> tuple[int, list[str]]:
        """Return the latest frame's `ts` and the texts of the market channels asked for."""
        view = self.hub.market
        if view is None:
            return -1, []
        if self._market[0] != view.ts:
            self._market = (view.ts, {})
        texts = self._market[1]
        makers = {AGGREGATES: aggregates, CHAIN: option_chain}
        for channel in channels & makers.keys() - texts.keys():
            try:
                payload = orjson.dumps(makers[channel](view)).decode()
            except ForvenError as error:
                _log.warning("%s: %s", channel, error)
                continue
            texts[channel] = (
                f'"cursor":{self.hub.cursor},"channel":"{channel}","ts":"{rfc3339(view.ts)}",'
                f'"payload":{payload}}}'
            )
        return view.ts, [texts[channel] for channel in sorted(channels & texts.keys())]

    def ping(self, channel: str) -> str:
        """Return the text of a ping."""
        return (
            f'"cursor":{self.hub.cursor},"channel":"{channel}","type":"ping",'
            f'"ts":"{rfc3339(self._now_ns())}"}}'
        )


def _plain(reading: Reading, wants: Filter, timing: Timing) -> tuple[str, ...]:
    """Return the messages of the plain feed: one alone, several as batches of bounded length."""
    events = [event for event in reading.events if wants.passes_all or wants.passes(event)]
    texts = []
    if reading.gap is not None:
        texts.append(f'"cursor":{reading.gap[1]},"channel":"live",{_gap(reading.gap)}')
    for start in range(0, len(events), timing.events_max):
        part = events[start : start + timing.events_max]
        if len(part) == 1:
            texts.append(f'"channel":"live",{part[0].body[1:]}')
        else:
            bodies = ",".join(event.body for event in part)
            texts.append(
                f'"cursor":{part[-1].cursor},"channel":"live","type":"batch","messages":[{bodies}]}}'
            )
    return tuple(texts)


def _channelled(reading: Reading, wants: Interest) -> list[str]:
    """Return the messages of the subscribed channels, one an event."""
    texts = []
    if reading.gap is not None:
        texts.append(f'"cursor":{reading.gap[1]},"channel":"gap",{_gap(reading.gap)}')
    for event in reading.events:
        channel = channel_of(event, wants)
        if channel is not None:
            texts.append(_on_channel(event, channel))
    return texts


def _on_channel(event: Published, channel: str) -> str:
    """Return an event as a message of a channel; `id` is its number, as the cursor is."""
    said = event.event
    names = {SESSION: said.session_id, BACKTEST: said.source_hash}
    written = f'"cursor":{event.cursor},"channel":"{channel}","id":{event.cursor},'
    if channel == SESSION:
        written += f'"session_id":{orjson.dumps(names[SESSION]).decode()},'
    if channel == BACKTEST:
        written += f'"source_hash":{orjson.dumps(names[BACKTEST]).decode()},'
    return f'{written}"type":{orjson.dumps(said.type).decode()},"payload":{event.payload}}}'


def _gap(gap: tuple[int, int]) -> str:
    """Return the notice of events that are no longer there."""
    return f'"type":"gap","from":{gap[0]},"to":{gap[1]}}}'
