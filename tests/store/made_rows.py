"""Rows to write: one of each family, every field with a value of its own."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import numpy as np

from forven.engine.policy import SessionPolicy
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.primitives.time import exchange_time
from forven.store.blobs import blob_of
from forven.store.bots import BotRow
from forven.store.sessions import Listing, SessionOutcome, SessionRow
from forven.store.store import Store
from forven.store.strategies import StrategyLink, StrategyRow

DAY = date(2024, 1, 2)
CASH = 100_000_000_000
NOW = 1_700_000_000_000_000_000
BOUNDS = SessionBounds(
    day=DAY,
    open_ns=exchange_time(DAY, time(9, 30)),
    close_ns=exchange_time(DAY, time(16)),
    early_close=False,
)
STRATEGY = StrategyRow(hash="a" * 64, kind="structured", program='{"name":"é"}', created_ns=NOW)
LINK = StrategyLink(
    id="11111111-1111-4111-8111-111111111111",
    hash=STRATEGY.hash,
    name="put spread",
    description="sells a put spread",
    privacy="private",
    created_ns=NOW,
    updated_ns=NOW + 1,
)
BOT = BotRow(
    id="22222222-2222-4222-8222-222222222222",
    name="first",
    description="a bot",
    engine="live_sim",
    status="idle",
    wish="stopped",
    strategy_id=LINK.id,
    strategy_hash=STRATEGY.hash,
    starting_capital=CASH,
    cash_balance=CASH + 1,
    risk={"max_open_orders": 5, "max_daily_loss_pct": "0.0500"},
    reprice={"opening": {"enabled": True}},
    config={"soul": "calm", "context": None},
    template_id=None,
    version=1,
    created_ns=NOW,
    updated_ns=NOW + 2,
)
LISTING = Listing(
    root="SPXW",
    underlying="SPX",
    multiplier=1_000_000,
    symbols=("SPXW  240102C04700000", "SPXW  240102P04700000"),
)
SESSION = SessionRow(
    id="33333333-3333-4333-8333-333333333333",
    bot_id=BOT.id,
    day=DAY,
    feed="synthetic:7",
    state="running",
    policy=SessionPolicy().to_json(),
    strategy_hash=STRATEGY.hash,
    opening_cash=CASH,
    plan=blob_of(SessionPolicy().plan_row(CASH)),
    bounds=BOUNDS,
    symbols_hash=LISTING.hash,
    opened_ns=BOUNDS.open_ns,
    created_ns=NOW + 3,
)
OUTCOME = SessionOutcome(
    state="completed",
    ended_ns=BOUNDS.close_ns,
    final_cash=CASH + 5_000_000,
    final_nlv=CASH + 5_000_001,
    realized_pl=6_000_000,
    total_pl=5_000_000,
    max_intraday_dd=7_000_000,
    fees=1_720_000,
    slippage=0,
    fills=2,
    digest="d" * 64,
    reason=None,
)


def changed(row: Any, **fields: object) -> Any:
    """Return a row with other values in some fields."""
    return replace(row, **fields)


def fill(store: Store, sessions: int = 1, listing: Listing = LISTING) -> list[SessionRow]:
    """Write a strategy, its link, and as many bots with one open session each."""
    rows = []
    with store.transaction() as tables:
        tables.strategies.keep(STRATEGY)
        tables.strategies.add_link(LINK)
        digest = tables.sessions.keep_listing(listing)
        for number in range(sessions):
            bot = changed(BOT, id=uuid_of(2, number), name=f"bot {number}", created_ns=NOW + number)
            tables.bots.add(bot)
            row = changed(SESSION, id=uuid_of(3, number), bot_id=bot.id, symbols_hash=digest)
            tables.sessions.add(row)
            rows.append(row)
    return rows


def uuid_of(kind: int, number: int) -> str:
    """Return an id of a kind of row."""
    return f"{kind:08d}-0000-4000-8000-{number:012d}"


def noted(first: int, count: int, ts: int = BOUNDS.open_ns) -> np.ndarray:
    """Return journal rows that say nothing about orders, numbered from `first`."""
    rows = np.zeros((count, schema.JOURNAL_WIDTH), np.int64)
    rows[:, schema.JOURNAL_BOT] = 9  # of no account
    rows[:, schema.JOURNAL_SEQUENCE] = np.arange(first, first + count)
    rows[:, schema.JOURNAL_TS] = ts
    rows[:, schema.JOURNAL_KIND] = schema.EVENT_STRATEGY_ERROR
    rows[:, schema.JOURNAL_ORDER] = schema.MISSING
    rows[:, schema.JOURNAL_A] = np.arange(first, first + count)
    return rows
