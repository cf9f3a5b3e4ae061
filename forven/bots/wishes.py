"""Which bots wish for a session that they do not have."""

from datetime import date

from forven.store.bots import BotRow
from forven.store.store import Tables


def wishing_bots(tables: Tables, day: date) -> list[BotRow]:
    """Return the bots that wish to run and can: no session of the day, none that is not over."""
    busy = tables.sessions.busy_bots(day)
    return [
        bot
        for bot in tables.bots.wishing("running")
        if bot.strategy_hash is not None and bot.id not in busy
    ]
