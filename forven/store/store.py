"""The store: everything that is written down, behind one object."""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from forven.market.feeds.frame import FeedDay
from forven.market.home import home_folder
from forven.primitives.errors import InvalidInput
from forven.store.bots import Bots
from forven.store.database import BUSY_TIMEOUT_MS, Database
from forven.store.decisions import Decisions
from forven.store.feed_events import FeedEvents
from forven.store.frame_commit import FrameCommit, FrameCommitted
from forven.store.idempotency import Idempotency
from forven.store.journals import Journals
from forven.store.ledgers import Ledgers
from forven.store.lock import HomeLock
from forven.store.migrate import migrate
from forven.store.projections import Projected, Projection, project
from forven.store.roster_changes import RosterChanges
from forven.store.sessions import SessionOutcome, Sessions
from forven.store.settings import Settings
from forven.store.strategies import Strategies
from forven.store.strategy_results import StrategyResults
from forven.store.tapes import Tape, TapeWriter, read_tape, tape_path
from forven.store.templates import Templates

Rows = NDArray[np.int64]

URL_VARIABLE = "FORVEN_DATABASE_URL"
COMMIT_MARK = "host.commit"
"""The setting that says which commit of a host was the last one."""


class Tables:
    """The families of tables, all on one connection and so in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.strategies = Strategies(connection)
        self.templates = Templates(connection)
        self.bots = Bots(connection)
        self.sessions = Sessions(connection)
        self.journals = Journals(connection)
        self.decisions = Decisions(connection)
        self.ledgers = Ledgers(connection)
        self.results = StrategyResults(connection)
        self.idempotency = Idempotency(connection)
        self.feed_events = FeedEvents(connection)
        self.settings = Settings(connection)

    @property
    def written(self) -> set[str]:
        """The ids of the bots and sessions that were added or changed."""
        return self.bots.written | self.sessions.written


@dataclass(frozen=True, slots=True, eq=False)
class _Attempt:
    """A frame as it was given to be committed, the mark of the transaction, what it brought."""

    frame: FrameCommit
    mark: str
    committed: FrameCommitted


class Store:
    """A database at its newest revision, beside the tapes of its home; any thread may use it."""

    def __init__(self, home: Path, database: Database) -> None:
        self.home = home
        self.database = database
        self.roster = RosterChanges()
        self._projections: dict[str, Projection] = {}
        self._in_doubt: _Attempt | None = None

    @property
    def changes(self) -> int:
        """How many transactions this process has committed; it only rises."""
        return self.database.commits

    def check_roster(self) -> None:
        """Look whether another process has changed bots or sessions; `roster` tells it then."""
        begun_ns = self.roster.clock()
        with self.reading() as tables:
            self.roster.compare(tables.settings, begun_ns)

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        url: str | None = None,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> "Store":
        """Open, and make or migrate, the database of a home.

        home  None: `FORVEN_HOME`        url  None: `FORVEN_DATABASE_URL`, else SQLite in the home
        errors  NewerDatabase, StoreDamaged, StoreBusy, StoreUnreachable, CannotWrite
        """
        folder = home_folder(home)
        database = Database(folder, url or os.environ.get(URL_VARIABLE) or None, busy_timeout_ms)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(folder, database)

    def close(self) -> None:
        """Close the database; what is committed stays."""
        self.database.close()

    def hold(self, owner: str) -> HomeLock:
        """Take the host's lock of this home, and of a database server; HomeInUse if it is held."""
        return HomeLock.take(self.home, self.database, owner)

    def tape_path(self, feed: str, day: date) -> Path:
        """Return where the tape of a feed's day is, be it there or not."""
        return tape_path(self.home, feed, day)

    def read_tape(self, feed: str, day: date) -> Tape:
        """Return what a feed delivered on a day; NoSuchTape, StoreDamaged."""
        return read_tape(self.tape_path(feed, day))

    def open_tape(self, day: FeedDay, tape: Tape | None = None) -> TapeWriter:
        """Return the writer of a day's tape; `tape` if it was read just before."""
        return TapeWriter.open(self.tape_path(day.feed, day.day), day, tape)

    @contextmanager
    def transaction(self) -> Iterator[Tables]:
        """Yield the tables to be written; all is committed on leaving well, else nothing.

        One transaction at a time in the process, and among processes.
        """
        tables: Tables | None = None
        mark: int | None = None
        left: int | None = None
        try:
            with self.database.writing() as connection:
                tables = Tables(connection)
                yield tables
                if tables.written:
                    mark = self.roster.mark(tables.settings)
            left = mark
        finally:
            if tables is not None and tables.written:
                self.roster.note(tables.written, left)

    @contextmanager
    def reading(self) -> Iterator[Tables]:
        """Yield the tables to be read, as they were at one moment."""
        with self.database.reading() as connection:
            yield Tables(connection)

    def commit_frame(self, frame: FrameCommit) -> FrameCommitted:
        """Write what a frame brought, its projections and the balances of ended sessions, at once.

        On any error the same frame may be committed again. Where the error came with the end of the
        transaction nobody knows whether it was made: then it is looked up, and made once.
        """
        touched = {name: rows for name, rows in frame.journal.items() if len(rows)}
        attempt: _Attempt | None = None
        try:
            with self.transaction() as tables:
                earlier = self._in_doubt
                if earlier is not None and earlier.frame is frame:
                    if tables.settings.get(COMMIT_MARK) == earlier.mark:
                        attempt = earlier
                if attempt is None:
                    changes = self._write(tables, frame, touched)
                    attempt = _Attempt(frame, secrets.token_hex(8), _committed(changes))
                    tables.settings.put(COMMIT_MARK, attempt.mark)
        except BaseException:
            self._forget(touched)
            self._in_doubt = attempt or self._in_doubt
            raise
        self._in_doubt = None
        self._forget(frame.results)
        return attempt.committed

    def rebuild_ledgers(self, session_id: str) -> bool:
        """Write a session's orders and transactions anew from its journal.

        Return whether they were what they should be.
        """
        with self.transaction() as tables:
            self._forget([session_id])
            return tables.ledgers.rewrite(_projections(tables, [session_id])[session_id])

    def _write(
        self, tables: Tables, frame: FrameCommit, touched: dict[str, Rows]
    ) -> dict[str, tuple[Projection, Projected]]:
        """Write a frame and return each touched session's projection and what changed in it."""
        tables.journals.append_commands(frame.commands)
        unknown = [name for name in touched if name not in self._projections]
        self._projections.update(_projections(tables, unknown))
        changes = {}
        for session_id, rows in touched.items():
            projection = self._projections[session_id]
            changes[session_id] = (projection, projection.take(rows))
        tables.journals.append_many(touched)
        tables.ledgers.write(changes)
        tables.decisions.append(frame.decisions)
        for session_id, state in frame.states.items():
            tables.sessions.set_state(session_id, state)
        for session_id, outcome in frame.results.items():
            tables.sessions.finish(session_id, outcome)
            _carry(tables, session_id, outcome)
        if frame.feed_events:
            if frame.feed is None or frame.day is None:
                raise InvalidInput("feed_events: expected the feed and the day they belong to")
            tables.feed_events.append(frame.feed, frame.day, frame.feed_events)
        return changes

    def _forget(self, session_ids: Iterable[str]) -> None:
        """Let go of projections that will not be needed, or may be ahead of the database."""
        for session_id in session_ids:
            self._projections.pop(session_id, None)


def _committed(changes: Mapping[str, tuple[Projection, Projected]]) -> FrameCommitted:
    """Return what rows brought, by session."""
    return FrameCommitted(
        orders={name: part.orders for name, (_, part) in changes.items()},
        transactions={name: part.transactions for name, (_, part) in changes.items()},
    )


def _projections(tables: Tables, session_ids: Sequence[str]) -> dict[str, Projection]:
    """Return what sessions' stored journals say, in few statements; NoSuchRow."""
    hashes = tables.sessions.listing_hashes(session_ids)
    listings = {digest: tables.sessions.listing(digest) for digest in set(hashes.values())}
    found = {}
    for session_id, rows in tables.journals.read_many(session_ids).items():
        listing = listings[hashes[session_id]]
        found[session_id] = project(session_id, rows, listing.symbols, listing.multiplier)
    return found


def _carry(tables: Tables, session_id: str, outcome: SessionOutcome) -> None:
    """Make a session's final cash its bot's balance; one that failed without any leaves it."""
    session = tables.sessions.get(session_id)
    if session is not None and outcome.final_cash is not None:
        tables.bots.settle(session.bot_id, outcome.final_cash)
