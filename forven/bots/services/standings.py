"""Bots beside their sessions, and how a bot is changed: one place for both families of routes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from forven.bots.errors import BotHasActiveSession, NameTaken, NotFound, StrategyNotOwned
from forven.bots.services.fields import uuid_of
from forven.bots.services.versions import snapshot_of
from forven.store.bots import BotRow, BotVersion
from forven.store.errors import NameIsTaken
from forven.store.sessions import SessionRow
from forven.store.store import Tables
from forven.store.strategies import StrategyLink

IDLE = "idle"
RUNNING, STOPPED = "running", "stopped"
NEWEST = 2
"""Sessions in which the open one and the last that is over are found: there is one a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A bot, its session that is not over, and the last one that is; None where there is none."""

    bot: BotRow
    active: SessionRow | None
    last: SessionRow | None


def bot_found(work: Tables, bot_id: str) -> BotRow:
    """Return a bot that is not deleted; errors: NotFound."""
    bot = work.bots.get(uuid_of(bot_id, "bot_id", NotFound))
    if bot is None:
        raise NotFound(f"bot_id: expected a bot, found none with the id {bot_id[:36]}")
    return bot


def session_found(work: Tables, bot_id: str, session_id: str) -> SessionRow:
    """Return a session of a bot that is not deleted; errors: NotFound.

    A bot with a session that is not over cannot be deleted, so it need not be looked up.
    """
    wanted = uuid_of(bot_id, "bot_id", NotFound)
    row = work.sessions.get(uuid_of(session_id, "session_id", NotFound))
    if row is None or row.bot_id != wanted:
        bot_found(work, wanted)
        raise NotFound(
            f"session_id: expected a session of this bot, found none with the id {session_id[:36]}"
        )
    if row.is_over:
        bot_found(work, wanted)
    return row


def link_owned(work: Tables, strategy_id: str) -> StrategyLink:
    """Return a saved strategy by the id of its link; errors: StrategyNotOwned."""
    link = work.strategies.link(strategy_id)
    if link is None:
        raise StrategyNotOwned(
            f"strategy_id: expected the id of a saved strategy, found none with {strategy_id}; "
            "save the strategy first"
        )
    return link


def standing_of(work: Tables, bot: BotRow) -> Standing:
    """Return a bot beside its sessions."""
    return standing_among(bot, work.sessions.of_bot(bot.id, NEWEST))


def standing_among(bot: BotRow, rows: Sequence[SessionRow]) -> Standing:
    """Return a bot beside the newest of its sessions, given newest first."""
    rows = rows[:NEWEST]
    return Standing(
        bot=bot,
        active=next((row for row in rows if not row.is_over), None),
        last=next((row for row in rows if row.is_over), None),
    )


def standings_of(work: Tables, bots: Sequence[BotRow]) -> list[Standing]:
    """Return bots beside their sessions, with two queries whatever their number."""
    active = {row.bot_id: row for row in work.sessions.open()}
    last = work.sessions.last_by_bot()
    return [Standing(bot=bot, active=active.get(bot.id), last=last.get(bot.id)) for bot in bots]


def check_no_session(work: Tables, bot: BotRow, purpose: str) -> None:
    """Refuse what a bot with a session that is not over cannot take."""
    active = standing_of(work, bot).active
    if active is not None:
        raise BotHasActiveSession(
            f"bot {bot.name!r}: expected no session that is not over to {purpose}, found "
            f"{active.id} of {active.day} {active.state}; stop it and wait for its end"
        )


def change_bot(work: Tables, bot: BotRow, now_ns: int, changes: dict[str, Any]) -> BotRow:
    """Write some columns of a bot, keeping what they were as a version; return the row after it.

    Changes that change nothing make no version.
    errors  NameTaken
    """
    real = {name: value for name, value in changes.items() if getattr(bot, name) != value}
    if not real:
        return bot
    rows = work.bots
    if snapshot_of(replace(bot, **real)) != snapshot_of(bot):
        rows.add_version(
            BotVersion(
                bot_id=bot.id, version=bot.version, snapshot=snapshot_of(bot), created_ns=now_ns
            )
        )
        real["version"] = bot.version + 1
    with names_unique():
        return rows.change(bot.id, **real, updated_ns=now_ns)


@contextmanager
def names_unique() -> Iterator[None]:
    """Turn the store's refusal of a name into the one that users know."""
    try:
        yield
    except NameIsTaken as cause:
        raise NameTaken(str(cause)) from None
