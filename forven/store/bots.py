"""Bots: paper accounts with a pinned strategy, policies and a carried balance; their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from forven.primitives.errors import InvalidInput
from forven.store.errors import NameIsTaken, NoSuchRow
from forven.store.schema import bot_versions, bots
from forven.store.values import batched, values_of

ARCHIVED = "archived"
_CHANGEABLE = frozenset(
    {"name", "description", "status", "wish", "strategy_id", "strategy_hash", "risk", "reprice"}
    | {"starting_capital", "cash_balance", "config", "template_id", "version"}
    | {"updated_ns", "deleted_ns"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRow:
    """A bot; its id is the id of its account.

    status  `idle` or `archived`        wish      `running` or `stopped`
    starting_capital, cash_balance      micros    risk, reprice  as the policies' `to_json`
    strategy_id, strategy_hash  None: it has no strategy yet and cannot be started
    config  what the bot factory keeps beside them
    version  the newest of `bot_versions`
    """

    id: str
    name: str
    description: str
    engine: str
    status: str
    wish: str
    strategy_id: str | None
    strategy_hash: str | None
    starting_capital: int
    cash_balance: int
    risk: dict[str, Any]
    reprice: dict[str, Any]
    config: dict[str, Any]
    template_id: str | None
    version: int
    created_ns: int
    updated_ns: int
    deleted_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotVersion:
    """What a bot was configured as from a moment on."""

    bot_id: str
    version: int
    snapshot: dict[str, Any]
    created_ns: int


class Bots:
    """The rows of `bots` and `bot_versions`; `written`: the bots added or changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.written: set[str] = set()

    def add(self, bot: BotRow) -> None:
        """Add a bot; NameIsTaken if another active one has its name."""
        if bot.status != ARCHIVED:
            self._check_name(bot.name, bot.id)
        self.written.add(bot.id)
        self._connection.execute(insert(bots), [values_of(bot)])

    def get(self, bot_id: str) -> BotRow | None:
        """Return a bot that is not deleted, archived or not; None if there is none."""
        return self._first(_present().where(bots.c.id == bot_id))

    def among(self, bot_ids: Sequence[str]) -> Sequence[BotRow]:
        """Return those of some bots that are not deleted."""
        return [
            bot
            for some in batched(bot_ids)
            for bot in self._all(_present().where(bots.c.id.in_(some)))
        ]

    def named(self, name: str) -> BotRow | None:
        """Return the active bot of a name, None if there is none."""
        return self._first(_present().where(bots.c.name == name, bots.c.status != ARCHIVED))

    def list(self, strategy_id: str | None = None) -> Sequence[BotRow]:
        """Return every bot that is not deleted, or those of a strategy link, oldest first."""
        query = _present().order_by(bots.c.created_ns, bots.c.id)
        if strategy_id is not None:
            query = query.where(bots.c.strategy_id == strategy_id)
        return self._all(query)

    def wishing(self, wish: str) -> Sequence[BotRow]:
        """Return the active bots of a wish (`running` or `stopped`), oldest first."""
        query = _present().where(bots.c.wish == wish, bots.c.status != ARCHIVED)
        return self._all(query.order_by(bots.c.created_ns, bots.c.id))

    def change(self, bot_id: str, **changes: object) -> BotRow:
        """Write the named columns only and return the row after it.

        errors  NoSuchRow; NameIsTaken; InvalidInput for a column that never changes
        """
        if unknown := set(changes) - _CHANGEABLE:
            raise InvalidInput(f"bot: expected columns that may change, found {sorted(unknown)}")
        before = self.get(bot_id)
        if before is None:
            raise NoSuchRow(f"bot {bot_id}: expected it to be there, found none")
        values = {**values_of(before), **changes}
        if values["status"] != ARCHIVED and values["deleted_ns"] is None:
            self._check_name(values["name"], bot_id)
        if changes:
            self.written.add(bot_id)
            self._connection.execute(update(bots).where(bots.c.id == bot_id).values(changes))
        return BotRow(**values)

    def settle(self, bot_id: str, cash_balance: int) -> None:
        """Write the balance that a session of the bot ended with, be the bot deleted or not."""
        self.written.add(bot_id)
        self._connection.execute(
            update(bots).where(bots.c.id == bot_id).values(cash_balance=cash_balance)
        )

    def add_version(self, version: BotVersion) -> None:
        """Add a version; its number must be new."""
        self._connection.execute(insert(bot_versions), [values_of(version)])

    def versions(self, bot_id: str) -> Sequence[BotVersion]:
        """Return a bot's versions, newest first."""
        query = select(bot_versions).where(bot_versions.c.bot_id == bot_id)
        rows = self._connection.execute(query.order_by(bot_versions.c.version.desc()))
        return [BotVersion(**row) for row in rows.mappings()]

    def version(self, bot_id: str, number: int) -> BotVersion | None:
        """Return one version, None if there is none."""
        query = select(bot_versions).where(
            bot_versions.c.bot_id == bot_id, bot_versions.c.version == number
        )
        row = self._connection.execute(query).mappings().first()
        return None if row is None else BotVersion(**row)

    def _check_name(self, name: str, bot_id: str) -> None:
        """Refuse a name that another active bot has."""
        other = self.named(name)
        if other is not None and other.id != bot_id:
            raise NameIsTaken(f"name: expected one that no active bot has, found {name!r}")

    def _first(self, query: Select[Any]) -> BotRow | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else BotRow(**row)

    def _all(self, query: Select[Any]) -> Sequence[BotRow]:
        return [BotRow(**row) for row in self._connection.execute(query).mappings()]


def _present() -> Select[Any]:
    """Return the query of bots that are not deleted."""
    return select(bots).where(bots.c.deleted_ns.is_(None))
