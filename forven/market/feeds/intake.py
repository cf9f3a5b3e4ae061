"""What becomes of a producer's rows: frames in order, and an event for all that was wrong."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forven.kernels.schema import MISSING
from forven.market.columns import PRICE_QUANTA_MAX
from forven.market.feeds.batches import RowBatch
from forven.market.feeds.frame import GAP_NS, NO_ROWS, FeedDay, FeedEvent, FeedFrame
from forven.market.feeds.rows import last_of_each
from forven.primitives.time import (
    NANOSECONDS_PER_MINUTE,
    NANOSECONDS_PER_SECOND,
    exchange_datetime,
    rfc3339,
)

AHEAD_NS_MAX = NANOSECONDS_PER_MINUTE
"""How far beyond the feed's clock a row's time may lie: farther, a clock was stepped."""
TS_MAX = 1 << 62
_EVENTS_MAX = 100
_SIZE_MAX = 2**31 - 1
_UNLISTED, _UNDERLYING, _SETTLEMENT = -1, -2, -3


class Intake:
    """Turns the batches of one trading day into its frames; `docs/FEEDS.md` has the rules.

    after_ts  the last frame that was delivered before; `MISSING`: none
    """

    def __init__(self, day: FeedDay, after_ts: int) -> None:
        self.day = day
        self.last_ts = after_ts
        self.settlement = MISSING
        self._numbers = {symbol: number for number, symbol in enumerate(day.symbols)}
        self._numbers |= {day.underlying: _UNDERLYING, f"{day.underlying}:settlement": _SETTLEMENT}
        self._events: list[FeedEvent] = []
        self._is_new = True  # whether the next frame is the first after a start or a reconnection

    @property
    def is_closed(self) -> bool:
        """Whether the frame at the close has been made."""
        return self.last_ts >= self.day.bounds.close_ns

    def note(self, kind: str, ts: int, detail: str, count: int = 1) -> None:
        """Add an event to those of the next frame; beyond many, one of its kind counts it too."""
        if len(self._events) >= _EVENTS_MAX:
            for place, event in enumerate(self._events):
                if event.kind == kind:
                    self._events[place] = replace(event, count=event.count + count)
                    return
        self._events.append(FeedEvent(kind=kind, ts=ts, count=count, detail=detail))

    def reconnect(self, now: int) -> None:
        """Note that a producer came back; the next frame tells the gap."""
        self.note("reconnected", now, "the producer connected again")
        self._is_new = True

    def take(self, batch: RowBatch, arrival: int) -> Iterator[FeedFrame]:
        """Yield the frames that a batch makes; what is left out of it is noted."""
        numbers = np.array([self._numbers.get(name, _UNLISTED) for name in batch.names], np.int64)
        numbers = numbers[batch.codes] if len(numbers) else np.full(len(batch.codes), _UNLISTED)
        kept = self._kept(batch, numbers, arrival)
        is_said = kept & (numbers == _SETTLEMENT)
        said = int(batch.bid[is_said][-1]) if is_said.any() else MISSING
        said_ts = int(batch.ts[is_said].max(initial=MISSING))
        places = np.flatnonzero(kept & (numbers != _SETTLEMENT))
        places = places[np.argsort(batch.ts[places], kind="stable")]
        stamps, starts = np.unique(batch.ts[places], return_index=True)
        for ts, rows in zip(stamps.tolist(), np.split(places, starts[1:]), strict=False):
            is_close = ts == self.day.bounds.close_ns
            frame = self._frame(batch, numbers, rows, (ts, arrival))
            if is_close and said != MISSING:
                frame, self.settlement, said = replace(frame, settlement=said), said, MISSING
            yield frame
        if said != MISSING:
            yield self._settled(said, said_ts, arrival)

    def close(self, arrival: int) -> FeedFrame:
        """Return the frame at the close, without rows; to be asked for when none came."""
        return self._bare(self.day.bounds.close_ns, arrival, MISSING)

    def _settled(self, value: int, ts: int, arrival: int) -> FeedFrame:
        """Return the frame that says the settlement: at the close, or later if that is done."""
        moment = max(ts, self.last_ts + 1) if self.is_closed else self.day.bounds.close_ns
        return self._bare(moment, arrival, value)

    def _bare(self, ts: int, arrival: int, settlement: int) -> FeedFrame:
        if not self.is_closed:  # after the close nothing is missed
            self._note_gap(ts)
        self.last_ts = ts
        if settlement != MISSING:
            self.settlement = settlement
        return FeedFrame(
            ts=ts,
            arrival=arrival,
            instruments=NO_ROWS,
            bids=NO_ROWS,
            asks=NO_ROWS,
            bid_sizes=NO_ROWS,
            ask_sizes=NO_ROWS,
            spot=MISSING,
            settlement=settlement,
            events=self._drained(),
        )

    def _frame(
        self,
        batch: RowBatch,
        numbers: NDArray[np.int64],
        rows: NDArray[np.int64],
        moment: tuple[int, int],
    ) -> FeedFrame:
        """Return the frame of rows with one stamp, in their order."""
        ts, arrival = moment
        self._note_gap(ts)
        prints = rows[numbers[rows] == _UNDERLYING]
        quotes = rows[numbers[rows] >= 0]
        last = quotes[last_of_each(numbers[quotes])]
        doubled = len(quotes) - len(last) + max(0, len(prints) - 1)
        if doubled:
            self.note("duplicate", ts, f"{doubled} rows that a later one replaces", doubled)
        crossed = int(np.sum((batch.ask[last] > 0) & (batch.bid[last] > batch.ask[last])))
        if crossed:
            self.note("crossed", ts, f"{crossed} quotes with bid > ask", crossed)
        self.last_ts = ts
        return FeedFrame(
            ts=ts,
            arrival=arrival,
            instruments=numbers[last].astype(np.int32),
            bids=batch.bid[last].astype(np.int32),
            asks=batch.ask[last].astype(np.int32),
            bid_sizes=batch.bid_size[last].astype(np.int32),
            ask_sizes=batch.ask_size[last].astype(np.int32),
            spot=int(batch.bid[prints[-1]]) if len(prints) else MISSING,
            settlement=MISSING,
            events=self._drained(),
        )

    def _kept(self, batch: RowBatch, numbers: NDArray[np.int64], arrival: int) -> NDArray[np.bool_]:
        """Return which rows are taken; each other is counted under the first thing wrong."""
        bounds, ts = self.day.bounds, batch.ts
        is_said = numbers == _SETTLEMENT
        checks = (
            ("bad_row", "a null, or a price or size out of range", self._is_bad(batch, numbers)),
            ("bad_row", f"a time that is not of {self.day.day}", ~self._is_of_day(ts)),
            ("unlisted", "an instrument that the day's listing has not", numbers == _UNLISTED),
            (
                "clock_step",
                f"a time beyond {rfc3339(arrival)} by more than a minute",
                ts > arrival + AHEAD_NS_MAX,
            ),
            (
                "outside",
                "a time before the open or after the close",
                ~is_said & ((ts < bounds.open_ns) | (ts > bounds.close_ns)),
            ),
            (
                "bad_row",
                "a settlement before the close",
                is_said & (ts < bounds.close_ns),
            ),
            ("late", "a time not after the last frame's", ~is_said & (ts <= self.last_ts)),
        )
        kept = np.ones(len(ts), np.bool_)
        for kind, detail, is_wrong in checks:
            found = kept & is_wrong
            count = int(found.sum())
            if count:
                row = int(np.argmax(found))
                name = batch.names[batch.codes[row]] if batch.codes[row] >= 0 else "null"
                self.note(
                    kind, arrival, f"{count} rows with {detail}; row {row}: {name!r:.30}", count
                )
                kept &= ~is_wrong
        return kept

    def _is_of_day(self, ts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which times lie on the trading day in New York."""
        noon = (self.day.bounds.open_ns + self.day.bounds.close_ns) // 2
        opening = exchange_datetime(noon)
        seconds = (opening.hour * 60 + opening.minute) * 60 + opening.second
        start = noon - seconds * NANOSECONDS_PER_SECOND
        is_of_day: NDArray[np.bool_] = (ts >= start) & (
            ts < start + 24 * 60 * NANOSECONDS_PER_MINUTE
        )
        return is_of_day

    def _is_bad(self, batch: RowBatch, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows hold something that no quote holds."""
        is_bad = (batch.codes < 0) | (batch.ts < 0) | (batch.ts > TS_MAX)
        for side in (batch.bid, batch.ask):
            is_bad |= (side < MISSING) | (side > PRICE_QUANTA_MAX)
        for size in (batch.bid_size, batch.ask_size):
            is_bad |= (size < MISSING) | (size > _SIZE_MAX)
        is_value = (numbers == _UNDERLYING) | (numbers == _SETTLEMENT)
        return is_bad | (is_value & ((batch.bid < 1) | (batch.bid != batch.ask)))

    def _note_gap(self, ts: int) -> None:
        """Note a silence before a frame: any after a reconnection, else a long one."""
        if self.last_ts != MISSING:
            silence_ns = ts - self.last_ts
            if self._is_new or silence_ns > GAP_NS:
                self.note("gap", ts, f"no rows from {rfc3339(self.last_ts)} to {rfc3339(ts)}")
        self._is_new = False

    def _drained(self) -> tuple[FeedEvent, ...]:
        events, self._events = tuple(self._events), []
        return events
