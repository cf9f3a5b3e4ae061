"""Which bots wish for a session that they do not have."""

from collections.abc import Mapping
from datetime import date

from forven.store.bots import BotRow
from forven.store.store import Tables


def wishing_bots(tables: Tables, day: date, unopened: Mapping[str, BotRow]) -> list[BotRow]:
    """Return the bots that wish to run and can: no session of the day, none that is not over.

    unopened  those for which none could be opened, as they were: another try would fail alike
    """
    busy = tables.sessions.busy_bots(day)
    return [
        bot
        for bot in tables.bots.wishing("running")
        if bot.strategy_hash is not None and bot.id not in busy and unopened.get(bot.id) != bot
    ]
