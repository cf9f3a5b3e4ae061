"""Hot documents out of memory alone, as bytes: an event loop may ask for them, nothing here waits.

None means that the database is needed: the services answer the same from there, and keep what they
read for the next time. What is here is never older than what this process has told anybody: cards
stand only while the store counts no change of them, and the host shows what a command did before it
acknowledges it.
"""

import orjson

from forven.bots.live_view import LiveView
from forven.bots.services.bot_documents import state_today
from forven.bots.services.dependencies import FeedDays, HostSurface
from forven.bots.services.document_cards import AGE_NS_MAX, BotCard, RosterMemory, SessionCard
from forven.bots.services.sessions import Sessions
from forven.bots.services.spelling import Page
from forven.bots.states import runtime_status
from forven.kernels import schema
from forven.primitives.money import money_text
from forven.store.store import Store

ROWS_MAX = 2_000
"""Journal rows of a session whose documents are made at once."""

CHECK_NS = AGE_NS_MAX // 2
FILL_NS = CHECK_NS // 5
"""So often the roster is looked at while documents are read, and while bots are missing."""


class AtHand:
    """Bots, sessions and what hangs below them, as far as memory has them."""

    def __init__(
        self, store: Store, host: HostSurface, memory: RosterMemory, sessions: Sessions
    ) -> None:
        self._store = store
        self._host = host
        self._memory = memory
        self._sessions = sessions
        self._asked_ns: int | None = None
        self._days = FeedDays(host)

    def is_check_due(self) -> bool:
        """Return whether `check` should be called soon; says so once for a while."""
        roster = self._memory.roster
        now_ns = roster.clock()
        wait_ns = FILL_NS if self._memory.is_wanting else CHECK_NS
        if any(
            moment is not None and now_ns - moment < wait_ns
            for moment in (roster.checked_ns, self._asked_ns)
        ):
            return False
        self._asked_ns = now_ns
        return True

    def check(self) -> None:
        """Look whether another process has changed something, and read what will be asked for."""
        self._store.check_roster()
        self._memory.fill(self._store)

    def bot(self, bot_id: str) -> bytes | None:
        """Return what `bots.get` does."""
        card = self._memory.bots.find(bot_id)
        if card is None:
            return None
        view = None if card.active is None else self._view(card.active)
        if card.active is not None and view is None:
            return None
        active = None if card.active is None else card.active.document(view)
        document = {
            "bot": self._bot_document(card, active, view),
            "sessions": [
                active if each is card.active else each.document(self._view(each))
                for each in card.sessions
            ],
        }
        # A session that ended meanwhile is over in the store before the host lets it go.
        return orjson.dumps(document) if self._memory.bots.find(bot_id) is card else None

    def session(self, bot_id: str, session_id: str) -> bytes | None:
        """Return what `sessions.get` does, of a session that runs or is known to be over."""
        view = self._sessions.running(bot_id, session_id)
        if view is not None:
            return orjson.dumps(self._memory.running(view.row).document(view))
        card = self._memory.ended.find(session_id)
        if card is None or card.bot_id != bot_id:
            return None
        return orjson.dumps(card.spelled)

    def positions(self, bot_id: str, session_id: str) -> bytes | None:
        """Return what `sessions.positions` does, of a session that runs."""
        view = self._small(bot_id, session_id)
        return None if view is None else orjson.dumps(self._sessions.positions_of(view))

    def orders(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page | None:
        """Return what `sessions.orders` does, of a session that runs."""
        view = self._small(bot_id, session_id)
        return None if view is None else self._sessions.page_of(view.orders, limit, after)

    def transactions(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page | None:
        """Return what `sessions.transactions` does, of a session that runs."""
        view = self._small(bot_id, session_id)
        return None if view is None else self._sessions.page_of(view.transactions, limit, after)

    def _small(self, bot_id: str, session_id: str) -> LiveView | None:
        """Return a session that runs, unless its documents may be long: a loop would wait."""
        view = self._sessions.running(bot_id, session_id)
        return None if view is None or len(view.rows) > ROWS_MAX else view

    def _view(self, card: SessionCard) -> LiveView | None:
        """Return a session as the host has it; None if it is over."""
        return None if card.is_over else self._host.live(card.id)

    def _bot_document(
        self, card: BotCard, active: object, view: LiveView | None
    ) -> dict[str, object]:
        """Return a bot for orjson."""
        row, last = card.row, card.last
        document = {**card.spelled, "active_session": active}
        if last is not None:
            document["last_session"] = last.spelled
        if view is not None:
            document["current_value"] = money_text(int(view.state[schema.STATE_NLV]))
        ended = None if last is None or view is not None else state_today(last, self._days.today())
        state = None if view is None else view.state_name
        document["runtime_status"] = runtime_status(row.status, state, ended)
        return document
