"""The sessions of a bot: opened, read, stopped."""

from dataclasses import dataclass
from typing import Any

from forven.bots.errors import (
    BotNotIdle,
    BotSessionExists,
    CodedError,
    NotFound,
    RegisterFailed,
    SessionTerminal,
)
from forven.bots.live_view import LiveView
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.document_cards import SESSIONS_LISTED_MAX, RosterMemory, SessionCard
from forven.bots.services.fields import cursor_of, limit_of, uuid_of
from forven.bots.services.financials import HistoryQuery, history_of
from forven.bots.services.positions import FoldedHoldings, holdings_of, position_documents
from forven.bots.services.replays import Replays
from forven.bots.services.session_documents import session_document, state_of
from forven.bots.services.spelling import Document, Documents, Page
from forven.bots.services.standings import bot_found, session_found, standing_of
from forven.bots.states import is_terminal
from forven.primitives.errors import CannotWrite, ForvenError
from forven.store.bots import ARCHIVED
from forven.store.decisions import decision_document
from forven.store.errors import SessionIsThere, StoreBusy, StoreUnreachable
from forven.store.sessions import SessionRow

_LIST_LIMIT = 1_000


class Sessions:
    """Opens, reads and stops sessions."""

    def __init__(self, dependencies: Dependencies, replays: Replays, memory: RosterMemory) -> None:
        self._store = dependencies.store
        self._memory = memory
        self._host = dependencies.host
        self._replays = replays
        self._holdings = FoldedHoldings()

    def list(self, bot_id: str) -> Documents:
        """Return a bot's sessions, newest first, at most 90."""
        with self._store.reading() as work:
            rows = work.sessions.of_bot(bot_found(work, bot_id).id, SESSIONS_LISTED_MAX)
        return [session_document(row, self._host.live(row.id)) for row in rows]

    def open(self, bot_id: str) -> Document:
        """Open the session of the feed's day; return its id once it is durable.

        errors  NotFound, BotNotIdle, BotSessionExists, OutsideTradingHours,
                LiveTradingUnavailable, RegisterFailed
        """
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            active = standing_of(work, bot).active
        if bot.status == ARCHIVED:
            raise BotNotIdle(f"bot {bot.name!r}: expected an idle bot, found it archived")
        if active is not None:
            raise BotNotIdle(
                f"bot {bot.name!r}: expected no session that is not over, found {active.id} of "
                f"{active.day} {active.state}"
            )
        try:
            row: Any = self._host.open_session(bot.id)
        except SessionIsThere as cause:
            raise BotSessionExists(str(cause)) from None
        except (CodedError, StoreBusy, StoreUnreachable, CannotWrite):
            raise
        except ForvenError as cause:
            raise RegisterFailed(f"the session could not be registered: {cause}") from cause
        return {"session_id": row.id}

    def get(self, bot_id: str, session_id: str) -> Document:
        """Return one session; one that is over is kept at hand."""
        return session_document(*self._found(bot_id, session_id))

    def stop(self, bot_id: str, session_id: str) -> Document:
        """Stop a session: orders are cancelled, it acts no more, what it holds settles.

        errors  SessionTerminal where it is over already
        """
        row = self._commandable(bot_id, session_id)
        self._host.stop_session(row.id)
        return self.get(bot_id, session_id)

    def cancel_all_orders(self, bot_id: str, session_id: str) -> Document:
        """Cancel every pending order; the session goes on. errors: SessionTerminal."""
        row = self._commandable(bot_id, session_id)
        self._host.cancel_all(row.id)
        return self.get(bot_id, session_id)

    def orders(
        self, bot_id: str, session_id: str, limit: str | None = None, after: str | None = None
    ) -> Page:
        """Return orders in the order they were placed."""
        view = self.running(bot_id, session_id)
        if view is not None:
            return self.page_of(view.orders, limit, after)
        part = _Part.of(limit, after)
        with self._store.reading() as work:
            row = session_found(work, bot_id, session_id)
            return part.cut(work.ledgers.orders(row.id, part.after, part.limit + 1))

    def transactions(
        self, bot_id: str, session_id: str, limit: str | None = None, after: str | None = None
    ) -> Page:
        """Return fills of legs and settlements in their order."""
        view = self.running(bot_id, session_id)
        if view is not None:
            return self.page_of(view.transactions, limit, after)
        part = _Part.of(limit, after)
        with self._store.reading() as work:
            row = session_found(work, bot_id, session_id)
            return part.cut(work.ledgers.transactions(row.id, part.after, part.limit + 1))

    def positions(self, bot_id: str, session_id: str) -> Documents:
        """Return what a session has traded, at the latest marks while it runs."""
        view = self.running(bot_id, session_id)
        if view is not None:
            return self.positions_of(view)
        with self._store.reading() as work:
            row = session_found(work, bot_id, session_id)
            rows = work.journals.read_rows(row.id)
            listing = work.sessions.listing(row.symbols_hash)
        held = holdings_of(rows, listing.multiplier)
        return position_documents(row.id, held, listing.symbols, listing.multiplier, None)

    def positions_of(self, view: LiveView) -> Documents:
        """Return what a session that runs has traded, at the latest marks."""
        found = self._holdings.of(view.session_id, view.rows, view.multiplier)
        return position_documents(view.session_id, found, view.symbols, view.multiplier, view.marks)

    def page_of(self, documents: Documents, limit: str | None, after: str | None) -> Page:
        """Return the part of a session's list that a query names."""
        part = _Part.of(limit, after)
        return part.cut(documents[part.after : part.after + part.limit + 1])

    def financials(self, bot_id: str, session_id: str, query: dict[str, str]) -> Document:
        """Return the session with the history of its account.

        Of a session that is over the history is computed again from its tape and its commands.
        """
        wanted = HistoryQuery.of(query)
        row, view = self._found(bot_id, session_id)
        rows = self._replays.financials(row) if view is None else view.financials
        history, next_after = history_of(rows, row.opening_cash, wanted)
        return {**session_document(row, view), "history": history, "next_after": next_after}

    def decision_log(
        self, bot_id: str, session_id: str, limit: str | None = None, after: str | None = None
    ) -> Page:
        """Return what the strategy said, in the order it said it."""
        part = _Part.of(limit, after)
        with self._store.reading() as work:
            row = session_found(work, bot_id, session_id)
            found = work.decisions.read(row.id, part.after, part.limit + 1)
        return part.cut([decision_document(entry.number, entry) for entry in found])

    def running(self, bot_id: str, session_id: str) -> LiveView | None:
        """Return a session of a bot as the host has it in memory; None if it does not run it."""
        view = self._host.live(uuid_of(session_id, "session_id", NotFound))
        if view is None or view.row.bot_id != uuid_of(bot_id, "bot_id", NotFound):
            return None
        return view

    def _found(self, bot_id: str, session_id: str) -> tuple[SessionRow, LiveView | None]:
        """Return a session and how the host has it in memory; None once it is over.

        The host is asked first: a session that it let go before is over in the store by now.
        """
        view = self._host.live(uuid_of(session_id, "session_id", NotFound))
        count = self._memory.roster.count
        with self._store.reading() as work:
            row = session_found(work, bot_id, session_id)
        if row.is_over:
            self._memory.ended.keep(row.id, count, SessionCard.of(row))
        return row, None if row.is_over else view

    def _commandable(self, bot_id: str, session_id: str) -> SessionRow:
        """Return a session that still takes commands."""
        row, view = self._found(bot_id, session_id)
        state = state_of(row, view)
        if is_terminal(state):
            raise SessionTerminal(
                f"session {row.id}: expected one that is not over, found it {state}"
            )
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The part of a list numbered from 1 without gaps that is wanted; `after` items were read."""

    limit: int
    after: int

    @classmethod
    def of(cls, limit: str | None, after: str | None) -> "_Part":
        """Return the part that a query names."""
        return cls(limit=limit_of(limit, _LIST_LIMIT), after=max(0, cursor_of(after)))

    def cut(self, found: Documents) -> Page:
        """Return the page of what was found behind the cursor, one item beyond it included."""
        is_more = len(found) > self.limit
        return Page(found[: self.limit], str(self.after + self.limit) if is_more else None)
