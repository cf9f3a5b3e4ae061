"""Bots of the bot-factory family: made, read, changed, cloned, compared with what they were."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forven.bots.errors import (
    InvalidField,
    InvalidStartingCapital,
    InvalidStrategyId,
    NoFields,
    NotFound,
    PaperOnly,
)
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.factory_documents import (
    EXECUTION_MODE,
    config_document,
    factory_document,
)
from forven.bots.services.factory_fields import (
    DEFAULTS,
    KEPT_FIELDS,
    NOTES,
    read_config,
    risk_fields,
)
from forven.bots.services.fields import name_of, section_of, uuid_of
from forven.bots.services.policies import reprice_of, risk_of
from forven.bots.services.session_documents import ENGINE
from forven.bots.services.spelling import Document, Documents, moment
from forven.bots.services.standings import (
    IDLE,
    STOPPED,
    Standing,
    bot_found,
    change_bot,
    link_owned,
    names_unique,
    standing_of,
    standings_of,
)
from forven.bots.services.strategies import leg_count_of
from forven.bots.services.templates import template_found
from forven.bots.services.track_records import TrackRecords
from forven.bots.services.versions import changes_between, snapshot_of
from forven.engine.documents import shown
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.primitives.money import micros_of
from forven.store.bots import BotRow
from forven.store.store import Tables

_MODE_FIELDS = ("execution_mode", "live_wallet")
_VERSION_DIGITS_MAX = 10


class FactoryConfigs:
    """Makes and changes bots by their config."""

    def __init__(self, dependencies: Dependencies, records: TrackRecords) -> None:
        self._store = dependencies.store
        self._host = dependencies.host
        self._clock = dependencies.clock
        self._new_id = dependencies.new_id
        self._records = records
        self._leg_counts: dict[str, int] = {}

    def list(self) -> Documents:
        """Return every bot that is not deleted, oldest first."""
        with self._store.reading() as work:
            standings = standings_of(work, work.bots.list())
            return [self._document(work, standing) for standing in standings]

    def get(self, bot_id: str) -> Document:
        """Return one bot, with what each field of its config does."""
        with self._store.reading() as work:
            document = self._document(work, standing_of(work, bot_found(work, bot_id)))
        return {**document, "config_notes": NOTES}

    def create(self, body: object) -> Document:
        """Make a bot, stopped; left-out fields are those of the template, else the defaults.

        errors  InvalidField and its kinds, StrategyNotOwned, NotFound (template), NameTaken,
                PaperOnly
        """
        given = read_config(_on_paper(body))
        with self._store.transaction() as work:
            template_id = given.get("template_id")
            begun = {} if template_id is None else template_found(work, template_id).config
            config = {**DEFAULTS, "name": _free_name(work), **begun, **given}
            bot = self._bot_of(work, config, self._clock())
            with names_unique():
                work.bots.add(bot)
            return self._document(work, standing_of(work, bot))

    def update(self, bot_id: str, body: object) -> Document:
        """Change the fields that a body names; what the bot was is kept as a version.

        errors  NotFound, NoFields, InvalidField and its kinds, StrategyNotOwned, NameTaken,
                PaperOnly
        """
        given = read_config(_on_paper(body))
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            if not given:
                raise NoFields("body: expected at least one field of the config, found none")
            changes = self._changes(work, bot, given)
            changed = change_bot(work, bot, self._clock(), changes)
            return self._document(work, standing_of(work, changed))

    def clone(self, bot_id: str, body: object) -> Document:
        """Make a stopped bot with the config of another; it starts with the same capital.

        errors  NotFound, InvalidField, NameTaken
        """
        name = name_of(section_of(body, ("new_name",)), "new_name")
        now_ns = self._clock()
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            copy = replace(
                bot,
                id=self._new_id(),
                name=name,
                status=IDLE,
                wish=STOPPED,
                cash_balance=bot.starting_capital,
                version=1,
                created_ns=now_ns,
                updated_ns=now_ns,
            )
            with names_unique():
                work.bots.add(copy)
            return self._document(work, standing_of(work, copy))

    def go_live(self, bot_id: str, body: object) -> Document:  # noqa: ARG002 - whatever it says
        """Refuse: execution is locked to paper. errors: NotFound, PaperOnly."""
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
        raise PaperOnly(
            f"bot {bot.name!r}: expected paper execution, found a request to trade real money; "
            "no broker is connected"
        )

    def go_paper(self, bot_id: str) -> Document:
        """Say that a bot trades on paper, as it does always."""
        with self._store.reading() as work:
            return {"status": EXECUTION_MODE, "bot_id": bot_found(work, bot_id).id}

    def from_strategy(self, strategy_id: str) -> Document:
        """Return a config prefilled for a saved strategy; nothing is made yet."""
        with self._store.reading() as work:
            link = link_owned(work, uuid_of(strategy_id, "strategy_id", InvalidStrategyId))
        named = {"name": link.name, "description": link.description, "strategy_id": link.id}
        return {"config": {**DEFAULTS, **named}, "strategy_id": link.id}

    def versions(self, bot_id: str) -> Documents:
        """Return how a bot is configured and how it was before each change, newest first."""
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            before = work.bots.versions(bot.id)
        present = {"version": bot.version, "created_at": moment(bot.updated_ns)}
        return [
            {**present, "config": snapshot_of(bot)},
            *(
                {
                    "version": version.version,
                    "created_at": moment(version.created_ns),
                    "config": version.snapshot,
                }
                for version in before
            ),
        ]

    def diff(self, bot_id: str, first: str, second: str) -> Document:
        """Return what differs between two versions of a bot: {v1, v2, changes}."""
        numbers = [_version_number(text) for text in (first, second)]
        with self._store.reading() as work:
            bot = bot_found(work, bot_id)
            before, after = (_snapshot(work, bot, number) for number in numbers)
        return {"v1": numbers[0], "v2": numbers[1], "changes": changes_between(before, after)}

    def _bot_of(self, work: Tables, config: Mapping[str, Any], now_ns: int) -> BotRow:
        """Return the row of a whole config."""
        strategy_id, strategy_hash = config["strategy_id"], None
        if strategy_id is not None:
            link = link_owned(work, strategy_id)
            strategy_id, strategy_hash = link.id, link.hash
        capital = micros_of(config["capital_allocation"])
        fields = risk_fields(config, self._leg_count(work, strategy_hash))
        return BotRow(
            id=self._new_id(),
            name=config["name"],
            description=config["description"],
            engine=ENGINE,
            status=IDLE,
            wish=STOPPED,
            strategy_id=strategy_id,
            strategy_hash=strategy_hash,
            starting_capital=capital,
            cash_balance=capital,
            risk=risk_of(fields).to_json(),
            reprice=reprice_of(config.get("reprice", {})).to_json(),
            config={name: config[name] for name in KEPT_FIELDS},
            template_id=config["template_id"],
            version=1,
            created_ns=now_ns,
            updated_ns=now_ns,
        )

    def _changes(self, work: Tables, bot: BotRow, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns that a config changes."""
        changes = {name: given[name] for name in ("name", "description") if name in given}
        digest = bot.strategy_hash
        if "strategy_id" in given:
            if given["strategy_id"] is None:
                raise InvalidStrategyId("strategy_id: expected a UUID, found null")
            link = link_owned(work, given["strategy_id"])
            digest = link.hash
            changes |= {"strategy_id": link.id, "strategy_hash": link.hash}
        if "template_id" in given:
            if given["template_id"] is not None:
                template_found(work, given["template_id"])
            changes["template_id"] = given["template_id"]
        if "capital_allocation" in given:
            changes |= _capital_changes(work, bot, micros_of(given["capital_allocation"]))
        if "reprice" in given:
            present = RepricePolicy.from_json(bot.reprice)
            changes["reprice"] = reprice_of(given["reprice"], present).to_json()
        fields = risk_fields(given, self._leg_count(work, digest))
        if fields:
            changes["risk"] = risk_of(fields, RiskPolicy.from_json(bot.risk)).to_json()
        kept = {name: given[name] for name in KEPT_FIELDS if name in given}
        return {**changes, "config": {**bot.config, **kept}}

    def _document(self, work: Tables, standing: Standing) -> Document:
        """Return a bot as readers get it."""
        view = None if standing.active is None else self._host.live(standing.active.id)
        return factory_document(
            standing,
            view,
            self._records.of(work, standing),
            config_document(standing.bot, self._leg_count(work, standing.bot.strategy_hash)),
            self._host.status().heartbeat_ns,
        )

    def _leg_count(self, work: Tables, strategy_hash: str | None) -> int:
        """Return how many instruments a position of a program holds; 1 without a program."""
        if strategy_hash is None:
            return 1
        if strategy_hash not in self._leg_counts:
            program = work.strategies.program(strategy_hash)
            count = 1 if program is None else leg_count_of(program.kind, program.program)
            self._leg_counts[strategy_hash] = count
        return self._leg_counts[strategy_hash]


def _on_paper(body: object) -> object:
    """Return a body without its execution mode; errors: PaperOnly for any but paper."""
    if not isinstance(body, Mapping):
        return body
    if body.get("execution_mode", EXECUTION_MODE) != EXECUTION_MODE or body.get("live_wallet"):
        raise PaperOnly(
            "execution_mode: expected paper and no live_wallet, found a request to trade real "
            "money; no broker is connected"
        )
    return {name: value for name, value in body.items() if name not in _MODE_FIELDS}


def _capital_changes(work: Tables, bot: BotRow, capital: int) -> dict[str, int]:
    """Return the columns of another starting capital; errors: InvalidStartingCapital."""
    if capital == bot.starting_capital:
        return {}
    if work.sessions.of_bot(bot.id, 1):
        raise InvalidStartingCapital(
            "capital_allocation: expected the capital that the account started with, for it has "
            f"traded already; found {shown(capital)} micros; clone the bot to start anew"
        )
    return {"starting_capital": capital, "cash_balance": capital}


def _free_name(work: Tables) -> str:
    """Return the first of "Untitled Bot", "Untitled Bot 2", ... that no active bot has."""
    name, number = str(DEFAULTS["name"]), 1
    while work.bots.named(name) is not None:
        number += 1
        name = f"{DEFAULTS['name']} {number}"
    return name


def _version_number(text: str) -> int:
    """Return the number of a version."""
    if not (text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS_MAX):
        raise InvalidField(f"version: expected a whole number, found {shown(text)}")
    return int(text)


def _snapshot(work: Tables, bot: BotRow, number: int) -> Document:
    """Return what a bot was configured as in a version, the present one included."""
    if number == bot.version:
        return snapshot_of(bot)
    version = work.bots.version(bot.id, number)
    if version is None:
        raise NotFound(f"version: expected 1 to {bot.version}, found {number}")
    return version.snapshot
