"""A home with bots, a coarse synthetic feed and a host on it, for the tests of bots."""

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from datetime import time as clock_time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from forven.bots.faults import Faults
from forven.bots.host import Host
from forven.bots.host_options import HostOptions
from forven.bots.hub import Hub
from forven.bots.inbox import CommandTask
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.kernels.schema import MISSING
from forven.market.bounds import SessionBounds
from forven.market.calendar import trading_calendar
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame
from forven.market.feeds.synthetic import synthetic_feed
from forven.primitives.time import exchange_time
from forven.store.bots import BotRow
from forven.store.sessions import SessionRow
from forven.store.store import Store
from forven.store.strategies import StrategyRow
from forven.strategies.saved import read_program

CASH = 100_000_000_000
DAY = date(2024, 1, 2)
LAST = date(2024, 1, 4)
WAIT_S = 120.0

CONDOR: dict[str, Any] = {
    "name": "Condor",
    "legs": [
        {"side": "sell", "right": "put", "strike": {"method": "delta", "value": "0.20"}},
        {"side": "buy", "right": "put", "strike": {"method": "relative", "leg": 0, "value": "-20"}},
        {"side": "sell", "right": "call", "strike": {"method": "delta", "value": "0.20"}},
        {"side": "buy", "right": "call", "strike": {"method": "relative", "leg": 2, "value": "20"}},
    ],
    "entry": {"times": ["09:45", "10:30", "11:00"], "max_entries": 3},
    "exit": {"profit_target_pct": "25", "stop_loss_pct": "100"},
    "quantity": 2,
}


def feed_of(
    folder: Path,
    seed: int = 7,
    speed: str = "max",
    last: date = LAST,
    frame_seconds: int = 60,
    hold: bool = True,
):
    """Return a synthetic feed of a few coarse days; those made are kept in `folder`."""
    pace = speed if speed == "max" else Decimal(speed)
    options = FeedOptions(
        speed=pace, first_day=DAY, last_day=last, hold=hold, frame_seconds=frame_seconds
    )
    return synthetic_feed(seed, trading_calendar(folder), folder, options)


IDLE = {**CONDOR, "entry": {"times": ["15:59"], "max_entries": 1}, "exit": {}}
"""It does nothing in the frames of these tests: what happens is commanded."""
LISTING = tuple(
    f"SPXW  240102{right}{strike * 1_000:08d}" for right in "CP" for strike in (4_700, 4_720, 4_740)
)
"""Calls, then puts, by strike."""


def hand_day(day: date = DAY, feed: str = "hand") -> FeedDay:
    """Return a day of six instruments, its hours the usual ones."""
    bounds = SessionBounds(
        day=day,
        open_ns=exchange_time(day, clock_time(9, 30)),
        close_ns=exchange_time(day, clock_time(16)),
        early_close=False,
    )
    symbols = tuple(symbol.replace("240102", day.strftime("%y%m%d")) for symbol in LISTING)
    return FeedDay(
        day=day,
        bounds=bounds,
        symbols=symbols,
        root="SPXW",
        underlying="SPX",
        multiplier=1_000_000,
        feed=feed,
    )


def hand_frame(
    ts: int,
    quotes: dict[int, tuple[int, int]] | None = None,
    spot: int = 472_000,
    settlement: int = MISSING,
    arrival: int | None = None,
) -> FeedFrame:
    """Return a frame of quotes by instrument number, (bid, ask) in quanta."""
    rows = quotes or {}
    bids, asks = ([pair[side] for pair in rows.values()] for side in (0, 1))
    ones = np.ones(len(rows), np.int32)
    return FeedFrame(
        ts=ts,
        arrival=ts if arrival is None else arrival,
        instruments=np.array(list(rows), np.int32),
        bids=np.array(bids, np.int32),
        asks=np.array(asks, np.int32),
        bid_sizes=ones,
        ask_sizes=ones,
        spot=spot,
        settlement=settlement,
        events=(),
    )


class HandFeed:
    """A feed that delivers what a test hands it, when it does; its clock is set by hand."""

    def __init__(self, *days: FeedDay) -> None:
        self.name = days[0].feed
        self.clock_ns = days[0].bounds.open_ns
        self.is_released = False
        self.calls: list[str] = []
        self.asked_after: list[int] = []
        self.idle_turns = 0
        self._days = days
        self._frames: queue.Queue[FeedFrame | None] = queue.Queue()
        self._is_closed = threading.Event()

    def send(self, frame: FeedFrame) -> None:
        """Deliver a frame; the clock comes to it."""
        self.clock_ns = max(self.clock_ns, frame.ts)
        self._frames.put(frame)

    @staticmethod
    def gap_event(ts: int) -> FeedEvent:
        """Return an event of a gap before a moment."""
        return FeedEvent(kind="gap", ts=ts, count=1, detail="no rows for 61 s")

    def end_day(self) -> None:
        """Deliver no more of the day."""
        self._frames.put(None)

    def days(self, from_day: date | None = None) -> Iterator[FeedDay]:
        for day in self._days:
            if from_day is None or day.day >= from_day:
                yield day

    def frames(self, _day: FeedDay, after_ts: int) -> Iterator[FeedFrame | None]:
        self.asked_after.append(after_ts)
        while not self._is_closed.is_set():
            try:
                frame = self._frames.get(timeout=0.01)
            except queue.Empty:
                self.idle_turns += 1
                yield None
                continue
            if frame is None:
                return
            if frame.ts > after_ts:
                yield frame

    def now(self) -> int:
        return self.clock_ns

    def release(self) -> None:
        self.is_released = True

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")

    def close(self) -> None:
        self._is_closed.set()


class GatedFeed:
    """Delivers as many frames of another feed as a test has allowed, and waits for more leave.

    So that what a test does comes in the middle of a day on the slowest machine.
    """

    def __init__(self, feed: Any, frames: int) -> None:
        self._feed = feed
        self._left: float = frames
        self._is_closed = threading.Event()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feed, name)

    def open(self) -> None:
        """Let all frames come."""
        self._left = float("inf")

    def frames(self, day: FeedDay, after_ts: int) -> Iterator[FeedFrame | None]:
        frames = self._feed.frames(day, after_ts)
        while not self._is_closed.is_set():
            if self._left <= 0:
                self._is_closed.wait(0.01)
                yield None
                continue
            try:
                frame = next(frames)
            except StopIteration:
                return
            self._left -= frame is not None
            yield frame

    def pause(self) -> None:
        self._feed.pause()
        self.calls.append("pause")

    def close(self) -> None:
        self._is_closed.set()
        self._feed.close()


def bot_row(strategy_hash: str | None, number: int = 1, **changes: Any) -> BotRow:
    """Return a bot's row with the default policies."""
    row = BotRow(
        id=str(uuid.UUID(int=number)),
        name=f"bot {number}",
        description="",
        engine="live_sim",
        status="idle",
        wish="running",
        strategy_id=None,
        strategy_hash=strategy_hash,
        starting_capital=CASH,
        cash_balance=CASH,
        risk=RiskPolicy().to_json(),
        reprice=RepricePolicy().to_json(),
        config={},
        template_id=None,
        version=1,
        created_ns=number,
        updated_ns=number,
    )
    return replace(row, **changes)


def keep_strategy(store: Store, document: object, kind: str = "structured") -> str:
    """Keep a program and return its hash."""
    strategy = read_program(kind, document)
    with store.transaction() as tables:
        tables.strategies.keep(
            StrategyRow(
                hash=strategy.hash, kind=kind, program=strategy.program_text(), created_ns=0
            )
        )
    return strategy.hash


def add_bots(store: Store, bots: Sequence[BotRow]) -> list[BotRow]:
    """Add bots to a store."""
    with store.transaction() as tables:
        for bot in bots:
            tables.bots.add(bot)
    return list(bots)


def host_of(store: Store, feed, hub: Hub | None = None, **options: Any) -> Host:
    """Return a host that was not started; its supervisor looks often."""
    chosen = {"supervise_s": 0.05, "faults": Faults(), **options}
    return Host(store, feed, hub, HostOptions(**chosen))


def wait_for(condition: Callable[[], Any], what: str = "it", timeout_s: float = WAIT_S) -> Any:
    """Return the first true value of a condition; AssertionError if it does not come."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {timeout_s} s")


def session_of(store: Store, bot_id: str, day: date = DAY) -> SessionRow | None:
    """Return a bot's session of a day."""
    with store.reading() as tables:
        return tables.sessions.on_day(bot_id, day)


def is_over(store: Store, bots: Sequence[BotRow], day: date = DAY) -> bool:
    """Whether every bot's session of a day is over."""
    found = [session_of(store, bot.id, day) for bot in bots]
    return all(row is not None and row.is_over for row in found)


NS = 1_000_000_000


@contextmanager
def running(store: Store, feed, hub: Hub | None = None, **options: Any) -> Iterator[Host]:
    """Run a host as long as the block."""
    host = host_of(store, feed, hub, **options)
    host.start()
    try:
        yield host
    finally:
        host.stop(WAIT_S)


def command(host: Host, session_id: str, make: Callable[[int], list[int]]) -> None:
    """Give a session a command, made for the moment it is due."""
    host._ask(CommandTask(session_id=session_id, make=make))


def told(hub: Hub, kind: str | None = None) -> list[dict[str, Any]]:
    """Return what a hub has published and still keeps, of one type or of all."""
    bodies = [json.loads(event.body) for event in hub.read(0, 0, 100_000).events]
    return [body for body in bodies if kind is None or body["type"] == kind]


def taken(host: Host, frames: int) -> bool:
    """Whether a host has taken so many frames of its day."""
    return host.status().frames >= frames


def rows_of(store: Store, session_id: str) -> np.ndarray:
    """Return a session's stored journal."""
    with store.reading() as tables:
        return tables.journals.read_rows(session_id)
