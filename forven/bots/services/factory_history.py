"""What a bot did, in the words of the bot-factory family: trades, decisions, equity, figures."""

import heapq
from itertools import islice

from forven.bots.services.bot_documents import summary_of
from forven.bots.services.decisions import journal_decisions, log_decisions
from forven.bots.services.factory_bots import FactoryConfigs
from forven.bots.services.factory_documents import equity_document, peak_equity
from forven.bots.services.fields import limit_of
from forven.bots.services.spelling import Document, Documents, moment
from forven.bots.services.standings import bot_found, standing_of
from forven.bots.services.trade_documents import trade_document
from forven.primitives.money import money_text
from forven.store.decisions import decision_document
from forven.store.sessions import SessionRow
from forven.store.store import Tables

LIST_LIMIT = 50
LIST_LIMIT_MAX = 1_000


class FactoryHistory(FactoryConfigs):
    """Reads what bots did."""

    def trades(self, bot_id: str, limit: str | None = None) -> Documents:
        """Return a bot's round trips, newest first, those that are open too."""
        most = limit_of(limit, LIST_LIMIT, LIST_LIMIT_MAX)
        found: Documents = []
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            for row in work.sessions.of_bot(bot.id):
                session = self._records.journal(work, row)
                found += [
                    trade_document(trade, row.id, bot.id, session.symbols)
                    for trade in reversed(session.trades)
                ]
                if len(found) >= most:
                    break
        return found[:most]

    def decisions(self, bot_id: str, limit: str | None = None) -> Documents:
        """Return what a bot decided and what answered it, newest first."""
        most = limit_of(limit, LIST_LIMIT, LIST_LIMIT_MAX)
        found: Documents = []
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            for row in work.sessions.of_bot(bot.id):
                found += self._decisions_of(work, row, most)
                if len(found) >= most:
                    break
        return found[:most]

    def positions(self, bot_id: str) -> Document:
        """Return a bot's equity and what it holds, at the marks of the latest frame."""
        with self._store.reading() as work:
            standing = standing_of(work, bot_found(work, bot_id))
            record = self._records.of(work, standing)
        view = None if standing.active is None else self._host.live(standing.active.id)
        return equity_document(standing, view, record, self._host.status().now)

    def stats(self, bot_id: str) -> Document:
        """Return the figures of a bot's settled sessions and of the trades in them."""
        with self._store.reading() as work:
            standing = standing_of(work, bot_found(work, bot_id))
            record = self._records.of(work, standing)
            rows = work.sessions.of_bot(standing.bot.id)
        view = None if standing.active is None else self._host.live(standing.active.id)
        return {
            "bot_id": standing.bot.id,
            "starting_capital": money_text(standing.bot.starting_capital),
            "cash_balance": money_text(standing.bot.cash_balance),
            "peak_equity": money_text(peak_equity(standing, view, record)),
            "equity_state_started_at": moment(record.first_opened_ns),
            "trades": record.figures.document(),
            "sessions": summary_of(rows),
        }

    def _decisions_of(self, work: Tables, row: SessionRow, most: int) -> Documents:
        """Return the newest decisions of a session, newest first."""
        session = self._records.journal(work, row)
        entries = work.decisions.newest([row.id], most)
        logged = log_decisions(
            [decision_document(entry.number, entry) for entry in entries],
            [entry.ts for entry in entries],
            row.id,
            row.bot_id,
        )
        journaled = journal_decisions(session.rows, row.id, row.bot_id)
        merged = heapq.merge(
            sorted(logged, key=_moment_of, reverse=True),
            sorted(journaled, key=_moment_of, reverse=True),
            key=_moment_of,
            reverse=True,
        )
        return [document for _, _, document in islice(merged, most)]


def _moment_of(decision: tuple[int, int, Document]) -> tuple[int, int]:
    """Return when a decision was made, and which it was in its list."""
    return decision[0], decision[1]
