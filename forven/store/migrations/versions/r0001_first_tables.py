"""The tables as they first were."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ACTIVE = sa.text("status != 'archived' AND deleted_ns IS NULL")

text, int64, integer = sa.Text(), sa.BigInteger(), sa.Integer()
day, blob, flag = sa.Date(), sa.LargeBinary(), sa.Boolean()


def upgrade() -> None:
    """Make every table."""
    _make_strategies()
    _make_bots()
    _make_sessions()
    _make_records()
    _make_rest()


def _column(name: str, kind: Any, nullable: bool = False) -> sa.Column[Any]:
    """Return a column; most have a value in every row."""
    return sa.Column(name, kind, nullable=nullable)


def _make_strategies() -> None:
    """Make programs, their links and their results."""
    op.create_table(
        "strategies",
        _column("hash", text),
        _column("kind", text),
        _column("program", text),
        _column("created_ns", int64),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_strategies")),
    )
    op.create_table(
        "strategy_links",
        _column("id", text),
        _column("hash", text),
        _column("name", text),
        _column("description", text),
        _column("privacy", text),
        _column("created_ns", int64),
        _column("updated_ns", int64),
        _column("deleted_ns", int64, nullable=True),
        sa.ForeignKeyConstraint(["hash"], ["strategies.hash"], name=op.f("fk_strategy_links_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_links")),
    )
    op.create_index(op.f("ix_strategy_links_hash"), "strategy_links", ["hash"], unique=False)
    op.create_table(
        "strategy_results",
        _column("hash", text),
        _column("dataset", text),
        _column("data_hash", text),
        _column("policy_hash", text),
        _column("day", day),
        _column("net_pnl", int64),
        _column("gross_pnl", int64),
        _column("fees", int64),
        _column("slippage", int64),
        _column("status", text),
        _column("digest", text),
        _column("document", text),
        _column("created_ns", int64),
        sa.ForeignKeyConstraint(
            ["hash"], ["strategies.hash"], name=op.f("fk_strategy_results_hash")
        ),
        sa.PrimaryKeyConstraint(
            "hash", "dataset", "data_hash", "policy_hash", "day", name=op.f("pk_strategy_results")
        ),
    )


def _make_bots() -> None:
    """Make bots, their versions and templates."""
    op.create_table(
        "templates",
        _column("id", text),
        _column("name", text),
        _column("description", text),
        _column("is_builtin", flag),
        _column("config", text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
    )
    op.create_table(
        "bots",
        _column("id", text),
        _column("name", text),
        _column("description", text),
        _column("engine", text),
        _column("status", text),
        _column("wish", text),
        _column("strategy_id", text, nullable=True),
        _column("strategy_hash", text, nullable=True),
        _column("starting_capital", int64),
        _column("cash_balance", int64),
        _column("risk", text),
        _column("reprice", text),
        _column("config", text),
        _column("template_id", text, nullable=True),
        _column("version", integer),
        _column("created_ns", int64),
        _column("updated_ns", int64),
        _column("deleted_ns", int64, nullable=True),
        sa.ForeignKeyConstraint(
            ["strategy_hash"], ["strategies.hash"], name=op.f("fk_bots_strategy_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bots")),
    )
    op.create_index("ix_bots_strategy_id", "bots", ["strategy_id"], unique=False)
    op.create_index(
        "uq_bots_active_name",
        "bots",
        ["name"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    op.create_table(
        "bot_versions",
        _column("bot_id", text),
        _column("version", integer),
        _column("snapshot", text),
        _column("created_ns", int64),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_bot_versions_bot_id")),
        sa.PrimaryKeyConstraint("bot_id", "version", name=op.f("pk_bot_versions")),
    )


def _make_sessions() -> None:
    """Make listings and sessions."""
    op.create_table(
        "listings",
        _column("hash", text),
        _column("root", text),
        _column("underlying", text),
        _column("multiplier", int64),
        _column("symbols", text),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_listings")),
    )
    op.create_table(
        "sessions",
        _column("id", text),
        _column("bot_id", text),
        _column("day", day),
        _column("feed", text),
        _column("state", text),
        _column("policy", text),
        _column("strategy_hash", text),
        _column("opening_cash", int64),
        _column("plan", blob),
        _column("bounds", text),
        _column("symbols_hash", text),
        _column("opened_ns", int64),
        _column("created_ns", int64),
        _column("ended_ns", int64, nullable=True),
        _column("final_cash", int64, nullable=True),
        _column("final_nlv", int64, nullable=True),
        _column("realized_pl", int64, nullable=True),
        _column("total_pl", int64, nullable=True),
        _column("max_intraday_dd", int64, nullable=True),
        _column("fees", int64, nullable=True),
        _column("slippage", int64, nullable=True),
        _column("fills", int64, nullable=True),
        _column("digest", text, nullable=True),
        _column("reason", text, nullable=True),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_sessions_bot_id")),
        sa.ForeignKeyConstraint(
            ["strategy_hash"], ["strategies.hash"], name=op.f("fk_sessions_strategy_hash")
        ),
        sa.ForeignKeyConstraint(
            ["symbols_hash"], ["listings.hash"], name=op.f("fk_sessions_symbols_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("bot_id", "day", name=op.f("uq_sessions_bot_id_day")),
    )
    op.create_index("ix_sessions_ended_ns", "sessions", ["ended_ns"], unique=False)
    op.create_index("ix_sessions_feed_day", "sessions", ["feed", "day"], unique=False)


def _make_records() -> None:
    """Make what belongs to a session: its authority, then its projections."""
    op.create_table(
        "commands",
        _column("session_id", text),
        _column("number", integer),
        _column("due_ns", int64),
        _column("row", blob),
        _column("origin", text),
        _column("received_ns", int64),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_commands_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_commands")),
    )
    op.create_table(
        "decisions",
        _column("session_id", text),
        _column("number", integer),
        _column("ts", int64),
        _column("kind", text),
        _column("level", text),
        _column("text", text),
        _column("data", text),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_decisions_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_decisions")),
    )
    op.create_table(
        "journal",
        _column("session_id", text),
        _column("sequence_from", int64),
        _column("rows_count", integer),
        _column("ts", int64),
        _column("rows", blob),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_journal_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "sequence_from", name=op.f("pk_journal")),
    )
    op.create_table(
        "orders",
        _column("session_id", text),
        _column("number", integer),
        _column("document", text),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_orders_session_id")),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_orders")),
    )
    op.create_table(
        "transactions",
        _column("session_id", text),
        _column("number", integer),
        _column("document", text),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_transactions_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_transactions")),
    )


def _make_rest() -> None:
    """Make settings, idempotency keys and feed events."""
    op.create_table(
        "feed_events",
        _column("feed", text),
        _column("day", day),
        _column("number", integer),
        _column("ts", int64),
        _column("kind", text),
        _column("count", int64),
        _column("detail", text),
        sa.PrimaryKeyConstraint("feed", "day", "number", name=op.f("pk_feed_events")),
    )
    op.create_table(
        "idempotency",
        _column("scope", text),
        _column("key", text),
        _column("request_hash", text),
        _column("status", integer, nullable=True),
        _column("body", blob, nullable=True),
        _column("created_ns", int64),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "settings",
        _column("key", text),
        _column("value", text),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
