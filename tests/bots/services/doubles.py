"""A small host: it runs sessions of one synthetic day through the kernel and the real store."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from forven.bots.errors import BotNotIdle, LiveTradingUnavailable, OutsideTradingHours
from forven.bots.live_view import FrameMarks, LiveView
from forven.engine import commands
from forven.engine.policy import SessionPolicy
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.engine.session import SessionResult, SessionRun
from forven.kernels import schema
from forven.store.blobs import blob_of
from forven.store.frame_commit import FrameCommit
from forven.store.journals import CommandRow
from forven.store.projections import project
from forven.store.sessions import Listing, SessionOutcome, SessionRow
from forven.strategies.compiler import compile_strategy
from forven.strategies.saved import read_program
from forven.strategies.structured import StructuredStrategy

FEED = "replay:coarse"
_STATES = {
    schema.STATUS_COMPLETED: "completed",
    schema.STATUS_HALTED: "halted",
    schema.STATUS_KILLED: "killed",
    schema.STATUS_FAILED: "failed",
}


@dataclass
class Standing:
    """How the host stands."""

    feed: str | None
    day: date | None
    now: int
    heartbeat_ns: int | None = None


class SmallHost:
    """Steps its sessions when a test says so: `advance(frame)`."""

    def __init__(self, store, day) -> None:
        self.store = store
        self.day = day
        self.frame = 0
        self.is_market_open = True
        self.has_feed = True
        self.fails_with: Exception | None = None
        self.killing: set[str] = set()
        self._rows: dict[str, SessionRow] = {}
        self._commands: dict[str, list[list[int]]] = {}
        self._results: dict[str, SessionResult] = {}
        self._written: dict[str, int] = {}
        self._number = 0
        self._looks = 0

    def status(self) -> Standing:
        day = self.day.day if self.has_feed else None
        return Standing(FEED if self.has_feed else None, day, self.now, self.now)

    @property
    def changes(self) -> int:
        """Another number at each look: tests change how it stands as they like."""
        self._looks += 1
        return self._looks

    @property
    def now(self) -> int:
        return int(self.day.ts[max(0, self.frame - 1)])

    def open_session(self, bot_id: str) -> SessionRow:
        if self.fails_with is not None:
            raise self.fails_with
        if not self.has_feed:
            raise LiveTradingUnavailable("no feed delivers")
        if not self.is_market_open:
            raise OutsideTradingHours("the market is closed")
        with self.store.transaction() as work:
            bot = work.bots.get(bot_id)
            if bot is None or bot.strategy_hash is None:
                raise BotNotIdle("no such bot, or it has no strategy")
            program = work.strategies.program(bot.strategy_hash)
            policy = SessionPolicy(
                risk=RiskPolicy.from_json(bot.risk), reprice=RepricePolicy.from_json(bot.reprice)
            )
            plan = policy.plan_row(bot.cash_balance)
            strategy = read_program(program.kind, program.program)
            if isinstance(strategy, StructuredStrategy):
                compile_strategy(strategy, self.day.bounds, plan)
            listing = Listing(
                root=self.day.root,
                underlying=self.day.underlying,
                multiplier=self.day.multiplier,
                symbols=self.day.symbols,
            )
            self._number += 1
            row = SessionRow(
                id=f"00000000-0000-4000-8000-{self._number:012d}",
                bot_id=bot.id,
                day=self.day.day,
                feed=FEED,
                state="waiting_for_data",
                policy=policy.to_json(),
                strategy_hash=bot.strategy_hash,
                opening_cash=bot.cash_balance,
                plan=blob_of(plan),
                bounds=self.day.bounds,
                symbols_hash=work.sessions.keep_listing(listing),
                opened_ns=self.day.bounds.open_ns,
                created_ns=1,
            )
            work.sessions.add(row)
        self._rows[row.id] = row
        self._commands[row.id] = []
        self._written[row.id] = 0
        self._step(row)
        return row

    def advance(self, frame: int) -> None:
        """Take every open session to a frame."""
        self.frame = frame
        with self.store.reading() as work:
            rows = work.sessions.open()
        for row in rows:
            self._step(row)

    def close_day(self) -> None:
        self.advance(self.day.frame_count)

    def cancel_all(self, session_id: str) -> None:
        self._command(session_id, commands.cancel_all(self.now + 1))

    def stop_session(self, session_id: str) -> None:
        self._command(session_id, commands.stop(self.now + 1))
        self.killing.add(session_id)
        self.store.commit_frame(FrameCommit(states={session_id: "killing"}))

    def live(self, session_id: str) -> LiveView | None:
        result = self._results.get(session_id)
        if result is None:
            return None
        ledger = project(session_id, result.rows, self.day.symbols, self.day.multiplier)
        quotes = np.ascontiguousarray(self.day.quotes[:, :, self.frame - 1 : self.frame])
        marks = FrameMarks(self.now, self.day.bounds.close_ns, quotes, self.day.instruments)
        is_stopping = session_id in self.killing
        return LiveView(
            session_id=session_id,
            row=self._rows[session_id],
            ts=self.now if self.frame else schema.MISSING,
            state=result.state,
            state_name="killing" if is_stopping else "running" if self.frame else "scheduled",
            symbols=self.day.symbols,
            multiplier=self.day.multiplier,
            rows=result.rows,
            orders=ledger.orders,
            transactions=ledger.transactions,
            margin=int(result.financials[-1, schema.FINANCIAL_MARGIN]) if self.frame else 0,
            history=lambda: result.financials,
            marks=marks if self.frame else None,
        )

    def _command(self, session_id: str, row: list[int]) -> None:
        given = self._commands[session_id]
        given.append(row)
        stored = CommandRow(
            session_id=session_id,
            number=len(given),
            due_ns=row[schema.COMMAND_DUE],
            row=blob_of(row),
            origin="api",
            received_ns=1,
        )
        self.store.commit_frame(FrameCommit(commands=[stored]))

    def _step(self, row: SessionRow) -> None:
        """Run a session up to the present frame and write what is new of it."""
        plan = row.plan_row
        given = commands.command_rows(self._commands[row.id])
        plan[schema.PLAN_COMMAND_COUNT] = len(given)
        run = SessionRun(self.day, plan[None, :], [row.opening_cash], given, financials=True)
        run.advance(self.frame)
        (result,) = run.results()
        self._results[row.id] = result
        news = result.rows[self._written[row.id] :]
        self._written[row.id] += len(news)
        status = int(result.state[schema.STATE_STATUS])
        results = {}
        if status >= schema.STATUS_ENDED:
            results[row.id] = self._outcome(result)
            self._results.pop(row.id)
        self.store.commit_frame(FrameCommit(journal={row.id: news}, results=results))

    def _outcome(self, result: SessionResult) -> SessionOutcome:
        state = result.state
        return SessionOutcome(
            state=_STATES[int(state[schema.STATE_STATUS])],
            ended_ns=self.now,
            final_cash=int(state[schema.STATE_CASH]),
            final_nlv=int(state[schema.STATE_NLV]),
            realized_pl=result.profit,
            total_pl=result.profit,
            max_intraday_dd=int(state[schema.STATE_MAX_DRAWDOWN]),
            fees=int(state[schema.STATE_FEES]),
            slippage=int(state[schema.STATE_SLIPPAGE]),
            fills=int(state[schema.STATE_FILLS]),
            digest=result.digest,
        )
