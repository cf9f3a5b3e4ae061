"""The one place that names the tables and columns of the database.

Times are int64 nanoseconds UTC, money int64 micros; arrays are blobs of little-endian int64; JSON
is canonical text, so that SQLite and PostgreSQL hold the same characters.
"""

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    column,
)

from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import canonical_json

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


def is_encodable(text: str) -> bool:
    """Return whether a text is whole Unicode, no half of a surrogate pair in it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class Words(TypeDecorator[str]):
    """Text that every database can hold: no NUL, no half of a surrogate pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text; InvalidInput if a database could not hold it."""
        if value is None or ("\0" not in value and is_encodable(value)):
            return value
        raise InvalidInput(
            f"text: expected Unicode without NUL or lone surrogates, found {value[:40]!r}"
        )


class Int64(TypeDecorator[int]):
    """A whole number of 64 bits; SQLite and PostgreSQL refuse more in different ways."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the number; InvalidInput if 64 bits cannot hold it."""
        if value is None or -(2**63) <= value < 2**63:
            return value
        raise InvalidInput(f"expected a whole number of 64 bits, found {value}")


class Json(TypeDecorator[Any]):
    """A JSON document as its canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """Return the document's canonical text; InvalidInput if it has none."""
        try:
            return canonical_json(value)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"expected a JSON document, found one with {error}") from None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the document of a text."""
        return None if value is None else json.loads(value)


def _need(name: str, kind: Any) -> Column[Any]:
    """Return a column that every row has."""
    return Column(name, kind, nullable=False)


def _session(name: str = "session_id") -> Column[Any]:
    """Return the column that says whose session a row belongs to."""
    return Column(name, Words, ForeignKey("sessions.id"), nullable=False)


strategies = Table(
    "strategies",
    metadata,
    Column("hash", Words, primary_key=True),
    _need("kind", Words),
    _need("program", Words),
    _need("created_ns", Int64),
)
strategy_links = Table(
    "strategy_links",
    metadata,
    Column("id", Words, primary_key=True),
    Column("hash", Words, ForeignKey("strategies.hash"), nullable=False, index=True),
    _need("name", Words),
    _need("description", Words),
    _need("privacy", Words),
    _need("created_ns", Int64),
    _need("updated_ns", Int64),
    Column("deleted_ns", Int64),
)
templates = Table(
    "templates",
    metadata,
    Column("id", Words, primary_key=True),
    _need("name", Words),
    _need("description", Words),
    _need("is_builtin", Boolean),
    _need("config", Json),
)
bots = Table(
    "bots",
    metadata,
    Column("id", Words, primary_key=True),
    _need("name", Words),
    _need("description", Words),
    _need("engine", Words),
    _need("status", Words),
    _need("wish", Words),
    Column("strategy_id", Words),
    Column("strategy_hash", Words, ForeignKey("strategies.hash")),
    _need("starting_capital", Int64),
    _need("cash_balance", Int64),
    _need("risk", Json),
    _need("reprice", Json),
    _need("config", Json),
    Column("template_id", Words),
    _need("version", Integer),
    _need("created_ns", Int64),
    _need("updated_ns", Int64),
    Column("deleted_ns", Int64),
    Index("ix_bots_strategy_id", "strategy_id"),
)
_ACTIVE = and_(column("status") != "archived", column("deleted_ns").is_(None))
Index(
    "uq_bots_active_name",
    bots.c.name,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
bot_versions = Table(
    "bot_versions",
    metadata,
    Column("bot_id", Words, ForeignKey("bots.id"), nullable=False),
    _need("version", Integer),
    _need("snapshot", Json),
    _need("created_ns", Int64),
    PrimaryKeyConstraint("bot_id", "version"),
)
listings = Table(
    "listings",
    metadata,
    Column("hash", Words, primary_key=True),
    _need("root", Words),
    _need("underlying", Words),
    _need("multiplier", Int64),
    _need("symbols", Json),
)
sessions = Table(
    "sessions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("bot_id", Words, ForeignKey("bots.id"), nullable=False),
    _need("day", Date),
    _need("feed", Words),
    _need("state", Words),
    _need("policy", Json),
    Column("strategy_hash", Words, ForeignKey("strategies.hash"), nullable=False),
    _need("opening_cash", Int64),
    _need("plan", LargeBinary),
    _need("bounds", Json),
    Column("symbols_hash", Words, ForeignKey("listings.hash"), nullable=False),
    _need("opened_ns", Int64),
    _need("created_ns", Int64),
    Column("ended_ns", Int64),
    Column("final_cash", Int64),
    Column("final_nlv", Int64),
    Column("realized_pl", Int64),
    Column("total_pl", Int64),
    Column("max_intraday_dd", Int64),
    Column("fees", Int64),
    Column("slippage", Int64),
    Column("fills", Int64),
    Column("digest", Words),
    Column("reason", Words),
    UniqueConstraint("bot_id", "day"),
    Index("ix_sessions_feed_day", "feed", "day"),
    Index("ix_sessions_ended_ns", "ended_ns"),
)
commands = Table(
    "commands",
    metadata,
    _session(),
    _need("number", Integer),
    _need("due_ns", Int64),
    _need("row", LargeBinary),
    _need("origin", Words),
    _need("received_ns", Int64),
    PrimaryKeyConstraint("session_id", "number"),
)
journal = Table(
    "journal",
    metadata,
    _session(),
    _need("sequence_from", Int64),
    _need("rows_count", Integer),
    _need("ts", Int64),
    _need("rows", LargeBinary),
    PrimaryKeyConstraint("session_id", "sequence_from"),
)
decisions = Table(
    "decisions",
    metadata,
    _session(),
    _need("number", Integer),
    _need("ts", Int64),
    _need("kind", Words),
    _need("level", Words),
    _need("text", Words),
    _need("data", Json),
    PrimaryKeyConstraint("session_id", "number"),
)
orders = Table(
    "orders",
    metadata,
    _session(),
    _need("number", Integer),
    _need("document", Json),
    PrimaryKeyConstraint("session_id", "number"),
)
transactions = Table(
    "transactions",
    metadata,
    _session(),
    _need("number", Integer),
    _need("document", Json),
    PrimaryKeyConstraint("session_id", "number"),
)
strategy_results = Table(
    "strategy_results",
    metadata,
    Column("hash", Words, ForeignKey("strategies.hash"), nullable=False),
    _need("dataset", Words),
    _need("data_hash", Words),
    _need("policy_hash", Words),
    _need("day", Date),
    _need("net_pnl", Int64),
    _need("gross_pnl", Int64),
    _need("fees", Int64),
    _need("slippage", Int64),
    _need("status", Words),
    _need("digest", Words),
    _need("document", Json),
    _need("created_ns", Int64),
    PrimaryKeyConstraint("hash", "dataset", "data_hash", "policy_hash", "day"),
)
idempotency = Table(
    "idempotency",
    metadata,
    _need("scope", Words),
    _need("key", Words),
    _need("request_hash", Words),
    Column("status", Integer),
    Column("body", LargeBinary),
    _need("created_ns", Int64),
    PrimaryKeyConstraint("scope", "key"),
)
feed_events = Table(
    "feed_events",
    metadata,
    _need("feed", Words),
    _need("day", Date),
    _need("number", Integer),
    _need("ts", Int64),
    _need("kind", Words),
    _need("count", Int64),
    _need("detail", Words),
    PrimaryKeyConstraint("feed", "day", "number"),
)
settings = Table(
    "settings",
    metadata,
    Column("key", Words, primary_key=True),
    _need("value", Json),
)
