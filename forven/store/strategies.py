"""Programs kept by their hash, never changed, and the links by which they are named."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from forven.store.errors import NoSuchRow, StoreConflict
from forven.store.schema import strategies, strategy_links
from forven.store.values import values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRow:
    """A program: `kind` is `structured` or `script`, `program` its canonical text or source."""

    hash: str
    kind: str
    program: str
    created_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyLink:
    """A name for a program; `privacy` is `private` or `public`."""

    id: str
    hash: str
    name: str
    description: str
    privacy: str
    created_ns: int
    updated_ns: int
    deleted_ns: int | None = None


class Strategies:
    """The rows of `strategies` and `strategy_links`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, strategy: StrategyRow) -> StrategyRow:
        """Keep a program unless its hash is there; return the row that is there then."""
        found = self.program(strategy.hash)
        if found is None:
            self._connection.execute(insert(strategies), [values_of(strategy)])
            return strategy
        if (found.kind, found.program) != (strategy.kind, strategy.program):
            raise StoreConflict(f"strategy {strategy.hash}: expected the program kept under it")
        return found

    def program(self, digest: str) -> StrategyRow | None:
        """Return the program of a hash, None if there is none."""
        query = select(strategies).where(strategies.c.hash == digest)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else StrategyRow(**row)

    def add_link(self, link: StrategyLink) -> None:
        """Add a link; its program must be there."""
        self._connection.execute(insert(strategy_links), [values_of(link)])

    def link(self, link_id: str) -> StrategyLink | None:
        """Return a link that is not deleted, None if there is none."""
        query = select(strategy_links).where(
            strategy_links.c.id == link_id, strategy_links.c.deleted_ns.is_(None)
        )
        row = self._connection.execute(query).mappings().first()
        return None if row is None else StrategyLink(**row)

    def links(self) -> Sequence[StrategyLink]:
        """Return every link that is not deleted, oldest first."""
        query = (
            select(strategy_links)
            .where(strategy_links.c.deleted_ns.is_(None))
            .order_by(strategy_links.c.created_ns, strategy_links.c.id)
        )
        return [StrategyLink(**row) for row in self._connection.execute(query).mappings()]

    def change_link(self, link: StrategyLink) -> None:
        """Write a link's name, description, privacy and times; NoSuchRow if it is not there."""
        names = ("name", "description", "privacy", "updated_ns", "deleted_ns")
        done = self._connection.execute(
            update(strategy_links)
            .where(strategy_links.c.id == link.id)
            .values({name: getattr(link, name) for name in names})
        )
        if done.rowcount != 1:
            raise NoSuchRow(f"strategy link {link.id}: expected it to be there, found none")
