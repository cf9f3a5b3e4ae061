"""A bot and its summary as readers of the `/bots` family get them."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from forven.bots.services.dependencies import HostSurface
from forven.bots.services.session_documents import session_document, state_of
from forven.bots.services.spelling import Document, moment, money
from forven.bots.services.standings import Standing
from forven.bots.services.trade_documents import percent
from forven.bots.states import runtime_status
from forven.kernels import schema
from forven.primitives.money import money_text
from forven.store.bots import BotRow
from forven.store.sessions import SessionRow


def bot_document(standing: Standing, host: HostSurface, today: date | None) -> Document:
    """Return a bot; its current value is the running session's, else its cash balance.

    today  the feed's trading day
    """
    bot, active, last = standing.bot, standing.active, standing.last
    view = None if active is None else host.live(active.id)
    document = resting_document(bot)
    document["runtime_status"] = runtime_status(
        bot.status,
        None if active is None else state_of(active, view),
        state_today(last, today),
    )
    if view is not None:
        document["current_value"] = money_text(int(view.state[schema.STATE_NLV]))
    if active is not None:
        document["active_session"] = session_document(active, view)
    if last is not None:
        document["last_session"] = session_document(last, None)
    return document


def resting_document(bot: BotRow) -> Document:
    """Return a bot as it is without any session."""
    return {
        "id": bot.id,
        "name": bot.name,
        "description": bot.description,
        "engine": bot.engine,
        "status": bot.status,
        "runtime_status": runtime_status(bot.status, None, None),
        "wish": bot.wish,
        "strategy_id": bot.strategy_id,
        "strategy_hash": bot.strategy_hash,
        "starting_capital": money_text(bot.starting_capital),
        "cash_balance": money_text(bot.cash_balance),
        "current_value": money_text(bot.cash_balance),
        **bot.risk,
        "reprice": bot.reprice,
        "active_session": None,
        "last_session": None,
        "created_at": moment(bot.created_ns),
        "updated_at": moment(bot.updated_ns),
    }


class Ended(Protocol):
    """What the state of a bot at rest is found in: its last session that is over."""

    @property
    def day(self) -> date:
        """Its trading day."""

    @property
    def state(self) -> str:
        """How it ended."""


def state_today(last: Ended | None, today: date | None) -> str | None:
    """Return how the feed's day ended for a bot; None if it had no session that day.

    today  None: the feed has no day, the last one counts
    """
    if last is None or (today is not None and today != last.day):
        return None
    return last.state


def summary_of(rows: Sequence[SessionRow]) -> Document:
    """Return what settled sessions came to; rates and extremes are null where there is none.

    rows  newest first
    """
    settled = [row for row in reversed(rows) if row.total_pl is not None]
    profits = [row.total_pl or 0 for row in settled]
    wins = sum(profit > 0 for profit in profits)
    total, sparkline = 0, []
    for row, profit in zip(settled, profits, strict=True):
        total += profit
        sparkline.append(
            {
                "date": row.day.isoformat(),
                "total_pl": money_text(profit),
                "cumulative_pl": money_text(total),
            }
        )
    return {
        "total_sessions": len(settled),
        "win_count": wins,
        "loss_count": sum(profit < 0 for profit in profits),
        "win_rate_pct": percent(wins, len(settled)),
        "total_pl": money_text(total),
        "best_day": money(max(profits, default=None)),
        "worst_day": money(min(profits, default=None)),
        "average_day_pl": money(total // len(settled) if settled else None),
        "sparkline": sparkline,
    }
