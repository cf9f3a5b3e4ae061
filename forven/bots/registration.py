"""Opens sessions: what is frozen at their start, written down before the kernel runs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from forven.bots.errors import (
    BotNotIdle,
    BotSessionExists,
    CodedError,
    NotFound,
    OutsideTradingHours,
    RegisterFailed,
)
from forven.bots.host_options import HostOptions
from forven.bots.live_day import LiveDay
from forven.bots.live_session import LiveSession
from forven.bots.opening import frozen_plan, policy_of, strategy_of
from forven.bots.outcomes import failed
from forven.bots.recovery import listing_of
from forven.bots.states import SCHEDULED, WAITING_FOR_DATA
from forven.bots.wishes import wishing_bots
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.time import rfc3339
from forven.store.blobs import blob_of
from forven.store.bots import ARCHIVED, BotRow
from forven.store.sessions import SessionRow
from forven.store.store import Store, Tables
from forven.strategies.saved import Strategy
from forven.strategies.script.source import ScriptStrategy


@dataclass(slots=True)
class Opened:
    """The sessions that were opened, and why others were not, by bot.

    refused  those that the kernel or the platform does not take: written down as failed
    """

    sessions: list[LiveSession] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    errors: dict[str, ForvenError] = field(default_factory=dict)


class Registrar:
    """Opens the sessions of one day; the host's thread uses it.

    unopened  bots whose wish cannot be met on the day as they are; any thread may look
    """

    def __init__(self, store: Store, options: HostOptions) -> None:
        self._store = store
        self._options = options
        self._strategies: dict[str, Strategy] = {}
        self._is_doubtful = False
        self.unopened: dict[str, BotRow] = {}

    def begin_day(self) -> None:
        """Try all wishes again."""
        self.unopened = {}

    def open_one(self, day: LiveDay, bot_id: str, now_ns: int) -> LiveSession:
        """Open the session that a user asked for; nothing is written if it cannot be.

        errors  OutsideTradingHours, NotFound, BotNotIdle, BotSessionExists, RegisterFailed
        """
        bounds = day.day.bounds
        if not bounds.open_ns <= now_ns <= bounds.close_ns or day.is_closed:
            raise OutsideTradingHours(
                f"expected the market open, {rfc3339(bounds.open_ns)} to "
                f"{rfc3339(bounds.close_ns)}; found {rfc3339(now_ns)} by the feed's clock"
            )
        with self._registering(day) as (tables, digest, opened):
            bot = _idle_bot(tables, bot_id, day)
            self._register(tables, day, bot, (now_ns, digest), opened)
            for reason in opened.refused.values():
                raise RegisterFailed(f"bot {bot.name!r}: {reason}")
        return opened.sessions[0]

    def open_wished(self, day: LiveDay, now_ns: int) -> Opened:
        """Open the sessions that bots wish for, at once; one that cannot be stops no other."""
        if day.is_closed:
            return Opened()
        with self._registering(day) as (tables, digest, opened):
            for bot in wishing_bots(tables, day.day.day, self.unopened):
                try:
                    self._register(tables, day, bot, (now_ns, digest), opened)
                except RegisterFailed as error:
                    opened.errors[bot.id] = error
                    self.unopened[bot.id] = bot
        return opened

    def reconcile(self, day: LiveDay) -> Opened:
        """Take in the sessions that a refused write has opened all the same."""
        if not self._is_doubtful:
            return Opened()
        with self._registering(day) as (tables, _, opened):
            rows = tables.sessions.open(day.day.feed)
            for row in [row for row in rows if row.day == day.day.day]:
                if row.id not in day.sessions:
                    strategy = self._strategy(tables, row.strategy_hash, f"session {row.id}")
                    self._join(tables, day, row, strategy, opened)
        self._is_doubtful = False
        return opened

    @contextmanager
    def _registering(self, day: LiveDay) -> Iterator[tuple[Tables, str, Opened]]:
        """Yield a transaction to register in; sessions it does not keep leave the day again."""
        opened = Opened()
        try:
            with self._store.transaction() as tables:
                digest = tables.sessions.keep_listing(listing_of(day.day))
                yield tables, digest, opened
        except BaseException as error:
            for session in opened.sessions:
                day.leave(session.id)
            self._is_doubtful |= not isinstance(error, CodedError)
            raise

    def _register(
        self, tables: Tables, day: LiveDay, bot: BotRow, now: tuple[int, str], opened: Opened
    ) -> None:
        """Write one session down and take it into the day; RegisterFailed: nothing is written.

        now  the feed's clock, and the hash of the day's listing
        """
        row, strategy = self._row(tables, day, bot, now)
        tables.sessions.add(row)
        self._join(tables, day, row, strategy, opened)

    def _join(
        self, tables: Tables, day: LiveDay, row: SessionRow, strategy: Strategy, opened: Opened
    ) -> None:
        """Take a session that is written down into the day, or write down why it cannot be."""
        reason = _taken(day, row, strategy)
        if reason is None:
            opened.sessions.append(day.sessions[row.id])
            return
        tables.sessions.finish(row.id, failed(reason, row.opened_ns))
        opened.refused[row.bot_id] = reason

    def _row(
        self, tables: Tables, day: LiveDay, bot: BotRow, now: tuple[int, str]
    ) -> tuple[SessionRow, Strategy]:
        """Return the row of a bot's session, and its strategy."""
        bounds = day.day.bounds
        opened_ns = max(now[0], day.last_ts + 1)
        try:
            strategy = self._strategy(tables, bot.strategy_hash, f"bot {bot.name!r}")
            policy = policy_of(bot)
            plan = frozen_plan(strategy, policy, bounds, bot.cash_balance, opened_ns)
        except InvalidInput as error:
            raise RegisterFailed(f"bot {bot.name!r}: {error}") from error
        row = SessionRow(
            id=self._options.session_id(bot.id, day.day.day),
            bot_id=bot.id,
            day=day.day.day,
            feed=day.day.feed,
            state=SCHEDULED if opened_ns < bounds.open_ns else WAITING_FOR_DATA,
            policy=policy.to_json(),
            strategy_hash=strategy.hash,
            opening_cash=bot.cash_balance,
            plan=blob_of(plan),
            bounds=bounds,
            symbols_hash=now[1],
            opened_ns=opened_ns,
            created_ns=self._options.clock(),
        )
        return row, strategy

    def _strategy(self, tables: Tables, digest: str | None, owner: str) -> Strategy:
        """Return a strategy; the last ones are kept, many bots run one. errors: RegisterFailed."""
        program = None
        if digest is not None and digest not in self._strategies:
            program = tables.strategies.program(digest)
        if program is not None:
            if len(self._strategies) >= _STRATEGIES_KEPT:
                self._strategies.clear()
            self._strategies[program.hash] = strategy_of(program)
        if digest is None or digest not in self._strategies:
            raise RegisterFailed(f"{owner}: expected a strategy to run, found none; give it one")
        return self._strategies[digest]


_STRATEGIES_KEPT = 256


def _taken(day: LiveDay, row: SessionRow, strategy: Strategy) -> str | None:
    """Take a session into a day; return why it cannot be, None if it is."""
    refused = day.join(row)
    if isinstance(refused, str):
        return f"refused by the kernel: {refused}"
    if isinstance(strategy, ScriptStrategy):
        try:
            day.scripts.open(day.sessions[row.id], strategy)
        except ForvenError as error:
            day.leave(row.id)
            return f"its script cannot be started: {error}"
    return None


def _idle_bot(tables: Tables, bot_id: str, day: LiveDay) -> BotRow:
    """Return a bot that may open a session on a day."""
    bot = tables.bots.get(bot_id)
    if bot is None:
        raise NotFound(f"bot {bot_id}: expected one that is not deleted, found none")
    if bot.status == ARCHIVED:
        raise BotNotIdle(f"bot {bot.name!r}: expected an idle bot, found it archived")
    for session in tables.sessions.of_bot(bot_id, 1):
        if not session.is_over:
            raise BotNotIdle(
                f"bot {bot.name!r}: expected no session that is not over, found {session.id} of "
                f"{session.day} {session.state}"
            )
        if session.day == day.day.day:
            raise BotSessionExists(
                f"bot {bot.name!r}: expected no session on {session.day}, found {session.id}, "
                f"{session.state}; there is one a day"
            )
    return bot
