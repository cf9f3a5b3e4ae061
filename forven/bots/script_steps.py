"""What the scripts of a day's sessions are asked after a frame, and what becomes of the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.bots.live_session import LiveSession
from forven.engine.live import LiveRun
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.market.feeds.book import Window, instruments_of
from forven.market.feeds.frame import FeedDay
from forven.primitives.errors import InvalidInput
from forven.store.blobs import blob_of
from forven.store.decisions import DecisionRow
from forven.store.journals import CommandRow
from forven.strategies.script.driver import ScriptSession
from forven.strategies.script.frames import (
    Decision,
    ScriptDay,
    ScriptFrame,
    ScriptOutcome,
    TakenCommand,
)
from forven.strategies.script.recovery import ScriptRecord, recover
from forven.strategies.script.seen import seen_frames
from forven.strategies.script.source import ScriptStrategy

Integers = NDArray[np.int64]
ORIGIN_SCRIPT = "script"


@dataclass(slots=True)
class Said:
    """What the scripts of a frame said, to be committed with it.

    refused  sessions whose script gave a command that the kernel does not take, and why
    """

    commands: list[CommandRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class ScriptSteps:
    """Runs the scripts of one day; the host's thread alone, which their processes die with."""

    def __init__(self, day: FeedDay, clock: Callable[[], int]) -> None:
        self._day = day
        self._clock = clock
        self._instruments = instruments_of(day.symbols)

    def open(self, session: LiveSession, strategy: ScriptStrategy) -> None:
        """Start a session's script; errors: ScriptsUnavailable."""
        day = ScriptDay(
            bounds=self._day.bounds,
            symbols=self._day.symbols,
            instruments=self._instruments,
            root=self._day.root,
            underlying=self._day.underlying,
            multiplier=self._day.multiplier,
            opening_cash=session.row.opening_cash,
            plan_row=session.row.plan_row,
        )
        session.script = ScriptSession(strategy, day)
        session.script.start()

    def close(self, session: LiveSession) -> None:
        """End a session's script, if it has one."""
        if session.script is not None:
            session.script.close()
            session.script = None

    def act(
        self,
        sessions: Sequence[LiveSession],
        window: Window,
        journal: dict[str, Integers],
        run: LiveRun,
    ) -> Said:
        """Let scripts act on the one frame of a window, side by side.

        journal  the rows that the frame brought, by session
        """
        said = Said()
        ts = int(window.clock[schema.CLOCK_TS, 0])
        asked = [session for session in sessions if ts >= session.row.opened_ns]
        for session in asked:
            if session.script is not None:
                session.script.send(self._frame(session, window, journal, run))
        for session in asked:
            if session.script is not None:
                self.take(session, session.script.collect(), run, said)
        return said

    def recover(
        self,
        session: LiveSession,
        day: MarketDay,
        given: Sequence[CommandRow],
        decisions: Sequence[DecisionRow],
    ) -> ScriptOutcome:
        """Bring a session's script to where it was; return what it said last and nobody kept.

        day  the frames so far     given  the commands stored so far
        """
        if session.script is None:
            return ScriptOutcome()
        taken = [TakenCommand(row=each.values.tolist(), is_own=_is_own(each)) for each in given]
        frames = seen_frames(
            day, session.row.plan_row, session.row.opening_cash, taken, session.row.opened_ns
        )
        record = ScriptRecord(
            commands=[command.row for command in taken if command.is_own],
            decisions=[_decision(row) for row in decisions],
        )
        last_ts = int(day.ts[-1])
        session.commands = [each for each in taken if each.row[schema.COMMAND_DUE] > last_ts]
        return recover(session.script, frames, record) if frames else ScriptOutcome()

    def take(self, session: LiveSession, outcome: ScriptOutcome, run: LiveRun, said: Said) -> None:
        """Give a script's commands to the kernel, and note them and its log for the commit."""
        for row in outcome.commands:
            try:
                run.command(session.number, row)
            except InvalidInput as refused:
                said.refused[session.id] = f"a command of the script was refused: {refused}"
                return
            session.command_count += 1
            session.due_ns = row[schema.COMMAND_DUE]
            session.commands.append(TakenCommand(row=row, is_own=True))
            said.commands.append(
                CommandRow(
                    session_id=session.id,
                    number=session.command_count,
                    due_ns=row[schema.COMMAND_DUE],
                    row=blob_of(row),
                    origin=ORIGIN_SCRIPT,
                    received_ns=self._clock(),
                )
            )
        for decision in outcome.decisions:
            session.decision_count += 1
            said.decisions.append(_row(session.id, session.decision_count, decision))

    def _frame(
        self, session: LiveSession, window: Window, journal: dict[str, Integers], run: LiveRun
    ) -> ScriptFrame:
        """Return the frame as a session's script sees it."""
        state = run.state(session.number)
        ts = int(window.clock[schema.CLOCK_TS, 0])
        return ScriptFrame(
            ts=ts,
            arrival=int(window.clock[schema.CLOCK_ARRIVAL, 0]),
            spot=int(window.clock[schema.CLOCK_SPOT, 0]),
            quotes=window.quotes,
            column=0,
            rows=journal.get(session.id, _NO_ROWS),
            taken=session.taken_by(ts),
            status=int(state[schema.STATE_STATUS]),
            cash=int(state[schema.STATE_CASH]),
            net_liquidation_value=int(state[schema.STATE_NLV]),
        )


_NO_ROWS = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)


def _is_own(command: CommandRow) -> bool:
    """Return whether a session's script gave a command."""
    return command.origin == ORIGIN_SCRIPT


def _row(session_id: str, number: int, decision: Decision) -> DecisionRow:
    """Return an entry of the log as it is stored."""
    return DecisionRow(
        session_id=session_id,
        number=number,
        ts=decision.ts,
        kind=decision.kind,
        level=decision.level,
        text=decision.text,
        data=decision.data,
    )


def _decision(row: DecisionRow) -> Decision:
    """Return a stored entry of the log as the script gave it."""
    return Decision(ts=row.ts, kind=row.kind, level=row.level, text=row.text, data=row.data)
