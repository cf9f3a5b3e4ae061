"""The bots of the `/bots` family: made, listed, changed, deleted, summed up."""

from collections.abc import Mapping
from typing import Any

from forven.bots.errors import EngineNotAvailable, InvalidField, InvalidStrategyId, NoFields
from forven.bots.services.bot_documents import bot_document, summary_of
from forven.bots.services.dependencies import Dependencies, FeedDays
from forven.bots.services.document_cards import RosterMemory
from forven.bots.services.fields import (
    choice_of,
    description_of,
    given_fields,
    name_of,
    section_of,
    uuid_of,
)
from forven.bots.services.policies import RISK_FIELDS, capital_of, reprice_of, risk_of
from forven.bots.services.session_documents import ENGINE, session_document
from forven.bots.services.spelling import Document, Documents
from forven.bots.services.standings import (
    IDLE,
    STOPPED,
    bot_found,
    change_bot,
    check_no_session,
    link_owned,
    names_unique,
    standing_among,
    standing_of,
    standings_of,
)
from forven.engine.documents import shown
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.store.bots import ARCHIVED, BotRow
from forven.store.store import Tables

_OPTIONAL_FIELDS = ("description", "engine", *RISK_FIELDS, "reprice")
CREATE_FIELDS = ("strategy_id", "name", "starting_capital", *_OPTIONAL_FIELDS)
PATCH_FIELDS = ("name", "description", "status", *RISK_FIELDS, "reprice")
_BROKER = "broker_"


class Bots:
    """Makes, lists, changes and deletes bots."""

    def __init__(self, dependencies: Dependencies, memory: RosterMemory) -> None:
        self._store = dependencies.store
        self._memory = memory
        self._host = dependencies.host
        self._days = FeedDays(dependencies.host)
        self._clock = dependencies.clock
        self._new_id = dependencies.new_id

    def create(self, body: object) -> Document:
        """Make a bot over a saved strategy, idle, with its starting capital as its balance.

        errors  InvalidField and its kinds, EngineNotAvailable, StrategyNotOwned, NameTaken
        """
        section = section_of(body, CREATE_FIELDS)
        given = given_fields(body, CREATE_FIELDS)
        strategy_id = uuid_of(given.get("strategy_id"), "strategy_id", InvalidStrategyId)
        capital = capital_of(section, "starting_capital")
        now_ns = self._clock()
        fields: dict[str, Any] = {
            "name": name_of(section),
            "description": description_of(section),
            "risk": risk_of(given).to_json(),
            "reprice": reprice_of(given.get("reprice", {})).to_json(),
            "engine": _engine_of(given),
        }
        with self._store.transaction() as work:
            link = link_owned(work, strategy_id)
            bot = BotRow(
                id=self._new_id(),
                status=IDLE,
                wish=STOPPED,
                strategy_id=link.id,
                strategy_hash=link.hash,
                starting_capital=capital,
                cash_balance=capital,
                config={},
                template_id=None,
                version=1,
                created_ns=now_ns,
                updated_ns=now_ns,
                **fields,
            )
            with names_unique():
                work.bots.add(bot)
            return self._document(work, bot)

    def list(self, strategy_id: str | None = None) -> Documents:
        """Return every bot that is not deleted, oldest first, or those of one saved strategy."""
        if strategy_id is not None:
            strategy_id = uuid_of(strategy_id, "strategy_id", InvalidStrategyId)
        today = self._days.today()
        with self._store.reading() as work:
            standings = standings_of(work, work.bots.list(strategy_id))
        return [bot_document(standing, self._host, today) for standing in standings]

    def get(self, bot_id: str) -> Document:
        """Return a bot and its newest sessions; what was read is kept at hand."""
        count = self._memory.roster.count
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            rows = self._memory.read(work, count, bot)
        document = bot_document(standing_among(bot, rows), self._host, self._days.today())
        sessions = [session_document(row, self._host.live(row.id)) for row in rows]
        return {"bot": document, "sessions": sessions}

    def patch(self, bot_id: str, body: object) -> Document:
        """Change the fields that a body names; the session that runs keeps its own policy.

        errors  NoFields, InvalidField and its kinds, NameTaken, BotHasActiveSession for archiving
        """
        section = section_of(body, PATCH_FIELDS)
        given = given_fields(body, PATCH_FIELDS)
        if not given:
            raise NoFields(f"body: expected at least one of {', '.join(PATCH_FIELDS)}, found none")
        readers = {"name": name_of, "description": description_of, "status": _status_of}
        changes: dict[str, Any] = {
            name: read(section, name) for name, read in readers.items() if name in given
        }
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            changes |= _policy_changes(bot, given)
            if changes.get("status") == ARCHIVED:
                check_no_session(work, bot, "be archived")
                changes["wish"] = STOPPED
            changed = change_bot(work, bot, self._clock(), changes)
            return self._document(work, changed)

    def delete(self, bot_id: str) -> None:
        """Delete a bot; its sessions stay written down. errors: NotFound, BotHasActiveSession."""
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            check_no_session(work, bot, "be deleted")
            work.bots.change(bot.id, wish=STOPPED, deleted_ns=self._clock())

    def summary(self, bot_id: str) -> Document:
        """Return what a bot's settled sessions came to."""
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            rows = work.sessions.of_bot(bot.id)
        return {"bot_id": bot.id, **summary_of(rows)}

    def _document(self, work: Tables, bot: BotRow) -> Document:
        """Return a bot as readers get it."""
        return bot_document(standing_of(work, bot), self._host, self._days.today())


def _engine_of(given: Mapping[str, object]) -> str:
    """Return the engine, `live_sim`; a broker's is not there."""
    engine = given.get("engine", ENGINE)
    if isinstance(engine, str) and engine.startswith(_BROKER):
        raise EngineNotAvailable(
            f"engine: expected {ENGINE}, found {shown(engine)}; brokers are not connected, "
            "execution is paper only"
        )
    if engine != ENGINE:
        raise InvalidField(f"engine: expected {ENGINE}, found {shown(engine)}; leave it out")
    return ENGINE


def _status_of(section: Any, field: str) -> str:
    """Return the status that a body asks for."""
    return choice_of(section, field, (IDLE, ARCHIVED))


def _policy_changes(bot: BotRow, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the policies after a body; fields it does not name stay as they are."""
    changes: dict[str, Any] = {}
    if any(name in given for name in RISK_FIELDS):
        changes["risk"] = risk_of(given, RiskPolicy.from_json(bot.risk)).to_json()
    if "reprice" in given:
        present = RepricePolicy.from_json(bot.reprice)
        changes["reprice"] = reprice_of(given["reprice"], present).to_json()
    return changes
