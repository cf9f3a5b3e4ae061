"""Bots of the bot-factory family started and stopped: a wish, and today's session at once."""

import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor

from forven.bots.errors import (
    BotAlreadyRunning,
    BotHasActiveSession,
    BotNotIdle,
    BotSessionExists,
    InvalidStrategyId,
    LiveTradingUnavailable,
    OutsideTradingHours,
    SessionTerminal,
)
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.factory_history import FactoryHistory
from forven.bots.services.sessions import Sessions
from forven.bots.services.spelling import Document
from forven.bots.services.standings import RUNNING, STOPPED, bot_found, standing_of
from forven.bots.services.track_records import TrackRecords
from forven.bots.states import KILLING, is_terminal
from forven.primitives.errors import ForvenError
from forven.store.bots import ARCHIVED, BotRow
from forven.store.sessions import SessionRow

_log = logging.getLogger(__name__)
_STOPPERS = 32
"""Sessions stopped side by side: what comes together the host commits together."""
_END_TIMEOUT_S = 3.0
_END_POLL_S = 0.05


class Factory(FactoryHistory):
    """Everything of the bot-factory family."""

    def __init__(
        self, dependencies: Dependencies, records: TrackRecords, sessions: Sessions
    ) -> None:
        super().__init__(dependencies, records)
        self._sessions = sessions

    def start(self, bot_id: str) -> Document:
        """Wish a bot to run, and open today's session where the market is open.

        errors  NotFound, BotAlreadyRunning, BotNotIdle (archived), InvalidStrategyId (it has none),
                RegisterFailed and whatever else keeps it from being opened: then the wish is taken
                back
        """
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            _check_startable(bot)
            work.bots.change(bot.id, wish=RUNNING)
        try:
            session_id = self._opened(bot)
        except ForvenError:
            self._take_back(bot)
            raise
        return {
            "status": "started",
            "bot_id": bot.id,
            "session_id": session_id,
            "pid": os.getpid(),
            "log_path": None,
        }

    def stop(self, bot_id: str) -> Document:
        """Wish a bot to stop, and stop its session: orders are cancelled, holdings settle."""
        with self._store.transaction() as work:
            bot = bot_found(work, bot_id)
            work.bots.change(bot.id, wish=STOPPED)
            active = standing_of(work, bot).active
        if active is not None:
            self._stop_session(active)
        return {"status": "stopped", "bot_id": bot.id}

    def kill_all(self) -> Document:
        """Stop every bot that runs or wishes to; say how many, and which sessions were not.

        One that cannot be stopped hinders no other.
        """
        with self._store.transaction() as work:
            wishing = {bot.id for bot in work.bots.wishing(RUNNING)}
            for bot_id in wishing:
                work.bots.change(bot_id, wish=STOPPED)
            active = work.sessions.open()
        stoppable = [row for row in active if not is_terminal(row.state) and row.state != KILLING]
        with ThreadPoolExecutor(max_workers=_STOPPERS) as pool:
            failed = [failure for failure in pool.map(self._failure_to_stop, stoppable) if failure]
        stopped = wishing | {row.bot_id for row in stoppable}
        return {
            "stopped": len(stopped - {failure["bot_id"] for failure in failed}),
            "failed": failed,
        }

    def delete(self, bot_id: str) -> Document:
        """Delete a bot; its session is stopped first, and must be over.

        errors  NotFound; BotHasActiveSession: it still holds what settles at the close
        """
        self.stop(bot_id)
        deadline_s = time.monotonic() + _END_TIMEOUT_S
        while True:
            with self._store.transaction() as work:
                bot = bot_found(work, bot_id)
                active = standing_of(work, bot).active
                if active is None:
                    work.bots.change(bot.id, deleted_ns=self._clock())
                    return {"status": "deleted", "bot_id": bot.id}
            if time.monotonic() >= deadline_s:
                raise BotHasActiveSession(
                    f"bot {bot.name!r}: expected its session to be over, found {active.id} "
                    f"{active.state}: it is stopped, and what it holds settles at the close; "
                    "delete the bot then"
                )
            time.sleep(_END_POLL_S)

    def _opened(self, bot: BotRow) -> str | None:
        """Return today's session of a bot, opened now if need be; None while there is none."""
        try:
            return str(self._sessions.open(bot.id)["session_id"])
        except (BotNotIdle, BotSessionExists):  # the supervisor may have been faster
            with self._store.reading() as work:
                active = standing_of(work, bot).active
            return None if active is None else active.id
        except (OutsideTradingHours, LiveTradingUnavailable):
            return None

    def _stop_session(self, row: SessionRow) -> None:
        """Stop a session unless it is over already."""
        if is_terminal(row.state):
            return
        try:
            self._host.stop_session(row.id)
        except SessionTerminal:
            return

    def _failure_to_stop(self, row: SessionRow) -> Document | None:
        """Stop a session; return why it was not, None if it was."""
        try:
            self._stop_session(row)
        except ForvenError as error:
            _log.warning("session %s was not stopped: %s", row.id, error)
            return {"bot_id": row.bot_id, "session_id": row.id, "reason": str(error)}
        return None

    def _take_back(self, bot: BotRow) -> None:
        """Take a wish back; what kept the bot from starting is told even if that is refused."""
        try:
            with self._store.transaction() as work:
                work.bots.change(bot.id, wish=STOPPED)
        except ForvenError:
            _log.exception("bot %s was not started and still wishes to run", bot.id)


def _check_startable(bot: BotRow) -> None:
    """Refuse a bot that cannot be started."""
    if bot.status == ARCHIVED:
        raise BotNotIdle(f"bot {bot.name!r}: expected an idle bot, found it archived")
    if bot.wish == RUNNING:
        raise BotAlreadyRunning(f"bot {bot.name!r}: expected one that is stopped, found it started")
    if bot.strategy_hash is None:
        raise InvalidStrategyId(
            f"strategy_id: bot {bot.name!r} has no strategy; give it one before it is started"
        )
