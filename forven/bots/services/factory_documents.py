"""A bot as readers of the bot-factory family get it, over the same row as the other family's."""

from typing import Any

from forven.bots.live_view import LiveView
from forven.bots.services.factory_fields import shown_config
from forven.bots.services.positions import holdings_of, position_documents, unrealized_of
from forven.bots.services.round_trips import round_trips_of
from forven.bots.services.spelling import Document, moment
from forven.bots.services.standings import RUNNING, Standing
from forven.bots.services.track_records import TrackRecord
from forven.bots.services.trade_documents import figures_of
from forven.bots.states import FAILED
from forven.kernels import schema
from forven.primitives.money import money_text
from forven.primitives.time import NANOSECONDS_PER_SECOND
from forven.store.bots import BotRow

EXECUTION_MODE = "paper"


def config_document(bot: BotRow, leg_count: int) -> Document:
    """Return a bot's config: what its row says, in the words of this family."""
    return {
        "name": bot.name,
        "description": bot.description,
        "strategy_id": bot.strategy_id,
        "template_id": bot.template_id,
        "capital_allocation": money_text(bot.starting_capital),
        "reprice": bot.reprice,
        **shown_config(bot.config, bot.risk, leg_count),
    }


def factory_document(
    standing: Standing,
    view: LiveView | None,
    record: TrackRecord,
    config: Document,
    heartbeat_ns: int | None,
) -> Document:
    """Return a bot with its config, how it stands, and a digest of its closed trades."""
    bot, last = standing.bot, standing.last
    is_failed = last is not None and last.state == FAILED and standing.active is None
    figures, open_count = record.figures, 0
    if view is not None:
        figures = figures.plus(figures_of(round_trips_of(view.rows, view.multiplier)))
        open_count = int(view.state[schema.STATE_HOLDING_COUNT])
    return {
        "id": bot.id,
        "bot_id": bot.id,
        "name": bot.name,
        "config": config,
        "status": _status(standing, view, is_failed),
        "execution_mode": EXECUTION_MODE,
        "strategy_id": bot.strategy_id,
        "cash_balance": money_text(bot.cash_balance),
        "error_message": last.reason if is_failed and last is not None else None,
        "consecutive_errors": 0 if view is None else int(view.state[schema.STATE_ERRORS]),
        "realized_pnl": money_text(bot.cash_balance - bot.starting_capital),
        "peak_equity": money_text(peak_equity(standing, view, record)),
        "started_at": None if standing.active is None else moment(standing.active.opened_ns),
        "last_heartbeat": moment(heartbeat_ns) if standing.active is not None else None,
        "trade_digest": {
            "total_trades": figures.total,
            "winning_trades": figures.winning,
            "losing_trades": figures.losing,
            "realized_pnl": money_text(figures.profit),
            "open_positions": open_count,
            "last_trade_at": moment(figures.last_closed_ns),
        },
        "version": bot.version,
        "created_at": moment(bot.created_ns),
        "updated_at": moment(bot.updated_ns),
    }


def equity_document(
    standing: Standing, view: LiveView | None, record: TrackRecord, now_ns: int
) -> Document:
    """Return a bot's equity and its open positions at their marks.

    `equity` = `starting_capital` + `realized_pnl` + `unrealized_pnl`, to the cent.
    """
    bot = standing.bot
    equity, unrealized, age = bot.cash_balance, 0, None
    positions: list[dict[str, Any]] = []
    if view is not None:
        equity = int(view.state[schema.STATE_NLV])
        held = [holding for holding in holdings_of(view.rows, view.multiplier) if holding.quantity]
        if view.marks is not None:
            unrealized = sum(unrealized_of(one, view.multiplier, view.marks) for one in held)
            age = max(0, now_ns - view.marks.ts) / NANOSECONDS_PER_SECOND
        positions = position_documents(
            view.session_id, held, view.symbols, view.multiplier, view.marks
        )
    started_ns = record.first_opened_ns
    if started_ns is None and standing.active is not None:
        started_ns = standing.active.opened_ns
    return {
        "bot_id": bot.id,
        "starting_capital": money_text(bot.starting_capital),
        "realized_pnl": money_text(equity - bot.starting_capital - unrealized),
        "unrealized_pnl": money_text(unrealized),
        "equity": money_text(equity),
        "peak_equity": money_text(peak_equity(standing, view, record)),
        "equity_state_started_at": moment(started_ns),
        "mark_age_seconds": None if age is None else round(age, 3),
        "open_positions": positions,
        "execution_mode": EXECUTION_MODE,
    }


def peak_equity(standing: Standing, view: LiveView | None, record: TrackRecord) -> int:
    """Return the highest worth: of the start, of settled sessions, of today's marks; in micros."""
    today = 0 if view is None else int(view.state[schema.STATE_PEAK_NLV])
    return max(standing.bot.starting_capital, record.peak, today)


def _status(standing: Standing, view: LiveView | None, is_failed: bool) -> str:
    """Return stopped, running, paused or error."""
    if view is not None and view.state[schema.STATE_PAUSED]:
        return "paused"
    if standing.active is not None:
        return "running"
    if is_failed:
        return "error"
    return "running" if standing.bot.wish == RUNNING else "stopped"
