"""Bots and sessions as they are written down, spelled once and kept while none of it changes."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

import orjson

from forven.bots.live_view import LiveView
from forven.bots.services.bot_documents import resting_document
from forven.bots.services.session_documents import running_fields, session_document
from forven.bots.services.spelling import Document
from forven.bots.services.standings import NEWEST
from forven.store.bots import BotRow
from forven.store.roster_changes import RosterChanges
from forven.store.sessions import SessionRow
from forven.store.store import Store, Tables

AGE_NS_MAX = 250_000_000
"""Another process may write to the store too; this long its changes may go unseen."""

BYTES_MAX = 128 << 20
RUNNING_MAX = 16_384
SESSIONS_LISTED_MAX = 90
MISSED_MIN = 4
FILLED_MAX = 250
"""Bots read at once: some ten milliseconds' work for a hundred, and others wait for it."""
_CARD_BYTES = 4 << 10
"""About what a card costs beside the bytes of what is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """A session as it is written down.

    spelled  all of it where it is over, else its fields, of which some change with each frame
    """

    id: str
    bot_id: str
    day: date
    state: str
    is_over: bool
    opening_cash: int
    spelled: Any
    size: int

    @classmethod
    def of(cls, row: SessionRow) -> "SessionCard":
        """Return a session's card."""
        document = session_document(row, None)
        size = _CARD_BYTES
        if row.is_over:
            body = orjson.dumps(document)
            size = len(body)
            spelled: Any = orjson.Fragment(body)
        else:
            document["policy"] = orjson.Fragment(orjson.dumps(row.policy))
            spelled = document
        return cls(
            id=row.id,
            bot_id=row.bot_id,
            day=row.day,
            state=row.state,
            is_over=row.is_over,
            opening_cash=row.opening_cash,
            spelled=spelled,
            size=size,
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return what must stand for the card to stand; a deleted bot's sessions are not found."""
        return self.id, self.bot_id

    def document(self, view: LiveView | None) -> Any:
        """Return the session for orjson; `view` is the host's, needed while it is not over."""
        if self.is_over or view is None:
            return self.spelled
        return {**self.spelled, **running_fields(view, self.opening_cash)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BotCard:
    """A bot as it is written down, with its newest sessions."""

    row: BotRow
    spelled: Document
    sessions: tuple[SessionCard, ...]
    active: SessionCard | None
    last: SessionCard | None
    ids: tuple[str, ...]

    @classmethod
    def of(cls, bot: BotRow, rows: Sequence[SessionRow]) -> "BotCard":
        """Return a bot's card; `rows` are its sessions, newest first."""
        spelled = resting_document(bot)
        spelled["reprice"] = orjson.Fragment(orjson.dumps(bot.reprice))
        sessions = tuple(SessionCard.of(row) for row in rows)
        newest = sessions[:NEWEST]
        return cls(
            row=bot,
            spelled=spelled,
            sessions=sessions,
            active=next((card for card in newest if not card.is_over), None),
            last=next((card for card in newest if card.is_over), None),
            ids=(bot.id, *(card.id for card in sessions if not card.is_over)),
        )

    @property
    def size(self) -> int:
        """Return about how many bytes the card takes."""
        return _CARD_BYTES + sum(card.size for card in self.sessions)


class Card(Protocol):
    """What is kept: it stands as long as the bots and sessions of its ids do."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Bots and sessions."""

    @property
    def size(self) -> int:
        """Bytes."""


C = TypeVar("C", bound=Card)


class Cards(Generic[C]):
    """Cards by id, each of the count of changes before it was read; any thread may use them."""

    def __init__(self, roster: RosterChanges) -> None:
        self._roster = roster
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, C]] = {}
        self._byte_count = 0

    def find(self, key: str) -> C | None:
        """Return a card if it stands now; None where the database must be asked."""
        kept = self._kept.get(key)
        checked_ns, roster = self._roster.checked_ns, self._roster
        if kept is None or checked_ns is None or roster.clock() - checked_ns > AGE_NS_MAX:
            return None
        count, card = kept
        return card if roster.stands(count, *card.ids) else None

    def keep(self, key: str, count: int, card: C) -> None:
        """Keep a card; `count` was taken before its rows were read."""
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._byte_count -= before[1].size
            if self._byte_count + card.size > BYTES_MAX:
                self._kept.clear()
                self._byte_count = 0
            self._kept[key] = (count, card)
            self._byte_count += card.size


class RosterMemory:
    """The cards of bots, of sessions that are over, and of those that the host runs."""

    def __init__(self, roster: RosterChanges) -> None:
        self.roster = roster
        self.bots: Cards[BotCard] = Cards(roster)
        self.ended: Cards[SessionCard] = Cards(roster)
        self._running: dict[str, SessionCard] = {}
        self._missed_count = 0
        self._filling = threading.Lock()

    @property
    def is_wanting(self) -> bool:
        """Whether several bots were asked for in vain since the last filling."""
        return self._missed_count >= MISSED_MIN

    def read(self, work: Tables, count: int, bot: BotRow) -> Sequence[SessionRow]:
        """Return a bot's newest sessions and keep both; `count` was taken before all was read."""
        self._missed_count += 1
        rows = work.sessions.of_bot(bot.id, SESSIONS_LISTED_MAX)
        self.bots.keep(bot.id, count, BotCard.of(bot, rows))
        return rows

    def fill(self, store: Store) -> None:
        """Read bots whose sessions run, many at once, if several were asked for in vain."""
        if not self.is_wanting or not self._filling.acquire(blocking=False):
            return
        try:
            self._missed_count = 0
            count = self.roster.count
            with store.reading() as work:
                open_bots = work.sessions.open_bots()
                wanted = [each for each in open_bots if self.bots.find(each) is None]
                bots = work.bots.among(wanted[:FILLED_MAX])
                rows = work.sessions.newest_of([bot.id for bot in bots], SESSIONS_LISTED_MAX)
            for bot in bots:
                self.bots.keep(bot.id, count, BotCard.of(bot, rows.get(bot.id, ())))
        finally:
            self._filling.release()

    def running(self, row: SessionRow) -> SessionCard:
        """Return the card of a session that the host runs: nothing but its state changes."""
        card = self._running.get(row.id)
        if card is None:
            if len(self._running) >= RUNNING_MAX:
                self._running.clear()
            card = self._running[row.id] = SessionCard.of(row)
        return card
