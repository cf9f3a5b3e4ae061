"""Sessions: one bot on one trading day, with what was frozen at its start and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update

from forven.kernels.schema import PLAN_WIDTH
from forven.market.bounds import SessionBounds
from forven.primitives.identifiers import content_hash
from forven.store.blobs import rows_of
from forven.store.errors import NoSuchRow, SessionIsThere, StoreConflict, StoreDamaged
from forven.store.schema import listings, sessions
from forven.store.values import batched, values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a day lists: OSI symbols in instrument order, and what a contract is worth."""

    root: str
    underlying: str
    multiplier: int
    symbols: tuple[str, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: equal listings have equal hashes."""
        return content_hash({**values_of(self), "symbols": list(self.symbols)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session; what comes after `created_ns` is None until it is final.

    state         scheduled, registering, waiting_for_data, running, settling, completed, halted,
                  killing, killed, failed
    plan          the kernel's plan row, little-endian int64; `plan_row` reads it
    symbols_hash  of its `Listing`
    opened_ns     the feed's clock when it was opened       money in micros
    """

    id: str
    bot_id: str
    day: date
    feed: str
    state: str
    policy: dict[str, Any]
    strategy_hash: str
    opening_cash: int
    plan: bytes
    bounds: SessionBounds
    symbols_hash: str
    opened_ns: int
    created_ns: int
    ended_ns: int | None = None
    final_cash: int | None = None
    final_nlv: int | None = None
    realized_pl: int | None = None
    total_pl: int | None = None
    max_intraday_dd: int | None = None
    fees: int | None = None
    slippage: int | None = None
    fills: int | None = None
    digest: str | None = None
    reason: str | None = None

    @property
    def plan_row(self) -> NDArray[np.int64]:
        """The (PLAN_WIDTH,) int64 plan, a new array."""
        rows = rows_of(self.plan, PLAN_WIDTH)
        if len(rows) != 1:
            raise StoreDamaged(f"session {self.id}: expected one plan row, found {len(rows)}")
        return rows[0]

    @property
    def is_over(self) -> bool:
        """Whether it is final: nothing of it changes any more."""
        return self.ended_ns is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    """What a session ended as; figures are None where it failed before it had any."""

    state: str
    ended_ns: int
    final_cash: int | None
    final_nlv: int | None
    realized_pl: int | None
    total_pl: int | None
    max_intraday_dd: int | None
    fees: int | None
    slippage: int | None
    fills: int | None
    digest: str | None
    reason: str | None = None


class Sessions:
    """The rows of `sessions` and `listings`; `written`: sessions changed, bots that got one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.written: set[str] = set()

    def keep_listing(self, listing: Listing) -> str:
        """Keep a listing unless it is there; return its hash."""
        digest = listing.hash
        query = select(listings.c.hash).where(listings.c.hash == digest)
        if self._connection.execute(query).first() is None:
            values = {**values_of(listing), "symbols": list(listing.symbols), "hash": digest}
            self._connection.execute(insert(listings), [values])
        return digest

    def listing(self, digest: str) -> Listing:
        """Return the listing of a hash; NoSuchRow if there is none."""
        query = select(listings).where(listings.c.hash == digest)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NoSuchRow(f"listing {digest}: expected it to be there, found none")
        found = {name: row[name] for name in ("root", "underlying", "multiplier")}
        return Listing(**found, symbols=tuple(row["symbols"]))

    def listing_hashes(self, session_ids: Sequence[str]) -> dict[str, str]:
        """Return the hash of each session's listing; NoSuchRow if a session is not there."""
        found: dict[str, str] = {}
        for some in batched(session_ids):
            query = select(sessions.c.id, sessions.c.symbols_hash).where(sessions.c.id.in_(some))
            found.update((row.id, row.symbols_hash) for row in self._connection.execute(query))
        if missing := set(session_ids) - set(found):
            raise NoSuchRow(f"session {min(missing)}: expected it to be there, found none")
        return found

    def add(self, session: SessionRow) -> None:
        """Add a session; its listing must be there. SessionIsThere if its bot has one that day."""
        found = self.on_day(session.bot_id, session.day)
        if found is not None:
            raise SessionIsThere(
                f"bot {session.bot_id}: expected no session on {session.day}, found {found.id}"
            )
        self.written.update((session.id, session.bot_id))
        values = {**values_of(session), "bounds": session.bounds.as_dict()}
        self._connection.execute(insert(sessions), [values])

    def get(self, session_id: str) -> SessionRow | None:
        """Return a session, None if there is none."""
        return self._first(select(sessions).where(sessions.c.id == session_id))

    def on_day(self, bot_id: str, day: date) -> SessionRow | None:
        """Return a bot's session of a day, None if there is none."""
        return self._first(
            select(sessions).where(sessions.c.bot_id == bot_id, sessions.c.day == day)
        )

    def of_bot(self, bot_id: str, limit: int | None = None) -> Sequence[SessionRow]:
        """Return a bot's sessions, newest day first."""
        query = select(sessions).where(sessions.c.bot_id == bot_id)
        return self._all(query.order_by(sessions.c.day.desc()).limit(limit))

    def newest_of(self, bot_ids: Sequence[str], limit: int) -> dict[str, list[SessionRow]]:
        """Return the newest sessions of some bots, newest day first, by the bot's id."""
        found: dict[str, list[SessionRow]] = {}
        place = func.row_number().over(
            partition_by=sessions.c.bot_id, order_by=sessions.c.day.desc()
        )
        for some in batched(bot_ids):
            numbered = select(sessions.c.id, place.label("place"))
            newest = numbered.where(sessions.c.bot_id.in_(some)).subquery()
            query = select(sessions).join(newest, sessions.c.id == newest.c.id)
            query = query.where(newest.c.place <= limit)
            for row in self._all(query.order_by(sessions.c.bot_id, sessions.c.day.desc())):
                found.setdefault(row.bot_id, []).append(row)
        return found

    def ids(self) -> list[str]:
        """Return the ids of all sessions, by day and creation."""
        query = select(sessions.c.id).order_by(sessions.c.day, sessions.c.created_ns, sessions.c.id)
        return list(self._connection.execute(query).scalars())

    def open(self, feed: str | None = None) -> Sequence[SessionRow]:
        """Return the sessions that are not over, of one feed or of all, by day and creation."""
        query = select(sessions).where(sessions.c.ended_ns.is_(None))
        if feed is not None:
            query = query.where(sessions.c.feed == feed)
        return self._all(query.order_by(sessions.c.day, sessions.c.created_ns, sessions.c.id))

    def busy_bots(self, day: date) -> set[str]:
        """Return the bots that have a session of a day, or one that is not over."""
        is_busy = (sessions.c.day == day) | sessions.c.ended_ns.is_(None)
        return set(self._connection.execute(select(sessions.c.bot_id).where(is_busy)).scalars())

    def open_bots(self) -> list[str]:
        """Return the bots of the sessions that are not over."""
        query = select(sessions.c.bot_id).where(sessions.c.ended_ns.is_(None))
        return list(dict.fromkeys(self._connection.execute(query).scalars()))

    def last_by_bot(self) -> dict[str, SessionRow]:
        """Return every bot's newest session that is over, by the bot's id."""
        days = select(sessions.c.bot_id, func.max(sessions.c.day).label("day"))
        days = days.where(sessions.c.ended_ns.is_not(None))
        newest = days.group_by(sessions.c.bot_id).subquery()
        query = select(sessions).join(
            newest, (sessions.c.bot_id == newest.c.bot_id) & (sessions.c.day == newest.c.day)
        )
        return {row.bot_id: row for row in self._all(query)}

    def set_state(self, session_id: str, state: str, reason: str | None = None) -> None:
        """Write the state of a session that is not over, and a reason if there is one."""
        values = {"state": state} if reason is None else {"state": state, "reason": reason}
        self._change(session_id, values)

    def finish(self, session_id: str, outcome: SessionOutcome) -> None:
        """Write what a session ended as, once; StoreConflict if it is over already."""
        self._change(session_id, values_of(outcome))

    def _change(self, session_id: str, values: dict[str, Any]) -> None:
        self.written.add(session_id)
        done = self._connection.execute(
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.ended_ns.is_(None))
            .values(values)
        )
        if done.rowcount != 1:
            found = self.get(session_id)
            if found is None:
                raise NoSuchRow(f"session {session_id}: expected it to be there, found none")
            raise StoreConflict(
                f"session {session_id}: expected one that is not over, found it {found.state}"
            )

    def _first(self, query: Select[Any]) -> SessionRow | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _session_of(row)

    def _all(self, query: Select[Any]) -> Sequence[SessionRow]:
        return [_session_of(row) for row in self._connection.execute(query).mappings()]


def _session_of(row: RowMapping) -> SessionRow:
    """Return the record of a row."""
    values = dict(row)
    bounds = SessionBounds.from_dict(values.pop("bounds"))
    return SessionRow(**values, bounds=bounds)
